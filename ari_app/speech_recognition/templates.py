"""The templates of the built-in engine: words as sound files, in directories of languages.

``ru/да/anna.wav`` is one way to say "да": every WAV of 8 kHz in the directory of a phrase counts.
A directory is named by the plain words, or by their :func:`digest` with the words in the file
:data:`WORDS`, as a name of a file has 255 bytes only. Those that voices speak and those that people
recorded are in different places and used alike.
"""

import hashlib
import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from msgspec import Struct

from ari_app.speech_recognition.features import RATE, Powers, powers, trimmed
from prompts import wav

log = logging.getLogger(__name__)


WORDS = "words.txt"
"""What a directory that is named by a digest is for."""


def digest(words: str) -> str:
    """A name for any words."""
    return hashlib.sha256(words.encode()).hexdigest()[:32]


class Template(Struct, frozen=True, eq=False):
    """One way to say a phrase."""

    phrase: str
    rows: Powers


class Templates:
    """The templates of all languages, read when they are first needed, and when files are new."""

    def __init__(self, directories: Sequence[Path]) -> None:
        self._directories = directories
        self._known: dict[Path, tuple[float, tuple[Template, ...]]] = {}

    def of(self, language: str) -> tuple[Template, ...]:
        """All templates of a language."""
        return tuple(
            each
            for directory in self._directories
            for phrase in _directories(directory / language)
            for each in self._read(phrase)
        )

    def has(self, language: str, phrases: Iterable[str]) -> bool:
        """Whether there is a template of any of the phrases; reads none."""
        return any(
            any((directory / language / name).glob("*.wav"))
            for phrase in phrases
            for directory in self._directories
            for name in (digest(phrase), phrase)
            if len(name.encode()) <= _NAME
        )

    def _read(self, directory: Path) -> tuple[Template, ...]:
        changed = directory.stat().st_mtime
        known = self._known.get(directory)
        if known is None or known[0] != changed:
            words = directory / WORDS
            phrase = words.read_text("utf-8") if words.exists() else directory.name
            found = tuple(_templates(phrase, sorted(directory.glob("*.wav"))))
            known = self._known[directory] = (changed, found)
        return known[1]


_NAME = 255  # bytes


def _directories(path: Path) -> Iterable[Path]:
    return sorted(each for each in path.glob("*") if each.is_dir()) if path.is_dir() else ()


def _templates(phrase: str, files: Iterable[Path]) -> Iterable[Template]:
    for file in files:
        try:
            samples, rate = wav.read(file)
        except wav.SoundError as error:
            log.warning("a template of speech is left out: %s", error)
            continue
        if rate != RATE:
            log.warning("%s has %d Hz: a template of speech has 8000", file, rate)
            continue
        rows = powers(trimmed((samples * 32767).astype(np.int16)))
        if len(rows):
            yield Template(phrase, rows)
