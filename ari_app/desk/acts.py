"""What an agent does for a caller with the operations of self-service: forms, made from their
signatures, and what comes of them, as it is read."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

from msgspec import Struct

from ari_app.desk.filling import NotFilled
from ivr.events import Answered
from ivr.model import Operation
from ivr.values import Count, Day, Digits, Moment, Money, Name, Rows, Spoken, Value, Values, Word
from ivr.written import money

BARRED = frozenset({"recording", "secret"})
"""Kinds of inputs that an agent has not: what the caller records, and what he must not see."""

QUOTE = "-quote"

DEEDS = frozenset({"apn-settings", "call-back", "charges-text", "tell-when-mended"})
"""Operations that cost nothing and still do something."""

CHARGES: Mapping[str, str] = {"charge": "money", "price": "count"}
"""What a quote brings, and its deed takes as agreed."""


class Choice(Struct, frozen=True):
    """Where an input can be chosen from: an operation, its list, and a row's values that are the
    code and the name."""

    operation: str
    rows: str
    code: str
    name: str


CHOICES: Mapping[tuple[str, str], Choice] = {
    ("tariff-change", "code"): Choice("tariffs", "tariffs", "code", "tariff"),
    ("service-on", "code"): Choice("service-offers", "offered", "code", "service"),
    ("service-off", "code"): Choice("services", "services", "code", "service"),
    ("redeem", "code"): Choice("rewards", "rewards", "code", "reward"),
    ("buy", "offer"): Choice("offers", "offers", "offer", "what"),
}

UNITS = ("minutes", "gigabytes")


class Table(Struct, frozen=True):
    """Rows with the names of their columns."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


Line = tuple[str, "str | Table"]
"""The name of a value and what is shown of it."""


def offered(catalogue: Mapping[str, Operation]) -> Mapping[str, Operation]:
    """The operations that an agent can do: all but those that need what he has not, and quotes,
    which are steps of others."""
    return {
        name: one
        for name, one in catalogue.items()
        if not name.endswith(QUOTE) and not BARRED & set(one.inputs.values())
    }


def changes(operation: Operation) -> bool:
    """Whether something is done by it, for which there must be a reason; else it only tells."""
    return operation.costs or operation.name in DEEDS


def asked(operation: Operation) -> Mapping[str, str]:
    """The inputs that a form asks for, and their kinds; the charge is quoted, not asked for."""
    charge = _charge(operation)
    return {name: kind for name, kind in operation.inputs.items() if name != charge}


def _charge(operation: Operation) -> str:
    if not operation.costs:
        return ""
    return next(name for name, kind in CHARGES.items() if operation.inputs.get(name) == kind)


def filled(kinds: Mapping[str, str], fields: Mapping[str, str]) -> dict[str, Value]:
    """The inputs as they were filled in; :class:`NotFilled` names the first that is not."""
    return {name: _filled(name, kind, fields.get(name, "").strip()) for name, kind in kinds.items()}


def _filled(name: str, kind: str, text: str) -> Value:
    try:
        match kind:
            case "digits" if text and all(sign in "0123456789+ -()" for sign in text):
                return Digits("".join(sign for sign in text if sign.isdigit()))
            case "count":
                return Count(int(text))
            case "money":
                return Money(Decimal(text.replace(",", ".")))
            case "word" if text in UNITS:
                return Word(text)
    except (ValueError, InvalidOperation):
        pass
    raise NotFilled(name)


def agreed(operation: Operation, quoted: Values) -> Mapping[str, str]:
    """The charge that a quote told, as a field of the form that agrees to it."""
    name = _charge(operation)
    match quoted[name]:
        case Money(amount):
            return {name: str(amount)}
        case Count(number):
            return {name: str(number)}
    raise TypeError(f"{operation.name} quotes a {name} that is no charge")


def choices(choice: Choice, answered: Answered, language: str) -> Sequence[tuple[str, str]]:
    """What there is to choose: code and name."""
    rows = answered.values.get(choice.rows)
    if not isinstance(rows, Rows):
        return ()
    return [
        (str(shown(row[choice.code], language)), str(shown(row[choice.name], language)))
        for row in rows.rows
    ]


def lines(values: Values, language: str) -> Iterator[Line]:
    """What an operation brought, value by value."""
    for name, value in values.items():
        yield name, shown(value, language)


def shown(value: Value, language: str) -> "str | Table":
    """A value as it is read."""
    match value:
        case Money(amount, currency):
            return money(amount, currency, language)
        case Count(number):
            return str(number)
        case Day(day):
            return f"{day:%d.%m.%Y}"
        case Moment(at):
            return f"{at:%d.%m.%Y %H:%M}"
        case Digits(digits):
            return digits
        case Name():
            return value.in_(language)
        case Spoken():
            return value.in_(language)[0]
        case Word(word):
            return word
        case Rows(rows):
            columns = list(rows[0]) if rows else []
            cells = [[str(shown(row[each], language)) for each in columns] for row in rows]
            return Table(columns, cells)
    return "…"
