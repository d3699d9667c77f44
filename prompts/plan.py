"""What is played for a phrase: recordings where the operator placed them, else words to speak."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

from msgspec import Struct

from ivr.numbers import NumberPlan
from ivr.speech.phrases import PhraseError, spoken
from ivr.speech.written import written as figures
from ivr.values import Phrase, Rows, Spoken, Value, Values
from prompts.catalogue import Catalogue
from prompts.template import Slot

PIPELINE = 1
"""Raised whenever the same words would give other samples: it makes older files stale."""


class SpokenText(Struct, frozen=True):
    """Words for the voice of a language."""

    text: str
    language: str


class RecordedFile(Struct, frozen=True):
    """A recording: its absolute path without extension."""

    path: str


Piece: TypeAlias = SpokenText | RecordedFile

Recordings: TypeAlias = Mapping[tuple[str, str], str]
"""(language, name) to path without extension.

The name is a prompt's (``main-menu``), or a prompt's with the number of a stretch of words between
its placeholders (``balance-is.1``), from 1.
"""


class Speaker(Struct, frozen=True):
    """Who speaks: an engine, one of its voices, and the rate in percent of its usual one."""

    engine: str
    voice: str
    rate: int = 100


@lru_cache(4096)
def key(speaker: Speaker, text: str) -> str:
    """The name of the file that holds these words: the SHA-256 of all that makes its samples."""
    made_of = [speaker.engine, speaker.voice, speaker.rate, PIPELINE, text]
    return hashlib.sha256(json.dumps(made_of, ensure_ascii=False).encode()).hexdigest()


Say = Callable[[Value, str, str, str, NumberPlan | None], str]
"""The text of a value for a placeholder's kind and unit, in a language, by a number plan."""


def text(catalogue: Catalogue, phrase: Phrase, language: str) -> str:
    """The phrase as it is told, in words.

    Raises :class:`~ivr.speech.phrases.PhraseError` when the prompt or a value is missing or has
    no words.
    """
    told = _joined(_told(catalogue, phrase.prompt, phrase.values, language, None))
    return " ".join(piece.text for piece in told if isinstance(piece, SpokenText))


def written(catalogue: Catalogue, phrase: Phrase, language: str) -> str:
    """The phrase as it is read, with figures; raises like :func:`text`."""
    told = _joined(_told(catalogue, phrase.prompt, phrase.values, language, None, figures))
    return " ".join(piece.text for piece in told if isinstance(piece, SpokenText))


def pieces(
    catalogue: Catalogue, phrase: Phrase, language: str, recordings: Recordings | None = None
) -> tuple[Piece, ...]:
    """What to play for a phrase, in order; raises like :func:`text`."""
    told = _told(catalogue, phrase.prompt, phrase.values, language, recordings or {})
    return tuple(_joined(told))


def _told(
    catalogue: Catalogue,
    prompt: str,
    values: Values,
    language: str,
    recordings: Recordings | None,
    say: Say = spoken,
) -> Iterator[Piece]:
    """What is told: in words alone where there are no recordings, not even an empty table."""
    language, template = catalogue.template(prompt, language)
    recorded = recordings or {}
    whole = recorded.get((language, prompt))
    if whole is not None and not template.slots:
        yield RecordedFile(whole)
        return
    stretch = 0
    for part in template.parts:
        match part:
            case str():
                stretch += _audible(part)
                path = recorded.get((language, f"{prompt}.{stretch}"))
                yield RecordedFile(path) if path and _audible(part) else SpokenText(part, language)
            case Slot(name, "each", row):
                for line in _rows(prompt, name, values):
                    yield from _told(catalogue, row, line, language, recordings, say)
                    yield SpokenText(" ", language)
            case Slot(name, "spoken") if isinstance(news := values.get(name), Spoken):
                tongue, words = news.in_(language)
                by_ear = recordings is not None and news.recording
                yield RecordedFile(news.recording) if by_ear else SpokenText(words, tongue)
            case Slot(name, kind, unit) if name in values:
                numbers = catalogue.operator.numbers
                yield SpokenText(say(values[name], kind, unit, language, numbers), language)
            case Slot(name):
                raise PhraseError(f"{prompt} tells {name}, but nothing brought it: see the flow")


def _rows(prompt: str, name: str, values: Values) -> tuple[Values, ...]:
    match values.get(name):
        case Rows(rows):
            return rows
        case _:
            raise PhraseError(f"{prompt} tells the list {name}, but no list was brought")


def _joined(told: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbouring words of a language in one breath; what has no sound is left out."""
    words = SpokenText("", "")
    for piece in told:
        match piece:
            case SpokenText(spoken_text, language) if language == words.language:
                words = SpokenText(words.text + spoken_text, language)
            case SpokenText():
                yield from _tidy(words)
                words = piece
            case RecordedFile():
                yield from _tidy(words)
                words = SpokenText("", "")
                yield piece
    yield from _tidy(words)


def _tidy(words: SpokenText) -> Iterator[SpokenText]:
    """The words as a person would write them, without control characters; or nothing."""
    clean = "".join(sign if sign.isprintable() else " " for sign in words.text)
    clean = re.sub(r"\s+(?=[.,;:!?])", "", " ".join(clean.split())).lstrip(".,;:!? ")
    clean = re.sub(r"(?<!\.)\.\.(?!\.)", ".", clean)  # of an abbreviation at the end
    if _audible(clean):
        yield SpokenText(clean, words.language)


def _audible(words: str) -> bool:
    return any(map(str.isalnum, words))
