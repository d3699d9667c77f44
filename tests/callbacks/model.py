"""A small model of a queue in Asterisk with its stand-ins, and of those who call and are called."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from msgspec import Struct

from ari_app.callbacks.dialler import Dialler
from ari_app.store import callbacks
from ari_app.store.callbacks import Wait
from ari_app.store.sqlite import Database
from ivr.acd.board import Board, Caller, Queue
from ivr.acd.callbacks import Policy, Ticket, of_channel
from ivr.acd.dials import HungUp
from ivr.acd.queues import Connected
from ivr.numbers import NumberPlan
from tests.operators import BELARUS

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
QUEUE = "support"
PHONE = "PJSIP/701"
POLICY = Policy(attempts=3, pause=timedelta(minutes=5), stand_ins=2, keep=timedelta(days=2))


class Waiting(Struct):
    """An entry of app_queue: ``since`` is when the caller it is for began to wait."""

    call: str
    number: str
    priority: int
    since: datetime


class TakenError(Exception):
    """Another agent has claimed it."""


class CrashedError(Exception):
    """The application was killed."""


class DirectStore:
    """A store on a database in memory; ``pause`` is awaited before each use."""

    def __init__(self, db: Database, pause: Callable[[], Awaitable[None]]) -> None:
        self.db = db
        self._pause = pause
        self.numbers: NumberPlan = BELARUS

    async def read(self, function: Callable[..., Any], *values: Any) -> Any:
        await self._pause()
        return function(self.db, *values)

    write = read


class Model:
    """Asterisk, one agent, and the clock; what is asserted here must hold in any history."""

    def __init__(self, db: Database, chance: Random | None = None) -> None:
        db.conn.execute("delete from callbacks")
        self._chance = chance
        self.steps_left = 0
        """After how many uses of the store or Asterisk the application crashes; 0 for never."""
        self.store = DirectStore(db, self._paused)
        self.now = NOON
        self.queue: list[Waiting] = []
        self.kept: dict[str, str] = {}
        self.begun: set[str] = set()
        """The attempts that were ever dialled, by their marks, which are deleted."""
        self.tickets: dict[str, Ticket] = {}
        """Stand-ins, by the ids of their channels."""
        self.speaking: Waiting | None = None
        self.dialled: list[str] = []
        """The numbers that were dialled, in order; with ``!`` before it, one who answered."""
        self.served: list[str] = []
        self.in_menus: set[str] = set()
        self.known = True
        """Whether the dialplan knows the way to numbers."""
        self._calls = 0
        self._tasks: list[asyncio.Task[None]] = []
        self.restart()

    def restart(self) -> None:
        """The application is started again, and knows nothing but the store."""
        self._tasks.clear()

        def begin(work: Coroutine[Any, Any, None]) -> None:
            self._tasks.append(asyncio.ensure_future(work))

        self.dialler = Dialler(
            self.store,  # type: ignore[arg-type]  # it has what is used
            self,
            lambda: self.board,
            lambda: self.in_menus,
            POLICY,
            QUEUE,
            begin,
            lambda: self.now,
        )

    @property
    def board(self) -> Board:
        """The queue as events show it: a stand-in waits since it joined."""
        waiting = (Caller(one.call, one.call, one.number, "", one.since) for one in self.queue)
        return Board({QUEUE: Queue(waiting=tuple(waiting))})

    async def _paused(self) -> None:
        """With ``chance``, others go on for some steps; the application ends where it is to."""
        self.steps_left -= 1
        if self.steps_left == 0:
            raise CrashedError
        for _ in range(self._chance.randrange(3) if self._chance else 0):
            await asyncio.sleep(0)

    def claiming(self, id: int, agent: str) -> Callable[[], Awaitable[None]]:
        """How an agent claims a call at the desk."""

        async def claim() -> None:
            if not await self.store.write(callbacks.by_hand, id, agent, self.now):
                raise TakenError(agent)

        return claim

    async def looked(self, times: int = 3) -> None:
        """The dialler looks, and all that it began is done."""
        for _ in range(times):
            await asyncio.gather(*self._tasks)
            self._tasks.clear()
            await self.dialler.look()
            self.now += timedelta(seconds=1)
        await asyncio.gather(*self._tasks)

    # What Asterisk does for the dialler.

    async def alive(self) -> frozenset[str]:
        there = [*self.queue, *([self.speaking] if self.speaking else [])]
        return frozenset(one.call for one in there if of_channel(one.call))

    async def stand(self, ticket: Ticket, place: int) -> bool:
        if ticket.channel in await self.alive():
            return False
        await self._paused()
        self.tickets[ticket.channel] = ticket
        self._join(Waiting(ticket.channel, ticket.number, ticket.priority, ticket.place), place)
        return True

    async def withdraw(self, channel: str) -> None:
        await self._paused()
        self._leaves(channel)

    async def mark(self, ticket: Ticket, attempt: int) -> str:
        await self._paused()
        return self.kept.get(ticket.key(attempt), "")

    async def marks(self) -> list[str]:
        await self._paused()
        return list(self.kept)

    async def forget(self, key: str) -> bool:
        await self._paused()
        del self.kept[key]
        return True

    async def knows(self, _: str) -> bool:
        return self.known

    async def are_possible(self, _: str) -> bool:
        return True

    def _join(self, new: Waiting, place: int = 0) -> None:
        """What app_queue's ``join_queue`` does with priority and position."""
        for at, one in enumerate(self.queue):
            before = new.priority > one.priority
            fits = new.priority >= one.priority and place and place <= at + 1
            if before or fits:
                self.queue.insert(at, new)
                return
        self.queue.append(new)

    def _leaves(self, call: str) -> None:
        self.queue = [one for one in self.queue if one.call != call]
        self.dialler.observe(self.board, HungUp(call, call, self.now))

    # What people do.

    def calls(self, number: str, priority: int = 0) -> None:
        """A caller joins the queue, if they are in no call."""
        if number not in self.callers:
            self._calls += 1
            self._join(Waiting(f"c{self._calls}", number, priority, self.now))

    @property
    def callers(self) -> list[str]:
        """The numbers that wait themselves."""
        return [one.number for one in self.queue if not of_channel(one.call)]

    def asks(self, index: int, due: timedelta | None = None) -> None:
        """A caller who waits asks for a call back, and hangs up."""
        waits = [one for one in self.queue if not of_channel(one.call)]
        if waits:
            one = waits[index % len(waits)]
            db, key = self.store.db, f"{one.call}:1"
            when = self.now + due if due else None
            callbacks.request(db, key, one.call, one.number, None, self.now, "", when)
            wait = Wait(QUEUE, "ru", one.priority, one.since)
            callbacks.keep_place(db, one.number, wait)
            self._leaves(one.call)

    def hangs_up(self, index: int) -> None:
        """A caller who waits gives up."""
        if waits := [one for one in self.queue if not of_channel(one.call)]:
            self._leaves(waits[index % len(waits)].call)

    def answers(self, status: str, heard: bool = True) -> None:
        """The agent gets the first of the queue; a caller who is dialled for it answers or not, as
        Dial's ``status`` says. ``heard``: the application runs."""
        if self.speaking or not self.queue:
            return
        one = self.queue.pop(0)
        self._is_fair(one)
        self.speaking = one
        caller = Caller(one.call, one.call, one.number, "", self.now)
        if heard:
            self.dialler.observe(self.board, Connected(QUEUE, PHONE, caller, self.now))
        if ours := of_channel(one.call):
            key = self.tickets[one.call].key(ours[1])
            assert key not in self.begun, "an attempt is dialled twice"
            self.begun.add(key)
            assert f"!{one.number}" not in self.dialled or self._asked_again(one), "dialled again"
            assert one.number not in self.callers, "dialled while they wait themselves"
            self.dialled.append(f"!{one.number}" if status == "ANSWER" else one.number)
            self.kept[key] = status
        else:
            self.served.append(one.number)

    def _asked_again(self, one: Waiting) -> bool:
        """Whether it is for a ticket that was open after the caller was reached."""
        rows = callbacks.listed(self.store.db, True)
        reached = [each.id for each in rows if each.outcome == "reached"]
        return all((of_channel(one.call) or (0,))[0] != each for each in reached)

    def ends(self, heard: bool = True) -> None:
        """The conversation is over."""
        one, self.speaking = self.speaking, None
        if one and heard:
            self.dialler.observe(self.board, HungUp(one.call, one.call, self.now))

    def pbx_restarts(self) -> None:
        """All calls are lost; what the dialplan keeps in its database stays."""
        self.queue.clear()
        self.speaking = None
        self.dialler._asked = None  # the connection to AMI broke, too

    def _is_fair(self, served: Waiting) -> None:
        """No one of the same priority waits in the queue who came earlier."""
        for one in self.queue:
            assert one.priority != served.priority or one.since >= served.since, "overtaken"
