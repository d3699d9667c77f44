"""Opening a database of a PostgreSQL server: its schema is made, or brought to this version's."""

import logging
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import resources
from typing import Any, cast

from ari_app.store.errors import StoreError
from ari_app.store.postgres.session import Session
from ari_app.store.schema import KNOWN, NAMES
from ari_app.store.server import Server
from ari_app.store.sqlite import Database
from ivr.numbers import NumberPlan

_log = logging.getLogger(__name__)

_FETCHED = 5_000
_LOCK = 0x46313131
"""The advisory lock under which the schema is made: of two programs that begin, one waits."""


class ServerDatabase(Database):
    """A connection to PostgreSQL, for the store's functions."""

    keeps_deleted_words = False

    def __init__(self, session: Session, numbers: NumberPlan) -> None:
        self.session = session
        self.numbers = numbers
        self.conn = cast("Any", session)  # it has what store functions use of SQLite's

    def executescript(self, sql: str) -> None:
        """Execute statements in PostgreSQL's SQL."""
        self.session.script(sql)

    def table_names(self) -> list[str]:
        """The names of all tables, in the order in which they were made."""
        rows = self.conn.execute(
            "select relname from pg_class where relkind = 'r'"
            " and relnamespace = current_schema()::regnamespace order by oid"
        )
        return [name for (name,) in rows]

    def migrations(self) -> set[str]:
        """The names of the migrations that were applied."""
        if "migrations" not in self.table_names():
            return set()
        return {name for (name,) in self.conn.execute("select name from migrations")}

    def hold(self) -> None:
        """Begin a transaction while which no other program writes."""
        tables = self.tables()
        self.conn.execute("begin")
        if tables:
            self.conn.execute(f"lock table {', '.join(tables)} in share mode")

    def tables(self) -> list[str]:
        """The names of the tables that hold data."""
        return [name for name in self.table_names() if name != "migrations"]

    def columns(self, table: str) -> list[str]:
        """The names of a table's columns."""
        rows = self.conn.execute(
            "select column_name from information_schema.columns"
            " where table_schema = current_schema() and table_name = ? order by ordinal_position",
            (table,),
        )
        return [name for (name,) in rows]

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, of which few are in memory at a time; in a transaction."""
        self.conn.execute(f"declare streamed no scroll cursor for {sql}")
        while some := self.conn.execute(f"fetch {_FETCHED} from streamed").fetchall():
            yield from some
        self.conn.execute("close streamed")

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        """Insert many rows; the numbers of the next ones are set once, not for each row."""
        keys = self.conn.execute(
            "select column_name from information_schema.columns where table_name = ?"
            " and table_schema = current_schema() and identity_generation = 'BY DEFAULT'",
            (table,),
        ).fetchall()
        for _ in keys:
            self.conn.execute(f"alter table {table} disable trigger {table}_sequence")
        self.session.copy_in(table, columns, rows)
        for (key,) in keys:
            self.conn.execute(f"alter table {table} enable trigger {table}_sequence")
            self.conn.execute(
                "select setval(pg_get_serial_sequence(?, ?), last)"
                f" from (select max({key}) as last from {table}) as rows where last > 0",
                (table, key),
            )


def open_writer(
    server: Server, patience: float, numbers: NumberPlan, make: bool = True, limit: float = 0
) -> ServerDatabase:
    """Open the database, and ``make`` its schema where it is empty. ``limit`` is how many seconds
    a statement may take, 0 for any.

    Raises ``StoreError``; whatever is wrong, the database is left as it was.
    """
    db = ServerDatabase(Session(server, patience), numbers)
    try:
        _make(db, server, make)
        db.conn.execute("set default_transaction_isolation to serializable")
        db.conn.execute(f"set statement_timeout = {int(limit * 1000)}")  # to make it takes longer
    except sqlite3.Error as error:
        db.close()
        raise StoreError(f"{server}: the database cannot be used ({error})", "refused") from error
    except BaseException:
        db.close()
        raise
    return db


def open_reader(
    server: Server, patience: float, numbers: NumberPlan, limit: float = 0
) -> ServerDatabase:
    """Open the database so that nothing can be written through it. ``StoreError``"""
    db = ServerDatabase(Session(server, patience, limit), numbers)
    db.conn.execute("set default_transaction_isolation to 'repeatable read'")
    db.conn.execute("set default_transaction_read_only to on")
    return db


@cache
def schema() -> str:
    """The statements that make an empty database."""
    return functions() + _statements("schema.sql")


def functions() -> str:
    """The statements that make or replace the functions which SQLite has and PostgreSQL has not."""
    return _statements("functions.sql")


def _statements(*path: str) -> str:
    return resources.files("ari_app.store.postgres").joinpath(*path).read_text("utf-8")


def _make(db: ServerDatabase, server: Server, make: bool) -> None:
    db.conn.execute("begin")
    try:
        db.conn.execute("select pg_advisory_xact_lock(?)", (_LOCK,))
        tables = db.table_names()
        if not tables and not make:
            raise StoreError(
                f"{server}: the database is empty, but this installation had one: move it there by "
                "`firstline store copy`, or restore a backup; to begin with an empty one, remove "
                "database.made in the state directory",
                "deleted",
            )
        if not tables:
            db.executescript(schema())
        elif "migrations" not in tables:
            raise StoreError(
                f"{server}: this database is another program's; make one with createdb", "refused"
            )
        _migrate(db, server)
        db.commit()
    except BaseException:
        db.rollback()
        raise


def _migrate(db: ServerDatabase, server: Server) -> None:
    """Apply the migrations that the database lacks: all in one transaction, or none."""
    there = db.migrations()
    if there - KNOWN:
        raise StoreError(
            f"{server}: a newer Firstline wrote this database; install that version again",
            "refused",
        )
    pending = [name for name in NAMES if name not in there]
    if not pending:
        return
    _log.info("%s: migrations %s", server, ", ".join(pending))
    db.executescript(functions())
    for name in pending:
        db.executescript(_statements("migrations", f"{name}.sql"))
        db.conn.execute("insert into migrations values (?)", (name,))
