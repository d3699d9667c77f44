"""What is played: recordings, and texts to speak, cut so that much of them comes from the cache.

A prompt with values is cut between its fixed words and the values: "На вашем счёте," is spoken one
time for all callers, and only "двенадцать рублей." is new. A sound ends in a pause that fits its
last sign (:mod:`~prompts.endings`), so punctuation stays with the words before it.
"""

import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from msgspec import Struct

from ivr.speech.euphony import fitted
from prompts.endings import PAUSES, pause

_SHORT = 4
"""Fixed words of at most so many letters ("и") are spoken with the value beside them."""

_LEADS = re.compile(r"(?<=[\w.,;:!?…»”])(\s+[^\W\d]{1,3}){1,2}\s*$")
"""One or two words of at most three letters before a value ("до", "from the") belong to it."""

_CLOSES = re.compile(r"[\s»”\"')\]—–-]*([.,;:!?…]*)[\s»”\"')\]—–-]*")
_OPENS = re.compile(r"[\s«“„\"'(\[—–-]+$")


class SpokenText(Struct, frozen=True):
    """Text for the voice of a language."""

    text: str
    language: str


class RecordedFile(Struct, frozen=True):
    """A recording: its absolute path without extension."""

    path: str


class Silence(Struct, frozen=True):
    """Nothing, for so many seconds."""

    seconds: float


Piece: TypeAlias = SpokenText | RecordedFile | Silence


class Words(Struct, frozen=True):
    """A part of a prompt before it is cut: fixed words, or those of a value."""

    text: str
    language: str
    value: bool = False
    files: tuple[str, ...] = ()
    """The recordings of a value's words, if all are there."""


Part: TypeAlias = Words | RecordedFile | Silence


def audible(words: str) -> bool:
    """Whether something of a text is spoken."""
    return any(map(str.isalnum, words))


def silence_after(piece: Piece) -> float:
    """Seconds of silence that a piece ends in; what a recording ends in is unknown."""
    match piece:
        case SpokenText(text):
            return pause(text)
        case Silence(seconds):
            return seconds
        case RecordedFile():
            return 0.0


def joined(parts: Iterable[Part]) -> Iterator[Piece]:
    """Neighbouring texts of one language as one, without silences."""
    for group in _groups(part for part in parts if not isinstance(part, Silence)):
        if not isinstance(group, list):
            yield group
            continue
        words = Words("", "")
        for each in group:
            if each.language == words.language:
                before = fitted(words.text, each.text, each.language)
                words = Words(before + each.text, each.language)
            else:
                yield from _tidy(words)
                words = each
        yield from _tidy(words)


def stretches(parts: Iterable[Part]) -> Iterator[Piece]:
    """Texts cut between fixed words and values."""
    for group in _groups(_recorded(parts)):
        if not isinstance(group, list):
            yield group
            continue
        for words in _unfinished(_cut(group)):
            yield from _tidy(words)


def _recorded(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts, with recordings in place of the values that have them."""
    before: Part | None = None
    for part in parts:
        files = part.files if isinstance(part, Words) else ()
        if isinstance(before, Words) and isinstance(part, Words) and files:
            fitting = fitted(before.text, part.text, part.language)
            before = Words(fitting, before.language, before.value)
        if before is not None:
            yield before
        yield from map(RecordedFile, files)
        before = None if files else part
    if before is not None:
        yield before


def _groups(parts: Iterable[Part]) -> Iterator[RecordedFile | Silence | list[Words]]:
    """Recordings and silences, and what is spoken between them."""
    group: list[Words] = []
    for part in parts:
        if isinstance(part, Words):
            group.append(part)
        else:
            yield group
            group = []
            yield part
    yield group


def _cut(group: list[Words]) -> list[Words]:
    """The stretches of a group: each begins and ends where a value does."""
    cut: list[Words] = []
    for part in group:
        before, text = cut[-1] if cut else Words("", ""), part.text
        if before.language == part.language:
            closes = _CLOSES.match(text)
            signs = closes[1] if closes else ""
            if before.value or part.value or not audible(text):
                text = text[closes.end() :] if closes else text
                cut[-1] = before = _and(before, signs)
            if part.value and not signs and (leads := _LEADS.search(before.text)):
                cut[-1] = before = Words(before.text[: leads.start()], before.language)
                text = f"{fitted(leads[0], text, part.language)} {text}"
            if audible(text) and (not (before.value or part.value) or _short(before)):
                leading = fitted(before.text, text, part.language)
                cut[-1] = Words(f"{leading} {text}", part.language, before.value or part.value)
                continue
        if audible(text):
            cut.append(Words(text, part.language, part.value))
    if len(cut) > 1 and _little(cut[-1]) and cut[-2].language == cut[-1].language:
        value, last = cut[-2:]
        if _goes_on(value):
            cut[-2:] = [Words(f"{value.text} {last.text}", last.language, value=True)]
    return cut


def _and(words: Words, signs: str) -> Words:
    """Words with the signs that follow them; a quotation that opens at their end is left out."""
    return Words(_OPENS.sub("", words.text) + signs, words.language, words.value)


def _little(words: Words) -> bool:
    return not words.value and sum(map(str.isalpha, words.text)) <= _SHORT


def _short(words: Words) -> bool:
    return _little(words) and _goes_on(words)


def _goes_on(words: Words) -> bool:
    return words.text.rstrip()[-1:] not in PAUSES


def _unfinished(cut: list[Words]) -> Iterator[Words]:
    """The stretches of a sentence that goes on end like one that does."""
    for number, words in enumerate(cut, 1):
        yield _and(words, ",") if number < len(cut) and _goes_on(words) else words


def _tidy(words: Words) -> Iterator[SpokenText]:
    """Tidy spaces and punctuation and drop control characters; nothing if no text is left."""
    clean = "".join(sign if sign.isprintable() else " " for sign in words.text)
    clean = re.sub(r"\s+(?=[.,;:!?])", "", " ".join(clean.split())).lstrip(".,;:!? ")
    clean = re.sub(r"(?<!\.)\.\.(?!\.)", ".", clean)  # of an abbreviation at the end
    if audible(clean):
        yield SpokenText(clean, words.language)
