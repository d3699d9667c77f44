"""Calls back that keep their place: who gets a stand-in in a queue, where, and what follows.

Who asks for a call back has a ticket, one for a number. When it is due, a stand-in waits in the
queue in the caller's place; the agent who answers it is connected to the caller, who is dialled
then. The place is a moment and not a number, so that it holds however long the caller was away:
before all of the same priority who came later.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from ivr.acd.board import Board, Caller, Queue
from ivr.acd.figures import Stay
from ivr.hours.day import DayHours, in_hours

STAND_IN = "callback-"
"""How the ids of stand-ins' channels begin."""

Outcome: TypeAlias = Literal[
    "", "reached", "busy", "no-answer", "unavailable", "agent-left", "no-way", "not-reached",
    "called-in", "made", "expired",
]  # fmt: skip
"""What came of the last attempt: ``agent-left``, the agent hung up before an answer. Or why there
is none: ``no-way``, no trunk dials the number; ``expired``, no agent answered the stand-in in time,
it is left to people. And how a ticket ends: ``reached``; ``not-reached``, no attempt is left;
``called-in``, the caller called again and spoke with an agent; ``made``, by hand."""

_OUTCOMES: dict[str, Outcome] = {
    "ANSWER": "reached",
    "BUSY": "busy",
    "NOANSWER": "no-answer",
    "DIALLED": "agent-left",
    "CANCEL": "agent-left",
}
"""What the dialplan keeps of an attempt -> its outcome; any other is ``unavailable``."""


class Policy(Struct, frozen=True, kw_only=True):
    """``attempts`` to reach a caller, with ``pause`` after each; ``stand_ins``: how many stand-ins
    wait in a queue at most, ``keep``: how long a ticket that is due is worked on. ``hours``: from
    when until when in the day, in the time of ``zone``, somebody is called; None is always."""

    attempts: int = 3
    pause: timedelta = timedelta(minutes=10)
    stand_ins: int = 20
    keep: timedelta = timedelta(hours=24)
    hours: DayHours | None = None
    zone: str = "UTC"

    def calls_at(self, at: datetime) -> bool:
        """Whether somebody may be called at a moment; hours may go over midnight."""
        return in_hours(self.hours, at.astimezone(ZoneInfo(self.zone)).time())

    def earliest(self, due: datetime) -> datetime:
        """The first moment from ``due`` on at which somebody may be called, in its time zone."""
        if self.hours is None or self.calls_at(due):
            return due
        local, begin = due.astimezone(ZoneInfo(self.zone)), self.hours[0]
        day = local.date() + timedelta(days=local.time() >= begin)
        return datetime.combine(day, begin, local.tzinfo).astimezone(UTC).astimezone(due.tzinfo)

    def ends(self, due: datetime) -> datetime:
        """Until when a ticket that is due is worked on: ``keep`` runs from the earliest call."""
        return self.earliest(due) + self.keep


class Ticket(Struct, frozen=True, kw_only=True):
    """A call back that is to be made by any free agent. ``place`` is since when its caller waits,
    as it counts in the ``queue``; ``due``: not before. ``tried``: when the last of the
    ``attempts`` began. ``calling``: an agent's phone, by which the caller is being called now."""

    id: int
    asked: datetime
    number: str
    queue: str
    place: datetime
    due: datetime
    language: str = ""
    priority: int = 0
    attempts: int = 0
    tried: datetime | None = None
    calling: str = ""

    @property
    def channel(self) -> str:
        """The id of the channel that stands in for the next attempt; one at a time, as Asterisk has
        no two channels of one id."""
        return channel_of(self.id, self.attempts + (not self.calling))

    def key(self, attempt: int) -> str:
        """Under which the dialplan keeps what came of an attempt; of no other ticket ever."""
        return f"{self.id}-{self.asked:%Y%m%d%H%M%S%f}-{attempt}"

    def ready(self, policy: Policy) -> datetime:
        """From when the next attempt may begin."""
        return max(self.due, self.tried + policy.pause) if self.tried else self.due


