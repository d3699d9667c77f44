"""The board: who waits, whose phone rings, who talks to whom; a copy of Asterisk's state.

:mod:`ivr.acd.queues` and :mod:`ivr.acd.dials` apply AMI events to it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import chain
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from ivr.acd.figures import SIGNED_OUT

LOCAL = "Local/"
"""The prefix of channels that only lead on to another one."""

State: TypeAlias = Literal[
    "unknown", "not in use", "in use", "busy", "invalid", "unavailable", "ringing",
    "ringing in use", "on hold",
]  # fmt: skip
"""The device state of an agent's phone, in Asterisk's words and order."""


class Caller(Struct, frozen=True):
    """A caller. ``call``: the unique id of the caller's channel; ``since``: start of the wait.

    ``number`` and ``name`` are untrusted text from the network. ``held``: an agent waits here on
    behalf of this caller, who hears music, and this channel only leads to the agent.
    """

    call: str
    channel: str
    number: str
    name: str
    since: datetime
    held: "Caller | None" = None


class Member(Struct, frozen=True, kw_only=True):
    """A queue member: an agent's phone, by its ``interface``, such as ``PJSIP/701``.

    ``in_call``: talking to a caller of this queue; ``last_call``: when the last such call ended;
    ``wrapup``: the member's own wrap-up time in seconds, 0 for that of the queue.
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

    def wrapup_until(self, of_queue: int) -> datetime | None:
        """When wrap-up after the last call ends; ``of_queue``: the queue's wrap-up in seconds."""
        pause = timedelta(seconds=self.wrapup or of_queue)
        return self.last_call + pause if self.last_call and not self.in_call else None

    @property
    def there(self) -> bool:
        """Whether the agent is at work: the phone is reachable, and they did not sign out."""
        signed_out = self.paused and self.reason == SIGNED_OUT
        return self.state not in ("unavailable", "invalid") and not signed_out

    def takes(self, now: datetime, of_queue: int) -> bool:
        """Whether the queue would offer the member a caller now."""
        wrapup_end = self.wrapup_until(of_queue)
        return (
            self.state == "not in use"
            and not self.paused
            and (wrapup_end is None or wrapup_end <= now)
        )


class Queue(Struct, frozen=True):
    """A queue: its members by interface, and its waiting callers in order."""

    members: Mapping[str, Member] = {}
    waiting: tuple[Caller, ...] = ()

    def free(self, now: datetime, wrapup: int) -> int:
        """How many members are available; ``wrapup`` is the queue's wrap-up time in seconds."""
        return sum(one.takes(now, wrapup) for one in self.members.values())


class Offer(Struct, frozen=True):
    """A phone rings for a caller. ``leg``: the channel to it, such as ``PJSIP/701-0000001a``.

    ``queue``: where the caller waits; "" for a call dialled by a menu or a colleague, or
    transferred. A ``Local/…`` channel that Asterisk dials on the way to a phone is an offer, too.
    """

    queue: str
    interface: str
    caller: Caller
    since: datetime
    leg: str = ""


class Talk(Struct, frozen=True):
    """An agent talks to a caller over the channel ``leg``; ``queue`` is "" for a direct call."""

    queue: str
    interface: str
    caller: Caller
    since: datetime
    leg: str = ""


class Board(Struct, frozen=True):
    """All queues by name, all ringing phones, all conversations."""

    queues: Mapping[str, Queue] = {}
    offers: tuple[Offer, ...] = ()
    talks: tuple[Talk, ...] = ()

    def present(self, queue: str) -> int:
        """How many members of a queue are at work, or have a call left, of whatever queue."""
        busy = {one.interface for one in self.offers} | {one.interface for one in self.talks}
        members = self.queues[queue].members.values()
        return sum(one.there or one.interface in busy for one in members)


def waits_in(board: Board, call: str) -> str:
    """The queue in which a caller waits; "" if none."""
    names = (name for name, it in board.queues.items() if any(c.call == call for c in it.waiting))
    return next(names, "")


def known(board: Board, call: str) -> Caller | None:
    """The caller of a call who waits, is offered or talks; None if unknown."""
    waiting = (one for queue in board.queues.values() for one in queue.waiting)
    rung, spoken = (one.caller for one in board.offers), (one.caller for one in board.talks)
    return next((one for one in chain(waiting, rung, spoken) if one.call == call), None)


def half(board: Board, channel: str) -> Caller | None:
    """The caller for whom somebody dials into ``channel``, the half of a ``Local`` channel at the
    far end; None for any other channel."""
    way = channel.removesuffix(";2")
    if way == channel or not way.startswith(LOCAL):
        return None
    return next((one.caller for one in board.offers if one.leg == f"{way};1"), None)


def of_member(board: Board, one: Offer | Talk) -> bool:
    """Whether it belongs to a member of its queue, for which app_queue sends the events."""
    return one.interface in board.queues.get(one.queue, Queue()).members


def with_queue(board: Board, name: str, queue: Queue) -> Board:
    """The board with a queue replaced."""
    return replace(board, queues={**board.queues, name: queue})


def with_member(board: Board, name: str, member: Member) -> Board:
    """The board with a queue member replaced."""
    queue = board.queues.get(name, Queue())
    if queue.members.get(member.interface) == member:
        return board
    members = {**queue.members, member.interface: member}
    return with_queue(board, name, replace(queue, members=members))


def with_offer(board: Board, offer: Offer) -> Board:
    """The board with an offer added, unless it is there."""
    key = (offer.interface, offer.caller.call)
    if any((one.interface, one.caller.call) == key for one in board.offers):
        return board
    return replace(board, offers=(*board.offers, offer))


def with_talk(board: Board, talk: Talk) -> Board:
    """The board with a conversation added, unless it is there."""
    key = (talk.interface, talk.caller.call)
    if any((one.interface, one.caller.call) == key for one in board.talks):
        return board
    return replace(board, talks=(*board.talks, talk))


def offers_where(board: Board, keep: Callable[[Offer], bool]) -> Board:
    """The board with only the offers for which ``keep`` is true."""
    offers = tuple(filter(keep, board.offers))
    return board if offers == board.offers else replace(board, offers=offers)


def talks_where(board: Board, keep: Callable[[Talk], bool]) -> Board:
    """The board with only the conversations for which ``keep`` is true."""
    talks = tuple(filter(keep, board.talks))
    return board if talks == board.talks else replace(board, talks=talks)


def completed(board: Board, queue: str, interface: str, call: str, at: datetime) -> Board:
    """A conversation ended; wrap-up begins in all of the member's queues (shared_lastcall)."""
    key = (queue, interface, call)
    board = talks_where(board, lambda it: (it.queue, it.interface, it.caller.call) != key)
    for name, each in board.queues.items():
        if member := each.members.get(interface):
            elsewhere = member.in_call and name != queue
            board = with_member(board, name, replace(member, in_call=elsewhere, last_call=at))
    return board
