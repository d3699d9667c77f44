"""Weak code words, which are guessed first: why a word is rejected."""

import itertools
import re
from datetime import date

from msgspec import Struct

from ivr.identity.keypad import key_form, normalise

LEAST, MOST = 4, 20
"""How many letters and digits a code word has."""

_YEAR = re.compile(r"(?:[0-9]{4})?(?:19|20)[0-9]{2}|(?:19|20)[0-9]{6}")
_PERIODIC = re.compile(r"(.+?)\1+")


class About(Struct, frozen=True):
    """What others can know of a subscriber: number, name, operator and date of birth."""

    number: str = ""
    name: str = ""
    operator: tuple[str, ...] = ()
    birthday: date | None = None


def faults(word: str, about: About) -> tuple[str, ...]:
    """Why a word is too weak, in sentences for the person who sets it; empty if it is good.

    ``word`` may be what was said or what was keyed; a word is as weak as its keys. No sentence
    repeats the word.
    """
    spoken = normalise(word)
    try:
        keyed = key_form(word)
    except ValueError as error:
        return (f"{error}.",)
    found = []
    if len(spoken) < LEAST:
        found.append(f"It is too short: take at least {LEAST} letters or digits.")
    if len(spoken) > MOST:
        found.append(f"It is too long: take at most {MOST} letters or digits.")
    if _is_run(spoken) or _is_run(keyed):
        found.append("Its letters or keys only count up or down, such as 1234: mix them.")
    if _PERIODIC.fullmatch(spoken) or _PERIODIC.fullmatch(keyed):
        found.append("Its letters or keys only repeat, such as 1111 or 1212: mix them.")
    if _YEAR.fullmatch(spoken) or (about.birthday and spoken in _written(about.birthday)):
        found.append("It looks like a year or a date of birth: use something that is not known.")
    if keyed and keyed in about.number:
        found.append("It is a part of the subscriber's own number: take something else.")
    if any(_within(part, spoken, keyed) for part in about.operator):
        found.append("It contains the operator's name: take something else.")
    if any(_within(part, spoken, keyed) for part in about.name.split()):
        found.append("It contains the subscriber's name: take something else.")
    return tuple(found)


def _written(day: date) -> frozenset[str]:
    """A day in the digits that people make of it."""
    parts = (f"{day:%d}", f"{day:%m}", f"{day:%y}", f"{day:%Y}")
    return frozenset(
        "".join(chosen) for count in (2, 3) for chosen in itertools.permutations(parts, count)
    )


def _is_run(text: str) -> bool:
    """Whether each sign is the one after, or before, the last; after 9 comes 0."""
    steps = {ord(b) - ord(a) for a, b in itertools.pairwise(text)}
    if text.isdigit():
        steps = {step % 10 for step in steps}
        return steps in ({1}, {9})
    return steps in ({1}, {-1})


def _within(part: str, spoken: str, keyed: str) -> bool:
    """Whether a word contains a part, by letters or by the keys that type it."""
    try:
        by_keys = key_form(part)
    except ValueError:
        return normalise(part) in spoken
    return len(by_keys) >= LEAST and by_keys in keyed
