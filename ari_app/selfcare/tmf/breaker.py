"""A circuit breaker as a value: whoever does not answer is left alone for a while.

Closed, requests go out; after some failures in a row it opens, and none does; after a pause it
lets one through, whose answer closes it or opens it again. Moments are seconds of any clock.
"""

from typing import TypeAlias

from msgspec import Struct


class Closed(Struct, frozen=True):
    """All is well, but for ``failures`` in a row."""

    failures: int = 0


class Open(Struct, frozen=True):
    """Nothing goes out before ``until``."""

    until: float


class HalfOpen(Struct, frozen=True):
    """One request is out, to try."""


Breaker: TypeAlias = Closed | Open | HalfOpen


class Rule(Struct, frozen=True):
    """After ``failures`` in a row nothing goes out for ``pause`` seconds."""

    failures: int = 5
    pause: float = 5.0


def before_request(breaker: Breaker, now: float) -> Breaker | None:
    """What it becomes when somebody asks at ``now``; None if he may not."""
    match breaker:
        case Closed():
            return breaker
        case Open(until) if now >= until:
            return HalfOpen()
    return None


def after_answer() -> Breaker:
    """What any becomes when an answer comes."""
    return Closed()


def after_failure(breaker: Breaker, rule: Rule, now: float) -> Breaker:
    """What it becomes when no answer came; those still out when it opened change nothing."""
    match breaker:
        case Closed(failures) if failures + 1 < rule.failures:
            return Closed(failures + 1)
        case Open():
            return breaker
    return Open(now + rule.pause)
