"""Which keys make an answer: judged as a whole each time a key is added."""

from enum import Enum

from ivr.wants import Grammar

KEYS = frozenset("0123456789*#")
"""The keys of a telephone. The letters A to D of the standard are no keys of a caller."""


class Verdict(Enum):
    """What the keys so far are."""

    MORE = "the beginning of an answer"
    LONGER = "an answer, and the beginning of a longer one"
    WHOLE = "an answer that no further key can change"
    WRONG = "no answer, whatever follows"


def judge(grammar: Grammar, keys: str) -> Verdict:
    """What ``keys`` are under ``grammar``. An input that is stopped ends with its stop key."""
    if answer(grammar, keys) != keys:
        return Verdict.WHOLE
    choices = grammar.choices | grammar.codes if grammar.codes else grammar.choices
    whole = keys in choices or _fits(grammar, keys)
    more = any(len(choice) > len(keys) and choice.startswith(keys) for choice in choices)
    if grammar.most and (not keys or keys.isdigit()) and len(keys) < grammar.most:
        more = True
    if whole:
        return Verdict.LONGER if more else Verdict.WHOLE
    return Verdict.MORE if more else Verdict.WRONG


def answer(grammar: Grammar, keys: str) -> str:
    """What ``keys`` answer: the stop key is no part of the digits that it ends."""
    stopped = bool(grammar.stop) and keys.endswith(grammar.stop)
    return keys[:-1] if stopped and _fits(grammar, keys[:-1]) else keys


def parted(grammar: Grammar, keys: str) -> tuple[str, str]:
    """What keys that are over answer, and those that were pressed for what follows.

    Where ``*`` is a key and ``*100#`` a code, ``*2`` is the key and then another one.
    """
    begun = keys[0] in grammar.choices and any(code.startswith(keys[:-1]) for code in grammar.codes)
    if begun and keys not in grammar.choices | grammar.codes:
        return keys[0], keys[1:]
    return answer(grammar, keys), ""


def _fits(grammar: Grammar, keys: str) -> bool:
    return keys.isdigit() and grammar.least <= len(keys) <= grammar.most
