"""The copy of Asterisk's queues, against a small model of what app_queue does and reports."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import json
from msgspec.structs import replace

from ivr.acd.queues import (
    Board,
    Caller,
    CallerAbandoned,
    CallerJoined,
    CallerLeft,
    Completed,
    Connected,
    Event,
    Member,
    MemberRemoved,
    MemberStatus,
    Offered,
    QueueListed,
    State,
    Talk,
    Unanswered,
    apply_event,
)
from ivr.acd.reconcile import differences, reconciled

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
OLGA, ANNA = "PJSIP/701", "PJSIP/702"


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def caller(call: str, since: float = 0) -> Caller:
    return Caller(call, f"PJSIP/1-{call}", "375291234567", "Анна", at(since))


def board(*events: Event, of: Board | None = None) -> Board:
    return reduce(apply_event, events, of or Board())


def member(interface: str = OLGA, queue: str = "support", **more: object) -> MemberStatus:
    return MemberStatus(queue, replace(Member(interface=interface, name="Ольга"), **more))


def waits(call: str, position: int = 1, queue: str = "support") -> CallerJoined:
    return CallerJoined(queue, position, caller(call))


RINGS = (member(state="ringing"), waits("a"), Offered("support", OLGA, "a", at(1)))


def calls(now: Board, queue: str = "support") -> list[str]:
    return [one.call for one in now.queues[queue].waiting]


def test_a_call_from_its_beginning_to_its_end() -> None:
    now = board(*RINGS)
    [offer] = now.offers
    assert (offer.interface, offer.caller, offer.since) == (OLGA, caller("a"), at(1))
    now = board(CallerLeft("support", "a"), Connected("support", OLGA, caller("a"), at(5)), of=now)
    assert now.offers == ()
    assert now.queues["support"].waiting == ()
    assert now.talks == (Talk("support", OLGA, caller("a"), at(5)),)
    assert now.queues["support"].members[OLGA].in_call
    now = board(Completed("support", OLGA, "a", at(60)), of=now)
    olga = now.queues["support"].members[OLGA]
    assert now.talks == ()
    assert (olga.in_call, olga.last_call) == (False, at(60))
    assert olga.wrapup_until(10) == at(70)
    assert replace(olga, wrapup=5).wrapup_until(10) == at(65)
    assert replace(olga, in_call=True).wrapup_until(10) is None


def test_a_caller_of_higher_priority_stands_before_the_others() -> None:
    assert calls(board(waits("a"), waits("b", 2), waits("first", 1))) == ["first", "a", "b"]


@pytest.mark.parametrize(
    "end",
    [
        CallerLeft("support", "a"),
        CallerAbandoned("support", "a"),
        Unanswered("support", OLGA, "a"),
        Connected("support", ANNA, caller("a"), at(3)),
    ],
)
def test_what_ends_an_offer(end: Event) -> None:
    now = board(*RINGS)
    assert now.offers
    assert board(end, of=now).offers == ()


def test_a_pause_counts_in_all_queues_and_a_talk_in_its_own() -> None:
    now = board(
        member(),
        member(queue="claims", in_call=True),
        Connected("support", OLGA, caller("a"), at(1)),
        Completed("support", OLGA, "a", at(2)),
    )
    seen = {name: one.members[OLGA] for name, one in now.queues.items()}
    assert [seen["support"].last_call, seen["claims"].last_call] == [at(2), at(2)]
    assert [seen["support"].in_call, seen["claims"].in_call] == [False, True]


def test_who_waits_no_more_is_not_offered() -> None:
    assert board(Offered("support", OLGA, "a", at(1))).offers == ()


def test_what_is_in_no_list_is_carried_over() -> None:
    old = board(*RINGS, member(ANNA), Connected("support", ANNA, caller("b"), at(2)))
    rings = board(member(state="not in use"), member(ANNA), waits("a"))
    assert reconciled(old, rings, None) == replace(rings, offers=old.offers, talks=old.talks)
    assert reconciled(old, board(member(state="ringing")), None).offers == ()


@pytest.mark.parametrize(("gap", "since"), [(False, 0), (True, 1)])
def test_a_waiting_caller_keeps_the_time_of_the_event(gap: bool, since: int) -> None:
    """A list has whole seconds; after a gap it counts, for the caller may have come again."""
    listed = board(CallerJoined("support", 1, caller("a", 1)))
    now = reconciled(board(waits("a")), listed, () if gap else None)
    assert now.queues["support"].waiting == (caller("a", since),)


@pytest.mark.parametrize(
    ("listed", "offers", "talks"),
    [
        ((member(state="ringing"), waits("a"), member(ANNA, in_call=True)), 1, 1),
        ((member(state="not in use"), waits("a"), member(ANNA)), 0, 0),
        ((member(state="ringing"), member(ANNA, in_call=True, last_call=at(9))), 0, 0),
        ((), 0, 0),
    ],
)
def test_after_a_gap_only_what_is_seen(listed: tuple[Event, ...], offers: int, talks: int) -> None:
    old = board(*RINGS, member(ANNA), Connected("support", ANNA, caller("b"), at(2)))
    now = reconciled(old, board(*listed), ())
    assert (len(now.offers), len(now.talks)) == (offers, talks)


def test_differences_are_said_in_words() -> None:
    old = board(member(), member(ANNA, paused=True), waits("a"), QueueListed("gone"))
    new = board(member(state="in use", in_call=True), waits("b"), waits("c", 2), QueueListed("new"))
    assert differences(old, new) == (
        "queue new was missing",
        "PJSIP/701 in support is in use and speaks, penalty 0, not unknown, penalty 0",
        "PJSIP/702 in support is no member, not unknown and paused, penalty 0",
        "in support wait b, c, not a",
        "queue gone does not exist any more",
    )
    assert differences(old, old) == ()


def test_a_board_goes_through_json() -> None:
    now = board(*RINGS, Connected("support", ANNA, caller("b"), at(2)))
    assert json.decode(json.encode(now), type=Board) == now


# A model of app_queue: what it keeps, its events for each action, and its list.


class AppQueue:
    """Keeps queues as Asterisk does; every action appends AMI's events to ``events``."""

    def __init__(self) -> None:
        self.members: dict[str, dict[str, Member]] = {"support": {}, "claims": {}}
        self.waiting: dict[str, list[tuple[int, Caller]]] = {"support": [], "claims": []}
        self.ringing: list[tuple[str, str, Caller]] = []
        self.talking: list[tuple[str, str, Caller]] = []
        self.events: list[Event] = []
        self.calls = 0

    def listed(self) -> Iterable[Event]:
        for name, members in self.members.items():
            yield QueueListed(name)
            yield from (MemberStatus(name, one) for one in members.values())
            for place, (_, one) in enumerate(self.waiting[name], 1):
                yield CallerJoined(name, place, one)

    def change(self, queue: str, interface: str, **values: object) -> None:
        if known := self.members[queue].get(interface):
            self.members[queue][interface] = replace(known, **values)
            self.events.append(MemberStatus(queue, self.members[queue][interface]))

    def do(self, action: int, queue: str, interface: str, some: int) -> None:
        """One action, chosen by numbers; none where it is not possible."""
        row = self.waiting[queue]
        one = row[some % len(row)][1] if row else None
        rung = [it for it in self.ringing if it[0] == queue]
        talk = self.talking[some % len(self.talking)] if self.talking else None
        match action:
            case 0 | 1 | 2:
                self.join(queue, some % 3)
            case 3 if one:
                self.events.append(CallerAbandoned(queue, one.call))
                self.leave(queue, one)
            case 4 | 5 if one and interface in self.members[queue]:
                if (queue, interface, one) not in self.ringing:
                    self.ringing.append((queue, interface, one))
                    self.events.append(Offered(queue, interface, one.call, NOON))
                    self.change(queue, interface, state="ringing")
            case 6 if rung:
                self.answer(*rung[some % len(rung)])
            case 7 if rung:
                self.ringing.remove(rung[0])
                self.events.append(Unanswered(queue, rung[0][1], rung[0][2].call))
                self.change(*rung[0][:2], state="not in use")
            case 8 if talk:
                self.complete(*talk)
            case 9 | 10:
                self.members[queue].setdefault(interface, Member(interface=interface, name="x"))
                self.change(queue, interface, paused=bool(some % 2), penalty=some % 3)
            case 11 if self.members[queue].pop(interface, None):
                self.events.append(MemberRemoved(queue, interface))
            case 12:
                self.change(queue, interface, state=get_args(State)[some % 9])

    def join(self, queue: str, priority: int) -> None:
        self.calls += 1
        place = sum(1 for other, _ in self.waiting[queue] if other >= priority)
        self.waiting[queue].insert(place, (priority, caller(str(self.calls))))
        self.events.append(CallerJoined(queue, place + 1, caller(str(self.calls))))

    def leave(self, queue: str, one: Caller) -> None:
        self.waiting[queue] = [it for it in self.waiting[queue] if it[1] != one]
        self.ringing = [it for it in self.ringing if it[2] != one]
        self.events.append(CallerLeft(queue, one.call))

    def answer(self, queue: str, interface: str, one: Caller) -> None:
        self.leave(queue, one)
        self.talking.append((queue, interface, one))
        if known := self.members[queue].get(interface):
            self.members[queue][interface] = replace(known, in_call=True)
        self.events.append(Connected(queue, interface, one, NOON))

    def complete(self, queue: str, interface: str, one: Caller) -> None:
        self.talking.remove((queue, interface, one))
        if known := self.members[queue].get(interface):
            self.members[queue][interface] = replace(known, in_call=False)
        self.events.append(Completed(queue, interface, one.call, NOON))


