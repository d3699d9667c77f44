"""Phrases to text, and to what is played: recordings of the operator, else text to speak."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

from ivr.speech.cases import Case, PhraseError
from ivr.speech.euphony import fitted
from ivr.speech.phrases import Reader, spoken
from ivr.speech.written import written
from ivr.values import Phrase, Rows, Spoken, Value, Values
from ivr.wants import Screen
from prompts.catalogue import Catalogue
from prompts.template import Slot


class SpokenText(Struct, frozen=True):
    """Text for the voice of a language."""

    text: str
    language: str


class RecordedFile(Struct, frozen=True):
    """A recording: its absolute path without extension."""

    path: str


Piece: TypeAlias = SpokenText | RecordedFile

Recordings: TypeAlias = Mapping[tuple[str, str], str]
"""(language, name) -> path without extension.

The name is a prompt (``main-menu``), or for a prompt with placeholders the prompt and the number
of the text between them, from 1 (``balance-is.1``).
"""


Say = Callable[[Value, str, str, Reader, Case], str]
"""The text of a value for a placeholder's kind, unit and case."""

Form: TypeAlias = Literal["spoken", "written"]
"""``spoken``: numerals in words, for speech; ``written``: in figures, for text messages."""

_VALUES: Mapping[Form, Say] = {"spoken": spoken, "written": written}


def phrase_text(catalogue: Catalogue, phrase: Phrase, language: str, form: Form = "spoken") -> str:
    """A phrase as one sentence of text.

    Raises :class:`~ivr.speech.phrases.PhraseError` when the prompt or a value is missing or has no
    words.
    """
    values = _VALUES[form]
    parts = _joined(_parts(catalogue, phrase.prompt, phrase.values, language, None, values))
    return " ".join(part.text for part in parts if isinstance(part, SpokenText))


def screen_texts(catalogue: Catalogue, screen: Screen, form: Form = "spoken") -> tuple[str, ...]:
    """The phrases of a screen as sentences; raises like :func:`phrase_text`."""
    return tuple(phrase_text(catalogue, each, screen.language, form) for each in screen.phrases)


def pieces(
    catalogue: Catalogue, phrase: Phrase, language: str, recordings: Recordings | None = None
) -> tuple[Piece, ...]:
    """What to play for a phrase, in order; raises like :func:`phrase_text`."""
    parts = _parts(catalogue, phrase.prompt, phrase.values, language, recordings or {})
    return tuple(_joined(parts))


def _parts(
    catalogue: Catalogue,
    prompt: str,
    values: Values,
    language: str,
    recordings: Recordings | None,
    say: Say = spoken,
) -> Iterator[Piece]:
    """The pieces of a prompt; text only if ``recordings`` is None."""
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
                    yield from _parts(catalogue, row, line, language, recordings, say)
                    yield SpokenText(" ", language)
            case Slot(name, "spoken") if isinstance(spoken_value := values.get(name), Spoken):
                tongue, words = spoken_value.in_(language)
                by_ear = recordings is not None and spoken_value.recording
                yield RecordedFile(spoken_value.recording) if by_ear else SpokenText(words, tongue)
            case Slot(name, kind, unit, case) if name in values:
                reader = Reader(language, catalogue.operator.numbers)
                value = catalogue.operator.own(values[name])
                yield SpokenText(say(value, kind, unit, reader, case), language)
            case Slot(name):
                raise PhraseError(f"{prompt} uses {name}, which is not set: check the flow")


def _rows(prompt: str, name: str, values: Values) -> tuple[Values, ...]:
    match values.get(name):
        case Rows(rows):
            return rows
        case _:
            raise PhraseError(f"{prompt} uses the list {name}, which is not set: check the flow")


def _joined(parts: Iterator[Piece]) -> Iterator[Piece]:
    """Join neighbouring texts of one language; parts without a letter or digit are dropped."""
    words = SpokenText("", "")
    for piece in parts:
        match piece:
            case SpokenText(spoken_text, language) if language == words.language:
                before = fitted(words.text, spoken_text, language)
                words = SpokenText(before + spoken_text, language)
            case SpokenText():
                yield from _tidy(words)
                words = piece
            case RecordedFile():
                yield from _tidy(words)
                words = SpokenText("", "")
                yield piece
    yield from _tidy(words)


def _tidy(words: SpokenText) -> Iterator[SpokenText]:
    """Tidy spaces and punctuation and drop control characters; nothing if no text is left."""
    clean = "".join(sign if sign.isprintable() else " " for sign in words.text)
    clean = re.sub(r"\s+(?=[.,;:!?])", "", " ".join(clean.split())).lstrip(".,;:!? ")
    clean = re.sub(r"(?<!\.)\.\.(?!\.)", ".", clean)  # of an abbreviation at the end
    if _audible(clean):
        yield SpokenText(clean, words.language)


def _audible(words: str) -> bool:
    return any(map(str.isalnum, words))
