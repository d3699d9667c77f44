"""Who speaks: an engine with a voice, and everything else that the samples of a text depend on."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

from msgspec import Struct, structs

from ivr.speech import languages
from ivr.speech.languages import language as spoken_language

PIPELINE = 3
"""Part of each file's key; raise it when the same text would give other samples."""

Lexicon: TypeAlias = tuple[tuple[str, str], ...]
"""(a word or words as texts write them, what is spoken instead), in the order of the settings."""


class Speaker(Struct, frozen=True):
    """A voice of an engine.

    ``rate`` is in percent of the engine's usual rate, ``volume`` in percent of the level that
    prompts have. ``url`` and ``model`` are for the engine ``http``. ``version`` is the engine's
    own; it is known only when the engine has started.
    """

    engine: str
    voice: str
    rate: int = 100
    volume: int = 100
    lexicon: Lexicon = ()
    url: str = ""
    model: str = ""
    version: str = ""

    def __str__(self) -> str:
        return f"{self.engine}:{self.voice}" if self.voice else self.engine


def usual_voice(engine: str, language: str) -> str:
    """An engine's voice of a language, as its file names it; "" if there is none.

    espeak is always there, and speaks what others cannot; of RHVoice it is one that an operator may
    use in business.
    """
    voice = spoken_language(language).voice
    return {"espeak": voice.espeak, "rhvoice": voice.rhvoice}.get(engine, "")


def fallback(language: str) -> Speaker | None:
    """The speaker of a sentence that another engine could not speak; None for other languages."""
    voice = usual_voice("espeak", language)
    return Speaker("espeak", voice) if voice else None


@lru_cache(4096)
def key(speaker: Speaker, text: str) -> str:
    """The name of the sound file of a text: the SHA-256 of everything its samples depend on."""
    made_of = [
        speaker.engine,
        speaker.voice,
        speaker.rate,
        speaker.volume,
        speaker.url,
        speaker.model,
        speaker.version,
        PIPELINE,
        pronounced(speaker, text),
    ]
    return hashlib.sha256(json.dumps(made_of, ensure_ascii=False).encode()).hexdigest()


@lru_cache(4096)
def pronounced(speaker: Speaker, text: str) -> str:
    """The text as the engine gets it: whole words of the lexicon are replaced.

    A word of small letters is also found with a capital, at the beginning of a sentence.
    """
    if not speaker.lexicon:
        return text
    words = {}
    for written, instead in speaker.lexicon:
        words[written] = instead
        words.setdefault(written[:1].upper() + written[1:], instead)
    return _any_of(tuple(words)).sub(lambda found: words[found[0]], text)


@lru_cache(64)
def _any_of(words: tuple[str, ...]) -> "re.Pattern[str]":
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def chains(speakers: Mapping[str, Speaker]) -> Iterator[tuple[str, tuple[Speaker, ...]]]:
    """Language -> its speaker, and after it espeak, which has a voice of every language."""
    for language in dict.fromkeys((*languages.known(), *speakers)):
        usual = fallback(language)
        first = speakers.get(language, usual)
        if usual is not None and first is not None:
            usual = structs.replace(usual, lexicon=first.lexicon, volume=first.volume)
        same = usual is None or first is None or first.engine == usual.engine
        yield language, tuple(each for each in (first, None if same else usual) if each)
