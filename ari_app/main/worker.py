"""This run of the application as a worker: its epoch, its lease, and whether it leads.

Without a name in the settings it is the only application of its database, and leads.
"""

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any, NoReturn, ParamSpec

from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.main.foundation import clock
from ari_app.main.processes import UpError
from ari_app.store import workers
from ari_app.store.db import Store, StoreError
from ari_app.store.workers import Beat, NameInUseError, Worker

P = ParamSpec("P")

log = logging.getLogger(__name__)

BEATS = 5
"""How often within its time a lease is put off."""

Adopt = Callable[[Worker], Awaitable[None]]
"""Goes on with what a worker left that died."""


class Membership:
    """A worker among those that share the database; ``epoch`` is 0 if it is alone."""

    def __init__(self, store: Store, worker: Worker, lease: float) -> None:
        self.epoch = worker.epoch
        self.shares = bool(worker.epoch)
        self._store = store
        self._worker = worker
        self._lease = timedelta(seconds=lease)
        self._leads, self._follows = asyncio.Event(), asyncio.Event()
        self._lead(not self.shares)
        self._steady_since: float | None = None
        """Since when every beat was in time: who could not beat has no right to call others dead,
        as they could not either."""

    @property
    def leads(self) -> bool:
        """Whether it does what one worker alone does."""
        return self._leads.is_set()

    async def run(self, lines: Collection[str], adopt: Adopt) -> None:
        """Put the lease off, until the application stops, and ``adopt`` what others left that
        had calls over some ``lines``."""
        pause, last = self._lease.total_seconds() / BEATS, time.monotonic()
        adopting: asyncio.Task[None] | None = None
        async with asyncio.TaskGroup() as tasks:
            while self.shares:
                try:
                    beat = await self._beat(lines)
                except (StoreError, TimeoutError) as error:
                    why = str(error) or "no answer in time"
                    log.error("worker %s: the lease is not put off: %s", self._worker.name, why)
                    self._lead(self.leads and self._in_time(last))
                else:
                    self._heard(beat, last)
                    last = time.monotonic()
                    if self._may_judge(last) and beat.dead and (not adopting or adopting.done()):
                        adopting = tasks.create_task(self._adopt(beat.dead, adopt))
                await asyncio.sleep(pause)

    async def _beat(self, lines: Collection[str]) -> Beat:
        async with asyncio.timeout(self._lease.total_seconds()):
            now = clock()
            return await self._store.write_unsynced(
                workers.beat, self._worker, now, now + self._lease, lines
            )

    def _heard(self, beat: Beat, last: float) -> None:
        if self._steady_since is None or not self._in_time(last):
            self._steady_since = time.monotonic()
        if beat.leads != self.leads:
            log.info("worker %s %s", self._worker.name, "leads" if beat.leads else "follows")
        self._lead(beat.leads)

    def _in_time(self, last: float) -> bool:
        return time.monotonic() - last < self._lease.total_seconds()

    def _may_judge(self, now: float) -> bool:
        """Whether every beat was in time for so long that the others could beat, too."""
        steady = now - (self._steady_since or now)
        return steady >= self._lease.total_seconds()

    async def _adopt(self, dead: Sequence[Worker], adopt: Adopt) -> None:
        for one in dead:
            log.warning("worker %s died: its calls go on here", one.name)
            try:
                await adopt(one)
            except StoreError as error:
                log.error("worker %s: its calls go on later: %s", one.name, error)

    def _lead(self, leads: bool) -> None:
        (self._leads if leads else self._follows).set()
        (self._follows if leads else self._leads).clear()

    def if_leading(self, observe: Callable[P, None]) -> Callable[P, None]:
        """What observes something only while this worker leads."""

        def observe_or_not(*args: P.args, **kwargs: P.kwargs) -> None:
            if self.leads:
                observe(*args, **kwargs)

        return observe_or_not

    async def while_leading(self, work: Callable[[], Coroutine[Any, Any, None]]) -> NoReturn:
        """Do some endless work whenever this worker leads, and no longer."""
        while True:
            await self._leads.wait()
            doing = asyncio.create_task(work())
            following = asyncio.create_task(self._follows.wait())
            try:
                await asyncio.wait({doing, following}, return_when=asyncio.FIRST_COMPLETED)
                if doing.done():
                    doing.result()  # its failure is ours
            finally:
                for task in (doing, following):
                    task.cancel()
                await asyncio.wait({doing, following})


@asynccontextmanager
async def joined(
    config: Config, state: State, store: Store, of: str = ""
) -> AsyncIterator[Membership]:
    """Join the workers that share the database, if the settings name this one; ``of`` names what
    else of this installation uses it.

    Raises :class:`UpError` if another installation uses the name, or has named workers where this
    one has none.
    """
    settings = config.worker
    place = f"{socket.gethostname()}:{state.directory.resolve()}"
    name = settings.name and f"{settings.name}{of}"
    epoch = time.time_ns() // 1000 if name else 0
    worker = Worker(name, place, config.application, settings.pod, epoch)
    try:
        if not name:
            await _alone(store)
        else:
            now, lease = clock(), timedelta(seconds=settings.lease)
            await store.write(workers.enter, worker, now, now + lease)
    except NameInUseError as error:
        raise UpError(
            f"the worker {name} runs in {error}: give this one another name ([worker] name)"
        ) from error
    except StoreError as error:
        log.error("worker %s: it joins the others later: %s", name, error)
    one = Membership(store, worker, settings.lease)
    try:
        yield one
    finally:
        if one.shares:
            with suppress(StoreError):
                await store.write(workers.leave, epoch, clock())


async def _alone(store: Store) -> None:
    if not await store.read(workers.any_known):
        return
    if others := await store.write(workers.alone, clock()):
        names = ", ".join(one.name for one in others)
        raise UpError(f"the database is shared by the workers {names}: name this one, too")
