"""Who rings and who speaks, read from the channels that there are."""

import pytest
from msgspec.structs import replace

from ivr.acd.board import Board, Caller, Offer, Talk
from ivr.acd.channels import Channel, with_channels
from tests.ivr.acd.test_queues import ANNA, at, board, caller, waits

LEG = f"{ANNA}-03"
HIS = Channel(caller("a"), "a", "support", "room")
HERS = Channel(Caller("leg", LEG, "701", "Анна", at(5)), "a", bridge="room", dialled=True)
RINGS = replace(HERS, bridge="", rings=True)


def both(his: Channel, hers: Channel, of: Board | None = None) -> Board:
    return with_channels(of or Board(), (hers, his), ANNA.__eq__)


def test_they_speak() -> None:
    assert both(HIS, HERS) == Board(talks=(Talk("support", ANNA, caller("a"), at(5), LEG),))
    assert both(replace(HIS, queue=""), HERS).talks[0].queue == ""


def test_her_phone_rings() -> None:
    waiting = board(waits("a"))
    his = replace(HIS, bridge="", caller=replace(HIS.caller, since=at(99)))
    now = both(his, RINGS, waiting)
    assert now.offers == (Offer("support", ANNA, caller("a"), at(5), LEG),)
    assert both(his, RINGS, now) == now
    assert both(his, RINGS).offers[0].queue == ""


@pytest.mark.parametrize(
    ("his", "hers"),
    [
        (replace(HIS, bridge=""), HERS),
        (HIS, replace(HERS, bridge="")),
        (HIS, replace(HERS, first="b")),
        (HIS, replace(HERS, dialled=False)),
        (replace(HIS, dialled=True), HERS),
        (HIS, replace(HERS, caller=replace(HERS.caller, channel="PJSIP/375291234567-1"))),
    ],
)
def test_nobody_is_seen_to_speak_or_ring(his: Channel, hers: Channel) -> None:
    assert both(his, hers) == Board()
