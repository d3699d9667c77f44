"""Connections to a PostgreSQL server; one that was lost is made again when it is used next."""

import random
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from ari_app.store.connection import Connection, Transaction, Writer, undone_alone
from ari_app.store.errors import StoreError
from ari_app.store.postgres.faults import ConflictError
from ari_app.store.postgres.opening import ServerDatabase
from ari_app.store.sqlite import Database

T = TypeVar("T")

ATTEMPTS = 30
"""How often a transaction is run that conflicts with those of other programs."""
AWAY = 2.5
"""Seconds for which all are refused after the server did not answer; the watch looks before."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.002, 0.2  # seconds between two of them

GRACE = 1.0
"""Seconds after its limit for which a statement is waited for, before the connection is cut."""


class Gate:
    """Has only one connection wait for a server that is away: the others are refused at once.

    The watch connects again; without one the next use after ``AWAY`` does.
    """

    def __init__(self) -> None:
        self._error: StoreError | None = None
        self._until = 0.0

    def check(self) -> None:
        """``StoreError`` while the server is away."""
        error = self._error
        if error is not None and time.monotonic() < self._until:
            raise StoreError(str(error), error.fault)

    def shut(self, error: StoreError, seconds: float) -> None:
        """The server is away: refuse for so long."""
        self._error, self._until = error, time.monotonic() + seconds

    def connect(self, connect: Callable[[], T]) -> T:
        """Connect. ``StoreError``; others are refused meanwhile if that failed before."""
        if self._error is not None:
            self.shut(self._error, 60)
        try:
            db = connect()
        except StoreError as error:
            self.shut(error, AWAY)
            raise
        self._error = None
        return db


class Connecting(Connection):
    """A connection that is made again after it was lost."""

    def __init__(self, path: Any, gate: Gate, limit: float) -> None:
        """``limit``: how many seconds a read may take, as the server measures it; it is cut off
        when it has not answered after that."""
        super().__init__(path)
        self.limit = limit
        self.gate = gate
        self.began: float | None = None
        self._connect: Callable[[], Database] | None = None

    def cut_if_stuck(self) -> None:
        """End the connection if the server has not answered for too long."""
        began, db = self.began, self._db
        if began is None or time.monotonic() - began < self.limit + GRACE or db is None:
            return
        error = StoreError(f"{self.path}: the database does not answer; see its server", "slow")
        self.gate.shut(error, AWAY)
        assert isinstance(db, ServerDatabase)
        db.session.cut()

    @property
    def is_lost(self) -> bool:
        """Whether the connection has to be made again."""
        db = self._db
        return isinstance(db, ServerDatabase) and db.session.is_lost

    async def open(self, connect: Callable[[], Database]) -> None:
        self._connect = connect
        await super().open(connect)

    async def connect(self) -> None:
        """Connect again if the connection was lost, also while others are refused."""
        await self._do(partial(self._alive, despite=True))

    async def alone(self, call: Callable[[Database], T]) -> T:
        if self.is_lost:
            self.gate.check()
        return await self._do(partial(self._timed, call))

    def _timed(self, call: Callable[[Database], T]) -> T:
        self.began = time.monotonic()
        try:
            return self._call(call)
        finally:
            self.began = None

    def _call(self, call: Callable[[Database], T]) -> T:
        """Run ``call``, once more on a new connection if the old one was lost while it was idle."""
        db = self._alive()
        try:
            return call(db)
        except StoreError:
            if not db.session.is_lost:
                raise
        return call(self._alive())

    def _alive(self, despite: bool = False) -> ServerDatabase:
        """The connection, made again if it was lost; ``StoreError``. Blocks."""
        db = self._opened()
        assert isinstance(db, ServerDatabase)
        if db.session.is_lost and self._connect is not None:
            if not despite:
                self.gate.check()
            db.close()
            self._db = db = self.gate.connect(self._connect)
            assert isinstance(db, ServerDatabase)
        return db


class ServerWriter(Connecting, Writer):
    """The connection that writes: transactions are serializable, and run again when another
    program was first. So a function of the store must not do what it may not do twice."""

    async def write(self, call: Callable[[Database], T], synced: bool, alone: bool = False) -> T:
        if self.is_lost:
            self.gate.check()
        return await super().write(call, synced, alone)

    async def alone(self, call: Callable[[Database], T]) -> T:
        """Run ``call`` without a transaction, however long it takes."""
        return await self._do(partial(self._call, call))

    def _commit(self, group: Sequence[Transaction]) -> Sequence[tuple[Transaction, Any]]:
        db, pause = self._begun(), _FIRST_PAUSE
        for _ in range(ATTEMPTS):
            if not db.conn.in_transaction:
                db.conn.execute("begin")
            before = db.conn.total_changes
            try:
                done, failed = self._attempt(db, group)
            except ConflictError:
                time.sleep(random.uniform(pause / 2, pause))
                pause = min(2 * pause, _LONGEST_PAUSE)
                continue
            for one, error in failed:
                one.done.set_exception(error)
            if db.conn.total_changes != before:
                self.stored = time.monotonic()
            return done
        raise StoreError(
            f"{self.path}: other programs were first {ATTEMPTS} times: the database is overloaded",
            "locked",
        )

    def _begun(self) -> ServerDatabase:
        """The connection, in a transaction; a new one if the old one was lost while it was idle."""
        self._call(lambda db: db.conn.execute("begin"))
        return self._alive()

    @staticmethod
    def _attempt(
        db: ServerDatabase, group: Sequence[Transaction]
    ) -> tuple[list[tuple[Transaction, Any]], list[tuple[Transaction, BaseException]]]:
        """The results of the transactions, and those that failed alone."""
        done, failed = list[tuple[Transaction, Any]](), list[tuple[Transaction, BaseException]]()
        try:
            if not group[0].synced:
                db.conn.execute("set local synchronous_commit = off")
            for one in group:
                try:
                    done.append((one, undone_alone(one.call, db)))
                except ConflictError:
                    raise
                except BaseException as error:
                    if not db.conn.in_transaction:
                        raise  # the connection was lost, with the others
                    failed.append((one, error))
            db.conn.execute("commit")
        except BaseException:
            db.rollback()
            raise
        return done, failed
