"""Has the site's voices speak the templates of the built-in recogniser, at several rates."""

import asyncio
import logging
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, structs

from ari_app.speech_recognition.templates import WORDS, digest
from ivr.speech.languages import language as spoken_language
from prompts.speaker import Speaker, usual_voice
from prompts.voice import Settings, SpeechFailed, Voice

log = logging.getLogger(__name__)

RATES = (85, 115)
"""Percent of the usual rate."""

_ESPEAK = ("", "+f3", "+m3")
"""Variants of a voice of espeak."""

GIVES_UP = 5
"""Words in a row that a voice cannot speak: it is taken for one that speaks none."""

_NICE = 10

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


class Spoken(Struct, frozen=True):
    """What came of it: templates that were made, and those that are missing still."""

    made: int
    missing: int


async def speak_templates(
    directory: Path, wanted: Vocabulary, engines: Mapping[str, str], settings: Settings
) -> Spoken:
    """Speak what is missing in a directory and remove what is not wanted.

    ``engines``: language -> the engine that speaks the prompts there. Words that cannot be spoken
    or written are left out, with a warning.
    """
    await asyncio.to_thread(_prune, directory, wanted)
    turns: dict[int, dict[str, Speaker]] = {}
    for language in sorted({language for language, _ in wanted}):
        for turn, speaker in enumerate(speakers(engines.get(language, "espeak"), language)):
            turns.setdefault(turn, {})[language] = speaker
    made = missing = 0
    for speaking in turns.values():
        absent = [
            (language, words, target)
            for language, words in sorted(wanted)
            if language in speaking
            and not (target := _file(directory, language, words, speaking[language])).exists()
        ]
        if absent:
            own = structs.replace(settings, speakers=speaking)
            spoken = await _spoken(absent, own, directory)
            made, missing = made + spoken, missing + len(absent) - spoken
    return Spoken(made, missing)


async def _spoken(
    missing: Sequence[tuple[str, str, Path]], settings: Settings, directory: Path
) -> int:
    made = in_a_row = 0
    try:
        async with Voice(settings, directory / ".spoken") as voice:
            for pid in voice.pids:  # one word at a time, so one process; calls come first
                os.setpriority(os.PRIO_PROCESS, pid, _NICE)
            for language, words, target in missing:
                try:
                    await _say(voice, language, words, target)
                    made, in_a_row = made + 1, 0
                except (SpeechFailed, OSError) as error:
                    log.warning("a template of speech is missing: %s", error)
                    in_a_row += 1
                    if in_a_row == GIVES_UP:
                        break
    except (SpeechFailed, OSError) as error:
        log.warning("templates of speech are missing: %s", error)
    return made


async def _say(voice: Voice, language: str, words: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    (target.parent / WORDS).write_text(words, encoding="utf-8")
    aside = target.with_suffix(".part")
    await voice.say(words, language, aside)
    aside.replace(target)


def _file(directory: Path, language: str, words: str, speaker: Speaker) -> Path:
    name = f"{speaker.engine}-{speaker.voice}-{speaker.rate}.wav".replace("/", "-")
    return directory / language / digest(words) / name


def _prune(directory: Path, wanted: Vocabulary) -> None:
    names = {(language, digest(words)) for language, words in wanted}
    for path in directory.glob("[!.]*/*"):
        if (path.parent.name, path.name) not in names:
            shutil.rmtree(path, ignore_errors=True)