def place_of(stays: Sequence[Stay]) -> Stay | None:
    """The stay whose place a caller keeps: the last one of a call, the oldest first. Who was moved
    and came back into the same queue joined when they first did."""
    found = None
    for one in stays:
        moved = found and found.how == "withdrawn" and found.queue == one.queue
        found = replace(one, joined=found.joined) if found and moved else one
    return found


def of_channel(channel: str) -> tuple[int, int] | None:
    """The ticket and the attempt of a stand-in's channel; None for any other channel."""
    match channel.removeprefix(STAND_IN).split("-"):
        case [id, attempt] if channel.startswith(STAND_IN) and id.isdecimal():
            return (int(id), int(attempt)) if attempt.isdecimal() else None
    return None


def channel_of(id: int, attempt: int) -> str:
    """The id of the stand-in's channel of a ticket's attempt."""
    return f"{STAND_IN}{id}-{attempt}"


def of_key(key: str) -> tuple[int, int] | None:
    """The ticket and the attempt of a :meth:`Ticket.key`; None for any other text."""
    match key.split("-"):
        case [id, _, attempt] if id.isdecimal() and attempt.isdecimal():
            return int(id), int(attempt)
    return None


def called(board: Board) -> Iterator[Caller]:
    """All callers who wait, are offered or talk, but the stand-ins."""
    everyone = [
        *(one for queue in board.queues.values() for one in queue.waiting),
        *(one.caller for one in board.offers),
        *(one.caller for one in board.talks),
    ]
    return (one for one in everyone if of_channel(one.call) is None)


def gave_up(board: Board, queue: str, call: str) -> Caller | None:
    """Who waits in a queue by this channel, if it is a caller: no stand-in, and no agent who asks
    on behalf of one."""
    waiting = board.queues.get(queue, Queue()).waiting
    own = (one for one in waiting if one.call == call and one.held is None)
    return None if of_channel(call) else next(own, None)


def eligible(
    tickets: Iterable[Ticket], now: datetime, policy: Policy, engaged: Collection[str]
) -> list[Ticket]:
    """The tickets that may have a stand-in now, in the order in which they are served: due, not
    too old, and their caller's number not ``engaged`` in a call with us; none in quiet hours."""
    if not policy.calls_at(now):
        return []
    found = (
        one
        for one in tickets
        if one.ready(policy) <= now < policy.ends(one.due) and one.number not in engaged
    )
    return sorted(found, key=lambda one: (-one.priority, one.place, one.id))


def to_place(
    tickets: Sequence[Ticket], have_one: Collection[int], policy: Policy
) -> Iterator[Ticket]:
    """Which of the eligible tickets get a stand-in now; those of ``have_one`` have it."""
    room: dict[str, int] = {}
    for one in tickets:
        room.setdefault(one.queue, policy.stand_ins)
        room[one.queue] -= one.id in have_one
    for one in tickets:
        if one.id not in have_one and room[one.queue] > 0:
            room[one.queue] -= 1
            yield one


def place_in(waiting: Sequence[Caller], ticket: Ticket, since: Callable[[Caller], datetime]) -> int:
    """The place at which a ticket's stand-in joins the callers who wait, from 1.

    ``since`` is since when a caller waits; of a stand-in, its ticket's place. app_queue has those
    of a lower priority behind, and takes the place among all others.
    """
    came = [since(one) <= ticket.place for one in waiting]
    if ticket.priority:  # those behind may have come earlier, with a lower priority
        return next((at for at, before in enumerate(came, 1) if not before), len(came) + 1)
    return max((at for at, before in enumerate(came, 1) if before), default=0) + 1


def came_of(mark: str) -> Outcome:
    """The outcome of an attempt, from what the dialplan keeps; "" if no one was dialled."""
    return _OUTCOMES.get(mark, "unavailable") if mark else ""


def final(outcome: Outcome, attempts: int, policy: Policy) -> Outcome:
    """How a ticket ends after so many attempts; "" if it goes on."""
    if outcome == "reached":
        return outcome
    return "not-reached" if attempts >= policy.attempts else ""
