"""Values as text messages write them: figures, with nouns in the matching form."""

from datetime import date, datetime
from decimal import Decimal

from ivr.speech import dates
from ivr.speech.cases import agreeing, unit
from ivr.speech.currencies import rounded
from ivr.speech.language import NOMINATIVE, Case
from ivr.speech.languages import language as spoken_language
from ivr.speech.phrases import Reader, spoken
from ivr.values import Count, Day, Digits, Moment, Money, Value


def written(value: Value, kind: str, name: str, reader: Reader, case: Case = NOMINATIVE) -> str:
    """The text of ``value`` for a placeholder of ``kind``: "12,50 руб.", "5 минут", "3 ноября".

    Raises :class:`~ivr.speech.phrases.PhraseError` when the value is not of that kind.
    """
    language = reader.language
    match kind, value:
        case "money", Money(amount, currency):
            return money(amount, currency, language)
        case "count", Count(number):
            return f"{number} {agreeing(number, unit(name, language), language, case)}"
        case "day" | "date", Day(at):
            return day(at, language, year=kind == "date")
        case "near", Day(at, today):
            return dates.near(at, today, language) or day(at, language)
        case "moment", Moment(at):
            return _moment(at, None, language)
        case "when", Moment(at, today):
            return _moment(at, today, language)
        case "deadline", Moment(at, today):
            return _deadline(dates.rounded(at), today, language)
        case "digits", Digits(keys):
            return keys
    return spoken(value, kind, name, reader, case)


def money(amount: Decimal, currency: str, language: str) -> str:
    """ "12,50 руб.", in English "12.50 EUR"; figures alone where the currency is not said.

    Raises :class:`~ivr.speech.language.PhraseError` for what is no amount.
    """
    found = spoken_language(language)
    figures = format(rounded(amount, currency), "f")
    figures = figures.replace("-", found.written.minus).replace(".", found.written.decimal)
    own = found.currencies.get(currency)
    return f"{figures} {(own and own.sign) or currency}".rstrip()


def day(value: date, language: str, *, year: bool = False) -> str:
    """ "3 ноября", on demand "3 ноября 2026"."""
    form = spoken_language(language).written
    month = dates.month(value.month, language)
    return (form.date if year else form.day).format(d=value.day, month=month, y=value.year)


def _moment(at: datetime, today: date | None, language: str) -> str:
    on = dates.near(at.date(), today, language) or day(at.date(), language)
    return spoken_language(language).written.moment.format(day=on, time=f"{at:%H:%M}")


def _deadline(end: datetime, today: date | None, language: str) -> str:
    """ "завтра до 9:30"; midnight belongs to the day that ends."""
    last, time = dates.last_day(end)
    on = dates.near(last, today, language) or day(last, language)
    return spoken_language(language).written.until.format(day=on, time=time)
