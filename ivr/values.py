"""Typed values that a session carries and prompts say, in each language's own words."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from msgspec import Struct

from ivr.secret import Secret

OWN = ""
"""As a currency: that of the operator, whichever it is."""


class Money(Struct, frozen=True, tag="money"):
    """An amount of money, exact; ``currency`` is an ISO 4217 code, or :data:`OWN`."""

    amount: Decimal
    currency: str = OWN


class Count(Struct, frozen=True, tag="count"):
    """A whole number of something; the placeholder of the prompt names the unit."""

    number: int


class Day(Struct, frozen=True, tag="day", repr_omit_defaults=True):
    """A calendar day. ``today`` is the day it is spoken of, for "today" and "tomorrow"."""

    day: date
    today: date | None = None


class Moment(Struct, frozen=True, tag="moment", repr_omit_defaults=True):
    """A moment in the caller's local time; played without its zone.

    ``today`` is the day it is spoken of, for "today" and "tomorrow".
    """

    at: datetime
    today: date | None = None


class Digits(Struct, frozen=True, tag="digits"):
    """Digits that are said one by one: a phone number, an account.

    ``hidden``: they are for the caller alone, such as a PUK; those who watch the call do not
    see them.
    """

    digits: str
    hidden: bool = False

    def __repr__(self) -> str:
        return "Digits(***)" if self.hidden else f"Digits({self.digits!r})"


class Name(Struct, frozen=True, tag="name"):
    """A name with its form in each language ("ru" -> "Домашний"); ``""`` is the form for the rest.

    Names come from the operator's systems (a tariff, a service), never from callers.
    """

    texts: Mapping[str, str]

    def in_(self, language: str) -> str:
        """The form for ``language``, or the form for the rest, or else the first that there is."""
        return self.texts.get(language) or self.texts.get("") or next(iter(self.texts.values()), "")


class Text(Struct, frozen=True, tag="text"):
    """A text from another system, in whichever language it has; see :mod:`ivr.http.answers`."""

    text: str


class Spoken(Struct, frozen=True, tag="spoken"):
    """An operator's announcement: a text per language, or a recording.

    ``recording`` is an absolute path without extension; it is played if set. The texts are used on
    text lines, and for speech when there is no recording.
    """

    texts: Mapping[str, str]
    recording: str = ""

    def in_(self, language: str) -> tuple[str, str]:
        """The text for ``language``, or for another one, and the language that it is in."""
        return next(
            ((each, text) for each in (language, *self.texts) if (text := self.texts.get(each))),
            (language, ""),
        )


class Rows(Struct, frozen=True, tag="rows"):
    """A list: each row fills the placeholders of the prompt that the list's placeholder names."""

    rows: "tuple[Mapping[str, Value], ...]"


class Recording(Struct, frozen=True, tag="recording"):
    """A caller's recording: ``file`` is the absolute path of the WAV file.

    It can be an input of an operation; no prompt can play it.
    """

    file: str
    seconds: float


class Sealed(Struct, frozen=True, tag="sealed"):
    """Secret digits, for an operation alone; None after the session was stored and loaded."""

    digits: Secret | None = None


def unwritten(value: object) -> None:
    """Encode a secret as null (msgspec's ``enc_hook``); raises TypeError for other types."""
    if not isinstance(value, Secret):
        raise TypeError(f"a {type(value).__name__} cannot be stored")


class Word(Struct, frozen=True, tag="word"):
    """A word set by a flow, to branch on; no prompt can say it."""

    word: str


Value: TypeAlias = (
    Money | Count | Day | Moment | Digits | Name | Text | Rows | Spoken | Recording | Sealed | Word
)
Values: TypeAlias = Mapping[str, Value]


class Phrase(Struct, frozen=True):
    """A prompt of the catalogue with the values that fill its placeholders."""

    prompt: str
    values: Values = {}
