"""Code words on a telephone keypad: which key has which letter.

Latin letters are as in ITU-T E.161, the others as the languages have them (ETSI ES 202 130): МАРТ
is 5266, spoken or keyed.
"""

import unicodedata

from ivr.speech.languages import keypad


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
    """Whether a character is a modifier letter (Lm)."""
    return unicodedata.category(sign) == "Lm"


def key_form(word: str) -> str:
    """The keys of a word; raises ValueError if one of its letters is on no key."""
    letters = normalise(word)
    keys = keypad()
    if strange := [letter for letter in letters if letter not in keys]:
        raise ValueError(f"the letter {strange[0]} is on no key: write others, or add its language")
    return "".join(keys[letter] for letter in letters)
