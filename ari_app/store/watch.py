"""Looks every few seconds whether the database is there, can be written and is undamaged.

A database that was deleted while it was open is written again, since an open file keeps its
content; one that was put in its place is opened, and what was open is kept beside it.
"""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from ari_app.store import rescue
from ari_app.store.connection import FileWriter
from ari_app.store.errors import StoreError, store_error
from ari_app.store.health import HealthMonitor
from ari_app.store.open_database import damage
from ari_app.store.sqlite import Database

_log = logging.getLogger(__name__)

LOOK = 2.0
"""Seconds between two looks."""
IDLE = 4.0
"""Seconds without a transaction after which one is tried."""
SLOW = 3.0
"""Seconds after which a transaction that has not ended is a fault."""
SHARE = 0.01
"""How much of the time may go into examinations of the file and attempts to repair it."""
PAUSE = 5.0
"""Seconds between two of them at least."""

Exchange = Callable[[Callable[[], None]], Awaitable[None]]
"""See :meth:`ari_app.store.db.Store.exchange`."""


class Watch:
    """The watch on the database of a writer."""

    def __init__(
        self,
        path: Path,
        writer: FileWriter,
        health: HealthMonitor,
        exchange: Exchange,
        is_open: Callable[[], bool],
        is_closed: Callable[[], bool],
    ) -> None:
        self._writer = writer
        self._path = path
        self._health = health
        self._exchange = exchange
        self._is_open = is_open
        self._is_closed = is_closed
        self._examine_at = self._repair_at = 0.0
        self._trial: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Look until the store is closed."""
        while True:
            await asyncio.sleep(LOOK)
            if self._is_closed():
                return
            await self.look()

    async def look(self) -> None:
        """Look once, and repair; what is found is in the health."""
        try:
            if self._is_open():
                await self._look()
            else:
                await self._open()
        except StoreError as error:
            self._health.found(error)
            if error.fault in ("deleted", "replaced") and self._is_open():
                await self._repair()
        except Exception as error:  # noqa: BLE001 - the outermost frame
            _log.error("the look at the database failed, it is repeated: %r", error)

    async def _look(self) -> None:
        began, now = self._writer.began, time.monotonic()
        if began is not None and now - began > SLOW:
            raise StoreError(
                f"{self._path}: a transaction has not ended for {now - began:.0f} s: end what "
                "holds the database, or see whether its disk works",
                "slow",
            )
        await asyncio.to_thread(self._writer.files.check)
        if now - self._health.written > IDLE and (self._trial is None or self._trial.done()):
            self._trial = asyncio.create_task(self._try())
        if now >= self._examine_at:
            await self._examine(now)

    async def _try(self) -> None:
        """Write one page. A disk that is full or became read-only is found in no other way."""
        try:
            await self._writer.write(_write_page, synced=False)
        except StoreError as error:
            self._health.found(error)
        else:
            self._health.wrote()

    async def _examine(self, now: float) -> None:
        try:
            found = await asyncio.to_thread(damage, self._path)
        except sqlite3.Error as error:
            raise store_error(self._path, error) or error from error
        self._examine_at = _after(now)
        if found:
            raise StoreError(
                f"{self._path}: the database is damaged; restore a backup "
                f"(`firstline restore DIRECTORY`) ({found})",
                "damaged",
            )
        if self._health.now.fault == "damaged":
            self._health.recovered()

    async def _open(self) -> None:
        """Open a database that could not be used; nothing is made where there is none."""
        if self._path.exists():
            await self._exchange(_nothing)

    async def _repair(self) -> None:
        now = time.monotonic()
        if now < self._repair_at:
            return
        try:
            await self._save()
        except StoreError as error:
            _log.error("the database was not repaired: %s", error)
        except OSError as error:
            _log.error("the database was not repaired: %s: %s", error.filename, error.strerror)
        finally:
            self._repair_at = _after(now)

    async def _save(self) -> None:
        """Save what is open, and go on with what belongs to the name."""
        files = self._writer.files
        replaced = files.is_replaced()
        if replaced and not await asyncio.to_thread(rescue.whole, self._path):
            raise StoreError(f"{self._path}: what is there now is no whole database")
        kept = self._path.with_name(f"{self._path.name}.kept-{datetime.now(UTC):%Y%m%dT%H%M%S}")
        await self._writer.alone(partial(rescue.copy_into, kept))
        if replaced:
            await self._exchange(files.remove_companions)
            _log.critical(
                "%s: another database was put there and is used now; the one before is kept as %s",
                self._path,
                kept,
            )
        else:
            await self._exchange(partial(rescue.put_back, kept, self._path))
            _log.critical("%s: it was deleted, and has been written again whole", self._path)


def _after(began: float) -> float:
    """When something that began then may be done again."""
    took = time.monotonic() - began
    return began + max(PAUSE, took / SHARE)


def _nothing() -> None:
    """Nothing is put."""


def _write_page(db: Database) -> None:
    """Nothing changes, but SQLite writes the page nevertheless."""
    db.conn.execute("pragma user_version = 0")
