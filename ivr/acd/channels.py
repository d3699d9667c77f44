"""Ringing phones and conversations as the list of channels shows them, for the start of AMI."""

from collections.abc import Callable, Collection

from msgspec import Struct

from ivr.acd.board import Board, Caller, Offer, Talk, known, waits_in, with_offer, with_talk


class Channel(Struct, frozen=True):
    """A channel and the party at its end.

    ``first``: the linked id, that of the call's first channel. ``queue``: the queue that handles
    it, ``bridge``: the bridge it is in; "" for none. ``dialled``: Asterisk dialled it.
    """

    caller: Caller
    first: str = ""
    queue: str = ""
    bridge: str = ""
    dialled: bool = False
    rings: bool = False


def with_channels(
    board: Board, channels: Collection[Channel], phones: Callable[[str], bool]
) -> Board:
    """The board with the ringing phones and conversations that the channels show.

    ``phones``: whether an interface is an agent's phone.
    """
    callers = {one.caller.call: one for one in channels if not one.dialled}
    for leg in channels:
        name, at = leg.caller.channel, leg.caller.since
        interface, inbound = name.rpartition("-")[0], callers.get(leg.first)
        if inbound is None or not leg.dialled or not phones(interface):
            continue
        caller = known(board, inbound.caller.call) or inbound.caller
        if leg.rings:
            queue = waits_in(board, caller.call)
            board = with_offer(board, Offer(queue, interface, caller, at, name))
        elif leg.bridge and inbound.bridge:
            board = with_talk(board, Talk(inbound.queue, interface, caller, at, name))
    return board
