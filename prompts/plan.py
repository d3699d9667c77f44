"""Phrases to text, and to what is played: recordings of the operator, else text to speak."""

from collections.abc import Callable, Iterator, Mapping
from typing import Literal, TypeAlias

from ivr.speech.language import Case, PhraseError
from ivr.speech.phrases import Reader, spoken
from ivr.speech.written import written
from ivr.values import Phrase, Rows, Spoken, Value, Values
from ivr.wants import Screen
from prompts import value_cuts
from prompts.catalogue import Catalogue
from prompts.pieces import (
    Part,
    Piece,
    RecordedFile,
    Silence,
    SpokenText,
    Words,
    audible,
    joined,
    stretches,
)
from prompts.recorded_values import KINDS, NUMBERS, recorded_as
from prompts.template import Pause, Slot, Template

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
    parts = joined(_parts(catalogue, phrase.prompt, phrase.values, language, None, values))
    return " ".join(part.text for part in parts if isinstance(part, SpokenText))


def screen_texts(catalogue: Catalogue, screen: Screen, form: Form = "spoken") -> tuple[str, ...]:
    """The phrases of a screen as sentences; raises like :func:`phrase_text`."""
    texts = (phrase_text(catalogue, each, screen.language, form) for each in screen.phrases)
    return tuple(filter(None, texts))


def pieces(
    catalogue: Catalogue, phrase: Phrase, language: str, recordings: Recordings | None = None
) -> tuple[Piece, ...]:
    """What to play for a phrase, in order; raises like :func:`phrase_text`."""
    parts = _parts(catalogue, phrase.prompt, phrase.values, language, recordings or {})
    return tuple(stretches(parts))


def fixed_pieces(
    catalogue: Catalogue, prompt: str, language: str, recordings: Recordings
) -> tuple[Piece, ...]:
    """What is played for a prompt whatever its values are; raises like :func:`phrase_text`."""
    language, template = catalogue.template(prompt, language)
    if not template.slots:
        return pieces(catalogue, Phrase(prompt), language, recordings)
    parts = _template_parts(prompt, template, language, recordings, _unknown)
    return tuple(each for each in stretches(parts) if _UNKNOWN not in getattr(each, "text", ""))


_UNKNOWN = "\N{OBJECT REPLACEMENT CHARACTER}0"


def _unknown(_: Slot, language: str) -> Iterator[Part]:
    yield Words(_UNKNOWN, language, value=True)


def _parts(
    catalogue: Catalogue,
    prompt: str,
    values: Values,
    language: str,
    recordings: Recordings | None,
    say: Say = spoken,
) -> Iterator[Part]:
    """The parts of a prompt; text only if ``recordings`` is None."""
    language, template = catalogue.template(prompt, language, written=say is written)

    def filled(slot: Slot, language: str) -> Iterator[Part]:
        match slot:
            case Slot(name, "each", row):
                for line in _rows(prompt, name, values):
                    yield from _parts(catalogue, row, line, language, recordings, say)
                    yield Words(" ", language)
            case Slot(name, "spoken") if isinstance(spoken_value := values.get(name), Spoken):
                tongue, words = spoken_value.in_(language)
                by_ear = recordings is not None and spoken_value.recording
                yield RecordedFile(spoken_value.recording) if by_ear else Words(words, tongue, True)
            case Slot(name, kind, unit, case) if name in values:
                reader = Reader(language, catalogue.operator.numbers)
                value = catalogue.operator.own(values[name])
                text = say(value, kind, unit, reader, case)
                files = _files(text, language, catalogue, recordings) if kind in KINDS else ()
                if files or recordings is None:
                    yield Words(text, language, True, files)
                    return
                currency = catalogue.operator.currency
                for part in value_cuts.parts(text, kind, language, currency):
                    yield Words(f" {part}", language, value=True)
            case Slot(name):
                raise PhraseError(f"{prompt} uses {name}, which is not set: check the flow")

    return _template_parts(prompt, template, language, recordings or {}, filled)


def _files(
    text: str, language: str, catalogue: Catalogue, recordings: Recordings | None
) -> tuple[str, ...]:
    """The recordings of a value's words, if all are there."""
    if not recordings or (language, f"{NUMBERS}/0") not in recordings:
        return ()
    names = recorded_as(text, language, catalogue.operator.currency) or ()
    files = [recordings.get((language, f"{NUMBERS}/{name}")) for name in names]
    return () if None in files else tuple(each for each in files if each)


def _template_parts(
    prompt: str,
    template: Template,
    language: str,
    recordings: Recordings,
    filled: Callable[[Slot, str], Iterator[Part]],
) -> Iterator[Part]:
    """The parts of a text, its placeholders filled by a function."""
    whole = recordings.get((language, prompt))
    if whole is not None and not template.slots:
        yield RecordedFile(whole)
        return
    stretch = 0
    for part in template.parts:
        if isinstance(part, Pause):
            yield Silence(part.seconds)
            continue
        if isinstance(part, Slot):
            yield from filled(part, language)
            continue
        stretch += audible(part)
        path = recordings.get((language, f"{prompt}.{stretch}"))
        yield RecordedFile(path) if path and audible(part) else Words(part, language)


def _rows(prompt: str, name: str, values: Values) -> tuple[Values, ...]:
    match values.get(name):
        case Rows(rows):
            return rows
        case _:
            raise PhraseError(f"{prompt} uses the list {name}, which is not set: check the flow")
