"""Who waits and who is free: a copy of Asterisk's queues, folded from what it tells.

Events may come that are older than the list from which a board was made (AMI sends a list past
those that still wait), so each says what is, not what changed: heard again, it changes nothing.
Only a caller who left and came back in just that moment may stand a place too low.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

State: TypeAlias = Literal[
    "unknown", "not in use", "in use", "busy", "invalid", "unavailable", "ringing",
    "ringing in use", "on hold",
]  # fmt: skip
"""What an agent's phone does, in Asterisk's words and order."""


class Caller(Struct, frozen=True):
    """Who called: ``call`` is Asterisk's unique id of his channel; he waits since ``since``.

    ``number`` and ``name`` are text from outside.
    """

    call: str
    channel: str
    number: str
    name: str
    since: datetime


class Member(Struct, frozen=True, kw_only=True):
    """An agent's phone in a queue, by its ``interface``, such as ``PJSIP/701``.

    ``in_call`` says whether he speaks with a caller of this queue, ``last_call`` when he last
    ceased to; ``wrapup`` is his own pause after that in seconds, or 0 for that of the queue.
    """

    interface: str
    name: str
    state: State = "unknown"
    paused: bool = False
    reason: str = ""
    penalty: int = 0
    in_call: bool = False
    last_call: datetime | None = None
    wrapup: int = 0

    def rests_until(self, of_queue: int) -> datetime | None:
        """When his pause after the last call ends or ended, if the queue's lasts ``of_queue``."""
        pause = timedelta(seconds=self.wrapup or of_queue)
        return self.last_call + pause if self.last_call and not self.in_call else None

    def takes(self, now: datetime, of_queue: int) -> bool:
        """Whether a caller could be offered to him now."""
        rest = self.rests_until(of_queue)
        return self.state == "not in use" and not self.paused and (rest is None or rest <= now)


class Queue(Struct, frozen=True):
    """A queue: its members by interface, and who waits, the first one first."""

    members: Mapping[str, Member] = {}
    waiting: tuple[Caller, ...] = ()

    def free(self, now: datetime, wrapup: int) -> int:
        """How many members would take a caller now; the queue's pause after a call is ``wrapup``
        seconds."""
        return sum(one.takes(now, wrapup) for one in self.members.values())


class Offer(Struct, frozen=True):
    """An agent's phone rings for a caller who waits."""

    queue: str
    interface: str
    caller: Caller
    since: datetime


class Talk(Struct, frozen=True):
    """An agent speaks with a caller of a queue."""

    queue: str
    interface: str
    caller: Caller
    since: datetime


class Board(Struct, frozen=True):
    """All queues by name, whose phones ring for whom, and who speaks with whom."""

    queues: Mapping[str, Queue] = {}
    offers: tuple[Offer, ...] = ()
    talks: tuple[Talk, ...] = ()


# What is told. The names in the comments are AMI's.


class QueueIs(Struct, frozen=True):
    """There is such a queue (QueueParams)."""

    queue: str


class MemberIs(Struct, frozen=True):
    """A member as he is now (QueueMember; QueueMemberAdded, …Status, …Pause, …Penalty, …)."""

    queue: str
    member: Member


class MemberRemoved(Struct, frozen=True):
    """He is no longer a member (QueueMemberRemoved)."""

    queue: str
    interface: str


class CallerWaits(Struct, frozen=True):
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


class Completed(Struct, frozen=True):
    """They spoke (AgentComplete)."""

    queue: str
    interface: str
    call: str
    at: datetime


Event: TypeAlias = (
    QueueIs
    | MemberIs
    | MemberRemoved
    | CallerWaits
    | CallerLeft
    | CallerAbandoned
    | Offered
    | Unanswered
    | Connected
    | Completed
)


