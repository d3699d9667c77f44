"""Work that is attempted, and attempted again after growing pauses, until it has ended.

The work is kept in a store: text messages to send, orders to carry out. Before each attempt the
time of the next one is stored, so that neither a crash nor a restart loses count of attempts or
shortens a pause. :class:`Schedule` is the arithmetic, :class:`RetryWorker` does the waiting.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable, Sequence, Set
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Generic, NoReturn, Protocol, TypeVar

from msgspec import Struct

log = logging.getLogger(__name__)

R = TypeVar("R")


class Attempted(Protocol):
    """A piece of work; ``attempts`` is how many there were before."""

    @property
    def attempts(self) -> int: ...


T = TypeVar("T", bound=Attempted)


class Schedule(Struct, frozen=True):
    """The pauses between attempts: the first follows the first attempt, and so on.

    After the last pause there is one more attempt and no other, unless the work is ``endless``:
    then the last pause is repeated for ever.
    """

    pauses: tuple[timedelta, ...]
    endless: bool = False

    def next_attempt(self, attempts: int, now: datetime) -> datetime | None:
        """When to try again if the attempt that begins ``now``, after ``attempts`` others, fails;
        None if it is the last one."""
        if attempts >= len(self.pauses) and not self.endless:
            return None
        return now + self.pauses[min(attempts, len(self.pauses) - 1)]


class Work(Protocol[T]):
    """Where the work is kept, and how it is done."""

    def lane(self, item: T, /) -> Hashable:
        """Of the items of one lane (a telephone number, an order) one is attempted at a time."""

    def taken(self) -> Set[Hashable]:
        """Lanes in which somebody else is at work, such as a call that waits for its order."""

    async def due(self, now: datetime, limit: int, /) -> Sequence[T]:
        """At most ``limit`` items that are due, the oldest first, and one for each lane."""

    async def next_due(self, now: datetime, /) -> datetime | None:
        """When the next item that is not due yet will be, if there is one."""

    async def begin(self, item: T, now: datetime, next_at: datetime | None, /) -> bool:
        """Store that an attempt begins and when the next one follows; False if the item has ended
        or is not due any more, and is not to be attempted."""

    async def attempt(self, item: T, /) -> None:
        """Try once, and store what came of it. Ends by itself, with a deadline of its own."""


class SteadyClock:
    """A clock that never goes back: what was stored before the machine's clock was set back is due
    when its pause is over, and not hours later. Other processes and the next start are not helped.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._last: datetime | None = None
        self._set_back = timedelta()

    def __call__(self) -> datetime:
        """The time, ahead of the machine's by all that this was set back."""
        now = self._now()
        if self._last is not None and now < self._last:
            self._set_back += self._last - now
        self._last = now
        return now + self._set_back


class RetryWorker(Generic[T]):
    """Attempts the work that is due, at most ``concurrency`` items at the same time.

    ``name`` says in log lines what the work is, ``now`` is the clock. ``unavailable`` is what the
    store raises while it is locked, full or closed: the worker then waits ``look`` seconds and
    tries again. It also looks every ``look`` seconds for what other processes have added.
    """

    def __init__(
        self,
        name: str,
        work: Work[T],
        schedule: Schedule,
        now: Callable[[], datetime],
        *,
        unavailable: type[Exception],
        concurrency: int = 8,
        look: float = 5.0,
    ) -> None:
        self._name = name
        self._work = work
        self._schedule = schedule
        self._now = SteadyClock(now)
        self._unavailable = unavailable
        self._concurrency = concurrency
        self._look = look
        self._busy: set[Hashable] = set()
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look for work at once."""
        self._woken.set()

    async def run(self, ready: Callable[[], Awaitable[None]] | None = None) -> NoReturn:
        """Work for ever. ``ready`` returns when attempts make sense, such as when a link is up.

        Cancelled, it leaves what is under way to the next start.
        """
        async with asyncio.TaskGroup() as tasks:
            while True:
                if ready is not None:
                    await ready()
                self._woken.clear()
                try:
                    pause = await self._start_due(tasks)
                except self._unavailable as error:
                    log.error("%s: waiting, retry in %g s: %s", self._name, self._look, error)
                    pause = self._look
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._woken.wait()

    async def insist(self, write: Callable[[], Awaitable[R]]) -> R:
        """Write to the store, again and again until it is available."""
        while True:
            try:
                return await write()
            except self._unavailable as error:
                log.error("%s: not stored, retry in %g s: %s", self._name, self._look, error)
                await asyncio.sleep(self._look)

    async def _start_due(self, tasks: asyncio.TaskGroup) -> float:
        """Start attempts at what is due; returns after how many seconds to look again."""
        now = self._now()
        # Also the lanes of before the read: what was read of them may be old when it arrives.
        taken = self._busy | self._work.taken()
        for item in await self._work.due(now, self._concurrency + len(taken)):
            lane = self._work.lane(item)
            if len(self._busy) < self._concurrency and lane not in taken | self._work.taken():
                taken.add(lane)
                self._busy.add(lane)
                tasks.create_task(self._attempt(item, lane))
        upcoming = await self._work.next_due(now)
        return self._look if upcoming is None else min(self._look, (upcoming - now).total_seconds())

    async def _attempt(self, item: T, lane: Hashable) -> None:
        try:
            if await self.insist(lambda: self._begin(item)):
                await self._work.attempt(item)
        except Exception:  # the outermost frame of the attempt
            log.exception("%s: an attempt failed unexpectedly, it is repeated", self._name)
        finally:
            self._busy.discard(lane)
            self.wake()

    async def _begin(self, item: T) -> bool:
        now = self._now()
        next_at = self._schedule.next_attempt(item.attempts, now)
        return await self._work.begin(item, now, next_at)
