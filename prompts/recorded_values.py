"""Values from recordings: the words that amounts, counts, days and times consist of.

A value is put into words first (:mod:`ivr.speech.phrases`), and each word has a file. So whatever
grammar does, case and gender included, is heard from recordings as well, and a value with a word
that was not recorded is spoken by the voice as a whole.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from ivr.speech import dates
from ivr.speech.cases import CASES, MINUS, numeral
from ivr.speech.nouns import CURRENCIES, UNITS, Gender, Nouns
from ivr.speech.phrases import digits

NUMBERS: Final = "numbers"
"""The folder of these recordings, in that of a language."""

KINDS: Final = frozenset(
    ("money", "count", "day", "date", "near", "moment", "when", "deadline", "digits")
)
"""The kinds of placeholders whose words are recorded."""

_NUMERALS: Final = (*range(21), *range(30, 100, 10), *range(100, 1000, 100))
_GENDERS: Final[tuple[Gender, ...]] = ("m", "f", "n")
_CASES: Final = {"nominative": "", "genitive": "-gen", "accusative": "-acc"}
_THOUSANDS: Final = {1000: "thousand-one", 2000: "thousand-few", 5000: "thousand-many"}
_ENGLISH: Final = "and the of at by noon midnight oh a.m. p.m. hundred"


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
    return (bare.replace("-", " ") if language == "en" else bare).split()


def _every(language: str, currency: str) -> Iterator[tuple[str, str]]:
    yield from _numerals(language)
    units = dict(UNITS)
    if currency in CURRENCIES:
        whole, part = CURRENCIES[currency]
        units = {"currency": whole, "currency-part": part, **units}
    for name, nouns in units.items():
        yield from _forms(name, nouns, language)
    for number in range(1, 13):
        yield f"month-{number}", dates.month(number, language)
    for number in range(1, 32):
        for word in _split(dates.day(date(2024, 1, number), language), language)[:-1]:
            yield f"day-{number}", word
    yield from _little_words(language)


def _numerals(language: str) -> Iterator[tuple[str, str]]:
    for case in CASES:
        for gender in _GENDERS:
            for number in _NUMERALS:
                words = _split(numeral(number, language, gender, case), language)
                if len(words) == 1:
                    yield f"{number}{'' if gender == 'm' else f'-{gender}'}{_CASES[case]}", words[0]
        for number, name in _THOUSANDS.items():
            yield f"{name}{_CASES[case]}", numeral(number, language, "m", case).split()[-1]


def _forms(name: str, nouns: Nouns, language: str) -> Iterator[tuple[str, str]]:
    noun = nouns[language]
    yield f"{name}-one", noun.one
    yield f"{name}-few", noun.few
    yield f"{name}-many", noun.many
    if language != "en":
        yield f"{name}-gen", noun.genitive
        yield f"{name}-acc", noun.accusative


def _little_words(language: str) -> Iterator[tuple[str, str]]:
    for days, name in ((-1, "yesterday"), (0, "today"), (1, "tomorrow")):
        near = dates.near(date(2024, 1, 2 + days), date(2024, 1, 2), language)
        if near:
            yield name, near
    yield "minus", MINUS[language]
    for sign, name in (("+", "plus"), ("*", "star"), ("#", "hash")):
        yield name, digits(sign, language)
    for word, name in zip(dates.BY[language], ("by", "midnight", "one-oclock"), strict=True):
        if word:
            yield name, word
    if language == "en":
        yield from ((re.sub(r"\W", "", word), word) for word in _ENGLISH.split())
    elif language == "ru":
        yield "at", "в"
    else:
        yield from (("at", "ў"), ("at-u", "у"))
