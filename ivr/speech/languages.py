"""The languages of this process: those that are shipped, and those of the administrator.

Data, not state: the files are read when a language is first spoken. An installation lays its own
files over them with :func:`install`; it has one installation's at a time.
"""

import pkgutil
from collections.abc import Mapping
from functools import cache, lru_cache

from ivr.problems import near
from ivr.speech.language import Language, PhraseError, read

_own: dict[str, str] = {}


def install(files: Mapping[str, str]) -> None:
    """Take the administrator's files, by the code of their language, in place of those before.

    A file of a shipped language is laid over it. Raises
    :class:`~ivr.speech.language.LanguageError` for one that cannot be used; those before then stay.
    """
    if files == _own:
        return
    for code, text in files.items():
        read(code, text, _shipped(code))
    _own.clear()
    _own.update(files)
    language.cache_clear()
    keypad.cache_clear()
    refusals.cache_clear()


def installed() -> Mapping[str, str]:
    """The administrator's files that are taken, by the code of their language."""
    return dict(_own)


@cache
def shipped() -> tuple[str, ...]:
    """The codes of the languages that Firstline ships, in their usual order."""
    data = pkgutil.get_data("ivr.speech", "languages/shipped.txt") or b""
    return tuple(data.decode().split())


@cache
def keypad() -> Mapping[str, str]:
    """Letter or digit -> its key, in all languages, which agree about each letter."""
    keys = {digit: digit for digit in "0123456789"}
    for code in known():
        for key, letters in language(code).keypad.items():
            keys.update({letter: keys.get(letter, key) for letter in letters})
    return keys


@cache
def refusals() -> frozenset[str]:
    """Words with which somebody refuses something, in all languages, in lower case."""
    return frozenset(word for code in known() for word in language(code).refusals)


def known() -> tuple[str, ...]:
    """The codes of all languages that values have words in."""
    return (*shipped(), *(code for code in _own if code not in shipped()))


@lru_cache(maxsize=128)
def language(code: str) -> Language:
    """A language by its ISO 639 code; raises :class:`PhraseError` if there is none."""
    if code not in known():
        raise PhraseError(f"the language {code!r} is unknown: {near(code, known())}")
    return read(code, _own.get(code) or _shipped(code), _shipped(code) if code in _own else "")


@cache
def _shipped(code: str) -> str:
    if code not in shipped():
        return ""
    return (pkgutil.get_data("ivr.speech", f"languages/{code}.yaml") or b"").decode()
