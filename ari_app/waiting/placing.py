"""Who comes first in a queue, by the rules of the settings."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from ivr.acd.board import Board, Caller, Queue
from ivr.acd.dials import HungUp
from ivr.acd.handed import facts
from ivr.acd.placing import place
from ivr.acd.queues import CallerJoined, CallerLeft, Connected, Event
from ivr.session import Session
from ivr.wants import Enqueue

log = logging.getLogger(__name__)


class History(Struct, frozen=True):
    """What is known of a caller: whether a ticket is late, how many contacts there were lately,
    and which agent they are to come to first, if any."""

    late_ticket: bool = False
    contacts: int = 0
    agent: str = ""


class Priorities(Struct, frozen=True):
    """The priorities of callers with a late ticket, and of those who call again, which are those
    with so many contacts before. ``keep`` is for how long one who left a queue keeps the place."""

    late_ticket: int
    repeated: int
    contacts: int
    keep: timedelta


Keep: TypeAlias = Callable[[Board, str, str, str], Awaitable[int]]
"""Keeps an agent of a queue in Asterisk for a channel; returns the agent's penalty, 0 for none."""


class _Wait(Struct):
    """Since when a channel waits in a queue, and when it left."""

    since: datetime
    left: datetime | None = None


class Placing:
    """Places the callers of sessions. It is handed each event with the board before it."""

    def __init__(
        self,
        priorities: Priorities,
        history: Callable[[Session], Awaitable[History]],
        channel: Callable[[str], str],
        row: Callable[[str, str], str],
        now: Callable[[], datetime],
    ) -> None:
        """``channel`` is that of a session, ``row`` the name in Asterisk of a queue for the
        callers of a language."""
        self._priorities = priorities
        self._history = history
        self._channel = channel
        self._row = row
        self._now = now
        self.board: Callable[[], Board | None] = lambda: None
        """The board, if there is one and it is current."""
        self.hands_over = False
        """Whether the queues are at another machine, to which it is said who waits."""
        self.keep: Keep = _kept_for_no_one
        self._waits: dict[tuple[str, str], _Wait] = {}

    async def __call__(self, session: Session, want: Enqueue) -> Enqueue:
        """The want with the caller's priority and place, and the agent who is kept for them. Never
        raises."""
        try:
            known = await self._history(session)
        except Exception as error:  # noqa: BLE001 - the caller comes into the queue all the same
            log.error("call %s: its priority is that of the menu: %s", session.id, error)
            known = History()
        rules = self._priorities
        raised = (
            rules.late_ticket if known.late_ticket else 0,
            rules.repeated if known.contacts >= rules.contacts else 0,
        )
        priority = max(want.priority, *raised)
        only = await self._kept(session, want, known.agent) if known.agent else 0
        place = self._place(session, want)
        said = facts(session, want.topic) if self.hands_over else ""
        return replace(want, priority=priority, place=place, only=only, facts=said)

    async def _kept(self, session: Session, want: Enqueue, agent: str) -> int:
        """The penalty of an agent who is kept for a caller; 0 if that cannot be."""
        board, channel = self.board(), self._channel(session.id)
        if board is None or not channel:
            return 0
        try:
            return await self.keep(board, self._row(want.queue, want.language), agent, channel)
        except Exception as error:  # noqa: BLE001 - any agent takes the caller then
            log.error("call %s: no agent is kept for the caller: %s", session.id, error)
            return 0

    def take(self, _: Board, event: Event) -> None:
        """Learn who waits, since when, and who left without an answer."""
        match event:
            case CallerJoined(queue, _, caller):
                self._waits.setdefault((caller.call, queue), _Wait(caller.since)).left = None
            case CallerLeft(queue, call) if (call, queue) in self._waits:
                self._waits[call, queue].left = self._now()
            case Connected(caller=Caller(call=call)) | HungUp(call=call):
                for key in [key for key in self._waits if key[0] == call]:
                    del self._waits[key]
            case _:
                pass

    def _place(self, session: Session, want: Enqueue) -> int:
        """The place of a caller who waited in this queue before; 0, the last one, for others."""
        board, queue = self.board(), self._row(want.queue, want.language)
        wait = self._waits.get((self._channel(session.id), queue))
        if board is None or wait is None or wait.left is None:
            return 0
        if self._now() - wait.left > self._priorities.keep:
            wait.since = self._now()
            return 0

        def began(one: Caller) -> datetime:
            known = self._waits.get((one.call, queue))
            return known.since if known else one.since

        return place(board.queues.get(queue, Queue()).waiting, wait.since, began)


async def _kept_for_no_one(_board: Board, _queue: str, _agent: str, _channel: str) -> int:
    return 0
