"""A store on a PostgreSQL server."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from ari_app.store.connection import Connection
from ari_app.store.errors import StoreError
from ari_app.store.health import HealthMonitor
from ari_app.store.postgres.connections import Connecting, Gate, ServerWriter
from ari_app.store.postgres.opening import open_reader, open_writer
from ari_app.store.postgres.session import CONNECT
from ari_app.store.server import Server
from ari_app.store.sqlite import Database
from ivr.numbers import NumberPlan

_log = logging.getLogger(__name__)

LOOK = 2.0
"""Seconds between two looks at whether the server answers."""
SLOW = 3.0
"""Seconds after which a transaction that has not ended is a fault."""

LIMITS: Mapping[str, float] = {"look-up": 5.0, "read": 120.0, "write": 60.0}
"""Seconds that a statement may take."""

_Exchange = Callable[[Callable[[], None]], Awaitable[None]]


class ServerEngine:
    """PostgreSQL, by psycopg."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._gate = Gate()
        self.writer = ServerWriter(server, self._gate, LIMITS["write"])
        self._connections: list[Connecting] = [self.writer]

    def reader(self, quick: bool) -> Connection:
        one = Connecting(self._server, self._gate, LIMITS["look-up" if quick else "read"])
        self._connections.append(one)
        return one

    async def open_writer(
        self, patience: float, numbers: NumberPlan, examine: bool, make: bool
    ) -> None:
        """The server examines its files itself."""
        del examine
        limit = self.writer.limit
        await self.writer.open(partial(open_writer, self._server, patience, numbers, make, limit))

    async def open_reader(self, reader: Connection, patience: float, numbers: NumberPlan) -> None:
        assert isinstance(reader, Connecting)
        await reader.open(partial(open_reader, self._server, patience, numbers, reader.limit))

    async def scrub(self) -> None:
        await self.writer.alone(_vacuum)

    async def watch(
        self,
        health: HealthMonitor,
        exchange: _Exchange,
        is_open: Callable[[], bool],
        is_closed: Callable[[], bool],
    ) -> None:
        while True:
            await asyncio.sleep(LOOK)
            if is_closed():
                return
            try:
                for each in self._connections:
                    each.cut_if_stuck()
                if not is_open():
                    await exchange(_nothing)
                elif (began := self.writer.began) is not None and time.monotonic() - began > SLOW:
                    raise self._slow(time.monotonic() - began)
                else:
                    await self._look()
                    health.wrote()
            except StoreError as error:
                health.found(error)
            except Exception as error:  # noqa: BLE001 - the outermost frame
                _log.error("the look at the database failed, it is repeated: %r", error)

    async def _look(self) -> None:
        """Write; ``StoreError`` if that cannot be done, or takes too long."""
        try:
            if self.writer.is_lost:
                async with asyncio.timeout(2 * CONNECT):
                    await self.writer.connect()
            async with asyncio.timeout(SLOW):  # `wait_for` swallows a cancellation as it ends
                await self.writer.write(_try, synced=False)
        except TimeoutError:
            if self.writer.began is not None:  # else it waits for a vacuum
                raise self._slow(SLOW) from None

    def _slow(self, seconds: float) -> StoreError:
        return StoreError(
            f"{self._server}: a transaction has not ended for {seconds:.0f} s: see what the server "
            "does",
            "slow",
        )


def _vacuum(db: Database) -> None:
    """Free the space of rows that were deleted; others read and write meanwhile. Pages in which
    nothing was changed are passed over."""
    db.conn.execute("set statement_timeout = 0")
    try:
        for table in db.tables():
            db.conn.execute(f"vacuum {table}")
    finally:
        db.conn.execute(f"set statement_timeout = {LIMITS['write']:.0f}000")


def _try(db: Database) -> None:
    """Take a lock that writing takes: a standby, or a server that is read-only, refuses it."""
    db.conn.execute("lock table migrations in row exclusive mode")


def _nothing() -> None:
    """Nothing is put."""
