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
_FIRST_PAUSE, _LONGEST_PAUSE = 0.002, 0.2  # seconds between two of them


class Connecting(Connection):
    """A connection that is made again after it was lost."""

    def __init__(self, path: Any) -> None:
        super().__init__(path)
        self._connect: Callable[[], Database] | None = None

    async def open(self, connect: Callable[[], Database]) -> None:
        self._connect = connect
        await super().open(connect)

    async def alone(self, call: Callable[[Database], T]) -> T:
        return await self._do(partial(self._call, call))

    def _call(self, call: Callable[[Database], T]) -> T:
        """Run ``call``, once more on a new connection if the old one was lost while it was idle."""
        db = self._alive()
        try:
            return call(db)
        except StoreError:
            if not db.session.is_lost:
                raise
        return call(self._alive())

    def _alive(self) -> ServerDatabase:
        """The connection, made again if it was lost; ``StoreError``. Blocks."""
        db = self._opened()
        assert isinstance(db, ServerDatabase)
        if db.session.is_lost and self._connect is not None:
            db.close()
            self._db = db = self._connect()
            assert isinstance(db, ServerDatabase)
        return db


class ServerWriter(Connecting, Writer):
    """The connection that writes: transactions are serializable, and run again when another
    program was first. So a function of the store must not do what it may not do twice."""

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
