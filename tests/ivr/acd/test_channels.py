"""Who rings and who speaks, read from the channels that there are."""

import pytest
from msgspec.structs import replace

from ivr.acd.board import Board, Caller, Offer, Talk
from ivr.acd.channels import Channel, with_channels
from tests.ivr.acd.test_queues import ANNA, at, board, caller, waits

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
