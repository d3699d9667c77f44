"""Days and times in words: exact ones, those near today, and deadlines.

Belarusian ordinals are made here: num2words has them without cases. Days are in the genitive, so
that an author's text fits around them ("третьего ноября", "до третьего ноября").
"""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from num2words import num2words

from ivr.speech.cases import counted, numeral
from ivr.speech.nouns import HOUR, MINUTE

_VOWELS: Final = "аеёіоуыэюя"

MONTHS: Final = {
    "ru": [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
    "be": [
        "студзеня",
        "лютага",
        "сакавіка",
        "красавіка",
        "мая",
        "чэрвеня",
        "ліпеня",
        "жніўня",
        "верасня",
        "кастрычніка",
        "лістапада",
        "снежня",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
"""The months from January on, as they stand after their days."""

_BE_ORDINALS: Final = {
    n: word
    for numbers, words in (
        (
            range(1, 20),
            "першага другога трэцяга чацвёртага пятага шостага сёмага восьмага дзявятага дзясятага "
            "адзінаццатага дванаццатага трынаццатага чатырнаццатага пятнаццатага шаснаццатага "
            "сямнаццатага васямнаццатага дзевятнаццатага",
        ),
        (
            range(20, 100, 10),
            "дваццатага трыццатага саракавога пяцідзясятага шасцідзясятага сямідзясятага "
            "васьмідзясятага дзевяностага",
        ),
        (
            range(100, 1000, 100),
            "сотага двухсотага трохсотага чатырохсотага пяцісотага шасцісотага сямісотага "
            "васьмісотага дзевяцісотага",
        ),
        (
            range(1000, 10_000, 1000),
            "тысячнага двухтысячнага трохтысячнага чатырохтысячнага пяцітысячнага шасцітысячнага "
            "сямітысячнага васьмітысячнага дзевяцітысячнага",
        ),
    )
    for n, word in zip(numbers, words.split(), strict=True)
}
"""Belarusian ordinals in the genitive, those of one word."""


_NEAR: Final = {
    "ru": {-1: "вчера", 0: "сегодня", 1: "завтра"},
    "be": {-1: "учора", 0: "сёння", 1: "заўтра"},
    "en": {-1: "yesterday", 0: "today", 1: "tomorrow"},
}

BY: Final = {
    "ru": ("до", "полуночи", "часа"),
    "be": ("да", "паўночы", "гадзіны"),
    "en": ("by", "midnight", ""),
}
"""Before a deadline, midnight, and one o'clock."""

ROUNDED: Final = timedelta(minutes=30)
"""Deadlines are rounded up to a multiple of this: a promise to the minute is not kept."""


def month(number: int, language: str) -> str:
    """ "ноября": a month from 1 to 12, as it stands after its days."""
    return MONTHS[language][number - 1]


def day(value: date, language: str, *, year: bool = False) -> str:
    """ "третьего ноября", on demand "третьего ноября две тысячи двадцать шестого года"."""
    of = month(value.month, language)
    match language:
        case "en":
            text = f"the {_ordinal(value.day, language)} of {of}"
            return f"{text} {num2words(value.year, lang='en', to='year')}" if year else text
        case _:
            text = f"{_ordinal(value.day, language)} {of}"
            return f"{text} {_ordinal(value.year, language)} года" if year else text


def near(value: date, today: date | None, language: str) -> str | None:
    """ "вчера", "сегодня", "завтра" if it is one of these, seen from ``today``."""
    return None if today is None else _NEAR[language].get((value - today).days)


def moment(value: datetime, today: date | None, language: str) -> str:
    """ "сегодня в четырнадцать часов пять минут"; another day is said without its year."""
    between = {"ru": "в", "be": "ў", "en": "at"}[language]
    on = near(value.date(), today, language) or day(value.date(), language)
    if language == "be" and on[-1] not in _VOWELS:
        between = "у"
    return f"{on} {between} {_time(value.hour, value.minute, language)}"


def rounded(value: datetime) -> datetime:
    """A deadline, rounded up to what can be promised."""
    since = timedelta(minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    return value - since + -(-since // ROUNDED) * ROUNDED


def deadline(value: datetime, today: date | None, language: str) -> str:
    """ "завтра до девяти тридцати", rounded up by :func:`rounded`."""
    end = rounded(value)
    midnight = not (end.hour or end.minute)
    last = end.date() - timedelta(days=midnight)
    on = near(last, today, language) or day(last, language)
    before, at_midnight, at_one = BY[language]
    return f"{on} {before} {at_midnight if midnight else _until(end, at_one, language)}"


def _until(end: datetime, at_one: str, language: str) -> str:
    if language == "en":
        return _english_time(end.hour, end.minute)
    hour = numeral(end.hour, language, HOUR[language].gender, "genitive")
    if end.minute:
        return (
            f"{at_one if end.hour == 1 else hour} {numeral(end.minute, language, 'f', 'genitive')}"
        )
    return at_one if end.hour == 1 else counted(end.hour, HOUR, language, "genitive")


def _time(hour: int, minute: int, language: str) -> str:
    if language == "en":
        return _english_time(hour, minute)
    text = counted(hour, HOUR, language, "accusative")
    return f"{text} {counted(minute, MINUTE, language, 'accusative')}" if minute else text


def _english_time(hour: int, minute: int) -> str:
    if not minute and hour in (0, 12):
        return "noon" if hour else "midnight"
    text = numeral(hour % 12 or 12, "en")
    if minute:
        text += " oh" if minute < 10 else ""
        text += f" {numeral(minute, 'en')}"
    return f"{text} {'a.m.' if hour < 12 else 'p.m.'}"


@lru_cache(maxsize=512)
def _ordinal(number: int, language: str) -> str:
    """An ordinal: in the genitive, masculine or neuter; in English as it is."""
    match language:
        case "en":
            return str(num2words(number, lang="en", to="ordinal"))
        case "ru":
            return str(num2words(number, lang="ru", to="ordinal", case="g"))
        case _:
            last = _last_word(number)
            head = numeral(number - last, "be").removeprefix("адна ") + " " if number > last else ""
            return head + _BE_ORDINALS[last]


def _last_word(number: int) -> int:
    """The part of a compound number that becomes an ordinal, its last word: 2026 -> 6."""
    if number % 100:
        tens = number % 100
        return tens if tens < 20 or tens % 10 == 0 else tens % 10
    return number % 1000 or number
