"""Values to spoken words: money, counts, days and digits, in each language that has a file.

A placeholder names the grammatical case of money and counts.
"""

import re
from typing import Final

from msgspec import Struct

from ivr.numbers import NumberPlan
from ivr.speech import dates
from ivr.speech.cases import counted, unit
from ivr.speech.currencies import money
from ivr.speech.language import NOMINATIVE, Case, PhraseError
from ivr.speech.languages import language as spoken_language
from ivr.speech.numerals import numeral
from ivr.values import Count, Day, Digits, Moment, Money, Name, Spoken, Text, Value

KINDS: Final[tuple[str, ...]] = (
    "money",
    "count",
    "day",
    "date",
    "near",
    "moment",
    "when",
    "deadline",
    "digits",
    "name",
    "text",
    "spoken",
    "each",
)
"""What a placeholder may be: ``{balance:money}``.

``day`` is a day without its year and ``date`` with it; ``near`` is a day that is said as "today" or
"tomorrow" if it is; ``moment`` is a day and a time, ``when`` the same with "today" and "tomorrow",
``deadline`` too, rounded up, with "by".
"""

VALUE_KINDS: Final = {"date": "day", "near": "day", "when": "moment", "deadline": "moment"}
"""Kind of placeholder -> the kind of its value, where the two differ."""


_GROUPS: Final = {7: (3, 2, 2), 9: (2, 3, 2, 2), 10: (3, 3, 2, 2), 11: (1, 3, 3, 2, 2)}


def count(number: int, name: str, language: str, case: Case = NOMINATIVE) -> str:
    """ "одна минута, две минуты, пять минут": ``name`` is one of the language's units."""
    return counted(number, unit(name, language), language, case)


def digits(value: str, language: str, numbers: NumberPlan | None = None) -> str:
    """Digit by digit, in the usual groups of phone numbers; other characters are dropped.

    Numbers of the plan ``numbers`` are said in its groups, others in groups by their length.
    """
    words = spoken_language(language).signs
    signs = re.sub(r"[^0-9+*#]", "", value)
    number = signs.lstrip("+")
    groups = [words["+"]] if number != signs else []
    start = 0
    for size in (numbers and numbers.groups(number)) or _sizes(number):
        group = number[start : start + size]
        groups.append(" ".join(words.get(sign) or numeral(int(sign), language) for sign in group))
        start += size
    if len(groups) > 1 and number != signs:
        groups[:2] = [f"{groups[0]} {groups[1]}".strip()]
    return ", ".join(groups)


class Reader(Struct, frozen=True):
    """In which language values are read, and by which plan phone numbers are grouped."""

    language: str
    numbers: NumberPlan | None = None


def spoken(value: Value, kind: str, unit: str, reader: Reader, case: Case = NOMINATIVE) -> str:
    """The words of ``value`` for a placeholder of ``kind`` (lists have a prompt of their own).

    Raises :class:`PhraseError` when the value is not of that kind or has no words.
    """
    language = reader.language
    match kind, value:
        case "money", Money():
            return money(value, language, case)
        case "count", Count(number):
            return count(number, unit, language, case)
        case "day" | "date", Day(at):
            return dates.day(at, language, year=kind == "date")
        case "near", Day(at, today):
            return dates.near(at, today, language) or dates.day(at, language)
        case "moment" | "when", Moment(at, today):
            return dates.moment(at, today if kind == "when" else None, language)
        case "deadline", Moment(at, today):
            return dates.deadline(at, today, language)
        case "digits", Digits(keys):
            return digits(keys, language, reader.numbers)
        case "name", Name():
            return value.in_(language)
        case "text", Text(text):
            return text
        case "spoken", Spoken():
            return value.in_(language)[1]
        case _:
            raise PhraseError(
                f"a placeholder of kind {kind!r} was given {type(value).__name__}; "
                "the operation and the prompt must name the same kind"
            )


def _sizes(number: str) -> tuple[int, ...]:
    """The sizes of the groups of digits that are said without a pause."""
    if len(number) in _GROUPS:
        return _GROUPS[len(number)]
    if len(number) <= 3 or not number.isdigit():  # a code such as *100# is one thing
        return (len(number),)
    threes, rest = divmod(len(number), 3)
    return (3,) * (threes - 1) + {0: (3,), 1: (2, 2), 2: (3, 2)}[rest]