ACTIONS = st.lists(
    st.tuples(
        st.integers(0, 12),
        st.sampled_from(["support", "claims"]),
        st.sampled_from([OLGA, ANNA, "PJSIP/703"]),
        st.integers(0, 20),
    ),
    max_size=60,
)


@settings(deadline=None)
@given(ACTIONS, st.integers(0, 30))
def test_the_folded_board_is_the_listed_one(
    actions: list[tuple[int, str, str, int]], late: int
) -> None:
    """After any actions; also when events from before a list arrive after it."""
    model = AppQueue()
    now = board(*model.listed())
    for action in actions:
        heard = len(model.events)
        model.do(*action)
        now = board(*model.events[heard:], of=now)
        listed = board(*model.listed())
        assert differences(now, listed) == ()
        assert {(it.queue, it.interface, it.caller) for it in now.offers} == set(model.ringing)
        assert {(it.queue, it.interface, it.caller) for it in now.talks} == set(model.talking)
        stale = model.events[max(len(model.events) - late, 0) :]
        again = board(*stale, of=reconciled(now, listed, None))
        assert differences(again, listed) == ()
        assert (set(again.offers), set(again.talks)) == (set(now.offers), set(now.talks))


NAMES = st.sampled_from(["support", "claims"])
PHONES = st.sampled_from([OLGA, ANNA])
CALLS = st.sampled_from(["a", "b", "c"])
TIMES = st.integers(0, 100).map(at)
EVENTS = st.one_of(
    st.builds(QueueListed, NAMES),
    st.builds(
        MemberStatus,
        NAMES,
        st.builds(Member, interface=PHONES, name=st.just(""), paused=st.booleans()),
    ),
    st.builds(MemberRemoved, NAMES, PHONES),
    st.builds(CallerJoined, NAMES, st.integers(-2, 9), st.builds(caller, CALLS)),
    st.builds(CallerLeft, NAMES, CALLS),
    st.builds(CallerAbandoned, NAMES, CALLS),
    st.builds(Offered, NAMES, PHONES, CALLS, TIMES),
    st.builds(Unanswered, NAMES, PHONES, CALLS),
    st.builds(Connected, NAMES, PHONES, st.builds(caller, CALLS), TIMES),
    st.builds(Completed, NAMES, PHONES, CALLS, TIMES),
)


@settings(deadline=None)
@given(st.lists(EVENTS, max_size=40))
def test_events_in_any_order(events: list[Event]) -> None:
    """None breaks the board; the same one twice is once, and then the board is the same value."""
    now = Board()
    for event in events:
        now = apply_event(now, event)
        assert apply_event(now, event) is now, event
        for name, queue in now.queues.items():
            assert len(set(calls(now, name))) == len(queue.waiting)
        keys = [(it.queue, it.interface, it.caller.call) for it in now.offers]
        assert len(set(keys)) == len(keys)
        assert all(it.caller in now.queues[it.queue].waiting for it in now.offers)
    assert differences(now, now) == ()
