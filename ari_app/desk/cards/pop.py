"""Screen pop: which agent's screen shows which caller, read from the queue board alone.

A card goes with the caller's channel, never with the caller id of a leg: the agent whose phone
rings for that channel, or who talks with it, sees the card.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from msgspec import Struct

from ivr.acd.passing import Pass
from ivr.acd.queues import Board, Caller, Offer, Talk


class Place(Struct, frozen=True):
    """A caller at an agent's phone, which rings or is in the call since a moment. ``asked``: a
    colleague asks about the caller, who hears music."""

    interface: str
    caller: Caller
    queue: str
    phase: Literal["ringing", "talking"]
    since: datetime
    asked: bool = False


class Passage(Struct, frozen=True):
    """A caller whom the agent of a card transfers ``to`` somebody: a queue by its name, or digits.
    ``agent`` and ``name`` are the colleague's login and name, "" for anybody else."""

    to: str
    agent: str
    name: str
    at: Pass
    since: datetime


Places = Mapping[tuple[str, str], Place]
"""By the interface of the phone and the caller's channel."""


def places(board: Board) -> Places:
    """Every phone that rings for a caller or talks with one; talking wins."""
    found: dict[tuple[str, str], Place] = {}
    for offer in board.offers:
        place = _place(offer, "ringing")
        found[place.interface, place.caller.call] = place
    for talk in board.talks:
        place = _place(talk, "talking")
        found[place.interface, place.caller.call] = place
    return found


def _place(one: Offer | Talk, phase: Literal["ringing", "talking"]) -> Place:
    held = one.caller.held
    return Place(
        one.interface, held or one.caller, one.queue, phase, one.since, asked=held is not None
    )


Why = Literal["answered-elsewhere", "rings-elsewhere", "waits", "left", "taken-back"]


def why_gone(board: Board, channel: str) -> Why:
    """Where the caller of a channel is, for whom a phone stopped ringing."""
    if any(talk.caller.call == channel for talk in board.talks):
        return "answered-elsewhere"
    if any(offer.caller.call == channel for offer in board.offers):
        return "rings-elsewhere"
    waits = (one.call for queue in board.queues.values() for one in queue.waiting)
    return "waits" if channel in waits else "left"
