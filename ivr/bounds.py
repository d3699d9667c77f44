"""The door for what comes from outside: JSON, and numbers that people type, within bounds.

A value that is let in fits the store, a date and billing's arithmetic; all else is one exception
with a sentence. Every server reads what it is sent through here.
"""

from decimal import Decimal, InvalidOperation
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

T = TypeVar("T")

Id = Annotated[int, Meta(ge=0, le=2**53 - 1)]
"""The number of something stored: what a browser can say, and less than SQLite's 64 bits."""

Seconds = Annotated[float, Meta(ge=0, le=604_800)]
"""A time to wait, a week at most."""

Short = Annotated[str, Meta(max_length=200)]
"""A name, a reason, a number."""

LARGEST = 10**12
"""Numbers and amounts that are typed are smaller."""

_DIGITS = len(str(LARGEST)) - 1


class Malformed(ValueError):  # noqa: N818 - named by what is so, not as an error
    """What came is not what may come; the text says why, in one line."""


def read(text: str | bytes, decoder: "msgspec.json.Decoder[T]") -> T:
    """What a decoder finds in JSON; raises :class:`Malformed` for whatever is wrong with it."""
    try:
        return decoder.decode(text)
    except RecursionError:
        raise Malformed("it is nested too deeply") from None
    except (msgspec.DecodeError, UnicodeError) as error:
        raise Malformed(" ".join(str(error).split())[:200]) from None


def whole(text: str) -> int:
    """A whole number that was typed, 0 or more; raises :class:`Malformed`."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS):
        raise Malformed("it is no whole number")
    return int(digits)


def amount(text: str) -> Decimal:
    """An amount that was typed, with a comma or a point; raises :class:`Malformed`."""
    try:
        found = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        raise Malformed("it is no amount") from None
    if not found.is_finite() or abs(found) >= LARGEST or found != round(found, 4):
        raise Malformed("it is no amount that there can be")
    return found
