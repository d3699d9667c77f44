"""What an agent does for a caller with the operations of self-service: forms, made from their
signatures, and what comes of them, as it is read."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from msgspec import Struct

from ari_app.desk.filling import NotFilled
from ari_app.desk.known import Identity
from ivr.events import Answered
from ivr.model import Operation
from ivr.speech.written import money
from ivr.values import Count, Day, Digits, Moment, Money, Name, Rows, Spoken, Value, Values, Word

BARRED = frozenset({"recording", "secret"})
"""Kinds of inputs that an agent has not: what the caller records, and what he must not see."""

QUOTE = "-quote"

DEEDS = frozenset({"apn-settings", "call-back", "charges-text", "tell-when-mended"})
"""Operations that cost nothing and still do something."""

CHARGES: Mapping[str, str] = {"charge": "money", "price": "count"}
"""What a quote brings, and its deed takes as agreed."""

GOOD = frozenset({"ok", "accepted", "already"})
"""Outcomes of deeds after which it is as the caller wished, or will be."""

YEAR = timedelta(days=365)
"""Days are named by day and month: the same day next year would be today."""

_KNOWN: Sequence[Identity] = ("none", "caller", "code-word")


class Choice(Struct, frozen=True):
    """Where an input can be chosen from: an operation, its list, and a row's values that are the
    code, the name and the price."""

    operation: str
    rows: str
    code: str
    name: str
    price: str


CHOICES: Mapping[tuple[str, str], Choice] = {
    ("tariff-change", "code"): Choice("tariffs", "tariffs", "code", "tariff", "fee"),
    ("service-on", "code"): Choice("service-offers", "offered", "code", "service", "fee"),
    ("service-off", "code"): Choice("services", "services", "code", "service", "fee"),
    ("redeem", "code"): Choice("rewards", "rewards", "code", "reward", "price"),
    ("buy", "offer"): Choice("offers", "offers", "offer", "what", "charge"),
}

UNITS = ("minutes", "gigabytes")

DAYS = frozenset({"since"})
"""Inputs of digits that are a day; callers key it as ``DDMM``, agents have a calendar."""


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


def enough(operation: Operation, identity: Identity) -> bool:
    """Whether a caller is known well enough for it."""
    return _KNOWN.index(identity) >= _KNOWN.index(operation.need)


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


def filled(kinds: Mapping[str, str], fields: Mapping[str, str], today: date) -> Mapping[str, Value]:
    """The inputs as they were filled in; :class:`NotFilled` names the first that is not."""
    return {
        name: _filled(name, "day" if name in DAYS else kind, fields.get(name, "").strip(), today)
        for name, kind in kinds.items()
    }


def _filled(name: str, kind: str, text: str, today: date) -> Value:
    try:
        match kind:
            case "day" if timedelta(0) <= (day := date.fromisoformat(text)) - today < YEAR:
                return Digits(f"{day:%d%m}")
            case "digits" if text and all(sign in "0123456789+ -()" for sign in text):
                return Digits("".join(sign for sign in text if sign.isdigit()))
            case "count" if (number := int(text)) >= 0:
                return Count(number)
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
    """What there is to choose: code, and name with price."""
    rows = answered.values.get(choice.rows)
    if not isinstance(rows, Rows):
        return ()

    def one(row: Values, *names: str) -> str:
        return " · ".join(str(shown(row[name], language)) for name in names)

    return [(one(row, choice.code), one(row, choice.name, choice.price)) for row in rows.rows]


def lines(values: Values, language: str) -> Iterator[Line]:
    """What an operation brought, value by value."""
    for name, value in values.items():
        yield name, shown(value, language)


def differences(before: Values, after: Values, language: str) -> Iterator[tuple[str, str, str]]:
    """What was otherwise before a deed: the name of the value, what it was, and what it is."""
    for name in (name for name in before if name in after):
        was, now = (str(shown(values[name], language)) for values in (before, after))
        if was != now:
            yield name, was, now


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
        case Name(texts):
            return value.in_(language) or next(iter(texts.values()), "")
        case Spoken():
            return value.in_(language)[0]
        case Word(word):
            return word
        case Rows(rows):
            columns = list(rows[0]) if rows else []
            cells = [[str(shown(row[each], language)) for each in columns] for row in rows]
            return Table(columns, cells)
    return "…"
