"""Lockouts: they grow, they end, and they bound how often one may guess."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.identity.lockout import (
    OF_NUMBER,
    OF_SUBSCRIBER,
    Policy,
    Step,
    Strikes,
    locked,
    locked_until,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
GAPS = st.lists(st.integers(0, 2 * 86_400).map(lambda s: timedelta(seconds=s)), max_size=60)


@pytest.mark.parametrize(
    ("wrongs", "lasts"),
    [(0, None), (2, None), (3, 5 * MINUTE), (4, None), (6, HOUR), (8, None), (9, DAY), (10, DAY)],
)
def test_the_steps_of_a_subscriber(wrongs: int, lasts: timedelta | None) -> None:
    until = locked_until(OF_SUBSCRIBER, Strikes(wrongs, NOON))
    assert until == (None if lasts is None else NOON + lasts)


def test_nothing_is_locked_without_a_wrong_try() -> None:
    assert locked_until(OF_SUBSCRIBER, Strikes()) is None


def test_a_lock_ends_at_its_moment() -> None:
    strikes = Strikes(3, NOON)
    assert locked(OF_SUBSCRIBER, strikes, NOON + 5 * MINUTE - timedelta(microseconds=1))
    assert not locked(OF_SUBSCRIBER, strikes, NOON + 5 * MINUTE)


def tried(policy: Policy, gaps: list[timedelta]) -> list[datetime]:
    """When someone who always guesses wrong really gets to guess."""
    strikes, at, let = Strikes(), NOON, []
    for gap in gaps:
        at += gap
        if not locked(policy, strikes, at):
            strikes = Strikes(strikes.wrongs + 1, at)
            let.append(at)
    return let


@given(st.sampled_from([OF_SUBSCRIBER, OF_NUMBER]), GAPS)
def test_after_the_last_step_one_guess_is_left_for_each_lock(
    policy: Policy, gaps: list[timedelta]
) -> None:
    let = tried(policy, gaps)
    last = policy.steps[-1]
    late = let[last.wrongs - 1 :]
    assert all(after - before >= last.lasts for before, after in itertools.pairwise(late))


@given(st.sampled_from([OF_SUBSCRIBER, OF_NUMBER]), GAPS)
def test_each_step_costs_its_time(policy: Policy, gaps: list[timedelta]) -> None:
    let = tried(policy, gaps)
    for step in policy.steps:
        if len(let) > step.wrongs:
            assert let[step.wrongs] - let[step.wrongs - 1] >= step.lasts


@given(st.integers(0, 100), st.integers(0, 10**6))
def test_every_lock_ends(wrongs: int, seconds: int) -> None:
    at = NOON + DAY + timedelta(seconds=seconds)
    assert not locked(OF_SUBSCRIBER, Strikes(wrongs, NOON), at)


@pytest.mark.parametrize(
    ("steps", "memory"),
    [
        ((), DAY),
        ((Step(0, HOUR),), DAY),
        ((Step(3, HOUR), Step(3, DAY)), DAY),
        ((Step(3, DAY), Step(6, HOUR)), DAY),
        ((Step(3, DAY),), HOUR),
    ],
)
def test_a_policy_that_does_not_grow_is_refused(steps: tuple[Step, ...], memory: timedelta) -> None:
    with pytest.raises(ValueError, match=r"lockout"):
        Policy(steps, memory)
