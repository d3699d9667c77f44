"""The database: a thread writes, some read, another looks up what calls wait for, and the event
loop waits for none of them."""

import asyncio
from collections.abc import Awaitable, Callable
from threading import Event
from time import monotonic
from typing import Concatenate, ParamSpec, TypeVar

from ari_app.store.connection import Connection
from ari_app.store.engine import engine
from ari_app.store.errors import StoreError
from ari_app.store.health import Health, HealthMonitor
from ari_app.store.patience import patience
from ari_app.store.server import Place, place
from ari_app.store.sqlite import Database
from ari_app.store.watch import Exchange
from ivr.numbers import NumberPlan

P = ParamSpec("P")
T = TypeVar("T")

_READERS = 2
"""How many reads go on side by side, so that a long report does not delay all others."""

__all__ = ["Store", "StoreError", "place"]


class Store:
    """A database: a file of SQLite, or one of a PostgreSQL server.

    A store function is short and synchronous and takes the database first. It returns values,
    never a cursor or a generator: its transaction is over when it returns.
    """

    def __init__(self, path: Place, numbers: NumberPlan, patience: float = 5.0) -> None:
        """Use :meth:`open` or :meth:`open_or_wait`."""
        self.path = path
        self.numbers = numbers
        self._patience = patience
        self._engine = engine(path)
        self._writing = self._engine.writer
        self._readers = [self._engine.reader(quick=False) for _ in range(_READERS)]
        self._looking_up = self._engine.reader(quick=True)
        self._monitor = HealthMonitor()
        self._exchanging = asyncio.Lock()
        self._open = self._closed = False
        self._took: Callable[[str, float], None] = _unmeasured

    @classmethod
    async def open(
        cls,
        path: Place,
        numbers: NumberPlan,
        patience: float = 5.0,
        examine: bool = True,
        make: bool = True,
    ) -> "Store":
        """Open or ``make`` the database at ``path`` and bring its schema up to date.

        Telephone numbers are normalised by the plan ``numbers``. ``patience`` is how many seconds
        a transaction waits for another program's lock. With ``examine`` damage is looked for first,
        which takes the longer the larger the file is, two seconds at most.
        ``StoreError``: damaged, locked, of another program or a newer version, disk full. Whatever
        is wrong, the file is left as it was.
        """
        store = cls(path, numbers, patience)
        try:
            await store._open_all(examine, make)
        except BaseException:
            await store.close()
            raise
        return store

    @classmethod
    async def open_or_wait(
        cls, path: Place, numbers: NumberPlan, make: bool, examine: bool = True
    ) -> "Store":
        """As :meth:`open`; but where the database cannot be used, a store whose every use is
        refused until :meth:`watch` finds that it can be. One that is not there is made if ``make``.

        ``StoreError``: it is of a newer version or of another program.
        """
        if make or path.exists():
            try:
                return await cls.open(path, numbers, examine=examine, make=make)
            except StoreError as error:
                if error.fault in ("", "refused"):
                    raise
                trouble = error
        else:
            trouble = StoreError(
                f"{path}: the database is not there, but there was one: restore a backup "
                "(`firstline restore DIRECTORY`)",
                "deleted",
            )
        store = cls(path, numbers)
        store._monitor.begin_with(trouble)
        return store

    @property
    def health(self) -> Health:
        """Whether it can be used, and what is wrong if not."""
        return self._monitor.now

    def watched_by(self, took: Callable[[str, float], None]) -> None:
        """Have ``took`` called for each transaction: its access, such as ``read``, and seconds."""
        self._took = took

    async def write(
        self, fn: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``fn(db, …)`` as one transaction and return its result after the commit.

        It is on the disk then, so that it may be acknowledged: a power cut does not take it back.
        What ``fn`` raises rolls back and comes out here; trouble with the file is a
        ``StoreError``. Cancelling the wait does not cancel the transaction.
        """
        return await self._write(lambda db: fn(db, *args, **kwargs), synced=True)

    async def write_unsynced(
        self, fn: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As :meth:`write`, but a power cut may take back the last moments (a crash of the program
        does not): for what is acknowledged to no one, such as the steps of calls."""
        return await self._write(lambda db: fn(db, *args, **kwargs), synced=False)

    async def write_in_time(
        self, fn: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As :meth:`write`, for what a call waits for: given up after
        :data:`~ari_app.store.patience.PATIENCE`. Then it is not written later, either, unless the
        disk hangs in its very commit."""
        given_up = Event()

        def call(db: Database) -> T:
            result = fn(db, *args, **kwargs)
            if given_up.is_set():
                raise StoreError("who waited for this had given it up: it is undone", "slow")
            return result

        try:
            async with patience():
                return await self._write(call, synced=True, alone=True)
        except StoreError:
            given_up.set()
            raise

    async def read(
        self, fn: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``fn(db, …)`` on one consistent snapshot, through which nothing can be written."""
        reader = min(self._readers, key=lambda each: each.waiting)
        return await self._read(reader, "read", lambda db: fn(db, *args, **kwargs))

    async def look_up(
        self, fn: Callable[Concatenate[Database, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """As :meth:`read`, for what a call waits for and an index answers: no long read, such as a
        report, is before it, and it is given up after :data:`~ari_app.store.patience.PATIENCE`."""
        async with patience():
            return await self._read(self._looking_up, "look-up", lambda db: fn(db, *args, **kwargs))

    async def scrub(self) -> None:
        """Rewrite the file (``vacuum``), so that erased data cannot be recovered from it.

        Other writers wait meanwhile. ``StoreError``: another program holds the file.
        """
        await self._engine.scrub()

    async def exchange(self, put: Callable[[], None]) -> None:
        """Close the database, have ``put`` change its files in a thread, and open it again.

        Reads and writes wait meanwhile. What ``put`` raises comes out here, after the
        database is open again; ``StoreError``: what it put there cannot be used, or the store
        is closed.
        """
        async with self._exchanging:
            if self._closed:
                raise self._is_closed()
            self._open = False
            await self._shut_all()
            try:
                await asyncio.to_thread(put)
            except asyncio.CancelledError:
                try:
                    await self._reopen()
                except StoreError as error:  # it is not to hide that this was cancelled
                    self._monitor.found(error)
                raise
            except BaseException:
                await self._reopen()
                raise
            await self._reopen()
            self._monitor.recovered()

    async def _reopen(self) -> None:
        if self._closed:
            raise self._is_closed()
        await self._open_all(examine=True, make=False)

    def _is_closed(self) -> StoreError:
        return StoreError(f"{self.path}: the database is closed")

    async def watch(self, refresh: Callable[[], Awaitable[None]]) -> None:
        """Look whether the database can be used, and repair what can be repaired, until the store
        is closed.

        ``refresh`` has those who remember what it had read it again, after it was exchanged.
        """
        await self._engine.watch(
            self._monitor, self._exchanged(refresh), lambda: self._open, lambda: self._closed
        )

    def _exchanged(self, refresh: Callable[[], Awaitable[None]]) -> Exchange:
        async def exchange(put: Callable[[], None]) -> None:
            await self.exchange(put)
            await refresh()

        return exchange

    async def close(self) -> None:
        """Finish running transactions and an exchange, then close for good. Idempotent."""
        self._open, self._closed = False, True
        async with self._exchanging:
            for each in (self._looking_up, *self._readers, self._writing):
                await each.close()

    async def _write(self, call: Callable[[Database], T], synced: bool, alone: bool = False) -> T:
        await self._usable()
        began = monotonic()
        try:
            result = await self._writing.write(call, synced, alone)
        except StoreError as error:
            self._monitor.found(error)
            raise
        finally:
            self._took("write", monotonic() - began)
        if self._writing.stored > began:  # one that changes nothing proves nothing
            self._monitor.wrote()
        return result

    async def _read(self, connection: Connection, access: str, call: Callable[[Database], T]) -> T:
        await self._usable()
        began = monotonic()
        try:
            return await connection.read(call)
        except StoreError as error:
            self._monitor.read_failed(error)
            raise
        finally:
            self._took(access, monotonic() - began)

    async def _usable(self) -> None:
        """Wait while the files are exchanged; ``StoreError`` if the database is not open."""
        if self._open:
            return
        async with self._exchanging:
            if not self._open:
                health = self._monitor.now
                problem = health.problem or f"{self.path}: the database is closed"
                raise StoreError(problem, health.fault)

    async def _open_all(self, examine: bool, make: bool) -> None:
        try:
            await self._engine.open_writer(self._patience, self.numbers, examine, make)
            for each in (*self._readers, self._looking_up):
                await self._engine.open_reader(each, self._patience, self.numbers)
        except BaseException:
            await self._shut_all()
            raise
        self._open = True

    async def _shut_all(self) -> None:
        for each in (self._looking_up, *self._readers, self._writing):
            await each.shut()


def _unmeasured(_access: str, _seconds: float) -> None:
    """Drop what was measured."""
