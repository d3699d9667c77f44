"""Calls that reach a phone without a queue, in the order of a real Asterisk's events."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from ivr.acd.board import Board, Caller, Offer, Talk
from ivr.acd.dials import DialEnded, Dialled, HungUp, Transferred
from ivr.acd.figures import SIGNED_OUT
from ivr.acd.queues import CallerLeft, Completed, Connected, Event, Offered, apply_event
from ivr.acd.reconcile import reconciled
from tests.ivr.acd.test_queues import ANNA, EVENTS, OLGA, at, board, caller, member, waits

LOCAL = "Local/702@firstline-people"
LEG = f"{ANNA}-03"
ANNA_RINGS = Dialled(caller("a"), ANNA, LEG, at(1))
ANSWERS = DialEnded(LEG, True, at(5))


def half(number: int) -> Caller:
    """The one of two halves that dials on, with an id of its own."""
    return replace(caller(f"half-{number}"), channel=f"{LOCAL}-{number:08};2")


def through(number: int = 1) -> tuple[Event, ...]:
    """A caller's call on its way to Anna's phone, through two halves."""
    return (
        Dialled(caller("a"), LOCAL, f"{LOCAL}-{number:08};1", at(1)),
        Dialled(half(number), ANNA, LEG, at(1)),
    )


def rung(now: Board) -> list[tuple[str, str, str]]:
    return [(it.queue, it.interface, it.caller.call) for it in now.offers]


def spoken(now: Board) -> list[tuple[str, str, str]]:
    return [(it.queue, it.interface, it.caller.call) for it in now.talks]


def test_a_phone_is_dialled_answers_and_hangs_up() -> None:
    now = board(ANNA_RINGS)
    assert now.offers == (Offer("", ANNA, caller("a"), at(1), LEG),)
    now = board(ANSWERS, of=now)
    assert now == Board(talks=(Talk("", ANNA, caller("a"), at(5), LEG),))
    assert board(HungUp("agents", LEG, at(9)), of=now) == Board()


@pytest.mark.parametrize(
    "end",
    [DialEnded(LEG, False, at(9)), HungUp("agents", LEG, at(9)), HungUp("a", "PJSIP/1-a", at(9))],
)
def test_what_ends_the_ringing(end: Event) -> None:
    assert board(ANNA_RINGS, end) == Board()


def test_halves_are_seen_through() -> None:
    """The first half ends the way when both are taken out, and the caller is none of them."""
    now = board(*through())
    assert rung(now) == [("", LOCAL, "a"), ("", ANNA, "a")]
    now = board(ANSWERS, DialEnded(f"{LOCAL}-00000001;1", True, at(5)), of=now)
    assert (rung(now), spoken(now)) == ([], [("", ANNA, "a")])
    gone = (
        HungUp("half-1", f"{LOCAL}-00000001;2", at(6)),
        HungUp("x", f"{LOCAL}-00000001;1", at(6)),
    )
    assert board(*gone, of=now) is now
    assert board(HungUp("agents", LEG, at(9)), of=now) == Board()


def test_the_end_of_a_leg_ends_every_offer_on_it() -> None:
    again = Dialled(caller("a"), OLGA, LEG, at(2))
    for end in (DialEnded(LEG, False, at(3)), ANSWERS):
        assert board(ANNA_RINGS, again, end).offers == ()


def test_halves_of_halves_are_seen_through() -> None:
    outer = Dialled(caller("a"), "Local/600@ring-group", "Local/600@ring-group-02;1", at(1))
    inner = replace(caller("half-2"), channel="Local/600@ring-group-02;2")
    now = board(outer, Dialled(inner, LOCAL, f"{LOCAL}-00000001;1", at(1)), *through()[1:])
    assert rung(now)[-1] == ("", ANNA, "a")


def test_halves_without_a_caller_are_not_followed() -> None:
    assert board(Dialled(half(1), ANNA, LEG, at(1))) == Board()


@pytest.mark.parametrize("end", [";1", ";2"])
def test_a_caller_may_be_on_a_half_without_a_call(end: str) -> None:
    """So is one whom another dialplan sends on through a half: their calls are followed, too."""
    on_half = replace(caller("a"), channel=f"Local/611@in-00000007{end}")
    now = board(waits("a"), Dialled(on_half, ANNA, LEG, at(1)))
    assert rung(now) == [("support", ANNA, "a")]
    way = Dialled(on_half, LOCAL, f"{LOCAL}-00000001;1", at(1))
    now = board(waits("a"), way, *through()[1:], ANSWERS)
    assert spoken(now) == [("support", ANNA, "a")]
    if end == ";1":
        assert rung(board(Dialled(on_half, ANNA, LEG, at(1)))) == [("", ANNA, "a")]


def test_what_a_queue_dials_is_one_offer() -> None:
    """AMI reports it as a call of the queue and as a dialled one, in either order."""
    offered = Offered("support", ANNA, "a", at(1), LEG)
    for events in ((offered, ANNA_RINGS), (ANNA_RINGS, offered)):
        now = board(member(ANNA), waits("a"), *events)
        assert now.offers == (Offer("support", ANNA, caller("a"), at(1), LEG),)
        now = board(ANSWERS, of=now)
        assert (rung(now), spoken(now)) == ([("support", ANNA, "a")], [])
        connected = Connected("support", ANNA, caller("a"), at(5), LEG)
        now = board(CallerLeft("support", "a"), connected, of=now)
        assert now.talks == (Talk("support", ANNA, caller("a"), at(5), LEG),)
        now = board(Completed("support", ANNA, "a", at(9)), HungUp("agents", LEG, at(9)), of=now)
        assert now.talks == ()


def test_a_member_behind_halves_rings_as_that_member_too() -> None:
    """So does a queue of FreePBX, whose members are no phones."""
    far = f"{LOCAL}/n"
    now = board(member(far), waits("a"), Offered("support", far, "a", at(1), f"{LOCAL}-00000001;1"))
    now = board(*through(), of=now)
    assert ("support", ANNA, "a") in rung(now)
    ends = ANSWERS, DialEnded(f"{LOCAL}-00000001;1", True, at(5))
    now = board(
        *ends, CallerLeft("support", "a"), Connected("support", far, caller("a"), at(5)), of=now
    )
    assert (rung(now), spoken(now)) == ([], [("support", ANNA, "a"), ("support", far, "a")])


TALKING = (
    member(OLGA),
    waits("a"),
    Offered("support", OLGA, "a", at(0), f"{OLGA}-01"),
    CallerLeft("support", "a"),
    Connected("support", OLGA, caller("a"), at(0), f"{OLGA}-01"),
)
GONE = HungUp("olgas", f"{OLGA}-01", at(3))


@pytest.mark.parametrize("moment", [0, 1, 2, 3])
def test_a_caller_is_blindly_transferred(moment: int) -> None:
    """There is no event of the queue for a redirected caller until they hang up."""
    passed = [*through(), ANSWERS]
    now = board(*TALKING, *passed[:moment], GONE, *passed[moment:])
    assert spoken(now) == [("", ANNA, "a")]
    olga = now.queues["support"].members[OLGA]
    assert (olga.in_call, olga.last_call) == (False, at(3))
    assert now.talks[0].caller == caller("a")


ASKS = (
    Dialled(replace(caller("b"), number="701"), ANNA, LEG, at(1)),
    DialEnded(LEG, True, at(2)),
)
CONNECTS = Transferred(caller("a"), "b", at(3))


def test_a_colleague_is_asked_and_then_gets_the_caller() -> None:
    now = board(*TALKING, *ASKS)
    assert spoken(now) == [("support", OLGA, "a"), ("", ANNA, "b")]
    now = board(CONNECTS, of=now)
    assert now.talks == (Talk("", ANNA, caller("a"), at(3), LEG),)
    completed = Completed("support", OLGA, "a", at(3))
    now = board(completed, GONE, HungUp("b", f"{OLGA}-02", at(3)), of=now)
    assert spoken(now) == [("", ANNA, "a")]
    assert not now.queues["support"].members[OLGA].in_call
    assert board(HungUp("annas", LEG, at(9)), of=now).talks == ()


def test_a_colleague_gets_the_caller_while_ringing() -> None:
    now = board(*TALKING, ASKS[0], CONNECTS, GONE, HungUp("b", f"{OLGA}-02", at(3)))
    assert now.offers == (Offer("", ANNA, caller("a"), at(1), LEG),)
    now = board(DialEnded(LEG, True, at(5)), of=now)
    assert now.talks == (Talk("", ANNA, caller("a"), at(5), LEG),)


def test_a_caller_of_whom_nothing_was_known_is_named_by_the_transfer() -> None:
    assert board(*ASKS, CONNECTS).talks == (Talk("", ANNA, caller("a"), at(3), LEG),)
    assert board(CONNECTS) == Board()


def test_after_a_gap_whose_channels_there_still_are() -> None:
    ringing = board(ANNA_RINGS)
    for now in (ringing, board(ANSWERS, of=ringing)):
        assert reconciled(now, Board(), {"a", LEG}) == now
        assert reconciled(now, Board(), {"a"}) == reconciled(now, Board(), {LEG}) == Board()
        assert reconciled(now, Board(), None) == now


LEGS = st.sampled_from([LEG, f"{OLGA}-01", f"{LOCAL}-00000001;1"])
CALLERS = st.sampled_from([caller("a"), caller("b"), half(1)])
TIMES = st.integers(0, 100).map(at)
DIALS = st.one_of(
    st.builds(Dialled, CALLERS, st.sampled_from([OLGA, ANNA, LOCAL]), LEGS, TIMES),
    st.builds(DialEnded, LEGS, st.booleans(), TIMES),
    st.builds(HungUp, st.sampled_from(["a", "b", "c"]), LEGS, TIMES),
    st.builds(Transferred, CALLERS, st.sampled_from(["a", "b"]), TIMES),
)


@settings(deadline=None)
@given(st.lists(st.one_of(DIALS, EVENTS), max_size=40))
def test_events_in_any_order(events: list[Event]) -> None:
    """None breaks the board, and no phone rings or speaks twice for the same caller."""
    now = Board()
    for event in events:
        now = apply_event(now, event)
        assert apply_event(now, event) is now, event
        for each in (now.offers, now.talks):
            keys = [(it.interface, it.caller.call) for it in each]
            assert len(set(keys)) == len(keys)
    last: datetime = at(200)
    for call in ("a", "b", "c", "half-1"):
        now = apply_event(now, HungUp(call, "", last))
    assert (now.offers, now.talks) == ((), ())
    assert all(not queue.waiting for queue in now.queues.values())


def test_who_signed_out_during_a_call_of_one_queue_is_there_in_all_until_it_ends() -> None:
    queues = ("support", "claims")
    out = [member(queue=name, paused=True, reason=SIGNED_OUT) for name in queues]
    speaks = Connected("support", OLGA, caller("a"), at(2))
    during = board(*out, speaks)
    after = board(Completed("support", OLGA, "a", at(9)), of=during)
    assert [[one.present(name) for name in queues] for one in (during, after)] == [[1, 1], [0, 0]]
