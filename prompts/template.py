"""A text of the catalogue: words, pauses, and placeholders with the kind of their value."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import cast

from msgspec import Struct

from ivr.problems import near
from ivr.speech.cases import INFLECTED
from ivr.speech.language import CASES, NOMINATIVE, Case, Language
from ivr.speech.phrases import KINDS
from ivr.terms import seconds

LONGEST_PAUSE = 5.0
"""Seconds that a pause within a text may take."""

PROMPT_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

_PLACEHOLDER = re.compile(r"\{[^{}]*\}|[{}]")
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")
_PAUSE = re.compile(r"\{\s*pause\s*:\s*([0-9]\S*?)\s*\}")
_INSIDE = re.compile(r"\{\s*([a-z][a-z0-9_-]*)\s*:\s*([a-z]+)((?:\s+[^\s{}]+)*)\s*\}")


class Slot(Struct, frozen=True):
    """A placeholder: the value's name, its kind, the unit or the prompt of a row, and the case."""

    name: str
    kind: str
    argument: str = ""
    case: Case = NOMINATIVE

    def __str__(self) -> str:
        """What an operation must return for it: the case is of the sentence alone."""
        return f"{self.kind} {self.argument}" if self.argument else self.kind


class Pause(Struct, frozen=True):
    """A silence between words, in seconds; nothing in a text that is read."""

    seconds: float

    def __str__(self) -> str:
        """As it is written in a text."""
        return f"{{pause:{self.seconds:g}s}}"


class Template(Struct, frozen=True):
    """A text as its author wrote it, and its parts."""

    source: str
    parts: tuple[str | Slot | Pause, ...]

    @property
    def slots(self) -> Mapping[str, str]:
        """Name to kind of each placeholder, such as ``{"minutes": "count minute"}``."""
        return {part.name: str(part) for part in self.parts if isinstance(part, Slot)}


class Fault(Struct, frozen=True):
    """A problem of a text: the part of it, and how to fix it."""

    piece: str
    text: str


def parse(
    source: str, words: Mapping[str, str] | None, language: Language
) -> tuple[Template, tuple[Fault, ...]]:
    """The template of a text, and all that is wrong with it.

    ``words`` fill placeholders without a kind, such as ``{operator}``, once and for all.
    ``language``: whose units and cases the text may use.
    """
    source = unicodedata.normalize("NFC", " ".join(source.split()))
    parts: list[str | Slot | Pause] = [""]
    faults: list[Fault] = []
    end = 0
    for found in _PLACEHOLDER.finditer(source):
        _say(parts, source[end : found.start()])
        end = found.end()
        word = (words or {}).get(found[0].strip("{ }"))
        made = _pause(found[0]) or _slot(found[0], language) if word is None else ""
        if isinstance(made, Slot):
            parts.append(made)
        elif isinstance(made, Pause):
            parts += [made, " "]
        elif word is not None:
            _say(parts, word)
        else:
            faults.append(Fault(found[0], made))
    _say(parts, source[end:])
    faults += unspoken(source)
    template = Template(source, tuple(part for part in parts if part))
    faults += _contradictions(template)
    return template, tuple(faults)


def unspoken(text: str) -> Iterator[Fault]:
    """What of a text no voice says: markup; a text of signs alone, or of nothing."""
    for found in _MARKUP.finditer(text):
        cure = "SSML is not spoken: take it out, and write {pause: 500ms} for a pause"
        yield Fault(found[0], f"{found[0]} is markup: {cure}")
    if not text.strip():
        yield Fault("", "the text is empty: write what the caller hears")
    elif not any(map(str.isalnum, text)):
        yield Fault(text, f"there is nothing to be heard in {text!r}: write words")


def _say(parts: list[str | Slot | Pause], text: str) -> None:
    """Add text, to that before it if there is any: recordings are counted by stretches of it."""
    last = parts[-1]
    if isinstance(last, str):
        parts[-1] = last + text
    else:
        parts.append(text)


def _pause(written: str) -> Pause | str:
    """The pause, or what is wrong with it; "" if it is no pause at all."""
    found = _PAUSE.fullmatch(written)
    if found is None:
        return ""
    time = seconds(found[1])
    if time is None or not 0 < time <= LONGEST_PAUSE:
        return f"{found[1]!r} is no pause: write 500ms or 1s, up to {LONGEST_PAUSE:g}s"
    return Pause(time)


def _slot(written: str, language: Language) -> Slot | str:
    """The placeholder, or what is wrong with it."""
    found = _INSIDE.fullmatch(written)
    if found is None:
        return f"{written!r} is not a placeholder: write one such as {{balance:money}}"
    name, kind, words = found[1], found[2], found[3].split()
    case = cast("Case", words.pop()) if words and words[-1] in CASES else NOMINATIVE
    slot = Slot(name, kind, " ".join(words), case)
    match slot.kind:
        case kind if case != NOMINATIVE and kind not in INFLECTED:
            return f"the kind {kind} has no cases: write {{{slot.name}:{kind}}}"
        case _ if len(language.cases) > 1 and case not in language.cases:
            return (
                f"{case!r} is no grammatical case of {language.code}: {near(case, language.cases)}"
            )
        case "count" if slot.argument.partition(" ")[0] not in language.units:
            return f"a count needs a unit after it, {near(slot.argument, language.units)}"
        case "count" if " " in slot.argument:
            wrong = slot.argument.partition(" ")[2]
            return f"{wrong!r} is no grammatical case: {near(wrong, CASES)}"
        case "each" if not PROMPT_NAME.fullmatch(slot.argument):
            return "a list needs the prompt of a row: {payments:each payment-line}"
        case "count" | "each":
            return slot
        case kind if kind not in KINDS:
            return f"there is no kind of placeholder {kind!r}: {near(kind, KINDS)}"
        case kind if slot.argument and kind in INFLECTED:
            return f"{slot.argument!r} is no grammatical case: {near(slot.argument, CASES)}"
        case kind if slot.argument:
            return f"the kind {kind} takes nothing after it: write {{{slot.name}:{kind}}}"
    return slot


def _contradictions(template: Template) -> list[Fault]:
    first: dict[str, str] = {}
    faults = []
    for part in template.parts:
        if isinstance(part, Slot) and first.setdefault(part.name, str(part)) != str(part):
            text = f"{part.name} is used as {first[part.name]!r} and as {str(part)!r}: keep one"
            faults.append(Fault(f"{{{part.name}:{part}}}", text))
    return faults
