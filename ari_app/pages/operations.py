"""Operations of self-service as forms: inputs from signatures, results as text."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from ivr import bounds
from ivr.events import Answered
from ivr.model import Operation
from ivr.secret import Secret
from ivr.speech.written import money
from ivr.terms import Need
from ivr.values import (
    Count,
    Day,
    Digits,
    Moment,
    Money,
    Name,
    Rows,
    Sealed,
    Spoken,
    Text,
    Value,
    Values,
    Word,
)

GIVEN = frozenset({"count", "digits", "money", "text", "word"})
"""Kinds of inputs of the operator's own operations that a form has a field for."""

INPUT = "in-"
"""Prefix of the form fields that are inputs of the operation."""

QUOTE = "-quote"
"""Suffix of the operations that quote the charge of another."""

FREE_ACTIONS = frozenset(
    {
        "apn-settings", "call-back", "charges-text", "one-time-code", "refuse-campaigns",
        "tell-when-mended",
    }
)  # fmt: skip
"""Operations that cost nothing but have an effect, so that a reason is asked for."""

CHARGES: Mapping[str, str] = {"charge": "money", "price": "count"}
"""The input that takes the quoted charge, and its kind."""

GOOD = frozenset({"ok", "accepted", "already"})
"""Outcomes with which the caller has, or will get, what they asked for."""

LONGEST = 200
"""Most characters of a field."""
DIGITS = 40
"""Most characters of a field of digits, or of a secret."""

LATEST = timedelta(days=366)
"""How far ahead a moment may be."""

YEAR = timedelta(days=365)
"""Dates must be less than a year ahead: operations take them as day and month."""

_WORD = re.compile(r"[\w-]{1,40}")
_LEVELS: Sequence[Need] = ("none", "caller", "code-word")


class InvalidField(Exception):  # noqa: N818 - named by what is so, not as an error
    """A field of a form is empty or cannot be read: its name."""


class Choice(Struct, frozen=True):
    """Where the choices of an input come from: an operation, the list that it returns, and the
    columns of the code, the name and the price. ``held``: the operation that brings what the
    subscriber has, which is not offered."""

    operation: str
    rows: str
    code: str
    name: str
    price: str
    held: str = ""


CHOICES: Mapping[tuple[str, str], Choice] = {
    ("tariff-change", "code"): Choice("tariffs", "tariffs", "code", "tariff", "fee", "tariff"),
    ("service-on", "code"): Choice(
        "service-offers", "offered", "code", "service", "fee", "services"
    ),
    ("service-off", "code"): Choice("services", "services", "code", "service", "fee"),
    ("packet", "code"): Choice("packets", "packets", "code", "packet", "price"),
    ("redeem", "code"): Choice("rewards", "rewards", "code", "reward", "price"),
    ("buy", "offer"): Choice("offers", "offers", "offer", "what", "charge"),
}

UNITS = ("minutes", "gigabytes")
"""What an input ``unit`` of a built-in operation may be; other words are free."""

DAYS = frozenset({"since"})
"""Inputs of digits that are a date: callers press ``DDMM``, agents get a date field."""


