"""A circuit breaker as a value: no requests for a while to a server that does not answer.

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
    """The state after a request at ``now``; None if it must not be sent."""
    match breaker:
        case Closed():
            return breaker
        case Open(until) if now >= until:
            return HalfOpen()
    return None


def after_answer() -> Breaker:
    """The state after an answer."""
    return Closed()


def after_failure(breaker: Breaker, rule: Rule, now: float) -> Breaker:
    """The state after a failure; requests under way when it opened change nothing."""
    match breaker:
        case Closed(failures) if failures + 1 < rule.failures:
            return Closed(failures + 1)
        case Open():
            return breaker
    return Open(now + rule.pause)
