"""The lockout policy: for how long a secret is locked after wrong attempts."""

from datetime import datetime, timedelta

from msgspec import Struct


class Step(Struct, frozen=True):
    """The ``wrongs``-th wrong attempt locks for ``lasts``."""

    wrongs: int
    lasts: timedelta


class Policy(Struct, frozen=True):
    """Steps of growing length. After the last one every wrong attempt locks as long as that.

    A wrong attempt counts for ``memory``, unless a right one follows.
    """

    steps: tuple[Step, ...]
    memory: timedelta

    def __post_init__(self) -> None:
        """Raises ValueError for steps that do not grow."""
        for before, after in zip(self.steps, self.steps[1:], strict=False):
            if after.wrongs <= before.wrongs or after.lasts < before.lasts:
                raise ValueError("each step of a lockout must come later and last no shorter")
        if not self.steps or self.steps[0].wrongs < 1 or self.steps[-1].lasts > self.memory:
            raise ValueError(
                "a lockout needs at least one step, and a memory as long as its last step"
            )


class Strikes(Struct, frozen=True):
    """The wrong attempts that still count: how many, and when the last one was."""

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
"""Attempts at one subscriber's code word, from any number."""

OF_NUMBER = Policy(
    (
        Step(6, timedelta(minutes=5)),
        Step(12, timedelta(hours=1)),
        Step(18, timedelta(hours=24)),
    ),
    memory=timedelta(days=30),
)
"""Attempts from one number at any code word; an office may share a number."""


def locked_until(policy: Policy, strikes: Strikes) -> datetime | None:
    """When the lock after these strikes ends; None if they do not lock."""
    if strikes.last is None:
        return None
    last = policy.steps[-1]
    if strikes.wrongs >= last.wrongs:
        return strikes.last + last.lasts
    lasts = {step.wrongs: step.lasts for step in policy.steps}.get(strikes.wrongs)
    return None if lasts is None else strikes.last + lasts


def locked(policy: Policy, strikes: Strikes, at: datetime) -> bool:
    """Whether attempts are locked at a moment."""
    until = locked_until(policy, strikes)
    return until is not None and at < until
