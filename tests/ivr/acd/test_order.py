"""Events of ``Local`` channels, whose halves run in threads of their own."""

from itertools import permutations

import pytest
from msgspec.structs import replace

from ivr.acd.dials import DialEnded, Dialled, HungUp, Originated, Rung
from ivr.acd.order import PATIENCE, EventOrder
from ivr.acd.queues import CallerJoined, CallerLeft, Connected, Event, Offered
from tests.ivr.acd.test_dials import ANSWERS, LEG, LOCAL, half, through
from tests.ivr.acd.test_queues import ANNA, OLGA, at, caller, waits

LEAD, DIALS = through()
RINGS = Rung(LEG)
OUTER = Dialled(caller("a"), "Local/600@ring-group", "Local/600@ring-group-02;1", at(1))
INNER = Dialled(
    replace(caller("half-2"), channel="Local/600@ring-group-02;2"),
    LOCAL,
    f"{LOCAL}-00000001;1",
    at(1),
)
JOINS = CallerJoined("support", 1, half(1))
OFFERED = Offered("support", OLGA, "half-1", at(2), f"{OLGA}-01")
CONNECTED = Connected("support", OLGA, half(1), at(3), f"{OLGA}-01")


def ordered(*events: Event) -> list[Event]:
    order, found = EventOrder(), list[Event]()
    for event in events:
        found += order.take(event, 0.0)
    assert order.until is None
    assert order.late(60.0) == []
    return found


@pytest.mark.parametrize(
    "late",
    [
        (DIALS, LEAD),
        (DIALS, RINGS, LEAD),
        (DIALS, RINGS, ANSWERS, LEAD),
        (JOINS, LEAD),
        (JOINS, OFFERED, CONNECTED, LEAD),
        (JOINS, CallerLeft("support", "half-1"), HungUp("half-1", half(1).channel, at(3)), LEAD),
    ],
)
def test_the_dialler_comes_first(late: tuple[Event, ...]) -> None:
    """Whatever the far half did before that was reported, and in the order in which it did it."""
    assert ordered(*late) == [late[-1], *late[:-1]]
    assert ordered(late[-1], *late[:-1]) == [late[-1], *late[:-1]]


def test_halves_of_halves() -> None:
    for events in permutations((OUTER, INNER, DIALS)):
        assert ordered(*events) == [OUTER, INNER, DIALS]


def test_what_an_application_originates_has_no_dialler() -> None:
    lead = Originated(f"{LOCAL}-00000001;1")
    assert ordered(JOINS, lead) == [lead, JOINS]


def test_others_are_not_held_back() -> None:
    order = EventOrder()
    assert order.take(DIALS, 0.0) == []
    others = (waits("b"), Dialled(caller("b"), OLGA, f"{OLGA}-07", at(1)), HungUp("c", "", at(2)))
    assert [order.take(each, 0.1) for each in others] == [[each] for each in others]
    assert order.take(DialEnded(LEG, False, at(2), "BUSY"), 0.2) == []


def test_a_dialler_that_is_not_reported_is_waited_for_once() -> None:
    order = EventOrder()
    order.take(DIALS, 5.0)
    order.take(RINGS, 5.1)
    assert order.until == 5.0 + PATIENCE
    assert order.late(5.0 + PATIENCE / 2) == []
    assert order.late(5.0 + PATIENCE) == [DIALS, RINGS]
    assert order.until is None
    again = Dialled(half(1), ANNA, f"{ANNA}-09", at(9))
    assert order.take(again, 9.0) == [again]
    order.take(HungUp("half-1", half(1).channel, at(10)), 10.0)
    assert order.take(again, 11.0) == []


@pytest.mark.parametrize("end", [";1", ";2"])
def test_halves_that_were_there_before_are_not_waited_for(end: str) -> None:
    order = EventOrder()
    order.present(f"{LOCAL}-00000001{end}")
    assert order.take(DIALS, 0.0) == [DIALS]
