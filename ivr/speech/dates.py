"""Days and times in words: exact ones, those near today, and deadlines.

Days are in the form that an author's text fits around ("третьего ноября", "до третьего ноября"):
which one that is, and the order of the words, says the language's file.
"""

from datetime import date, datetime, timedelta
from string import Formatter
from typing import Final, cast

from ivr.speech.cases import counted, unit
from ivr.speech.language import NOMINATIVE, Case, Clock, Language
from ivr.speech.languages import language as spoken
from ivr.speech.numerals import numeral, ordinal

ROUNDED: Final = timedelta(minutes=30)
"""Deadlines are rounded up to a multiple of this: a promise to the minute is not kept."""


def month(number: int, language: str) -> str:
    """ "ноября": a month from 1 to 12, as it stands after its days."""
    return spoken(language).months[number - 1]


def day(value: date, language: str, *, year: bool = False) -> str:
    """ "третьего ноября", on demand "третьего ноября две тысячи двадцать шестого года"."""
    found = spoken(language)
    return _day(value, found.date if year else found.day, found)


def _day(value: date, pattern: str, language: Language) -> str:
    return pattern.format(
        day=ordinal(value.day, language),
        month=month(value.month, language.code),
        year=_year(value.year, language) if "{year}" in pattern else "",
    )


def _year(number: int, language: Language) -> str:
    match language.year:
        case "ordinal":
            return ordinal(number, language)
        case "cardinal":
            return numeral(number, language.code)
        case "pairs":
            from num2words import num2words

            return str(num2words(number, lang=language.numerals.num2words, to="year"))


def near(value: date, today: date | None, language: str) -> str | None:
    """ "вчера", "сегодня", "завтра" if it is one of these, seen from ``today``."""
    days = 2 if today is None else (value - today).days
    return spoken(language).near[days + 1] if -1 <= days <= 1 else None


def moment(value: datetime, today: date | None, language: str) -> str:
    """ "сегодня в четырнадцать часов пять минут"; another day is said without its year."""
    return _at(value, value.date(), today, spoken(language), spoken(language).time)


def rounded(value: datetime) -> datetime:
    """A deadline, rounded up to what can be promised."""
    since = timedelta(minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    return value - since + -(-since // ROUNDED) * ROUNDED


def last_day(end: datetime) -> tuple[date, str]:
    """The day of a deadline and its time in figures: midnight, 24:00, is of the day that ends."""
    midnight = not (end.hour or end.minute)
    time = "24:00" if midnight else f"{end.hour}:{end:%M}"
    return end.date() - timedelta(days=midnight), time


def deadline(value: datetime, today: date | None, language: str) -> str:
    """ "завтра до девяти тридцати", rounded up by :func:`rounded`."""
    end = rounded(value)
    return _at(end, last_day(end)[0], today, spoken(language), spoken(language).until)


def _at(at: datetime, on: date, today: date | None, language: Language, clock: Clock) -> str:
    named = near(on, today, language.code) or _timed(on, today, language)
    figures = f"{at.hour}:{at:%M}"
    if on != at.date():
        figures = "24:00"
    time = clock.names.get(figures) or _time(at, language, clock)
    hard = bool(clock.after_consonant) and named[-1] not in language.vowels
    return (clock.after_consonant if hard else clock.moment).format(on=named, time=time)


def _timed(on: date, today: date | None, language: Language) -> str:
    """A day that a time follows."""
    usual = language.day if today is None else language.day_at or language.day
    text = _day(on, language.timed.day or usual, language)
    for end, instead in language.timed.ends.items():
        if text.endswith(end):
            return text.removesuffix(end) + instead
    return text


def _time(at: datetime, language: Language, clock: Clock) -> str:
    pattern = clock.full if at.minute else clock.whole
    parts = []
    for literal, name, case, _ in Formatter().parse(pattern):
        parts.append(literal)
        if name is not None:
            parts.append(_part(at, name, cast("Case", case or NOMINATIVE), language, clock))
    return "".join(parts)


def _part(at: datetime, name: str, case: Case, language: Language, clock: Clock) -> str:
    code = language.code
    match name:
        case "hours":
            return counted(at.hour, unit("hour", code), code, case)
        case "minutes":
            return counted(at.minute, unit("minute", code), code, case)
        case "number":
            return numeral(at.hour, code)
        case "hour12":
            return numeral(at.hour % 12 or 12, code)
        case "half":
            return language.halves[at.hour >= 12]
        case "minute":
            words = numeral(at.minute, code, "", case)
            return f"{language.zero} {words}" if language.zero and at.minute < 10 else words
        case _:  # the hour
            named = clock.names.get(str(at.hour))
            if named or clock.hours:
                return named or clock.hours[at.hour]
            return numeral(at.hour, code, unit("hour", code).gender, case)
