"""The policy of tickets: what follows what, by when, and what is late."""

from datetime import UTC, datetime, timedelta

import pytest

from ivr.tickets import ACTIVE, FOLLOWS, STATES, Department, State, due, late, may_follow

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("state", "then", "may"),
    [
        ("open", "working", True),
        ("open", "open", True),
        ("working", "waiting", True),
        ("waiting", "working", True),
        ("working", "open", True),
        ("waiting", "solved", True),
        ("solved", "open", True),
        ("solved", "working", True),
        ("solved", "waiting", False),
        ("closed", "open", False),
        ("closed", "solved", False),
        ("closed", "closed", True),
    ],
)
def test_what_may_follow_what(state: State, then: State, may: bool) -> None:
    assert may_follow(state, then) is may


def test_every_state_has_its_followers_and_can_end() -> None:
    assert set(FOLLOWS) == set(STATES)
    assert all("closed" in FOLLOWS[state] for state in STATES if state != "closed")
    assert ACTIVE.isdisjoint({"solved", "closed"})


@pytest.mark.parametrize(
    ("department", "topic", "hours"),
    [
        ("technical", "internet", 24),
        ("information", "", 24),
        ("field", "internet", 48),
        ("technical", "visit", 48),
        ("claims", "repair", 48),
    ],
)
def test_when_it_is_due(department: Department, topic: str, hours: int) -> None:
    assert due(department, topic, NOON) == NOON + hours * HOUR


def test_only_what_must_still_be_done_can_be_late() -> None:
    for state in STATES:
        assert late(state, NOON, NOON + HOUR) is (state in ACTIVE)
        assert not late(state, NOON, NOON)
        assert not late(state, NOON + HOUR, NOON)
