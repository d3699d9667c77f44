"""This run of the application as a worker: its epoch, its lease, and whether it leads.

Without a name in the settings it is the only application of its database, and leads. Then its lease
says only that it is there.
"""

import asyncio
import logging
import socket
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn, ParamSpec

from ari_app.main.foundation import Foundation, clock
from ari_app.main.processes import UpError
from ari_app.store import nodes, workers
from ari_app.store.db import Store, StoreError
from ari_app.store.workers import Beat, NameInUseError, Worker

P = ParamSpec("P")

log = logging.getLogger(__name__)

BEATS = 5
"""How often within its time a lease is put off."""

NAMELESS = 20.0
"""For how many seconds a lease without a name is: no one waits for its end but one with a name that
is to begin elsewhere on the database."""

RETURN = 30.0
"""For how many seconds a queue node that leads is awaited when its application is stopped and its
Asterisk goes on, as by a restart: callers wait there, and agents' phones are there. Another node
leads after that, also if the application comes up and dies again and again."""

ANSWERS = 2.0
"""Seconds in which systemd says whether it shuts the machine down."""

Adopt = Callable[[Worker], Awaitable[None]]
"""Goes on with what a worker left that died."""


class Membership:
    """A worker among those that share the database; ``epoch`` is 0 if it has no name."""

    def __init__(self, store: Store, worker: Worker, lease: float, *, leading: bool = True) -> None:
        """``lease`` is in seconds. Without ``leading`` it never leads others."""
        self.shares = bool(worker.name)
        self.epoch = worker.epoch if self.shares else 0
        self.returns = False
        """Whether the calls are left to the next run of this worker."""
        self._store = store
        self._worker = worker
        self._lease = timedelta(seconds=lease)
        self._leads, self._follows = asyncio.Event(), asyncio.Event()
        self._leading = leading
        self._lead(not self.shares)
        self._drained: frozenset[str] | None = None
        self._steady_since = time.monotonic()
        """Since when every beat was in time, and no clock was set: who could not beat has no right
        to call others dead, as they could not either."""
        self._ahead = _ahead()

    def takes_calls(self) -> bool:
        """Whether it takes new calls: it is not drained, as far as it knows."""
        return not {self._worker.name, self._worker.pod} & (self._drained or frozenset())

    def pod_is_drained(self) -> bool | None:
        """Whether no worker of its Asterisk takes new calls; None if that is not known."""
        return None if self._drained is None else self._worker.pod in self._drained

    def drain(self, nodes: frozenset[str]) -> None:
        """From now on no worker or pod of these names takes new calls, and all others do."""
        if nodes != (self._drained or frozenset()):
            log.warning(
                "nodes that take no new calls: %s", ", ".join(sorted(filter(None, nodes))) or "none"
            )
        self._drained = nodes

    @property
    def leads(self) -> bool:
        """Whether it does what one worker alone does."""
        return self._leads.is_set()

    async def run(self, lines: Collection[str], adopt: Adopt) -> None:
        """Put the lease off, until the application stops, and ``adopt`` what others left that
        had calls over some ``lines``."""
        if not self.shares and isinstance(self._store.path, Path):
            return  # no other one can come to a file
        last = time.monotonic()
        adopting: asyncio.Task[None] | None = None
        async with asyncio.TaskGroup() as tasks:
            while True:
                try:
                    beat = await self._beat(lines, judges=self._may_judge(last))
                except (StoreError, TimeoutError) as error:
                    # It goes on leading, or not: that another one leads no one can say but the
                    # database, which all that one does alone needs, too.
                    why = str(error) or "no answer in time"
                    level = logging.ERROR if self.shares else logging.DEBUG
                    log.log(level, "worker %s: the lease is not put off: %s", self._named, why)
                else:
                    last = time.monotonic()
                    self._heard(beat)
                    if beat.dead and (not adopting or adopting.done()):
                        adopting = tasks.create_task(self._adopt(beat.dead, adopt))
                await asyncio.sleep(self._pause)

    @property
    def _named(self) -> str:
        return self._worker.name or "without a name"

    @property
    def _pause(self) -> float:
        """Seconds between two beats."""
        return self._lease.total_seconds() / BEATS

    async def _beat(self, lines: Collection[str], *, judges: bool) -> Beat:
        async with asyncio.timeout(self._lease.total_seconds()):
            write, now = self._store.write_unsynced, clock()
            until = now + self._lease
            if not self.shares:
                await write(workers.put_off, self._worker, now, until)
                return Beat(leads=True, dead=())
            beat, leading = workers.beat, self._leading
            return await write(
                beat, self._worker, now, until, lines, leading=leading, judges=judges
            )

    def _heard(self, beat: Beat) -> None:
        if beat.leads and not self.leads:
            log.info("worker %s leads", self._named)
        elif self.leads and not beat.leads:
            log.warning("worker %s follows: another one leads", self._named)
        self._lead(beat.leads)

    def _may_judge(self, last: float) -> bool:
        """Whether every beat was in time for so long that the others could beat, too; ``last`` is
        when the last one was."""
        now, ahead, lease = time.monotonic(), _ahead(), self._lease.total_seconds()
        if now - last >= lease or abs(ahead - self._ahead) > self._pause:
            self._steady_since = now
        self._ahead = ahead
        return now - self._steady_since >= lease

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
async def joined(foundation: Foundation, of: str = "") -> AsyncIterator[Membership]:
    """Join the workers that share the database, if the settings name this one; ``of`` names what
    else of this installation uses it, which does nothing for all of them.

    Raises :class:`UpError` if another installation uses the name, or has named workers where this
    one has none, or has none where this one has.
    """
    config, store = foundation.config, foundation.store
    settings = config.worker
    place = f"{socket.gethostname()}:{foundation.state.directory.resolve()}"
    name = settings.name and f"{settings.name}{of}"
    epoch, lease = time.time_ns() // 1000, settings.lease if name else NAMELESS
    worker = Worker(name, place, config.application, settings.pod, epoch)
    leading = not of and not config.handover.nodes
    one = Membership(store, worker, lease, leading=leading)
    try:
        until = clock() + timedelta(seconds=lease)
        await _enter(store, worker, until, succeeds=foundation.before is None, leading=leading)
        one.drain(await store.read(nodes.drained))
    except NameInUseError as error:
        raise UpError(_what_to_do(error, name)) from error
    except StoreError as error:
        log.error("worker %s: it joins the others later: %s", name, error)
    try:
        yield one
    finally:
        returns = one.returns and one.leads and config.handover.pods and not await _shuts_down()
        now = clock()
        awaited = now + timedelta(seconds=RETURN) if returns else None
        with suppress(StoreError):
            await store.write(workers.leave, worker.epoch, now, awaited)


