"""Values as text messages write them: figures, with nouns in the matching form."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from ivr.speech import dates
from ivr.speech.cases import NOMINATIVE, Case, PhraseError, agreeing
from ivr.speech.nouns import UNITS
from ivr.speech.phrases import Reader, spoken
from ivr.values import Count, Day, Digits, Moment, Money, Value

_SIGNS: Final = {"BYN": {"ru": "руб.", "be": "руб."}}
"""Abbreviations of currencies; other currencies are written as their code."""


def written(value: Value, kind: str, unit: str, reader: Reader, case: Case = NOMINATIVE) -> str:
    """The text of ``value`` for a placeholder of ``kind``: "12,50 руб.", "5 минут", "3 ноября".

    Raises :class:`~ivr.speech.phrases.PhraseError` when the value is not of that kind.
    """
    language = reader.language
    match kind, value:
        case "money", Money(amount, currency):
            return money(amount, currency, language)
        case "count", Count(number) if unit in UNITS:
            return f"{number} {agreeing(number, UNITS[unit], language, case)}"
        case "day" | "date", Day(at):
            return day(at, language, year=kind == "date")
        case "near", Day(at, today):
            return dates.near(at, today, language) or day(at, language)
        case "moment", Moment(at):
            return f"{day(at.date(), language)}, {at:%H:%M}"
        case "when", Moment(at, today):
            on = dates.near(at.date(), today, language) or day(at.date(), language)
            return f"{on}, {at:%H:%M}"
        case "deadline", Moment(at, today):
            return _deadline(dates.rounded(at), today, language)
        case "digits", Digits(keys):
            return keys
    return spoken(value, kind, unit, reader, case)


def money(amount: Decimal, currency: str, language: str) -> str:
    """ "12,50 руб.", in English "12.50 BYN"; figures alone where the currency is not said."""
    if not amount.is_finite():
        raise PhraseError("the amount of money cannot be written: check the billing system")
    figures = format(amount.quantize(Decimal("0.01"), ROUND_HALF_UP), "f")
    if language != "en":
        figures = figures.replace(".", ",").replace("-", "−")
    return f"{figures} {_SIGNS.get(currency, {}).get(language, currency)}".rstrip()


def day(value: date, language: str, *, year: bool = False) -> str:
    """ "3 ноября", on demand "3 ноября 2026"."""
    text = f"{value.day} {dates.month(value.month, language)}"
    return f"{text} {value.year}" if year else text


def _deadline(end: datetime, today: date | None, language: str) -> str:
    """ "завтра до 9:30"; midnight belongs to the day that ends."""
    midnight = not (end.hour or end.minute)
    last = end.date() - timedelta(days=midnight)
    on = dates.near(last, today, language) or day(last, language)
    return f"{on} {dates.BY[language][0]} {'24:00' if midnight else f'{end.hour}:{end:%M}'}"
