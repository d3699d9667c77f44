"""Counted nouns with their numeral in a grammatical case, in words."""

from typing import Final

from ivr.speech import cldr
from ivr.speech.language import NOMINATIVE, Case, Noun, PhraseError
from ivr.speech.languages import language as spoken
from ivr.speech.numerals import numeral

INFLECTED: Final = frozenset({"money", "count"})
"""The kinds of placeholders that take a case: ``{difference:money accusative}``."""


def unit(name: str, language: str) -> Noun:
    """The noun of a unit such as ``minute``; raises :class:`PhraseError` if there is none."""
    found = spoken(language)
    if name not in found.units:
        known = ", ".join(found.units)
        raise PhraseError(
            f"the unit {name!r} is unknown in {language}; use one of {known}, or add it to "
            f"languages/{language}.yaml of your menus"
        )
    return found.noun(found.units[name])


def counted(number: int, noun: Noun, language: str, case: Case = NOMINATIVE) -> str:
    """A number and its noun in words: "одна минута", "две минуты", accusative "одну минуту"."""
    by_genitive = case == "accusative" and noun.animate and _ends_in_few(abs(number))
    words = numeral(number, language, noun.gender, "genitive" if by_genitive else case)
    return f"{words} {agreeing(number, noun, language, case)}"


def agreeing(number: int, noun: Noun, language: str, case: Case = NOMINATIVE) -> str:
    """The form of a noun that belongs to a number: "минута, минуты, минут"."""
    number = abs(number)
    by_genitive = case == "accusative" and noun.animate and _ends_in_few(number)
    return noun.form(_index(number, language), "genitive" if by_genitive else case)


def _ends_in_few(number: int) -> bool:
    """Whether an animate noun turns the numeral: after 1, 2, 3, 4 and any that ends in one."""
    return number in range(1, 5) or (number % 10 == 1 and number % 100 != 11)


def _index(number: int, language: str) -> int:
    """Which of the forms of nouns belongs to a number, by the plural rules of CLDR."""
    found = spoken(language)
    category = cldr.plural(found)(number)
    return found.forms.index(category) if category in found.forms else len(found.forms) - 1
