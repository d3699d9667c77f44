"""DTMF grammar: whether the keys pressed so far are an answer. Judged after each key."""

from enum import Enum

from ivr.wants import Grammar

KEYS = frozenset("0123456789*#")
"""The keys of a telephone; A to D of the DTMF standard are not used."""


class Verdict(Enum):
    """What the keys pressed so far are."""

    MORE = "the beginning of an answer"
    LONGER = "an answer, and the beginning of a longer one"
    WHOLE = "an answer that no further key can change"
    WRONG = "no answer, whatever follows"


def judge(grammar: Grammar, keys: str) -> Verdict:
    """What ``keys`` are under ``grammar``; a stop key completes an input."""
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
    """The answer in ``keys``: without the stop key that ended it."""
    stopped = bool(grammar.stop) and keys.endswith(grammar.stop)
    return keys[:-1] if stopped and _fits(grammar, keys[:-1]) else keys


def parted(grammar: Grammar, keys: str) -> tuple[str, str]:
    """Split completed keys into the answer and the keys typed ahead for the next ask.

    Where ``*`` is a choice and ``*100#`` a code, ``*2`` is the choice ``*`` and then ``2``.
    """
    begun = keys[0] in grammar.choices and any(code.startswith(keys[:-1]) for code in grammar.codes)
    if begun and keys not in grammar.choices | grammar.codes:
        return keys[0], keys[1:]
    return answer(grammar, keys), ""


def closing(grammar: Grammar, answered: str) -> str:
    """The key that still belongs to an answer when it is pressed right after it; "" for none."""
    if answered in grammar.choices:
        return grammar.closing.strip(answered)
    return grammar.stop if len(answered) == grammar.most and _fits(grammar, answered) else ""


def _fits(grammar: Grammar, keys: str) -> bool:
    return keys.isdigit() and grammar.least <= len(keys) <= grammar.most
