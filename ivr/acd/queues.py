"""Applies AMI's queue events to the board.

Events may be older than the list from which a board was built (AMI lists overtake queued events),
so each states what is, not what changed: applied twice, it changes nothing. Only a caller who left
and rejoined in that moment may be one position too low.
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
    half,
    known,
    offers_where,
    with_member,
    with_offer,
    with_queue,
    with_talk,
)

__all__ = ["Board", "Caller", "Member", "Offer", "Queue", "State", "Talk", "apply_event"]

# The events, each with its name in AMI.


class QueueListed(Struct, frozen=True):
    """QueueParams: the queue exists."""

    queue: str


class MemberStatus(Struct, frozen=True):
    """QueueMember, QueueMemberAdded, …Status, …Pause, …Penalty, …: a member's present state."""

    queue: str
    member: Member


class MemberRemoved(Struct, frozen=True):
    """QueueMemberRemoved: the phone is no longer a member."""

    queue: str
    interface: str


class CallerJoined(Struct, frozen=True):
    """QueueEntry, QueueCallerJoin: a caller waits; ``position`` counts from 1."""

    queue: str
    position: int
    caller: Caller


class CallerLeft(Struct, frozen=True):
    """QueueCallerLeave: the caller left the queue, for any reason."""

    queue: str
    call: str
    at: datetime | None = None


class CallerAbandoned(Struct, frozen=True):
    """QueueCallerAbandon: the caller hung up while waiting; QueueCallerLeave follows."""

    queue: str
    call: str
    at: datetime | None = None


class Offered(Struct, frozen=True):
    """AgentCalled: an agent's phone starts to ring."""

    queue: str
    interface: str
    call: str
    at: datetime
    leg: str = ""


class Unanswered(Struct, frozen=True):
    """AgentRingNoAnswer: ring timeout, busy or rejected."""

    queue: str
    interface: str
    call: str


class Connected(Struct, frozen=True):
    """AgentConnect: the agent answered the caller."""

    queue: str
    interface: str
    caller: Caller
    at: datetime
    leg: str = ""


class Completed(Struct, frozen=True):
    """AgentComplete: the conversation ended."""

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
        case MemberStatus():
            return _with_status(board, event)
        case MemberRemoved(queue, interface):
            return _without_member(board, queue, interface)
        case CallerJoined():
            return _waits(board, event)
        case CallerLeft(queue=queue, call=call):
            return _without(board, queue, call)
        case CallerAbandoned(queue=queue, call=call):
            return _unoffered(board, queue, call)
        case Offered() | Unanswered():
            return _ringing(board, event)
        case Connected():
            return _connected(board, event)
        case Completed(queue, interface, call, at):
            return completed(board, queue, interface, call, at)
        case _:
            return dials.apply_event(board, event)


def _with_status(board: Board, event: MemberStatus) -> Board:
    """A member's state, without what AgentConnect and AgentComplete say of them.

    QueueMemberStatus is another topic of Asterisk's than those two: made before one of them and
    delivered after it, its ``InCall`` and ``LastCall`` are of the past.
    """
    new = event.member
    if known := board.queues.get(event.queue, Queue()).members.get(new.interface):
        ends = [last for last in (known.last_call, new.last_call) if last]
        new = replace(new, in_call=known.in_call, last_call=max(ends, default=None))
    return with_member(board, event.queue, new)


def _without_member(board: Board, name: str, interface: str) -> Board:
    queue = board.queues.get(name, Queue())
    members = {key: one for key, one in queue.members.items() if key != interface}
    if members == queue.members:
        return board
    return with_queue(board, name, replace(queue, members=members))


def _waits(board: Board, event: CallerJoined) -> Board:
    """Insert a caller at the position in the queue."""
    queue, place = board.queues.get(event.queue, Queue()), max(event.position - 1, 0)
    if any(one.call == event.caller.call for one in queue.waiting):
        return board
    caller = replace(event.caller, held=half(board, event.caller.channel))
    waiting = (*queue.waiting[:place], caller, *queue.waiting[place:])
    return with_queue(board, event.queue, replace(queue, waiting=waiting))


def _ringing(board: Board, event: Offered | Unanswered) -> Board:
    """Add or remove an offer; one for a caller who no longer waits is ignored."""
    if isinstance(event, Unanswered):
        key = (event.queue, event.interface, event.call)
        return offers_where(board, lambda it: (it.queue, it.interface, it.caller.call) != key)
    waiting = board.queues.get(event.queue, Queue()).waiting
    caller = next((one for one in waiting if one.call == event.call), None)
    if caller is None:
        return board
    return with_offer(board, Offer(event.queue, event.interface, caller, event.at, event.leg))


def _connected(board: Board, event: Connected) -> Board:
    """Start a conversation and remove its caller from the queue."""
    before = known(board, event.caller.call)
    caller = replace(event.caller, held=before.held if before else None)
    board = _without(board, event.queue, event.caller.call)
    talk = Talk(event.queue, event.interface, caller, event.at, event.leg)
    board = with_talk(board, talk)
    member = board.queues.get(event.queue, Queue()).members.get(event.interface)
    return with_member(board, event.queue, replace(member, in_call=True)) if member else board


def _without(board: Board, name: str, call: str) -> Board:
    """Remove a waiting caller and the offers for them."""
    queue = board.queues.get(name, Queue())
    waiting = tuple(one for one in queue.waiting if one.call != call)
    if waiting != queue.waiting:
        board = with_queue(board, name, replace(queue, waiting=waiting))
    return _unoffered(board, name, call)


def _unoffered(board: Board, name: str, call: str) -> Board:
    return offers_where(board, lambda offer: (offer.queue, offer.caller.call) != (name, call))
