"""What becomes of a caller whom an agent transfers, in the order of a real Asterisk's events."""

import pytest
from msgspec.structs import replace

from ivr.acd.dials import DialEnded, Dialled, HungUp, Rung
from ivr.acd.passing import Pass, State, Why, follow
from ivr.acd.queues import CallerJoined, Connected, Event
from tests.ivr.acd.test_dials import LEG, LOCAL, half
from tests.ivr.acd.test_queues import ANNA, OLGA, at, caller

OLGAS = f"{OLGA}-01"
WAY = f"{LOCAL}-00000001;1"
BLIND = Pass(call="a", phone=OLGA, leg=OLGAS)
WARM = Pass(call="a", phone=OLGA, leg=OLGAS, warm=True)
TO_QUEUE = Pass(call="a", phone=OLGA, leg=OLGAS, queue=True)
ASKS_QUEUE = Pass(call="a", phone=OLGA, leg=OLGAS, queue=True, warm=True)

HALF_RINGS = (Dialled(half(1), ANNA, LEG, at(1)), Rung(LEG), Rung(WAY))
RINGS = (Dialled(caller("a"), LOCAL, WAY, at(1)), *HALF_RINGS)
ASKS = (Dialled(replace(caller("x"), channel=OLGAS), LOCAL, WAY, at(1)), *HALF_RINGS)
ANSWERED = (DialEnded(LEG, True, at(5), "ANSWER"), DialEnded(WAY, True, at(5), "ANSWER"))
AGAIN = (Dialled(caller("a"), OLGA, f"{OLGA}-02", at(9)),)
QUEUED = (CallerJoined("support", 1, caller("a")),)
GONE = (HungUp("a", "PJSIP/1-a", at(9)),)


def failed(status: str) -> tuple[Event, ...]:
    return (DialEnded(LEG, False, at(5), status), DialEnded(WAY, False, at(5), status))


def back(answered: bool) -> tuple[Event, ...]:
    return (*AGAIN, DialEnded(f"{OLGA}-02", answered, at(12), "ANSWER" if answered else "BUSY"))


def left(leg: str) -> tuple[Event, ...]:
    return (HungUp("x", leg, at(9)),)


def on_half(*events: Event) -> tuple[Event, ...]:
    """The same of a caller whose channel is a half itself."""
    channel = "Local/611@in-00000007;2"
    return tuple(
        replace(event, caller=replace(event.caller, channel=channel))
        if isinstance(event, Dialled) and event.caller.call == "a"
        else event
        for event in events
    )


@pytest.mark.parametrize(
    ("start", "events", "state", "why"),
    [
        (BLIND, (), "calling", ""),
        (BLIND, RINGS[:2], "calling", ""),
        (BLIND, RINGS, "rings", ""),
        (BLIND, (*left(OLGAS), *RINGS, *ANSWERED), "passed", ""),
        (BLIND, on_half(*RINGS), "rings", ""),
        (BLIND, on_half(*RINGS, *failed("BUSY"), *AGAIN), "back-rings", "busy"),
        (BLIND, (*RINGS, *failed("BUSY")), "returns", "busy"),
        (BLIND, (*RINGS, *failed("NOANSWER"), *AGAIN), "back-rings", "no-answer"),
        (BLIND, (*RINGS, *failed("CHANUNAVAIL"), *back(True)), "back", "unavailable"),
        (BLIND, (*RINGS, *failed("BUSY"), *back(False)), "returns", "busy"),
        (BLIND, (*RINGS, *failed("BUSY"), *back(False), *QUEUED), "front", "busy"),
        (BLIND, AGAIN, "back-rings", "unavailable"),
        (BLIND, (*RINGS, *GONE), "left", ""),
        (TO_QUEUE, QUEUED, "queued", ""),
        (TO_QUEUE, (*QUEUED, Connected("support", ANNA, caller("a"), at(9))), "passed", ""),
        (TO_QUEUE, (*QUEUED, *AGAIN), "queued", ""),
        (ASKS_QUEUE, (*ASKS[:1], CallerJoined("support", 1, half(1))), "calling", ""),
        (ASKS_QUEUE, ASKS, "rings", ""),
        (ASKS_QUEUE, (*ASKS, DialEnded(LEG, False, at(5), "BUSY")), "calling", ""),
        (ASKS_QUEUE, (*ASKS, *ANSWERED), "talking", ""),
        (ASKS_QUEUE, (*ASKS, *ANSWERED, *left(LEG)), "talking", ""),
        (ASKS_QUEUE, (*ASKS, *ANSWERED, *left(WAY)), "back", "hung-up"),
        (ASKS_QUEUE, (*ASKS, *ANSWERED, *left(OLGAS)), "passed", ""),
        (ASKS_QUEUE, (*ASKS[:1], DialEnded(WAY, False, at(5), "NOANSWER")), "back", "no-answer"),
        (ASKS_QUEUE, (*ASKS, *left(OLGAS), *QUEUED), "queued", ""),
        (WARM, ASKS, "rings", ""),
        (WARM, (*ASKS, *ANSWERED), "talking", ""),
        (WARM, (*ASKS, *failed("BUSY")), "back", "busy"),
        (WARM, (*ASKS, *ANSWERED, *left(OLGAS)), "passed", ""),
        (WARM, (*ASKS, *ANSWERED, *left(LEG)), "back", "hung-up"),
        (WARM, (*ASKS, *left(OLGAS)), "calling", ""),
        (WARM, (*ASKS, *failed("CANCEL"), *left(OLGAS), *RINGS), "rings", ""),
        (WARM, (*ASKS, *left(OLGAS), *RINGS, *ANSWERED), "passed", ""),
        (WARM, (*ASKS, *ANSWERED, *GONE), "left", ""),
        (WARM, (*ASKS, *ANSWERED, *left("PJSIP/9-9")), "talking", ""),
    ],
)
def test_a_caller_arrives_or_comes_back(
    start: Pass, events: tuple[Event, ...], state: State, why: Why
) -> None:
    for event in events:
        start = follow(start, event)
    assert (start.state, start.why) == (state, why)
