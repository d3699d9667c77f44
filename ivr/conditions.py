"""The values of ``set`` nodes and the cases of ``branch`` nodes."""

import re
from decimal import Decimal

from ivr.lists import NO_LISTS, Lists
from ivr.values import (
    Count,
    Day,
    Digits,
    Moment,
    Money,
    Name,
    Recording,
    Rows,
    Sealed,
    Spoken,
    Text,
    Value,
    Word,
)

COMPARISON = re.compile(r"(<=|>=|<|>) ?(-?[0-9]{1,12}(?:\.[0-9]{1,6})?)")
"""A case that compares numbers: ``< 5``, ``>= 0.01``."""

RANGE = re.compile(r"(-?[0-9]{1,12}(?:\.[0-9]{1,6})?) to (-?[0-9]{1,12}(?:\.[0-9]{1,6})?)")
"""A case for numbers between two, both included: ``5 to 10``."""

WORDS = re.compile(r"[\w.*#+-]{1,40}(?: [\w.*#+-]{1,40}){0,7}")
"""A case that is a word, or a few such as the name of an area: ``Old Town``."""

LIST = re.compile(rf"{WORDS.pattern}(?:, ?{WORDS.pattern}){{1,49}}")
"""A case for several words or numbers: ``packed, sent``."""

IN = re.compile(r"in ([\w.*#+-]{1,40})")
"""A case for what is in a list of the operator: ``in vip``."""

REFERENCE = re.compile(r"\{([\w-]{1,40})\}")
"""A reference to another value: ``{contract}``."""

_COMPARE = {
    "<": Decimal.__lt__,
    "<=": Decimal.__le__,
    ">": Decimal.__gt__,
    ">=": Decimal.__ge__,
}


def literal(given: str) -> Value:
    """The value of a literal: a count if it is a whole number, else a word."""
    return Count(int(given)) if re.fullmatch(r"[0-9]{1,12}", given) else Word(given)


def plain(value: Value) -> str:
    """A value as text for comparison: a list as its length, a recording as its seconds."""
    match value:
        case Word():
            return value.word
        case Text():
            return value.text
        case Digits():
            return value.digits
        case Count():
            return str(value.number)
        case Money():
            return format(value.amount, "f")
        case Rows():
            return str(len(value.rows))
        case Recording():
            return format(value.seconds, "g")
        case Day():
            return value.day.isoformat()
        case Moment():
            return f"{value.at:%Y-%m-%dT%H:%M}"
        case Name() | Spoken():
            return value.texts.get("", "")
        case Sealed():
            return ""


def fits(case: str, found: str, lists: Lists = NO_LISTS) -> bool:
    """Whether a case matches a value given as text."""
    if named := IN.fullmatch(case):
        return lists.has(named[1], found)
    if LIST.fullmatch(case):
        return found in re.split(", ?", case)
    compared, between = COMPARISON.fullmatch(case), RANGE.fullmatch(case)
    if compared is None and between is None:
        return case == found
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", found):
        return False
    if between:
        return Decimal(between[1]) <= Decimal(found) <= Decimal(between[2])
    assert compared is not None
    return bool(_COMPARE[compared[1]](Decimal(found), Decimal(compared[2])))


def is_case(text: str) -> bool:
    """Whether a case is more than a word."""
    return any(each.fullmatch(text) for each in (COMPARISON, RANGE, LIST, IN))
