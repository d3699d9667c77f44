"""Calls that reach a phone without a queue: who rings, who talks. Applies AMI's dial events.

A menu dials, a colleague calls, or an agent transfers: blind (the caller is dialled again) or
attended. Asterisk may go through a ``Local`` channel: then the caller's channel dials the half
``Local/…;1``, and ``…;2`` dials the phone.
"""

from datetime import datetime
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from ivr.acd.board import (
    LOCAL,
    Board,
    Caller,
    Offer,
    Talk,
    completed,
    half,
    known,
    of_member,
    offers_where,
    talks_where,
    waits_in,
    with_offer,
    with_queue,
    with_talk,
)

# The events, each with its name in AMI.


class Dialled(Struct, frozen=True):
    """DialBegin: a phone is dialled on ``leg`` for the caller, or for a ``Local`` half."""

    caller: Caller
    interface: str
    leg: str
    at: datetime


class Originated(Struct, frozen=True):
    """DialBegin of a channel that an application originates: there is no caller."""

    leg: str


class DialEnded(Struct, frozen=True):
    """DialEnd: the phone was answered, or stopped ringing; ``status`` is Asterisk's DialStatus."""

    leg: str
    answered: bool
    at: datetime
    status: str = ""


class Rung(Struct, frozen=True):
    """DialState: the far end says that it rings."""

    leg: str


class HungUp(Struct, frozen=True):
    """Hangup: a channel ended, the caller's (``call``) or a ``leg``."""

    call: str
    leg: str
    at: datetime


class Transferred(Struct, frozen=True):
    """AttendedTransfer: the caller takes the agent's place in the consultation ``call``.

    The consulted party may have answered, or still ring.
    """

    caller: Caller
    call: str
    at: datetime


Event: TypeAlias = Dialled | Originated | DialEnded | Rung | HungUp | Transferred


def apply_event(board: Board, event: Event) -> Board:
    """The board after an event; the same one if it changes nothing. Never raises."""
    match event:
        case Dialled():
            return _dialled(board, event)
        case DialEnded():
            return _ended(board, event)
        case Rung() | Originated():
            return board
        case HungUp():
            return _hung_up(board, event)
        case Transferred():
            return _transferred(board, event)


def _dialled(board: Board, event: Dialled) -> Board:
    """A half dials on for the caller of its other half; a caller may be on a half, too."""
    caller = event.caller
    is_half = caller.channel.startswith(LOCAL) and caller.channel.endswith(";2")
    if waits_in(board, caller.call):
        pass  # of a queue, which rings its members
    elif found := half(board, caller.channel):
        caller = found
    elif is_half and known(board, caller.call) is None:
        return board
    else:  # an agent's channel that dials consults somebody about the caller who hears music
        spoken = (one.caller for one in board.talks if one.leg == caller.channel)
        caller = next(spoken, caller)
    caller = known(board, caller.call) or caller
    queue = waits_in(board, caller.call)
    return with_offer(board, Offer(queue, event.interface, caller, event.at, event.leg))


def _ended(board: Board, event: DialEnded) -> Board:
    """Members of the queue are left to app_queue's own events, which say more."""
    offer = next((one for one in board.offers if one.leg == event.leg), None)
    if offer is None or of_member(board, offer):
        return board
    board = offers_where(board, lambda one: one.leg != event.leg or of_member(board, one))
    if not event.answered or offer.interface.startswith(LOCAL):
        return board
    return with_talk(board, Talk(offer.queue, offer.interface, offer.caller, event.at, offer.leg))


def _hung_up(board: Board, event: HungUp) -> Board:
    """Remove everything of a caller or leg: app_queue reports redirected callers late."""

    def its(one: Offer | Talk) -> bool:
        return one.caller.call == event.call or (bool(event.leg) and one.leg == event.leg)

    board = offers_where(board, lambda one: not its(one))
    for talk in filter(its, board.talks):
        if of_member(board, talk):
            board = completed(board, talk.queue, talk.interface, talk.caller.call, event.at)
    board = talks_where(board, lambda one: not its(one))
    while name := waits_in(board, event.call):
        waiting = tuple(one for one in board.queues[name].waiting if one.call != event.call)
        board = with_queue(board, name, replace(board.queues[name], waiting=waiting))
    return board


def _transferred(board: Board, event: Transferred) -> Board:
    caller = known(board, event.caller.call) or event.caller
    asked = [one for one in board.offers if one.caller.call == event.call]
    spoken = [one for one in board.talks if one.caller.call == event.call]
    if event.call == caller.call or not (asked or spoken):
        return board
    both = (event.call, caller.call)
    board = offers_where(board, lambda one: one.caller.call not in both)
    board = talks_where(board, lambda one: one.caller.call not in both)
    for offer in asked:
        board = with_offer(board, replace(offer, caller=caller))
    for talk in spoken:
        board = with_talk(board, replace(talk, caller=caller, since=event.at))
    return board
