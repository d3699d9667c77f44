"""Values to spoken words: money, counts, days and digits in Russian, Belarusian and English.

Numerals come from num2words; grammar is done here, because num2words gets it wrong (feminine
millions, "одна миллион"; Belarusian ordinals without cases; currencies with their country). The
grammatical case is fixed per kind, so that an author's text fits around it: counts and money are
nominative, days genitive ("до третьего ноября", "третьего ноября").
"""

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP
from functools import lru_cache
from typing import Final

from num2words import num2words

from ivr.numbers import NumberPlan
from ivr.speech.nouns import CURRENCIES, HOUR, MINUTE, UNITS, Gender, Noun, Nouns
from ivr.values import Count, Day, Digits, Moment, Money, Name, Spoken, Value

LANGUAGES: Final[tuple[str, ...]] = ("ru", "be", "en")
KINDS: Final[tuple[str, ...]] = (
    "money",
    "count",
    "day",
    "date",
    "moment",
    "digits",
    "name",
    "spoken",
    "each",
)

_LIMIT: Final = 10**15  # larger numbers are a fault of their source


class PhraseError(ValueError):
    """A value cannot be put into words: which one, and where to fix it."""


_MINUS: Final = {"ru": "минус", "be": "мінус", "en": "minus"}

_MONTHS: Final = {
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "be": "студзеня лютага сакавіка красавіка мая чэрвеня ліпеня жніўня верасня кастрычніка "
    "лістапада снежня",
    "en": "January February March April May June July August September October November December",
}

_ACCUSATIVE: Final = (
    ("одна минута", "одну минуту"),
    ("адна хвіліна", "адну хвіліну"),
    ("адна гадзіна", "адну гадзіну"),
)

_KEYS: Final = {
    "ru": dict(zip("+*#", ("плюс", "звёздочка", "решётка"), strict=True)),
    "be": dict(zip("+*#", ("плюс", "зорачка", "рашотка"), strict=True)),
    "en": dict(zip("+*#", ("plus", "star", "hash"), strict=True)),
}

_GROUPS: Final = {7: (3, 2, 2), 9: (2, 3, 2, 2), 10: (3, 3, 2, 2), 11: (1, 3, 3, 2, 2)}

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


def money(value: Money, language: str) -> str:
    """ "двенадцать рублей пятьдесят копеек"; a zero part is left out."""
    if value.currency not in CURRENCIES:
        raise PhraseError(
            f"the currency {value.currency!r} has no words; use one of {', '.join(CURRENCIES)}, "
            "or add its forms to CURRENCIES of ivr/speech/nouns.py"
        )
    if not value.amount.is_finite() or abs(value.amount) >= _LIMIT:
        raise PhraseError("the amount of money cannot be said: check the billing system")
    hundredths = int((value.amount * 100).to_integral_value(ROUND_HALF_UP))
    whole, part = divmod(abs(hundredths), 100)
    wholes, parts = CURRENCIES[value.currency]
    text = [_counted(whole, wholes, language)] if whole or not part else []
    if part:
        text.append(_counted(part, parts, language))
    joined = (" and " if language == "en" else " ").join(text)
    return f"{_MINUS[language]} {joined}" if hundredths < 0 else joined


def count(number: int, unit: str, language: str) -> str:
    """ "одна минута, две минуты, пять минут": ``unit`` is one of :data:`ivr.speech.nouns.UNITS`."""
    if unit not in UNITS:
        raise PhraseError(f"the unit {unit!r} is unknown; use one of {', '.join(UNITS)}")
    return _counted(number, UNITS[unit], _known(language))


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


def month(number: int, language: str) -> str:
    """ "ноября": a month from 1 to 12, as it stands after its days."""
    return _MONTHS[_known(language)].split()[number - 1]


def moment(value: datetime, language: str) -> str:
    """ "третьего ноября в четырнадцать часов пять минут": the day without its year, the time."""
    between = {"ru": "в", "be": "ў", "en": "at"}[_known(language)]
    return f"{day(value.date(), language)} {between} {_time(value.hour, value.minute, language)}"


