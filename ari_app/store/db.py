"""The database: a thread writes, a thread reads, another looks up what calls wait for, and the
event loop waits for none of them."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Concatenate, ParamSpec, TypeVar

from ari_app.store.errors import StoreError, store_error
from ari_app.store.open_database import open_reader, open_writer
from ari_app.store.sqlite import Database
from ivr.numbers import NumberPlan

P = ParamSpec("P")
T = TypeVar("T")

_log = logging.getLogger(__name__)

__all__ = ["Store", "StoreError"]


class _Connection:
    """One thread with one connection; calls run one after the other."""

    def __init__(self, path: Path, begin: str) -> None:
        self._path = path
        self._begin = begin
        self._thread = ThreadPoolExecutor(1, "store")
        self._db: Database | None = None
        self.took: Callable[[float], None] = _unmeasured
        """Is given how many seconds each transaction took, with the wait for its turn."""

    async def open(self, connect: Callable[[Path], Database]) -> None:
        self._db = await self._do(partial(connect, self._path))

    async def run(self, call: Callable[[Database], T]) -> T:
        """Run ``call`` in a transaction."""
        began = perf_counter()
        try:
            return await self.alone(lambda db: _transact(db, self._begin, call))
        finally:
            self.took(perf_counter() - began)

    async def alone(self, call: Callable[[Database], T]) -> T:
        """Run ``call`` without a transaction."""
        if self._db is None:
            raise StoreError(f"{self._path}: the database is closed")
        return await self._do(partial(call, self._db))

    async def close(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            await self._do(db.close)
        self._thread.shutdown(wait=False)

    async def _do(self, call: Callable[[], T]) -> T:
        running = asyncio.get_running_loop().run_in_executor(self._thread, call)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            running.add_done_callback(_log_abandoned)
            raise
        except sqlite3.Error as error:
            explained = store_error(self._path, error)
            if explained is None:
                raise
            raise explained from error


class Store:
    """A SQLite database (WAL, foreign keys). This process is usually its only writer.

    A store function is short and synchronous and takes the database first. It returns values,
    never a cursor or a generator: its transaction is over when it returns.
    """

    def __init__(self, path: Path, numbers: NumberPlan) -> None:
        """Use :meth:`open`."""
        self.numbers = numbers
        self._writing = _Connection(path, "begin immediate")
        self._reading = _Connection(path, "begin")
        self._looking_up = _Connection(path, "begin")

    @classmethod
    async def open(
        cls, path: Path, numbers: NumberPlan, patience: float = 5.0, examine: bool = True
    ) -> "Store":
        """Open or make the database at ``path`` and bring its schema up to date.

        Telephone numbers are normalised by the plan ``numbers``. ``patience`` is how many seconds
        a transaction waits for another program's lock. With ``examine`` damage is looked for first,
        which takes the longer the larger the file is, two seconds at most.
        ``StoreError``: damaged, locked, of another program or a newer version, disk full. Whatever
        is wrong, the file is left as it was.
        """
        store = cls(path, numbers)
        try:
            reader = partial(open_reader, patience=patience, numbers=numbers)
            writer = partial(open_writer, patience=patience, numbers=numbers, examine=examine)
            await store._writing.open(writer)
            await store._reading.open(reader)
            await store._looking_up.open(reader)
        except BaseException:
            await store.close()
            raise
        return store

    def watched_by(self, took: Callable[[str, float], None]) -> None:
        """Have ``took`` called for each transaction: its access, such as ``read``, and seconds."""
        self._writing.took = partial(took, "write")
        self._reading.took = partial(took, "read")
        self._looking_up.took = partial(took, "look-up")

    async def write(
        self, fn: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``fn(db, …)`` as one transaction and return its result after the commit.

        What ``fn`` raises rolls back and comes out here; trouble with the file is a
        ``StoreError``. Cancelling the wait does not cancel the transaction.
        """
        return await self._writing.run(lambda db: fn(db, *args, **kwargs))

    async def read(
        self, fn: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``fn(db, …)`` on one consistent snapshot, through which nothing can be written."""
        return await self._reading.run(lambda db: fn(db, *args, **kwargs))

    async def look_up(
        self, fn: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As :meth:`read`, for what a call waits for and an index answers: no long read, such as a
        report, is before it."""
        return await self._looking_up.run(lambda db: fn(db, *args, **kwargs))

    async def scrub(self) -> None:
        """Rewrite the file (``vacuum``), so that erased data cannot be recovered from it.

        Other writers wait meanwhile. ``StoreError``: another program holds the file.
        """
        if not await self._writing.alone(_scrub):
            raise StoreError("erased data is still in the write-ahead log: try again")

    async def close(self) -> None:
        """Finish running transactions, then close. Idempotent."""
        await self._looking_up.close()
        await self._reading.close()
        await self._writing.close()


def _unmeasured(_: float) -> None:
    """Drop what was measured."""


def _transact(db: Database, begin: str, call: Callable[[Database], T]) -> T:
    db.conn.execute(begin)
    try:
        result = call(db)
        db.conn.execute("commit")
    except BaseException:
        db.rollback()
        raise
    return result


def _scrub(db: Database) -> bool:
    """Whether it is done. Without the checkpoint the WAL file still has the erased data."""
    db.conn.execute("vacuum")
    (busy, *_) = db.conn.execute("pragma wal_checkpoint(truncate)").fetchone()
    return not busy


def _log_abandoned(running: "asyncio.Future[T]") -> None:
    if not running.cancelled() and (error := running.exception()) is not None:
        _log.error("The store failed after its caller was cancelled: %s", error)
