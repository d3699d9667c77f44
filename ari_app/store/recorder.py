"""Writes the records of calls, queues and agents in the background, in batches."""

import asyncio
import logging
import sqlite3
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import TypeAlias

from ari_app.store import agent_states, calls, quarters, queue_calls
from ari_app.store.calls import StepTaken
from ari_app.store.checkpoints import CallStands
from ari_app.store.connection import undone_alone
from ari_app.store.db import Store
from ari_app.store.errors import StoreError
from ari_app.store.sqlite import Database
from ari_app.store.tapes import CallTaped
from ivr.acd.figures import Span, Stay
from ivr.wants import Enqueue

_log = logging.getLogger(__name__)

_FIRST_DELAY, _LONGEST_DELAY = 0.1, 5.0  # seconds between attempts to write
# Errors of the record itself; trouble with the file is a StoreError.
_REJECTED = (sqlite3.IntegrityError, sqlite3.ProgrammingError, ValueError, OverflowError)

_MANY = (StepTaken, CallStands, CallTaped)

Record: TypeAlias = calls.Record | Stay | Span


class Recorder:
    """Queues records and writes them in the background, many in one transaction.

    When ``maxsize`` records are queued because the disk is slow, steps, checkpoints and tapes are
    dropped and counted in ``dropped``: after a restart such a call goes on where it stood before
    them, and without a tape it is not replayed. Beginnings and ends of calls have a quarter more
    room. A record that the database rejects is counted in ``refused``. Order is kept. To be used
    from the event loop's thread::

        async with Recorder(store) as recorder: recorder.put(record)
    """

    def __init__(
        self,
        store: Store,
        maxsize: int = 50_000,
        batch: int = 1_000,
        pause: float = 0.25,
        owner: int = 0,
    ) -> None:
        """At most ``batch`` records go into a transaction, ``pause`` seconds apart; they are of
        calls of the worker ``owner``."""
        self._owner = owner
        self.dropped = 0
        self.refused = 0
        self._store = store
        self._room, self._room_for_calls = maxsize, maxsize + maxsize // 4
        self._batch = batch
        self._pause = pause
        self._waiting: deque[Record] = deque()
        self._some = asyncio.Event()
        self._closing = asyncio.Event()
        self._hurry = asyncio.Event()
        self._put = self._written = 0
        self._settling: list[tuple[int, asyncio.Future[None]]] = []
        """Who waits until so many records are written."""
        self._full = self._failing = False
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Recorder":
        self._task = asyncio.create_task(self._run(), name="recorder")
        self._task.add_done_callback(_log_crash)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def waiting(self) -> int:
        """How many records wait to be written."""
        return len(self._waiting)

    def put(self, record: Record) -> None:
        """Queue a record. Never waits and never raises."""
        waiting = self._waiting
        room = self._room if type(record) in _MANY else self._room_for_calls
        if len(waiting) >= room:
            self._drop()
            return
        waiting.append(record)
        self._put += 1
        if self._owner and _queues(record):  # the desk of another worker shows it soon
            self._hurry.set()
        if not self._some.is_set():
            self._some.set()

    async def settle(self, seconds: float = 1.0) -> None:
        """Have all that was put written at once; returns after ``seconds`` at the latest."""
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._waiting:
            self._settling.append((self._put, written))
            self._hurry.set()
            await asyncio.wait({written}, timeout=seconds)

    async def close(self, deadline: float = 5.0) -> int:
        """Write the queued records, for ``deadline`` seconds at most; returns how many were lost.

        Nothing may be put afterwards.
        """
        self._closing.set()
        self._hurry.set()
        self._some.set()
        if self._task is not None:
            _, late = await asyncio.wait({self._task}, timeout=deadline)
            for task in late:
                task.cancel()
                await asyncio.wait({task})
        lost = len(self._waiting)
        if lost:
            _log.error("%d records of calls were not stored in time and are lost", lost)
            self._waiting.clear()
        return lost

    async def _run(self) -> None:
        while True:
            await self._some.wait()
            if len(self._waiting) < self._batch:
                await self._linger(self._pause, self._hurry)
            if not self._waiting:
                return
            await self._write(list(islice(self._waiting, self._batch)))
            if not self._waiting and not self._closing.is_set():
                self._some.clear()
                self._hurry.clear()

    async def _write(self, batch: Sequence[Record]) -> None:
        """Write a batch, with retries for ever, then drop it from the queue."""
        delay = _FIRST_DELAY
        while True:
            try:
                self.refused += await self._attempt(batch)
                break
            except StoreError as error:
                if not self._failing:
                    self._failing = True
                    _log.error("Records of calls wait, the store is unavailable: %s", error)
            if self._closing.is_set():
                await asyncio.sleep(_FIRST_DELAY)
            else:
                await self._linger(delay, self._closing)
            delay = min(2 * delay, _LONGEST_DELAY)
        for _ in batch:
            self._waiting.popleft()
        self._settled(len(batch))
        if self._failing:
            self._failing = False
            _log.warning("The store is available again; records of calls are written")
        self._full = self._full and len(self._waiting) >= self._room

    async def _attempt(self, batch: Sequence[Record]) -> int:
        try:
            await self._store.write_unsynced(_add, batch, self._owner)
        except _REJECTED:
            return await self._store.write_unsynced(_add_each, batch, self._owner)
        return 0

    def _settled(self, written: int) -> None:
        """So many more records are written: wake who waits for that."""
        self._written += written
        for target, waiting in self._settling:
            if target <= self._written and not waiting.done():
                waiting.set_result(None)
        self._settling = [one for one in self._settling if not one[1].done()]

    @staticmethod
    async def _linger(seconds: float, but: asyncio.Event) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await but.wait()

    def _drop(self) -> None:
        self.dropped += 1
        if not self._full:
            self._full = True
            _log.error("Too many records of calls wait for the store; steps are dropped")


def _queues(record: Record) -> bool:
    return isinstance(record, CallStands) and isinstance(record.checkpoint.want, Enqueue)


def _add(db: Database, batch: Sequence[Record], owner: int) -> None:
    """Add records; of what is stored as a whole each time, the last one is right."""
    stays = {(one.channel, one.queue, one.joined): one for one in batch if isinstance(one, Stay)}
    spans = {(one.agent, one.since): one for one in batch if isinstance(one, Span)}
    calls.add(db, [one for one in batch if not isinstance(one, Stay | Span)], owner)
    if stays:
        queue_calls.put(db, tuple(stays.values()))
        quarters.changed(db, min(one.joined for one in stays.values()))
    agent_states.put(db, tuple(spans.values()))


def _add_each(db: Database, batch: Sequence[Record], owner: int) -> int:
    """Add records one by one; returns how many were rejected."""
    refused = 0
    for record in batch:
        try:
            undone_alone(partial(_add, batch=[record], owner=owner), db)
        except _REJECTED as error:
            refused += 1
            kind = type(record).__name__
            _log.error("A %s was rejected and is dropped: %s", kind, type(error).__name__)
    return refused


def _log_crash(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.critical("The recorder crashed; calls are not recorded any more", exc_info=error)
