"""Code words on the keypad of a telephone: which key bears which letter.

The letters of Russian and Belarusian stand as on telephones sold here, those of Latin as in ITU-T
E.161. So МАРТ is 5266, whoever says it and whoever keys it.
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
"""Letter or digit, as :func:`normalise` leaves it -> the key that bears it."""


def normalise(word: str) -> str:
    """A word as it is compared: what two people mean who say the same is the same text.

    Case, ё or е, spaces, hyphens, apostrophes and all else that is neither letter nor digit make
    no difference.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())
    return "".join(each for each in folded if each.isalnum() and not _modifies(each)).replace(
        "ё", "е"
    )


def _modifies(sign: str) -> bool:
    """Whether a sign is a letter to Unicode only, as the Belarusian apostrophe is."""
    return unicodedata.category(sign) == "Lm"


def key_form(word: str) -> str:
    """The keys that dial a word; ``ValueError`` if no key bears one of its letters."""
    letters = normalise(word)
    if any(letter not in KEYS for letter in letters):
        raise ValueError("a letter of the word is on no key: write Russian, Belarusian or Latin")
    return "".join(KEYS[letter] for letter in letters)
