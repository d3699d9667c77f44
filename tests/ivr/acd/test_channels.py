"""Who rings and who speaks, read from the channels that there are."""

import pytest
from msgspec.structs import replace

from ivr.acd.board import Board, Caller, Offer, Talk
from ivr.acd.channels import Channel, Consultation, consultations, with_channels
from tests.ivr.acd.test_queues import ANNA, OLGA, at, board, caller, waits

LEG = f"{ANNA}-03"
CALLER = Channel(caller("a"), "a", "support", "room")
AGENT = Channel(Caller("leg", LEG, "701", "Анна", at(5)), "a", bridge="room", dialled=True)
RINGS = replace(AGENT, bridge="", rings=True)


def both(calling: Channel, agent: Channel, of: Board | None = None) -> Board:
    return with_channels(of or Board(), (agent, calling), ANNA.__eq__)


def test_they_speak() -> None:
    assert both(CALLER, AGENT) == Board(talks=(Talk("support", ANNA, caller("a"), at(5), LEG),))
    assert both(replace(CALLER, queue=""), AGENT).talks[0].queue == ""


def test_the_agents_phone_rings() -> None:
    waiting = board(waits("a"))
    calling = replace(CALLER, bridge="", caller=replace(CALLER.caller, since=at(99)))
    now = both(calling, RINGS, waiting)
    assert now.offers == (Offer("support", ANNA, caller("a"), at(5), LEG),)
    assert both(calling, RINGS, now) == now
    assert both(calling, RINGS).offers[0].queue == ""


@pytest.mark.parametrize(
    ("calling", "agent"),
    [
        (replace(CALLER, bridge=""), AGENT),
        (CALLER, replace(AGENT, bridge="")),
        (CALLER, replace(AGENT, first="b")),
        (CALLER, replace(AGENT, dialled=False)),
        (replace(CALLER, dialled=True), AGENT),
        (CALLER, replace(AGENT, caller=replace(AGENT.caller, channel="PJSIP/375291234567-1"))),
    ],
)
def test_neither_a_talk_nor_an_offer_is_seen(calling: Channel, agent: Channel) -> None:
    assert both(calling, agent) == Board()


OLGAS, WAY = f"{OLGA}-01", "Local/701@firstline-people-1;1"
HELD = Channel(caller("a"), "a")
ASKS = Channel(
    Caller("o", OLGAS, "702", "", at(3)), "a", bridge="two", asks="701", held="PJSIP/1-a"
)
HALF = Channel(Caller("w", WAY, "701", "", at(5)), "a", bridge="two", dialled=True)


@pytest.mark.parametrize(
    ("held", "asks", "agent", "state"),
    [
        (HELD, ASKS, replace(AGENT, bridge="far"), "talking"),
        (replace(HELD, bridge="two"), ASKS, replace(AGENT, bridge="far"), "three"),
        (HELD, replace(ASKS, bridge=""), RINGS, "rings"),
        (HELD, replace(ASKS, bridge=""), replace(AGENT, bridge=""), "calling"),
    ],
)
def test_an_agent_asks_about_a_caller(
    held: Channel, asks: Channel, agent: Channel, state: str
) -> None:
    held = replace(held, caller=replace(held.caller, channel="PJSIP/1-a"))
    all_of_them = (agent, HALF, asks, held)
    [found] = consultations(all_of_them)
    assert found == Consultation(held.caller, OLGAS, "701", found.state, (WAY, LEG), (ANNA,))
    assert found.state == state
    now = with_channels(Board(), all_of_them, {ANNA, OLGA}.__contains__)
    both = {OLGA, ANNA} if state in ("talking", "three") else {OLGA}
    assert {one.interface for one in now.talks} == both
    assert {one.caller.call for one in now.talks} == {"a"}
    assert [one.interface for one in now.offers] == ([ANNA] if state == "rings" else [])
    assert not [*consultations((agent, HALF, asks))], "the caller is gone"
