"""Values as text messages write them: figures, with nouns in the matching form."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from ivr.numbers import NumberPlan
from ivr.speech.nouns import UNITS
from ivr.speech.phrases import PhraseError, agreeing, month, spoken
from ivr.values import Count, Day, Digits, Moment, Money, Value

_SIGNS: Final = {"BYN": {"ru": "руб.", "be": "руб."}}
"""Abbreviations of currencies; other currencies are written as their code."""


def written(
    value: Value, kind: str, unit: str, language: str, numbers: NumberPlan | None = None
) -> str:
    """The text of ``value`` for a placeholder of ``kind``: "12,50 руб.", "5 минут", "3 ноября".

    Raises :class:`~ivr.speech.phrases.PhraseError` when the value is not of that kind.
    """
    match kind, value:
        case "money", Money(amount, currency):
            return money(amount, currency, language)
        case "count", Count(number) if unit in UNITS:
            return f"{number} {agreeing(number, UNITS[unit], language)}"
        case "day" | "date", Day(at):
            return day(at, language, year=kind == "date")
        case "moment", Moment(at):
            return f"{day(at.date(), language)}, {at:%H:%M}"
        case "digits", Digits(keys):
            return keys
    return spoken(value, kind, unit, language, numbers)


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
    text = f"{value.day} {month(value.month, language)}"
    return f"{text} {value.year}" if year else text
