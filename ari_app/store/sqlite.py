"""The database: a connection, its number plan, and the migrations that make the schema.

sqlite-utils applies migrations. It is loaded only where one is pending: that takes a third of the
time in which a command starts. It is loaded without numpy, which it would want for column types
that are not used here.
"""

import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ivr.numbers import NumberPlan

if TYPE_CHECKING:
    import sqlite_utils

__all__ = ["Database", "Migrations", "distinct"]


@contextmanager
def _without(package: str) -> Iterator[None]:
    """Let a package that is not loaded yet look as if it were not installed."""
    if package in sys.modules:
        yield
        return
    sys.modules[package] = None  # type: ignore[assignment]  # so says Python's reference
    try:
        yield
    finally:
        del sys.modules[package]


def _library() -> Any:
    """sqlite-utils, without numpy."""
    with _without("numpy"):
        import sqlite_utils  # where a migration is pending
    return sqlite_utils


def distinct(db: "Database", table: str, column: str) -> list[str]:
    """The values of an indexed column, sorted: each is looked up after the one before it."""
    rows = db.conn.execute(
        f"with recursive found (value) as (select min({column}) from {table} union all"
        f" select (select min({column}) from {table} where {column} > value) from found"
        " where value is not null) select value from found where value is not null"
    )
    return [value for (value,) in rows]


def _statements(sql: str) -> Iterator[str]:
    """The statements of a script. A semicolon ends one, but not those within a trigger or a text.

    That of sqlite-utils looks at the script after each of its characters: half of the time that a
    new database takes.
    """
    statement = ""
    for part in sql.split(";"):
        statement += f"{part};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.removesuffix(";").strip():
        yield statement.removesuffix(";")


class Database:
    """A connection, and the number plan by which the store normalises telephone numbers."""

    keeps_deleted_words = True
    """Whether the full-text indexes have words of deleted rows until they are merged."""

    def __init__(self, conn: sqlite3.Connection, numbers: NumberPlan) -> None:
        self.conn = conn
        self.numbers = numbers
        conn.execute("pragma recursive_triggers = on")  # a row that is replaced counts as deleted

    @cached_property
    def toolkit(self) -> "sqlite_utils.Database":
        """The same connection for sqlite-utils."""
        made: sqlite_utils.Database = _library().Database(
            self.conn,
            execute_plugins=False,  # to look for them costs 0.04 s of CPU
        )
        return made

    def executescript(self, sql: str) -> None:
        """Execute statements; a transaction that is open stays open."""
        for statement in _statements(sql):
            self.conn.execute(statement)

    def table_names(self) -> list[str]:
        """The names of all tables."""
        rows = self.conn.execute("select name from sqlite_master where type = 'table'")
        return [name for (name,) in rows]

    def migrations(self) -> set[str]:
        """The names of the migrations that were applied."""
        if Migrations.table not in self.table_names():
            return set()
        rows = self.conn.execute(f"select name from {Migrations.table}")
        return {name for (name,) in rows}

    def hold(self) -> None:
        """Begin a transaction while which no other program writes."""
        self.conn.execute("begin immediate")

    def tables(self) -> list[str]:
        """The names of the tables that hold data, those first that others refer to."""
        rows = self.conn.execute(
            "select name from pragma_table_list where schema = 'main' and type = 'table'"
            " and name not glob '*sqlite_*'"
        ).fetchall()
        order = "select name from sqlite_master where type = 'table' order by rowid"
        return [name for (name,) in self.conn.execute(order) if (name,) in rows]

    def columns(self, table: str) -> list[str]:
        """The names of a table's columns."""
        rows = self.conn.execute("select name from pragma_table_info(?)", (table,))
        return [name for (name,) in rows]

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, of which few are in memory at a time."""
        yield from self.conn.execute(sql)

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        """Insert many rows."""
        marks = ", ".join("?" * len(columns))
        names = ", ".join(f'"{each}"' for each in columns)
        self.conn.executemany(f"insert into {table} ({names}) values ({marks})", rows)

    def commit(self) -> None:
        """Commit the open transaction, if there is one."""
        if self.conn.in_transaction:
            self.conn.execute("commit")

    def rollback(self) -> None:
        """Roll back the open transaction, if there is one."""
        if self.conn.in_transaction:
            self.conn.execute("rollback")

    def close(self) -> None:
        """Close the connection."""
        self.conn.close()


class Migrations:
    """The steps of a schema, in order; the database records the name of each that was applied."""

    table = "_sqlite_migrations"

    def __init__(self, name: str, steps: Sequence[Callable[[Database], None]]) -> None:
        self.name = name
        self._steps = steps

    def applied(self, db: Database) -> list[str]:
        """The names of the steps that were applied, in that order."""
        if self.table not in db.table_names():
            return []
        found = f"select name from {self.table} where migration_set = ? order by rowid"
        return [name for (name,) in db.conn.execute(found, (self.name,))]

    def apply(self, db: Database, stop_before: str | None = None) -> None:
        """Apply the steps that are pending, up to one that is named."""
        if {step.__name__ for step in self._steps} <= set(self.applied(db)):
            return
        library = _library().Migrations(self.name)
        for step in self._steps:
            library(name=step.__name__)(lambda _, step=step: step(db))
        library.apply(db.toolkit, stop_before=stop_before)
