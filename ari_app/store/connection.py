"""Connections to the database, each with a thread of its own: one that reads, one that writes."""

import asyncio
import logging
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from ari_app.store.errors import StoreError, store_error
from ari_app.store.open_files import OpenFiles
from ari_app.store.server import Place
from ari_app.store.sqlite import Database

T = TypeVar("T")

_log = logging.getLogger(__name__)

TOGETHER = 100
"""How many transactions that wait for the disk are at most committed as one."""


class Connection:
    """One thread with one connection; calls run one after the other."""

    def __init__(self, path: Place) -> None:
        self.path = path
        self.waiting = 0
        """How many reads run or wait."""
        self._thread = ThreadPoolExecutor(1, "store")
        self._db: Database | None = None

    async def open(self, connect: Callable[[], Database]) -> None:
        """Open the database by ``connect``; raises ``StoreError``."""
        self._db = await self._do(connect)

    async def read(self, call: Callable[[Database], T]) -> T:
        """Run ``call`` on one snapshot."""
        self.waiting += 1
        try:
            return await self.alone(partial(_read, call))
        finally:
            self.waiting -= 1

    async def alone(self, call: Callable[[Database], T]) -> T:
        """Run ``call`` without a transaction."""
        return await self._do(partial(call, self._opened()))

    async def shut(self) -> None:
        """Close the database when what waits has ended; it can be opened again."""
        if self._db is not None:
            await self._do(self._close)

    async def close(self) -> None:
        """Close the database, and end the thread."""
        await self.shut()
        self._thread.shutdown(wait=False)

    def _close(self) -> None:
        db, self._db = self._db, None
        if db is not None:
            db.close()

    def _opened(self) -> Database:
        if self._db is None:
            raise StoreError(f"{self.path}: the database is closed")
        return self._db

    async def _do(self, call: Callable[[], T]) -> T:
        return await self._result(self._thread.submit(call))

    async def _result(self, future: "Future[T]") -> T:
        running = asyncio.wrap_future(future)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            running.add_done_callback(_log_abandoned)
            raise
        except sqlite3.Error as error:
            explained = store_error(self.path, error)
            if explained is None:
                raise
            raise explained from error


class Transaction:
    """A transaction that waits for its turn; ``done`` gets its result after the commit.

    ``alone``: none is committed with it.
    """

    __slots__ = ("alone", "call", "done", "synced")

    def __init__(self, call: Callable[[Database], Any], synced: bool, alone: bool) -> None:
        self.call = call
        self.synced = synced
        self.alone = alone
        self.done: Future[Any] = Future()


class Writer(Connection):
    """The connection that writes.

    What has to outlive a power cut is on the disk when its transaction returns; such transactions
    that wait meanwhile are committed together, so that they share one wait for the disk. Each is
    still undone alone when its own function raises.
    """

    def __init__(self, path: Place) -> None:
        super().__init__(path)
        self.began: float | None = None
        """Since when a transaction runs, by ``time.monotonic``; None if none does."""
        self.stored = 0.0
        """When rows were changed last, by ``time.monotonic``."""
        self._waiting: deque[Transaction] = deque()

    async def write(self, call: Callable[[Database], T], synced: bool, alone: bool = False) -> T:
        """Run ``call`` in a transaction, ``synced`` if it has to outlive a power cut, and ``alone``
        if the commit has to follow it at once.

        Raises ``StoreError``, for files also if they were deleted or replaced meanwhile.
        """
        self._opened()
        one = Transaction(call, synced, alone)
        self._waiting.append(one)
        self._thread.submit(self._run_waiting)
        result: T = await self._result(one.done)
        return result

    def _run_waiting(self) -> None:
        """Run the next transaction, and those that can be committed with it."""
        group = self._next()
        if not group:
            return  # it was committed with one before
        self.began = time.monotonic()
        try:
            results = self._commit(group)
        except BaseException as error:  # noqa: BLE001 - who waits for a transaction gets it
            for one in group:
                if not one.done.done():
                    one.done.set_exception(error)
        else:
            for one, result in results:
                one.done.set_result(result)
        finally:
            self.began = None

    def _next(self) -> Sequence[Transaction]:
        waiting, group = self._waiting, list[Transaction]()
        while waiting and len(group) < TOGETHER:
            if group and not all(one.synced and not one.alone for one in (group[0], waiting[0])):
                break
            group.append(waiting.popleft())
        return group

    def _commit(self, group: Sequence[Transaction]) -> Sequence[tuple[Transaction, Any]]:
        """The results of those that are committed; one that failed alone has its error."""
        raise NotImplementedError


class FileWriter(Writer):
    """The connection that writes to a file (`synchronous = full`)."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._file = path
        self._files: OpenFiles | None = None
        self._synced: bool | None = None

    async def open(self, connect: Callable[[], Database]) -> None:
        """Open the database by ``connect``; raises ``StoreError``."""
        await super().open(connect)
        self._files, self._synced = OpenFiles(self._file), None

    @property
    def files(self) -> OpenFiles:
        """The files that are open, or were last; ``StoreError`` if none ever were."""
        if self._files is None:
            raise StoreError(f"{self.path}: the database is closed")
        return self._files

    def _commit(self, group: Sequence[Transaction]) -> Sequence[tuple[Transaction, Any]]:
        """The results of those that are committed; one that failed alone has its error."""
        db, results = self._opened(), list[tuple[Transaction, Any]]()
        self.files.check()
        self._synchronise(db, group[0].synced)
        db.conn.execute("begin immediate")
        before = db.conn.total_changes
        try:
            for one in group:
                try:
                    results.append((one, undone_alone(one.call, db)))
                except BaseException as error:
                    if not db.conn.in_transaction:
                        raise  # SQLite has given up the others, too: a full disk, a fault of it
                    one.done.set_exception(error)
            db.conn.execute("commit")
        except BaseException:
            db.rollback()
            raise
        self.files.check()
        if db.conn.total_changes != before:
            self.stored = time.monotonic()
        return results

    def _synchronise(self, db: Database, synced: bool) -> None:
        if synced is not self._synced:
            db.conn.execute(f"pragma synchronous = {'full' if synced else 'normal'}")
            self._synced = synced


def _read(call: Callable[[Database], T], db: Database) -> T:
    db.conn.execute("begin")
    try:
        result = call(db)
        db.conn.execute("commit")
    except BaseException:
        db.rollback()
        raise
    return result


def undone_alone(call: Callable[[Database], T], db: Database) -> T:
    """Run ``call``; what it raises undoes it, and no other of the transaction."""
    db.conn.execute("savepoint one")
    try:
        result = call(db)
    except BaseException:
        if db.conn.in_transaction:
            db.conn.execute("rollback to one")
            db.conn.execute("release one")
        raise
    db.conn.execute("release one")
    return result


def _log_abandoned(running: "asyncio.Future[T]") -> None:
    if not running.cancelled() and (error := running.exception()) is not None:
        _log.error("The store failed after its caller was cancelled: %s", error)
