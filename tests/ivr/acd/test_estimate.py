"""How long a caller will still wait."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ivr.acd.board import Board, Caller, Member, Queue
from ivr.acd.estimate import KNOWN, Joining, Offering, Pace, estimate, wait, with_stay
from ivr.acd.figures import Stay
from tests.bench.waits import Day, Scenario, score

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
KNOWN_PACE = Pace(handled=50.0, handling=50 * 120.0)
BUSY = Joining(0.0, 0.0, 1.0)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def member(name: str, **more: object) -> Member:
    return replace(Member(interface=name, name="", state="in use", in_call=True), **more)


def board(*members: Member, waiting: int = 3, **others: Queue) -> Board:
    callers = tuple(Caller(str(number), "", "", "", at(number)) for number in range(waiting))
    return Board({"a": Queue({one.interface: one for one in members}, callers), **others})


@pytest.mark.parametrize(
    ("ahead", "joining", "leaving", "seconds"),
    [
        (0, [BUSY], 0.0, 120.0),  # one agent talks: a whole conversation
        (1, [BUSY] * 2, 0.0, 120.0),
        (2, [Joining(10.0, 1.0, 1.0)] + [BUSY] * 2, 0.0, 10 + (2 - 1 / 6) * 40),
        (0, [Joining(30.0, 1.0, 1.0)], 0.0, 30.0),  # in wrap-up
        (1, [Joining(0.0, 1.0, 1.0)], 0.0, 120.0),  # free, for the one ahead
        (1, [BUSY], 1 / 120, 60 + 120.0),  # the one ahead may give up
        (5, [], 0.0, inf),
        (1, [], 1 / 60, inf),  # no agent will come when the one ahead has given up
    ],
)
def test_the_wait_is_until_enough_agents_were_free(
    ahead: int, joining: list[Joining], leaving: float, seconds: float
) -> None:
    assert wait(ahead, joining, 120.0, leaving) == pytest.approx(seconds)


def test_nothing_is_known_of_a_queue_that_is_new_or_without_agents_or_erratic() -> None:
    here = board(member("x"))
    few = Pace(handled=KNOWN - 1.0, handling=100.0)
    erratic = KNOWN_PACE
    for _ in range(20):
        erratic = erratic.with_comparison(1000.0, 10.0).with_comparison(10.0, 1000.0)
    assert estimate(here, "a", "0", KNOWN_PACE, Offering(), at(60)) is not None
    for pace in (few, erratic):
        assert estimate(here, "a", "0", pace, Offering(), at(60)) is None
    for away in (member("x", paused=True), member("x", state="unavailable")):
        assert estimate(board(away), "a", "0", KNOWN_PACE, Offering(), at(60)) is None
    assert estimate(here, "a", "nobody", KNOWN_PACE, Offering(), at(60)) is None


def test_agents_count_who_have_the_skill_and_others_once_they_are_rung() -> None:
    circles = Offering(circles=((0, 9), (60, 19)))
    speaks, other = member("x"), member("y", penalty=10)

    def expected(offering: Offering, now: float) -> float:
        found = estimate(board(speaks, other), "a", "0", KNOWN_PACE, offering, at(now))
        assert found is not None
        return found.expected

    assert expected(Offering(), 0) == pytest.approx(60)
    assert expected(circles, 0) == pytest.approx(60 + 30)  # half of it alone, half together
    assert expected(circles, 60) == pytest.approx(60)


def test_an_agent_of_two_queues_in_which_callers_wait_is_half_there() -> None:
    both = member("x")
    other = Queue({"x": both}, (Caller("far", "", "", "", at(0)),))
    alone = estimate(board(both), "a", "0", KNOWN_PACE, Offering(), at(5))
    shared = estimate(board(both, b=other), "a", "0", KNOWN_PACE, Offering(), at(5))
    assert alone is not None
    assert shared is not None
    assert shared.expected == pytest.approx(2 * alone.expected)


@given(
    st.lists(
        st.sampled_from(
            [
                member("busy"),
                member("free", state="not in use", in_call=False),
                member("writes", state="not in use", in_call=False, last_call=at(-10)),
                member("later", penalty=10),
            ]
        ),
        min_size=1,
        max_size=4,
        unique_by=lambda one: one.interface,
    ),
    st.integers(0, 4),
    st.floats(5, 300),
    st.floats(0, 300),
)
def test_the_wait_never_grows_by_itself(
    members: list[Member], place: int, now: float, later: float
) -> None:
    """As long as no one comes, goes or is served, the rest of the wait falls or stays."""
    here = board(*members, waiting=5)
    offering = Offering(30, ((0, 9), (120, 19)))
    first, then = (
        estimate(here, "a", str(place), KNOWN_PACE, offering, at(seconds))
        for seconds in (now, now + later)
    )
    if first is None:
        return
    assert then is not None
    assert then.expected <= first.expected + 1e-6
    assert then.most <= first.most + 1e-6
    assert then.least <= first.least + 1e-6


def test_what_is_always_wrong_is_corrected_and_the_range_is_as_wide_as_the_errors() -> None:
    exact = wrong = KNOWN_PACE
    for _ in range(200):
        exact = exact.with_comparison(100.0, 100.0)
        wrong = wrong.with_comparison(100.0, 150.0)
    assert wrong.correction == pytest.approx(1.45, abs=0.05)
    assert exact.spread < 0.2
    assert wrong.spread < 0.2
    narrow, wide = (
        estimate(board(member("x")), "a", "2", pace, Offering(), at(5))
        for pace in (exact, KNOWN_PACE)
    )
    assert narrow is not None
    assert wide is not None
    assert narrow.most - narrow.least < (wide.most - wide.least) / 2


def test_a_queue_is_known_from_what_is_stored_of_it() -> None:
    second = 1_000_000
    answered = Stay(
        channel="1", queue="a", joined=0, answered=30 * second, left=30 * second, how="answered",
        ended=130 * second, wrap=20 * second,
    )  # fmt: skip
    abandoned = Stay(channel="2", queue="a", joined=0, left=90 * second, how="abandoned")
    full = Stay(channel="3", queue="a", joined=0, left=0, how="full")
    pace = reduce(
        lambda pace, stay: with_stay(pace, stay, 30),
        (answered, abandoned, full, replace(answered, wrap=None)),
        Pace(),
    )
    assert pace.seconds == pytest.approx((0.98 * 120 + 130) / 1.98)
    assert pace.leaving == pytest.approx(0.98 / (30 * 0.98**2 + 90 * 0.98 + 30))


def test_it_is_closer_than_the_formula_of_app_queue() -> None:
    """A day with a flood of calls in a model of app_queue; `tests.bench.waits` has more."""
    found = score(Day(Scenario("a flood", (("a",),) * 4, {"a": 1.0}, flood=3.0), 1, seed=7).run())
    assert found.moments > 300
    assert found.ours < found.theirs * 0.75
    assert found.within > 0.55
