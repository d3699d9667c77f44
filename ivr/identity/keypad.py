"""Code words on a telephone keypad: which key has which letter.

Cyrillic letters as on telephones with Russian and Belarusian keypads, Latin ones as in ITU-T E.161.
So МАРТ is 5266, spoken or keyed.
"""

import unicodedata
from collections.abc import Mapping

_ROWS = {
    "2": "абвг abc",
    "3": "дежз def",
    "4": "ийклі ghi",
    "5": "мноп jkl",
    "6": "рстуў mno",
    "7": "фхцч pqrs",
    "8": "шщъы tuv",
    "9": "ьэюя wxyz",
}

KEYS: Mapping[str, str] = {
    **{letter: key for key, row in _ROWS.items() for letter in row.replace(" ", "")},
    **{digit: digit for digit in "0123456789"},
}
"""Letter or digit, as :func:`normalise` returns it -> its key."""


def normalise(word: str) -> str:
    """Normalise a word for comparison.

    Case, ё or е, spaces, hyphens, apostrophes and everything that is neither letter nor digit are
    ignored.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())
    return "".join(each for each in folded if each.isalnum() and not _modifies(each)).replace(
        "ё", "е"
    )


def _modifies(sign: str) -> bool:
    """Whether a character is a modifier letter (Lm), such as the Belarusian apostrophe."""
    return unicodedata.category(sign) == "Lm"


def key_form(word: str) -> str:
    """The keys of a word; raises ValueError if one of its letters is on no key."""
    letters = normalise(word)
    if any(letter not in KEYS for letter in letters):
        raise ValueError("a letter of the word is on no key: write Russian, Belarusian or Latin")
    return "".join(KEYS[letter] for letter in letters)
