"""Whose screen shows which caller: read from the board of queues, and nothing but that.

A card goes with the caller's channel, never with the caller id of a leg: whoever's phone rings for
that channel, or speaks with it, sees the card.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

from ivr.acd.queues import Board, Caller


class Place(Struct, frozen=True):
    """A caller on the phone of an agent, which rings or is spoken into since a moment."""

    interface: str
    caller: Caller
    queue: str
    phase: Literal["ringing", "talking"]
    since: datetime


Places = Mapping[tuple[str, str], Place]
"""Interface and caller's channel: the place."""


def places(board: Board) -> Places:
    """Every phone that rings for a caller, or is spoken into; who speaks does not ring."""
    found: dict[tuple[str, str], Place] = {}
    for offer in board.offers:
        place = Place(offer.interface, offer.caller, offer.queue, "ringing", offer.since)
        found[offer.interface, offer.caller.call] = place
    for talk in board.talks:
        place = Place(talk.interface, talk.caller, talk.queue, "talking", talk.since)
        found[talk.interface, talk.caller.call] = place
    return found


Why = Literal["answered-elsewhere", "rings-elsewhere", "waits", "left"]


def why_gone(board: Board, channel: str) -> Why:
    """What became of a caller for whom a phone rings no more."""
    if any(talk.caller.call == channel for talk in board.talks):
        return "answered-elsewhere"
    if any(offer.caller.call == channel for offer in board.offers):
        return "rings-elsewhere"
    waits = (one.call for queue in board.queues.values() for one in queue.waiting)
    return "waits" if channel in waits else "left"
