"""How texts name the keys of a telephone, and ask to press them, in all languages at once.

A menu may have texts of several languages in a row: one for each that can be chosen.
"""

from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct

from ivr.speech.language import Language
from ivr.speech.languages import known, language


class KeyNames(Struct, frozen=True, eq=False):
    """``keys``: spoken name of a key -> the key; no name means two keys.

    ``press`` are words for "press", ``dial`` for "dial", ``between`` those that may come between it
    and the key, and ``choices`` begin a choice that needs no comma before its key: "for English
    press three".
    """

    keys: Mapping[str, str]
    press: frozenset[str]
    dial: frozenset[str]
    between: frozenset[str]
    choices: tuple[str, ...]

    def called(self, word: str) -> str:
        """The key that a word names; "" for none."""
        return word if word in "*#" or word.isdecimal() else self.keys.get(word, "")


def key_names() -> KeyNames:
    """The words of all languages."""
    return _names(tuple(map(language, known())))


@lru_cache(maxsize=4)
def _names(languages: tuple[Language, ...]) -> KeyNames:
    keys: dict[str, str] = {}
    for one in languages:
        for key, words in one.keys.items():
            for word in words.split():
                keys.setdefault(word, key)
    return KeyNames(
        keys,
        frozenset(word for one in languages for word in one.press.split()),
        frozenset(word for one in languages for word in one.dial.split()),
        frozenset(word for one in languages for word in one.between.split()),
        tuple(f"{one.choice} " for one in languages if one.choice),
    )
