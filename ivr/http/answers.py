"""Answers of a back end as outcomes and typed values; texts from outside are made harmless."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from msgspec import MsgspecError, json

from ivr.events import Answered
from ivr.http import declaration as of
from ivr.http.declaration import Answer, HttpOperation, Source
from ivr.values import Count, Day, Digits, Moment, Money, Name, Rows, Text, Value, Word

LONGEST = 1000
"""The most characters of a text or a name, whatever its source says."""

LARGEST = Decimal(10) ** 12
"""Amounts and counts are less than this."""


class UnusableAnswer(Exception):  # noqa: N818 - named by what is so, not as an error
    """An answer that the declaration does not understand; the text says what is missing."""


def document(body: bytes) -> object:
    """The JSON of an answer, None for an empty one; raises :class:`UnusableAnswer`."""
    if not body.strip():
        return None
    try:
        return json.decode(body)
    except (MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise UnusableAnswer(f"the answer is no JSON: {error}") from error


def answered(operation: HttpOperation, status: int, body: bytes, now: datetime) -> Answered:
    """The outcome and the values of an answer, by the first declaration that fits.

    ``now`` is in the site's time zone. Raises :class:`UnusableAnswer`.
    """
    fitting = [(name, one) for name, one in operation.answers.items() if has_status(one, status)]
    if not fitting:
        raise UnusableAnswer(f"no answer is declared for the status {status}")
    if not any(one.when or one.values for _, one in fitting):
        return Answered(fitting[0][0])
    found = document(body)
    for name, one in fitting:
        if not one.when or _truthy(look(one.when, found)):
            return Answered(name, _values(one.values, found, now))
    raise UnusableAnswer(f"no `when` of the answers with the status {status} fits")


def has_status(answer: Answer, status: int) -> bool:
    """Whether an answer is for a status."""
    text = str(status)
    return any(each in (text, f"{text[0]}xx") for each in answer.status)


def look(path: str, found: object) -> Any:
    """What an expression finds, None for nothing; raises :class:`UnusableAnswer`."""
    try:
        return _compiled(path).search(found)
    except (JMESPathError, TypeError, ValueError, ArithmeticError, RecursionError) as error:
        raise UnusableAnswer(f"{path}: {error}") from error


def fault(path: str) -> str:
    """What is wrong with an expression, in a line; "" for nothing."""
    try:
        _compiled(path)
    except JMESPathError as error:
        return " ".join(str(error).split())
    except RecursionError:
        return "it is too deep"
    return ""


@cache
def _compiled(path: str) -> Any:
    return jmespath.compile(path)


def _truthy(value: object) -> bool:
    """As JMESPath has it: 0 is true."""
    return not (value is None or value is False or value == "" or value in ([], {}))


def _values(sources: Mapping[str, Source], found: object, now: datetime) -> dict[str, Value]:
    values = {}
    for name, source in sources.items():
        try:
            values[name] = _value(source, found, now)
        except (ValueError, InvalidOperation, OverflowError, OSError) as error:
            kind = of.source_kind(source)
            raise UnusableAnswer(f"the value {name} is no {kind}: {error}") from error
    return values


def _value(source: Source, found: object, now: datetime) -> Value:
    """A value; raises ``ValueError`` (or another of arithmetic) for what it is not."""
    match source:
        case of.MoneySource(money=path, currency=currency):
            return Money(_amount(look(path, found)), _currency(currency, found))
        case of.CountSource(count=path):
            return Count(_whole(look(path, found)))
        case of.DaySource(day=path):
            return Day(_day(look(path, found), now), now.date())
        case of.MomentSource(moment=path):
            return Moment(_moment(look(path, found), now), now.date())
        case of.NameSource(name=path):
            return _name(look(path, found))
        case of.EachSource(each=path, of=sources, most=most):
            rows = _list(look(path, found))[:most]
            return Rows(tuple(_values(sources, row, now) for row in rows))
    return _written(source, found)


def _written(source: Source, found: object) -> Value:
    match source:
        case of.DigitsSource(digits=path):
            return Digits(_digits(_scalar(look(path, found))))
        case of.WordSource(word=path, one_of=words):
            return Word(_listed(_scalar(look(path, found)), words))
        case of.TextSource(text=path, longest=longest):
            return Text(harmless(_scalar(look(path, found)), longest))
    raise TypeError(f"a {type(source).__name__} is no source")


def harmless(text: str, longest: int) -> str:
    """A text from outside as it may be spoken and shown.

    Markup (SSML, HTML) is dropped, and so are control and formatting characters, such as those
    that turn the direction of writing; what is longer is cut at a word.
    """
    text = re.sub(r"<[^<>]*>", " ", text)
    signs = (
        " " if sign.isspace() else sign
        for sign in unicodedata.normalize("NFC", text)
        if sign.isspace() or unicodedata.category(sign)[0] != "C"
    )
    clean = " ".join("".join(signs).translate({ord("<"): " ", ord(">"): " "}).split())
    longest = min(longest, LONGEST)
    if len(clean) <= longest:
        return clean
    return clean[: longest + 1].rpartition(" ")[0] or clean[:longest]


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        raise ValueError("there is none" if value is None else "it is not one value")
    return str(value)


def _amount(value: object) -> Decimal:
    if isinstance(value, bool):
        raise ValueError("it is yes or no")
    amount = Decimal(_scalar(value).strip().replace(",", "."))
    if not amount.is_finite() or abs(amount) >= LARGEST:
        raise ValueError("it is too large")
    return amount


def _whole(value: object) -> int:
    number = _amount(value)
    if number < 0 or number != int(number):
        raise ValueError("it is no whole number from 0")
    return int(number)


def _list(value: object) -> list[object]:
    if value is not None and not isinstance(value, list):
        raise ValueError("it is no list")
    return value or []


def _listed(word: str, words: Sequence[str]) -> str:
    if word not in words:
        raise ValueError(f"it is none of {', '.join(words)}")
    return word


def _currency(currency: str, found: object) -> str:
    if not currency or re.fullmatch(r"[A-Z]{3}", currency):
        return currency
    code = _scalar(look(currency, found))
    if not re.fullmatch(r"[A-Z]{3}", code):
        raise ValueError("its currency is no code of ISO 4217")
    return code


def _digits(text: str) -> str:
    digits = re.sub(r"[\s().-]", "", text)
    if not re.fullmatch(r"[0-9*#+]{1,40}", digits):
        raise ValueError("it has other signs, or more than 40")
    return digits


def _name(value: object) -> Name:
    texts = value if isinstance(value, dict) else {"": value}
    found = {
        str(language): harmless(_scalar(text), LONGEST)
        for language, text in texts.items()
        if text is not None
    }
    if not any(found.values()):
        raise ValueError("there is none")
    return Name({"": next(text for text in found.values() if text), **found})


def _day(value: object, now: datetime) -> date:
    text = _scalar(value)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text)
    return _moment(value, now).date()


def _moment(value: object, now: datetime) -> datetime:
    """In the site's time zone."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, now.tzinfo)
    at = datetime.fromisoformat(_scalar(value))
    return at.replace(tzinfo=now.tzinfo) if at.tzinfo is None else at.astimezone(now.tzinfo)
