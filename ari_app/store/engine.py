"""What is different between a database in a file and one on a server."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from ari_app.store.connection import Connection, FileWriter, Writer
from ari_app.store.errors import StoreError
from ari_app.store.health import HealthMonitor
from ari_app.store.open_database import open_reader, open_writer
from ari_app.store.server import Place
from ari_app.store.sqlite import Database
from ari_app.store.watch import Exchange, Watch
from ivr.numbers import NumberPlan


class Engine(Protocol):
    """Makes the connections of a store."""

    @property
    def writer(self) -> Writer:
        """The connection that writes."""

    def reader(self, quick: bool) -> Connection:
        """A connection that reads, or only for what is ``quick``."""

    async def open_writer(
        self, patience: float, numbers: NumberPlan, examine: bool, make: bool
    ) -> None:
        """Open the writer, and make the schema or bring it up to date. ``StoreError``."""

    async def open_reader(self, reader: Connection, patience: float, numbers: NumberPlan) -> None:
        """Open a connection that reads. ``StoreError``."""

    async def scrub(self) -> None:
        """Have erased data overwritten. ``StoreError``."""

    async def watch(
        self,
        health: HealthMonitor,
        exchange: Exchange,
        is_open: Callable[[], bool],
        is_closed: Callable[[], bool],
    ) -> None:
        """Look whether it can be used, until it is closed for good."""


class FileEngine:
    """SQLite: WAL, foreign keys; this process is usually the only writer."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.writer = FileWriter(path)

    def reader(self, quick: bool) -> Connection:
        del quick  # SQLite knows no limit of time
        return Connection(self._path)

    async def open_writer(
        self, patience: float, numbers: NumberPlan, examine: bool, make: bool
    ) -> None:
        await self.writer.open(
            partial(open_writer, self._path, patience, numbers, examine=examine, make=make)
        )

    async def open_reader(self, reader: Connection, patience: float, numbers: NumberPlan) -> None:
        await reader.open(partial(open_reader, self._path, patience, numbers))

    async def scrub(self) -> None:
        if not await self.writer.alone(_scrub):
            raise StoreError("erased data is still in the write-ahead log: try again")

    async def watch(
        self,
        health: HealthMonitor,
        exchange: Exchange,
        is_open: Callable[[], bool],
        is_closed: Callable[[], bool],
    ) -> None:
        await Watch(self._path, self.writer, health, exchange, is_open, is_closed).run()


def engine(place: Place) -> Engine:
    """The engine for a database; raises ``StoreError`` if its client is not installed."""
    if isinstance(place, Path):
        return FileEngine(place)
    made: Engine = client().ServerEngine(place)
    return made


def client() -> Any:
    """The module for PostgreSQL, with psycopg, which only those need who configure it.

    Raises ``StoreError`` if that is not installed.
    """
    try:
        return import_module("ari_app.store.postgres.engine")
    except ImportError as error:
        raise StoreError(
            "a database on a PostgreSQL server needs psycopg: pip install 'firstline[postgresql]'",
            "refused",
        ) from error


def _scrub(db: Database) -> bool:
    """Whether it is done. Without the checkpoint the WAL file still has the erased data."""
    db.conn.execute("vacuum")
    (busy, *_) = db.conn.execute("pragma wal_checkpoint(truncate)").fetchone()
    return not busy
