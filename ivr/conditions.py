"""Values as a flow looks at them: set by it, and branched on."""

import re
from decimal import Decimal

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
    Value,
    Word,
)

COMPARISON = re.compile(r"(<=|>=|<|>) ?(-?[0-9]{1,12}(?:\.[0-9]{1,6})?)")
"""A case that compares with a number: ``< 5``, ``>= 0.01``."""

REFERENCE = re.compile(r"\{([\w-]{1,40})\}")
"""A given value that is the value of another name: ``{contract}``."""

_COMPARE = {
    "<": Decimal.__lt__,
    "<=": Decimal.__le__,
    ">": Decimal.__gt__,
    ">=": Decimal.__ge__,
}


def literal(given: str) -> Value:
    """What a flow that sets ``given`` means by it: a count, or a word."""
    return Count(int(given)) if re.fullmatch(r"[0-9]{1,12}", given) else Word(given)


def plain(value: Value) -> str:
    """A value as cases compare it: a list by its length, a recording by its seconds."""
    match value:
        case Word():
            return value.word
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
            return value.at.isoformat()
        case Name() | Spoken():
            return value.texts.get("", "")
        case Sealed():
            return ""


def fits(case: str, found: str) -> bool:
    """Whether a case is the one for what was found."""
    compared = COMPARISON.fullmatch(case)
    if compared is None:
        return case == found
    number = re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", found)
    return number is not None and bool(_COMPARE[compared[1]](Decimal(found), Decimal(compared[2])))