async def _shuts_down() -> bool:
    """Whether systemd shuts the machine down: its state is "stopping" then (systemctl(1)). Asterisk
    goes as well, which a restart of the application leaves as it is."""
    try:
        asked = await asyncio.create_subprocess_exec(
            "systemctl", "is-system-running", stdout=PIPE, stderr=DEVNULL
        )
    except OSError:
        return False
    try:
        said, _ = await asyncio.wait_for(asked.communicate(), ANSWERS)
    except TimeoutError:
        return False
    finally:
        if asked.returncode is None:
            asked.kill()
    return said.strip() == b"stopping"


async def _enter(store: Store, worker: Worker, until: datetime, **kinds: bool) -> None:
    """Enter a worker, of such ``kinds`` if it has a name. Raises as :func:`joined` and the store
    do."""
    if worker.name:
        await store.write(workers.enter, worker, clock(), until, **kinds)
    elif others := await store.write(workers.alone, worker, clock(), until):
        raise UpError(_who_is_there(others))


def _who_is_there(others: Sequence[Worker]) -> str:
    nameless = [one.place for one in others if not one.name]
    if nameless:
        return (
            f"an application without a name uses the database, in {nameless[0]}: stop it, or name"
            f" both ([worker] name); one that died there counts for {NAMELESS:g} s"
        )
    names = ", ".join(one.name for one in others)
    return f"the database is shared by the workers {names}: name this one, too"


def _what_to_do(error: NameInUseError, name: str) -> str:
    if error.named:
        return f"the worker {name} runs in {error}: give this one another name ([worker] name)"
    return (
        f"an application without a name uses the database, in {error}: give it one"
        " ([worker] name) and start it again, or stop it, before this one starts"
    )


def _ahead() -> float:
    """By how many seconds the clock is ahead of the one that no one sets."""
    return clock().timestamp() - time.monotonic()
