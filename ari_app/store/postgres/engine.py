"""A store on a PostgreSQL server."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import NoReturn

from ari_app.store.connection import Connection
from ari_app.store.errors import StoreError
from ari_app.store.health import HealthMonitor
from ari_app.store.postgres.connections import Connecting, ServerWriter
from ari_app.store.postgres.opening import open_reader, open_writer
from ari_app.store.server import Server
from ari_app.store.sqlite import Database
from ivr.numbers import NumberPlan

_log = logging.getLogger(__name__)

LOOK = 2.0
"""Seconds between two looks at whether the server answers."""
SLOW = 3.0
"""Seconds after which a transaction that has not ended is a fault."""

_Exchange = Callable[[Callable[[], None]], Awaitable[None]]


class ServerEngine:
    """PostgreSQL, by psycopg."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.writer = ServerWriter(server)

    def reader(self) -> Connection:
        return Connecting(self._server)

    async def open_writer(
        self, patience: float, numbers: NumberPlan, examine: bool, make: bool
    ) -> None:
        """The server examines its files itself."""
        del examine
        await self.writer.open(partial(open_writer, self._server, patience, numbers, make))

    async def open_reader(self, reader: Connection, patience: float, numbers: NumberPlan) -> None:
        await reader.open(partial(open_reader, self._server, patience, numbers))

    async def scrub(self) -> None:
        await self.writer.alone(_vacuum)

    async def watch(
        self, health: HealthMonitor, exchange: _Exchange, is_open: Callable[[], bool]
    ) -> NoReturn:
        while True:
            await asyncio.sleep(LOOK)
            try:
                if not is_open():
                    await exchange(_nothing)
                elif (began := self.writer.began) is not None and time.monotonic() - began > SLOW:
                    raise StoreError(
                        f"{self._server}: a transaction has not ended for "
                        f"{time.monotonic() - began:.0f} s: see what the server does",
                        "slow",
                    )
                else:
                    await self.writer.write(_try, synced=False)
                    health.wrote()
            except StoreError as error:
                health.found(error)
            except Exception as error:  # noqa: BLE001 - the outermost frame
                _log.error("the look at the database failed, it is repeated: %r", error)


def _vacuum(db: Database) -> None:
    db.conn.execute("vacuum (full)")


def _try(db: Database) -> None:
    """Take a lock that writing takes: a standby, or a server that is read-only, refuses it."""
    db.conn.execute("lock table migrations in row exclusive mode")


def _nothing() -> None:
    """Nothing is put."""