def folded(board: Board, event: Event) -> Board:
    """The board after an event; the same one if it changes nothing. Never raises."""
    match event:
        case QueueIs(queue):
            return board if queue in board.queues else _with(board, queue, Queue())
        case MemberIs(queue, member):
            return _with_member(board, queue, member)
        case MemberRemoved(queue, interface):
            return _without_member(board, queue, interface)
        case CallerWaits():
            return _waits(board, event)
        case CallerLeft(queue, call):
            return _without(board, queue, call)
        case CallerAbandoned(queue, call):
            return _unoffered(board, queue, call)
        case Offered() | Unanswered():
            return _ringing(board, event)
        case Connected():
            return _connected(board, event)
        case Completed():
            return _completed(board, event)


def _without_member(board: Board, name: str, interface: str) -> Board:
    queue = board.queues.get(name, Queue())
    members = {key: one for key, one in queue.members.items() if key != interface}
    return (
        board if members == queue.members else _with(board, name, replace(queue, members=members))
    )


def _waits(board: Board, event: CallerWaits) -> Board:
    """A caller at his place in the queue."""
    queue, place = board.queues.get(event.queue, Queue()), max(event.position - 1, 0)
    if any(one.call == event.caller.call for one in queue.waiting):
        return board
    waiting = (*queue.waiting[:place], event.caller, *queue.waiting[place:])
    return _with(board, event.queue, replace(queue, waiting=waiting))


def _ringing(board: Board, event: Offered | Unanswered) -> Board:
    """A phone rings, or no more, for a caller; for one who waits no longer it cannot matter."""
    key = (event.queue, event.interface, event.call)
    if isinstance(event, Unanswered):
        return _offers(board, lambda offer: _key(offer) != key)
    waiting = board.queues.get(event.queue, Queue()).waiting
    caller = next((one for one in waiting if one.call == event.call), None)
    if caller is None or any(_key(one) == key for one in board.offers):
        return board
    offer = Offer(event.queue, event.interface, caller, event.at)
    return replace(board, offers=(*board.offers, offer))


def _connected(board: Board, event: Connected) -> Board:
    """A conversation begins, and its caller waits no more."""
    board = _without(board, event.queue, event.caller.call)
    talk = Talk(event.queue, event.interface, event.caller, event.at)
    if all(_key(one) != _key(talk) for one in board.talks):
        board = replace(board, talks=(*board.talks, talk))
    member = board.queues.get(event.queue, Queue()).members.get(event.interface)
    return _with_member(board, event.queue, replace(member, in_call=True)) if member else board


def _completed(board: Board, event: Completed) -> Board:
    """A conversation is over, and the agent's pause begins in all his queues (shared_lastcall)."""
    key = (event.queue, event.interface, event.call)
    if any(_key(one) == key for one in board.talks):
        board = replace(board, talks=tuple(one for one in board.talks if _key(one) != key))
    for name, queue in board.queues.items():
        if member := queue.members.get(event.interface):
            elsewhere = member.in_call and name != event.queue
            member = replace(member, in_call=elsewhere, last_call=event.at)
            board = _with_member(board, name, member)
    return board


def _key(one: Offer | Talk) -> tuple[str, str, str]:
    return one.queue, one.interface, one.caller.call


def _with(board: Board, name: str, queue: Queue) -> Board:
    return replace(board, queues={**board.queues, name: queue})


def _with_member(board: Board, name: str, member: Member) -> Board:
    queue = board.queues.get(name, Queue())
    if queue.members.get(member.interface) == member:
        return board
    return _with(board, name, replace(queue, members={**queue.members, member.interface: member}))


def _without(board: Board, name: str, call: str) -> Board:
    """Without a caller who waits in a queue, and without the phones that ring for him."""
    queue = board.queues.get(name, Queue())
    waiting = tuple(one for one in queue.waiting if one.call != call)
    if waiting != queue.waiting:
        board = _with(board, name, replace(queue, waiting=waiting))
    return _unoffered(board, name, call)


def _unoffered(board: Board, name: str, call: str) -> Board:
    return _offers(board, lambda offer: (offer.queue, offer.caller.call) != (name, call))


def _offers(board: Board, keep: Callable[[Offer], bool]) -> Board:
    offers = tuple(filter(keep, board.offers))
    return board if offers == board.offers else replace(board, offers=offers)
