"""What a caller can be told: typed values, so that every language can say them well."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

from msgspec import Struct

from ivr.secret import Secret


class Money(Struct, frozen=True, tag="money"):
    """An amount of money, exact; ``currency`` is an ISO 4217 code."""

    amount: Decimal
    currency: str = "BYN"


class Count(Struct, frozen=True, tag="count"):
    """A whole number of something; the unit is named by the placeholder that tells it."""

    number: int


class Day(Struct, frozen=True, tag="day"):
    """A calendar day."""

    day: date


class Moment(Struct, frozen=True, tag="moment"):
    """A moment, in the local time of the caller (told without a zone)."""

    at: datetime


class Digits(Struct, frozen=True, tag="digits"):
    """Keys or a number told digit by digit: a phone number, an account."""

    digits: str


class Name(Struct, frozen=True, tag="name"):
    """A name with its form in each language ("ru" -> "Домашний"); ``""`` is the form for the rest.

    Names come from the operator's systems (a tariff, a service), never from callers.
    """

    texts: Mapping[str, str]

    def in_(self, language: str) -> str:
        """The form for ``language``, or the form for the rest."""
        return self.texts.get(language) or self.texts.get("", "")


class Spoken(Struct, frozen=True, tag="spoken"):
    """What somebody declared for callers: his text in each language, or a recording of his.

    ``recording`` is an absolute path without extension. It is played where there is one; texts
    serve the lines that have no sound, and everybody when there is none.
    """

    texts: Mapping[str, str]
    recording: str = ""

    def in_(self, language: str) -> tuple[str, str]:
        """The text for ``language`` and the language it is in: another one if that is missing."""
        return next(
            ((each, text) for each in (language, *self.texts) if (text := self.texts.get(each))),
            (language, ""),
        )


class Rows(Struct, frozen=True, tag="rows"):
    """A list: each row fills the placeholders of the prompt that the list's placeholder names."""

    rows: "tuple[Mapping[str, Value], ...]"


class Recording(Struct, frozen=True, tag="recording"):
    """What the caller said, recorded: ``file`` is the absolute path of the WAV with its extension.

    An operation takes it; no prompt can tell it.
    """

    file: str
    seconds: float


class Sealed(Struct, frozen=True, tag="sealed"):
    """Digits that must not be seen; None where they were forgotten. An operation takes them."""

    digits: Secret | None = None


def unwritten(value: object) -> None:
    """What is written of a secret: nothing. (For msgspec's ``enc_hook``.)"""
    if not isinstance(value, Secret):
        raise TypeError(f"a {type(value).__name__} cannot be written")


class Word(Struct, frozen=True, tag="word"):
    """A word that a flow set for itself, to branch on; it cannot be told."""

    word: str


Value: TypeAlias = (
    Money | Count | Day | Moment | Digits | Name | Rows | Spoken | Recording | Sealed | Word
)
Values: TypeAlias = Mapping[str, Value]


class Phrase(Struct, frozen=True):
    """A prompt of the catalogue with the values that fill its placeholders."""

    prompt: str
    values: Values = {}
