"""Passwords of agents: weak ones are refused, new ones are generated."""

import re
import secrets
from collections.abc import Iterable

from ari_app.desk.web.accounts import LONGEST_PASSWORD as MOST
from ivr.secret import Secret

LEAST = 10
_REST, _DIFFERENT = 8, 5
"""Characters outside of common words and key runs, and different characters in all."""

_COMMON = (
    "пароль", "привет", "админ", "администратор", "любовь", "солнышко", "наташа", "секрет",
    "оператор", "поддержка", "password", "passwort", "parol", "pass", "admin",
    "administrator", "root", "user", "guest", "test", "login", "letmein", "welcome", "changeme",
    "default", "secret", "qwerty", "iloveyou", "sunshine", "princess", "football", "baseball",
    "dragon", "monkey", "master", "superman", "batman", "pokemon", "michael", "natasha", "privet",
    "ljubov", "hello", "freedom", "whatever", "trustno", "firstline", "asterisk", "freepbx",
    "callcenter", "callcentre", "operator", "support",
)  # fmt: skip
"""The most common parts of passwords: one that contains them must have more besides."""
_WORDS = re.compile("|".join(sorted(_COMMON, key=len, reverse=True)))
_LOOKS = str.maketrans("013457@$!", "oieastasi")
"""Digits and signs that stand for letters."""

_ROWS = (
    "01234567890", "abcdefghijklmnopqrstuvwxyz", "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik", "1йфя2цыч3увс4кам5епи6нрт7гоь8шлб",
)  # fmt: skip
_RUNS = re.compile(
    "|".join(
        re.escape(way[at : at + 4])
        for row in _ROWS
        for way in (row, row[::-1])
        for at in range(len(way) - 3)
    )
)
_REPEATED = re.compile(r"(.+?)\1{2,}")
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without characters that look alike."""


def generated(names: Iterable[str] = ()) -> Secret:
    """A new password of 79 bits, in groups that are easy to type, without :func:`faults`."""
    names = tuple(names)
    while True:
        groups = ("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(4))
        if not faults(made := Secret("-".join(groups)), names):
            return made


def faults(password: Secret, names: Iterable[str], brands: Iterable[str] = ()) -> tuple[str, ...]:
    """Why a password is too weak for an agent of these names, as sentences without the password.

    ``brands`` are the names of the operator, which are tried first, too.
    """
    said = password.reveal()
    text = said.casefold()
    found = []
    if len(said) < LEAST:
        found.append(f"It is too short: use at least {LEAST} characters; a sentence is good.")
    if len(said) > MOST:
        found.append(f"It is too long: use at most {MOST} characters.")
    parts = {part for name in names for part in re.findall(r"\w{3,}", name.casefold())}
    if any(part in text for part in parts):
        found.append("It contains a name of its owner: use something unrelated to them.")
    rest = _uncommon(text)
    for brand in brands:
        rest = rest.replace(brand.casefold(), "")
    if len(set(text)) < _DIFFERENT or (len(rest) < len(text) and len(rest) < _REST):
        found.append("It is too common: use something of your own.")
    return tuple(found)


def _uncommon(text: str) -> str:
    """A text without key runs, repetitions and common words."""
    run = {
        at
        for start in range(len(text))
        if _RUNS.match(text, start)
        for at in range(start, start + 4)
    }
    rest = "".join(sign for at, sign in enumerate(text) if at not in run)
    return _WORDS.sub("", _REPEATED.sub("", rest).translate(_LOOKS))
