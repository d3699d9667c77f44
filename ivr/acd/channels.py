"""Ringing phones and conversations as the list of channels shows them, for the start of AMI."""

from collections.abc import Callable, Collection, Iterator

from msgspec import Struct

from ivr.acd.board import (
    LOCAL,
    Board,
    Caller,
    Offer,
    Talk,
    known,
    waits_in,
    with_offer,
    with_talk,
)
from ivr.acd.passing import State


class Channel(Struct, frozen=True):
    """A channel and the party at its end.

    ``first``: the linked id, that of the call's first channel. ``queue``: the queue that handles
    it, ``bridge``: the bridge it is in; "" for none. ``dialled``: Asterisk dialled it. An agent's
    channel ``asks`` somebody (digits, or ``queue-`` and a name) about the caller on the channel
    ``held``, who hears music; both are "" for any other.
    """

    caller: Caller
    first: str = ""
    queue: str = ""
    bridge: str = ""
    dialled: bool = False
    rings: bool = False
    asks: str = ""
    held: str = ""


class Consultation(Struct, frozen=True):
    """The agent on ``leg`` asks ``to`` about a caller. ``legs``: the channels to who is asked, that
    of a ``Local`` half first; ``asked``: the interfaces of the phones among them."""

    caller: Caller
    leg: str
    to: str
    state: State
    legs: tuple[str, ...]
    asked: tuple[str, ...]


def consultations(channels: Collection[Channel]) -> Iterator[Consultation]:
    """Who is asked about whom at this moment."""
    names = {one.caller.channel: one for one in channels}
    for one in channels:
        held = names.get(one.held) if one.asks else None
        if held is None:
            continue
        legs = [
            each
            for each in channels
            if each.dialled and each.first == held.first and each.caller.call != held.caller.call
        ]
        legs.sort(key=lambda leg: not leg.caller.channel.startswith(LOCAL))
        state: State = "rings" if any(leg.rings for leg in legs) else "calling"
        if one.bridge:
            state = "three" if held.bridge == one.bridge else "talking"
        found = tuple(leg.caller.channel for leg in legs)
        asked = tuple(name.rpartition("-")[0] for name in found if not name.startswith(LOCAL))
        yield Consultation(held.caller, one.caller.channel, one.asks, state, found, asked)


def with_channels(
    board: Board, channels: Collection[Channel], phones: Callable[[str], bool]
) -> Board:
    """The board with the ringing phones and conversations that the channels show.

    ``phones``: whether an interface is an agent's phone.
    """
    callers = {one.caller.call: one for one in channels if not one.dialled}
    held = {one.held for one in channels if one.asks}
    for leg in channels:
        name, at = leg.caller.channel, leg.caller.since
        interface, inbound = name.rpartition("-")[0], callers.get(leg.first)
        if inbound is None or not (leg.dialled or leg.asks) or not phones(interface):
            continue
        caller = known(board, inbound.caller.call) or inbound.caller
        if leg.rings:
            queue = waits_in(board, caller.call)
            board = with_offer(board, Offer(queue, interface, caller, at, name))
        elif leg.asks or (leg.bridge and (inbound.bridge or inbound.caller.channel in held)):
            board = with_talk(board, Talk(inbound.queue, interface, caller, at, name))
    return board
