"""Values from recordings: the words that amounts, counts, days and times consist of.

A value is put into words first (:mod:`ivr.speech.phrases`), and each word has a file. So whatever
grammar does, case and gender included, is heard from recordings as well, and a value with a word
that was not recorded is spoken by the voice as a whole.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from ivr.speech import currencies, dates
from ivr.speech.language import Case, Gender, Noun
from ivr.speech.languages import language as spoken_language
from ivr.speech.numerals import numeral
from ivr.speech.phrases import digits

NUMBERS: Final = "numbers"
"""The folder of these recordings, in that of a language."""

KINDS: Final = frozenset(
    ("money", "count", "day", "date", "near", "moment", "when", "deadline", "digits")
)
"""The kinds of placeholders whose words are recorded."""

_NUMERALS: Final = (*range(21), *range(30, 100, 10), *range(100, 1000, 100))
_GENDERS: Final[tuple[Gender, ...]] = ("m", "f", "n")
_CASES: Final[Mapping[Case, str]] = {"nominative": "", "genitive": "-gen", "accusative": "-acc"}
_FORMS: Final = ("one", "few", "many")
_THOUSANDS: Final = {1000: "thousand-one", 2000: "thousand-few", 5000: "thousand-many"}


@lru_cache(maxsize=64)
def vocabulary(language: str, currency: str) -> Mapping[str, str]:
    """Name of a file without its end -> the word or words that are recorded in it.

    ``currency`` is the ISO 4217 code of the operator's own.
    """
    words: dict[str, str] = {}
    known: set[str] = set()
    for name, text in _every(language, currency):
        if text not in known and name not in words:
            known.add(text)
            words[name] = text
    return words


@lru_cache(maxsize=64)
def _names(language: str, currency: str) -> Mapping[str, str]:
    return {text: name for name, text in vocabulary(language, currency).items()}


def named(word: str, language: str, currency: str) -> str | None:
    """The name of the recording of a word, or of the last of those with hyphens between them."""
    return _names(language, currency).get((_split(word, language) or [""])[-1])


def recorded_as(text: str, language: str, currency: str) -> tuple[str, ...] | None:
    """The names of the recordings that a value's words consist of; None if a word has none."""
    names = _names(language, currency)
    found = [names.get(word) for word in _split(text, language)]
    return None if None in found else tuple(each for each in found if each)


def _split(text: str, language: str) -> list[str]:
    bare = text.replace(",", " ")
    hyphens = spoken_language(language).numerals.hyphens
    return (bare.replace("-", " ") if hyphens else bare).split()


def _every(language: str, currency: str) -> Iterator[tuple[str, str]]:
    found = spoken_language(language)
    yield from _numerals(language)
    units = {name: found.noun(noun) for name, noun in found.units.items()}
    money = currencies.words(currency, language) if currency else None
    if money and money.unit:
        own = {"currency": money.unit} | ({"currency-part": money.part} if money.part else {})
        units = {**own, **units}
    for name, noun in units.items():
        yield from _forms(name, noun)
    for number in range(1, 13):
        yield f"month-{number}", dates.month(number, language)
    for number in range(1, 32):
        for word in _split(dates.day(date(2024, 1, number), language), language):
            if word != dates.month(1, language):
                yield f"day-{number}", word
    yield from _little_words(language)
    yield from _times(language)


def _numerals(language: str) -> Iterator[tuple[str, str]]:
    for case, end in _CASES.items():
        for gender in _GENDERS:
            for number in _NUMERALS:
                words = _split(numeral(number, language, gender, case), language)
                if len(words) == 1:
                    yield f"{number}{'' if gender == 'm' else f'-{gender}'}{end}", words[0]
        for number, name in _THOUSANDS.items():
            yield f"{name}{end}", numeral(number, language, "m", case).split()[-1]


def _forms(name: str, noun: Noun) -> Iterator[tuple[str, str]]:
    """The forms of a noun by their number: one, few, many; and the singular in its other cases."""
    for index, form in enumerate(_FORMS):
        yield f"{name}-{form}", noun.form(index)
    for case, end in _CASES.items():
        if end and case in noun.cases:
            yield f"{name}{end}", noun.form(0, case)
    yield f"{name}-acc", noun.form(0, "accusative")


def _little_words(language: str) -> Iterator[tuple[str, str]]:
    found = spoken_language(language)
    yield from zip(("yesterday", "today", "tomorrow"), found.near, strict=True)
    yield "minus", found.minus
    for sign, name in (("+", "plus"), ("*", "star"), ("#", "hash")):
        yield name, digits(sign, language)
    yield from found.recorded.items()


def _times(language: str) -> Iterator[tuple[str, str]]:
    """The words that only times have, and the days before them: "at nine", "by nine", "on the 3rd".

    What is not the number itself should be named by ``recorded`` of the language."""
    nine = datetime(2024, 1, 1, 9)
    today, other = nine.date(), date(2000, 1, 1)
    hours = [(hour, nine.replace(hour=hour, minute=half)) for hour in range(24) for half in (0, 30)]
    texts = [(f"hour-{hour}", dates.moment(at, today, language)) for hour, at in hours]
    texts += [(f"by-{hour}", dates.deadline(at, today, language)) for hour, at in hours]
    for minute in range(1, 60):
        at = nine.replace(minute=minute)
        texts.append((f"minutes-{minute}", dates.moment(at, today, language)))
    for day in range(1, 32):
        at = nine.replace(day=day)
        texts += [(f"day-{day}-at", dates.moment(at, seen, language)) for seen in (other, None)]
    for name, text in texts:
        for word in _split(text, language):
            yield from ((each, word) for each in (name, f"{name}-2", f"{name}-3"))