class Table(Struct, frozen=True):
    """Rows of cells, and the names of the columns."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


Line = tuple[str, "str | Table"]
"""The name of a value and its text."""


def identified_enough(operation: Operation, identity: Need) -> bool:
    """Whether a caller with this identification may use the operation."""
    return _LEVELS.index(identity) >= _LEVELS.index(operation.need)


def has_effect(operation: Operation) -> bool:
    """Whether the operation changes or sends something; else it only answers a question."""
    writes = operation.http is not None and operation.http.method != "GET"
    return operation.costs or writes or operation.name in FREE_ACTIONS


def form_inputs(operation: Operation) -> Mapping[str, str]:
    """The inputs that a form asks for, and their kinds; the charge is quoted instead."""
    charge = _charge(operation)
    return {name: kind for name, kind in operation.inputs.items() if name != charge}


def _charge(operation: Operation) -> str:
    if not operation.costs:
        return ""
    return next(name for name, kind in CHARGES.items() if operation.inputs.get(name) == kind)


def parse(
    kinds: Mapping[str, str], fields: Mapping[str, str], today: date, own: bool
) -> Mapping[str, Value]:
    """The inputs from form fields; raises :class:`InvalidField` for the first that is wrong.

    ``own``: of an operation of the operator's own, whose words are free.
    """
    words = {} if own else {"unit": UNITS}
    return {
        name: _parse(
            *(name, "day" if name in DAYS else kind, fields.get(name, "").strip(), today),
            words.get(name),
        )
        for name, kind in kinds.items()
    }


def bounded(text: str, name: str) -> str:
    """What was typed into the field ``name``; raises :class:`InvalidField` if it is too long, or
    has what no one types: browsers hold to ``maxlength``, others do not."""
    if len(text) > LONGEST or not text.isprintable():
        raise InvalidField(name)
    return text


def _parse(name: str, kind: str, text: str, today: date, words: Collection[str] | None) -> Value:
    bounded(text, name)
    if kind in ("digits", "secret") and len(text) > DIGITS:
        raise InvalidField(name)
    try:
        match kind:
            case "day" if timedelta(0) <= (day := date.fromisoformat(text)) - today < YEAR:
                return Digits(f"{day:%d%m}")
            case "digits" if text and all(sign in "0123456789+ -()" for sign in text):
                return Digits("".join(sign for sign in text if sign.isdigit()))
            case "secret" if (digits := "".join(text.split())).isascii() and digits.isdecimal():
                return Sealed(Secret(digits))
            case "count":
                return Count(bounds.whole(text))
            case "money":
                return Money(bounds.amount(text))
            case "word" if text in words if words else _WORD.fullmatch(text):
                return Word(text)
            case "text" if text:
                return Text(text)
    except ValueError:
        pass
    raise InvalidField(name)


def future(text: str, name: str, local: Callable[[datetime], datetime], now: datetime) -> datetime:
    """The moment of the field ``name``, written without a time zone, which ``local`` adds; raises
    :class:`InvalidField` unless it is within the next year."""
    try:
        at = local(datetime.fromisoformat(text))
    except (ValueError, OverflowError):  # the last day of the calendar has no time zone
        raise InvalidField(name) from None
    if not now < at < now + LATEST:
        raise InvalidField(name)
    return at


def quoted_charge(operation: Operation, quoted: Values) -> Mapping[str, str]:
    """The charge of a quote, as a hidden field of the form that confirms it."""
    name = _charge(operation)
    match quoted[name]:
        case Money(amount):
            return {name: str(amount)}
        case Count(number):
            return {name: str(number)}
    raise TypeError(f"the quote of {operation.name} has a {name} that is no charge")


def choices(
    choice: Choice, answered: Answered, language: str, own: str
) -> Sequence[tuple[str, str]]:
    """The choices: code, and label (name with price); ``own`` as for :func:`shown`."""
    rows = answered.values.get(choice.rows)
    if not isinstance(rows, Rows):
        return ()

    def one(row: Values, *names: str) -> str:
        return " · ".join(str(shown(row[name], language, own)) for name in names)

    return [(one(row, choice.code), one(row, choice.name, choice.price)) for row in rows.rows]


def held(choice: Choice, answered: Answered) -> frozenset[str]:
    """The codes of what a subscriber has: of the rows of a list, or of one thing alone."""
    found = []
    for name, value in answered.values.items():
        if isinstance(value, Rows):
            found += [row.get(choice.code) for row in value.rows]
        elif name == f"{choice.name}_{choice.code}":
            found.append(value)
    return frozenset(
        value.digits if isinstance(value, Digits) else value.word
        for value in found
        if isinstance(value, Digits | Word)
    )


def lines(values: Values, language: str, own: str) -> Iterator[Line]:
    """The values that an operation returned, but words, which only menus branch on."""
    for name, value in values.items():
        if not isinstance(value, Word):
            yield name, shown(value, language, own)


def differences(
    before: Values, after: Values, language: str, own: str
) -> Iterator[tuple[str, str, str]]:
    """The values that an operation changed: name, value before and after."""
    for name in (name for name in before if name in after):
        was, now = (str(shown(values[name], language, own)) for values in (before, after))
        if was != now:
            yield name, was, now


def shown(value: Value, language: str, own: str) -> "str | Table":
    """The text of a value; rows become a table. ``own``: the currency of money that names none."""
    match value:
        case Money(amount, currency):
            return money(amount, currency or own, language)
        case Count(number):
            return str(number)
        case Day(day):
            return f"{day:%d.%m.%Y}"
        case Moment(at):
            return f"{at:%d.%m.%Y %H:%M}"
        case Digits(digits):
            return digits
        case Name(texts):
            return value.in_(language) or next(iter(texts.values()), "")
        case Spoken():
            return value.in_(language)[0]
        case Word(text) | Text(text):
            return text
        case Rows(rows):
            columns = list(rows[0]) if rows else []
            cells = [[str(shown(row[each], language, own)) for each in columns] for row in rows]
            return Table(columns, cells)
    return "…"
