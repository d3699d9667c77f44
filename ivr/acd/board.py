"""Who waits, whose phones ring for whom, and who speaks with whom: the copy of Asterisk's floor.

What changes it is folded by :mod:`ivr.acd.queues` and :mod:`ivr.acd.dials`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import chain
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
    """A phone rings for a caller: ``leg`` is the channel to it, such as ``PJSIP/701-0000001a``.

    ``queue`` is where he waits, "" if his call came otherwise: dialled by a menu or a colleague, or
    passed on. What Asterisk dials on the way to a phone (``Local/…``) is an offer, too.
    """

    queue: str
    interface: str
    caller: Caller
    since: datetime
    leg: str = ""


class Talk(Struct, frozen=True):
    """An agent speaks with a caller, of a queue or ("") not, over the channel ``leg``."""

    queue: str
    interface: str
    caller: Caller
    since: datetime
    leg: str = ""


class Board(Struct, frozen=True):
    """All queues by name, whose phones ring for whom, and who speaks with whom."""

    queues: Mapping[str, Queue] = {}
    offers: tuple[Offer, ...] = ()
    talks: tuple[Talk, ...] = ()


def waits_in(board: Board, call: str) -> str:
    """The queue in which a caller waits, or ""."""
    names = (name for name, it in board.queues.items() if any(c.call == call for c in it.waiting))
    return next(names, "")


def known(board: Board, call: str) -> Caller | None:
    """The caller of a call, if he waits, is offered to somebody, or speaks."""
    waiting = (one for queue in board.queues.values() for one in queue.waiting)
    rung, spoken = (one.caller for one in board.offers), (one.caller for one in board.talks)
    return next((one for one in chain(waiting, rung, spoken) if one.call == call), None)


def of_member(board: Board, one: Offer | Talk) -> bool:
    """Whether it is between a queue and a member of it, of which the queue itself tells."""
    return one.interface in board.queues.get(one.queue, Queue()).members


def with_queue(board: Board, name: str, queue: Queue) -> Board:
    """With a queue as it is now."""
    return replace(board, queues={**board.queues, name: queue})


def with_member(board: Board, name: str, member: Member) -> Board:
    """With a member of a queue as he is now."""
    queue = board.queues.get(name, Queue())
    if queue.members.get(member.interface) == member:
        return board
    members = {**queue.members, member.interface: member}
    return with_queue(board, name, replace(queue, members=members))


def with_offer(board: Board, offer: Offer) -> Board:
    """With a phone that rings, unless it does already for him."""
    key = (offer.interface, offer.caller.call)
    if any((one.interface, one.caller.call) == key for one in board.offers):
        return board
    return replace(board, offers=(*board.offers, offer))


def with_talk(board: Board, talk: Talk) -> Board:
    """With a conversation, unless the two speak already."""
    key = (talk.interface, talk.caller.call)
    if any((one.interface, one.caller.call) == key for one in board.talks):
        return board
    return replace(board, talks=(*board.talks, talk))


def offers_where(board: Board, keep: Callable[[Offer], bool]) -> Board:
    """With no other offers than those."""
    offers = tuple(filter(keep, board.offers))
    return board if offers == board.offers else replace(board, offers=offers)


def talks_where(board: Board, keep: Callable[[Talk], bool]) -> Board:
    """With no other conversations than those."""
    talks = tuple(filter(keep, board.talks))
    return board if talks == board.talks else replace(board, talks=talks)


def completed(board: Board, queue: str, interface: str, call: str, at: datetime) -> Board:
    """A conversation is over; a member's pause begins in all his queues (shared_lastcall)."""
    key = (queue, interface, call)
    board = talks_where(board, lambda it: (it.queue, it.interface, it.caller.call) != key)
    for name, each in board.queues.items():
        if member := each.members.get(interface):
            elsewhere = member.in_call and name != queue
            board = with_member(board, name, replace(member, in_call=elsewhere, last_call=at))
    return board