def digits(value: str, language: str, numbers: NumberPlan | None = None) -> str:
    """Digit by digit, in the usual groups of phone numbers; other characters are dropped.

    Numbers of the plan ``numbers`` are said in its groups, others in groups by their length.
    """
    words = _KEYS[_known(language)]
    signs = re.sub(r"[^0-9+*#]", "", value)
    number = signs.lstrip("+")
    groups = [words["+"]] if number != signs else []
    start = 0
    for size in (numbers and numbers.groups(number)) or _sizes(number):
        group = number[start : start + size]
        groups.append(" ".join(words.get(sign) or numeral(int(sign), language) for sign in group))
        start += size
    if len(groups) > 1 and number != signs:
        groups[:2] = [f"{groups[0]} {groups[1]}".strip()]
    return ", ".join(groups)


def spoken(
    value: Value, kind: str, unit: str, language: str, numbers: NumberPlan | None = None
) -> str:
    """The words of ``value`` for a placeholder of ``kind`` (lists have a prompt of their own).

    Raises :class:`PhraseError` when the value is not of that kind or has no words.
    """
    match kind, value:
        case "money", Money():
            return money(value, _known(language))
        case "count", Count(number):
            return count(number, unit, language)
        case "day" | "date", Day(at):
            return day(at, language, year=kind == "date")
        case "moment", Moment(at):
            return moment(at, language)
        case "digits", Digits(keys):
            return digits(keys, language, numbers)
        case "name", Name():
            return value.in_(_known(language))
        case "spoken", Spoken():
            return value.in_(_known(language))[1]
        case _:
            raise PhraseError(
                f"a placeholder of kind {kind!r} was given {type(value).__name__}; "
                "the operation and the prompt must name the same kind"
            )


@lru_cache(maxsize=4096)
def numeral(number: int, language: str, gender: Gender = "m") -> str:
    """A whole number in words, nominative."""
    if abs(number) >= _LIMIT:
        raise PhraseError("the number is too large to be said: check the system that returned it")
    if number < 0:
        return f"{_MINUS[language]} {numeral(-number, language, gender)}"
    if language == "en":
        return str(num2words(number, lang="en")).replace(",", "")
    # Gender agrees with the last three digits only; num2words gives it to the millions as well.
    rest = number % 1000
    text = [str(num2words(number - rest, lang=language))] if number >= 1000 else []
    if rest or not text:
        text.append(str(num2words(rest, lang=language, gender=gender)))
    return " ".join(text)


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise PhraseError(f"the language {language!r} is unknown; use one of {LANGUAGES}")
    return language


def agreeing(number: int, nouns: Nouns, language: str) -> str:
    """ "минута, минуты, минут": the form of a noun that belongs to a number."""
    return _form(abs(number), nouns[_known(language)], language)


def _counted(number: int, nouns: Nouns, language: str) -> str:
    gender = nouns[_known(language)].gender
    return f"{numeral(number, language, gender)} {agreeing(number, nouns, language)}"


def _form(number: int, noun: Noun, language: str) -> str:
    """The plural categories of CLDR: one, few, many; English has no few."""
    if language == "en":
        return noun.one if number == 1 else noun.many
    if number % 100 in range(11, 15):
        return noun.many
    match number % 10:
        case 1:
            return noun.one
        case 2 | 3 | 4:
            return noun.few
        case _:
            return noun.many


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


def _time(hour: int, minute: int, language: str) -> str:
    if language == "en":
        return _english_time(hour, minute)
    text = _counted(hour, HOUR, language)
    if minute:
        text += f" {_counted(minute, MINUTE, language)}"
    for nominative, accusative in _ACCUSATIVE:
        text = text.replace(nominative, accusative)
    return text


def _english_time(hour: int, minute: int) -> str:
    if not minute and hour in (0, 12):
        return "noon" if hour else "midnight"
    text = numeral(hour % 12 or 12, "en")
    if minute:
        text += " oh" if minute < 10 else ""
        text += f" {numeral(minute, 'en')}"
    return f"{text} {'a.m.' if hour < 12 else 'p.m.'}"


def _sizes(number: str) -> tuple[int, ...]:
    """The sizes of the groups of digits that are said without a pause."""
    if len(number) in _GROUPS:
        return _GROUPS[len(number)]
    if len(number) <= 3 or not number.isdigit():  # a code such as *100# is one thing
        return (len(number),)
    threes, rest = divmod(len(number), 3)
    return (3,) * (threes - 1) + {0: (3,), 1: (2, 2), 2: (3, 2)}[rest]
