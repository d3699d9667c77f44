"""How long a secret cannot be tried after wrong tries: a policy as a value."""

from datetime import datetime, timedelta

from msgspec import Struct


class Step(Struct, frozen=True):
    """The ``wrongs``-th wrong try locks for a time that ``lasts``."""

    wrongs: int
    lasts: timedelta


class Policy(Struct, frozen=True):
    """Steps that grow. After the last one every wrong try locks for as long as it does.

    A wrong try counts for as long as ``memory``, unless a right one follows.
    """

    steps: tuple[Step, ...]
    memory: timedelta

    def __post_init__(self) -> None:
        """Steps that do not grow are a ``ValueError``."""
        for before, after in zip(self.steps, self.steps[1:], strict=False):
            if after.wrongs <= before.wrongs or after.lasts < before.lasts:
                raise ValueError("each step of a lockout must come later and last no shorter")
        if not self.steps or self.steps[0].wrongs < 1 or self.steps[-1].lasts > self.memory:
            raise ValueError("a lockout needs a step, which is remembered while it lasts")


class Strikes(Struct, frozen=True):
    """The wrong tries that still count: how many, and when the last one was."""

    wrongs: int = 0
    last: datetime | None = None


OF_SUBSCRIBER = Policy(
    (
        Step(3, timedelta(minutes=5)),
        Step(6, timedelta(hours=1)),
        Step(9, timedelta(hours=24)),
    ),
    memory=timedelta(days=30),
)
"""Tries at the word of one subscriber, from wherever they come."""

OF_NUMBER = Policy(
    (
        Step(6, timedelta(minutes=5)),
        Step(12, timedelta(hours=1)),
        Step(18, timedelta(hours=24)),
    ),
    memory=timedelta(days=30),
)
"""Tries from one number, at whosever word: an office may share it."""


def locked_until(policy: Policy, strikes: Strikes) -> datetime | None:
    """Until when nothing can be tried after these strikes; None if they lock nothing."""
    if strikes.last is None:
        return None
    last = policy.steps[-1]
    if strikes.wrongs >= last.wrongs:
        return strikes.last + last.lasts
    lasts = {step.wrongs: step.lasts for step in policy.steps}.get(strikes.wrongs)
    return None if lasts is None else strikes.last + lasts


def locked(policy: Policy, strikes: Strikes, at: datetime) -> bool:
    """Whether nothing can be tried at a moment."""
    until = locked_until(policy, strikes)
    return until is not None and at < until
