"""Has the site's voices speak the templates of the built-in recogniser, at several rates."""

import asyncio
import logging
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import structs

from ivr.speech.languages import language as spoken_language
from prompts.speaker import Speaker, usual_voice
from prompts.voice import Settings, SpeechFailed, Voice

log = logging.getLogger(__name__)

RATES = (85, 115)
"""Percent of the usual rate."""

_ESPEAK = ("", "+f3", "+m3")
"""Variants of a voice of espeak."""

Vocabulary = Collection[tuple[str, str]]
"""(language, plain words)."""


def speakers(engine: str, language: str) -> Iterator[Speaker]:
    """Who speaks the templates of a language with an engine."""
    if engine == "rhvoice" and usual_voice("rhvoice", language):
        names: Iterable[str] = spoken_language(language).voice.free or ()
    else:
        engine, usual = "espeak", usual_voice("espeak", language)
        names = [f"{usual}{each}" for each in _ESPEAK] if usual else ()
    for name in dict.fromkeys((usual_voice(engine, language), *names)):
        yield from (Speaker(engine, name, rate) for rate in RATES if name)


async def speak_templates(
    directory: Path, wanted: Vocabulary, engines: Mapping[str, str], settings: Settings
) -> int:
    """Speak what is missing in a directory and remove what is not wanted; returns how many files
    were made.

    ``engines``: language -> the engine that speaks the prompts there. Words that no voice can speak
    are left out, with a warning.
    """
    await asyncio.to_thread(_prune, directory, wanted)
    turns: dict[int, dict[str, Speaker]] = {}
    for language in sorted({language for language, _ in wanted}):
        for turn, speaker in enumerate(speakers(engines.get(language, "espeak"), language)):
            turns.setdefault(turn, {})[language] = speaker
    made = 0
    for speaking in turns.values():
        missing = [
            (language, words, target)
            for language, words in sorted(wanted)
            if language in speaking
            and not (target := _file(directory, language, words, speaking[language])).exists()
        ]
        if missing:
            made += await _spoken(missing, structs.replace(settings, speakers=speaking), directory)
    return made


async def _spoken(
    missing: Sequence[tuple[str, str, Path]], settings: Settings, directory: Path
) -> int:
    made = 0
    try:
        async with Voice(settings, directory / ".spoken") as voice:
            for language, words, target in missing:
                target.parent.mkdir(parents=True, exist_ok=True)
                aside = target.with_suffix(".part")
                await voice.say(words, language, aside)
                aside.replace(target)
                made += 1
    except (SpeechFailed, OSError) as error:
        log.warning("templates of speech are missing: %s", error)
    return made


def _file(directory: Path, language: str, words: str, speaker: Speaker) -> Path:
    name = f"{speaker.engine}-{speaker.voice}-{speaker.rate}.wav".replace("/", "-")
    return directory / language / words / name


def _prune(directory: Path, wanted: Vocabulary) -> None:
    for path in directory.glob("[!.]*/*"):
        if (path.parent.name, path.name) not in wanted:
            shutil.rmtree(path, ignore_errors=True)
