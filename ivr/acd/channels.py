"""What the channels themselves show of who rings and who speaks, where no event could tell it."""

from collections.abc import Callable, Collection

from msgspec import Struct

from ivr.acd.board import Board, Caller, Offer, Talk, known, waits_in, with_offer, with_talk


class Channel(Struct, frozen=True):
    """A channel that there is, and who is at its end.

    ``first`` is the id of the one with which its call began, ``queue`` in whose hands it is,
    ``bridge`` what connects it with another; "" for none. ``dialled``: it leads to a phone that
    Asterisk calls, which may ring.
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
    """With the phones that the channels show to ring or to be spoken into.

    ``phones`` says whether an interface is an agent's phone.
    """
    callers = {one.caller.call: one for one in channels if not one.dialled}
    for leg in channels:
        name, at = leg.caller.channel, leg.caller.since
        interface, his = name.rpartition("-")[0], callers.get(leg.first)
        if his is None or not leg.dialled or not phones(interface):
            continue
        caller = known(board, his.caller.call) or his.caller
        if leg.rings:
            queue = waits_in(board, caller.call)
            board = with_offer(board, Offer(queue, interface, caller, at, name))
        elif leg.bridge and his.bridge:
            board = with_talk(board, Talk(his.queue, interface, caller, at, name))
    return board
