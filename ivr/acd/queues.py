"""Who waits and who is free: a copy of Asterisk's queues, folded from what it tells.

Events may come that are older than the list from which a board was made (AMI sends a list past
those that still wait), so each says what is, not what changed: heard again, it changes nothing.
Only a caller who left and came back in just that moment may stand a place too low.
"""

from datetime import datetime
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from ivr.acd import dials
from ivr.acd.board import (
    Board,
    Caller,
    Member,
    Offer,
    Queue,
    State,
    Talk,
    completed,
    offers_where,
    with_member,
    with_offer,
    with_queue,
    with_talk,
)

__all__ = ["Board", "Caller", "Member", "Offer", "Queue", "State", "Talk", "apply_event"]

# What is told. The names in the comments are AMI's.


class QueueListed(Struct, frozen=True):
    """There is such a queue (QueueParams)."""

    queue: str


class MemberStatus(Struct, frozen=True):
    """A member as he is now (QueueMember; QueueMemberAdded, …Status, …Pause, …Penalty, …)."""

    queue: str
    member: Member


class MemberRemoved(Struct, frozen=True):
    """He is no longer a member (QueueMemberRemoved)."""

    queue: str
    interface: str


class CallerJoined(Struct, frozen=True):
    """He waits; ``position`` counts from 1 (QueueEntry, QueueCallerJoin)."""

    queue: str
    position: int
    caller: Caller


class CallerLeft(Struct, frozen=True):
    """He waits no more, for whatever reason (QueueCallerLeave)."""

    queue: str
    call: str


class CallerAbandoned(Struct, frozen=True):
    """He hung up; he will be told to have left in a moment (QueueCallerAbandon)."""

    queue: str
    call: str


class Offered(Struct, frozen=True):
    """An agent's phone begins to ring (AgentCalled)."""

    queue: str
    interface: str
    call: str
    at: datetime
    leg: str = ""


class Unanswered(Struct, frozen=True):
    """It rings no more: too long, busy, or refused (AgentRingNoAnswer)."""

    queue: str
    interface: str
    call: str


class Connected(Struct, frozen=True):
    """The agent answered, and they speak (AgentConnect)."""

    queue: str
    interface: str
    caller: Caller
    at: datetime
    leg: str = ""


class Completed(Struct, frozen=True):
    """They spoke (AgentComplete)."""

    queue: str
    interface: str
    call: str
    at: datetime


Event: TypeAlias = (
    QueueListed
    | MemberStatus
    | MemberRemoved
    | CallerJoined
    | CallerLeft
    | CallerAbandoned
    | Offered
    | Unanswered
    | Connected
    | Completed
    | dials.Event
)


def apply_event(board: Board, event: Event) -> Board:
    """The board after an event; the same one if it changes nothing. Never raises."""
    match event:
        case QueueListed(queue):
            return board if queue in board.queues else with_queue(board, queue, Queue())
        case MemberStatus(queue, member):
            return with_member(board, queue, member)
        case MemberRemoved(queue, interface):
            return _without_member(board, queue, interface)
        case CallerJoined():
            return _waits(board, event)
        case CallerLeft(queue, call):
            return _without(board, queue, call)
        case CallerAbandoned(queue, call):
            return _unoffered(board, queue, call)
        case Offered() | Unanswered():
            return _ringing(board, event)
        case Connected():
            return _connected(board, event)
        case Completed(queue, interface, call, at):
            return completed(board, queue, interface, call, at)
        case _:
            return dials.apply_event(board, event)


def _without_member(board: Board, name: str, interface: str) -> Board:
    queue = board.queues.get(name, Queue())
    members = {key: one for key, one in queue.members.items() if key != interface}
    if members == queue.members:
        return board
    return with_queue(board, name, replace(queue, members=members))


def _waits(board: Board, event: CallerJoined) -> Board:
    """A caller at his place in the queue."""
    queue, place = board.queues.get(event.queue, Queue()), max(event.position - 1, 0)
    if any(one.call == event.caller.call for one in queue.waiting):
        return board
    waiting = (*queue.waiting[:place], event.caller, *queue.waiting[place:])
    return with_queue(board, event.queue, replace(queue, waiting=waiting))


def _ringing(board: Board, event: Offered | Unanswered) -> Board:
    """A phone rings, or no more, for a caller; for one who waits no longer it cannot matter."""
    if isinstance(event, Unanswered):
        key = (event.queue, event.interface, event.call)
        return offers_where(board, lambda it: (it.queue, it.interface, it.caller.call) != key)
    waiting = board.queues.get(event.queue, Queue()).waiting
    caller = next((one for one in waiting if one.call == event.call), None)
    if caller is None:
        return board
    return with_offer(board, Offer(event.queue, event.interface, caller, event.at, event.leg))


def _connected(board: Board, event: Connected) -> Board:
    """A conversation begins, and its caller waits no more."""
    board = _without(board, event.queue, event.caller.call)
    talk = Talk(event.queue, event.interface, event.caller, event.at, event.leg)
    board = with_talk(board, talk)
    member = board.queues.get(event.queue, Queue()).members.get(event.interface)
    return with_member(board, event.queue, replace(member, in_call=True)) if member else board


def _without(board: Board, name: str, call: str) -> Board:
    """Without a caller who waits in a queue, and without the phones that ring for him."""
    queue = board.queues.get(name, Queue())
    waiting = tuple(one for one in queue.waiting if one.call != call)
    if waiting != queue.waiting:
        board = with_queue(board, name, replace(queue, waiting=waiting))
    return _unoffered(board, name, call)


def _unoffered(board: Board, name: str, call: str) -> Board:
    return offers_where(board, lambda offer: (offer.queue, offer.caller.call) != (name, call))
