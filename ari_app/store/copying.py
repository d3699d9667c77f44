"""Copies all of a database into an empty one, of SQLite or PostgreSQL, and compares the two."""

from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import Any

from msgspec import Struct

from ari_app.store.schema import KNOWN
from ari_app.store.sqlite import Database

_MADE = ("till",)
"""Tables that have rows in a new database."""
_EACH = 5_000
"""After how many rows progress is shown."""
_LAST = "webhook_subscriptions"
"""Copied last: with subscriptions, triggers would make events of what is copied."""

Progress = Callable[[str, int], None]
"""Called with a table and how many of its rows are copied."""


class CopyError(Exception):
    """The database was not copied; the text says why."""


class Copied(Struct, frozen=True):
    """How many rows of a table were copied, and found again."""

    table: str
    rows: int


def copy(source: Database, target: Database, show: Progress) -> list[Copied]:
    """Copy all tables; the caller has a transaction in each database, and undoes that of
    ``target`` when this raises.

    Raises :class:`CopyError`: one of the two does not have the tables of this version; a table of
    ``target`` has rows, or has others afterwards.
    """
    _compare(source, target)
    tables = sorted(source.tables(), key=lambda name: name == _LAST)
    for table in _MADE:
        target.conn.execute(f"delete from {table}")
    for table in tables:
        if target.conn.execute(f"select 1 from {table} limit 1").fetchone():
            raise CopyError(f"{table} has rows already: name an empty database")
    done = [Copied(table, _copy(source, target, table, show)) for table in tables]
    for one in done:
        if _digest(source, target, one.table) != _digest(target, source, one.table):
            raise CopyError(f"{one.table}: what was copied is not the same; nothing was kept")
    return done


def _compare(source: Database, target: Database) -> None:
    """Refuse what has other tables or columns: where SQLite finds no column, it takes its name in
    quotes for a text."""
    for db, which in ((source, "what is copied"), (target, "what is copied to")):
        if db.migrations() != KNOWN:
            raise CopyError(
                f"{which} was not written by this version: start Firstline with it once by "
                "`firstline up`, and stop it"
            )
    if set(source.tables()) != set(target.tables()):
        raise CopyError("the two databases do not have the same tables")
    for table in source.tables():
        if set(_columns(source, table)) != set(_columns(target, table)):
            raise CopyError(f"{table} does not have the same columns in both databases")


def _copy(source: Database, target: Database, table: str, show: Progress) -> int:
    rows, found = 0, _rows(source, target, table)

    def counted() -> Iterator[tuple[Any, ...]]:
        nonlocal rows
        for row in found:
            rows += 1
            if rows % _EACH == 0:
                show(table, rows)
            yield row

    target.insert(table, _columns(source, table), counted())
    show(table, rows)
    return rows


def _digest(one: Database, other: Database, table: str) -> tuple[int, int]:
    """The number of rows, and what differs when one of them does, in whatever order they are."""
    rows = total = 0
    for row in _rows(one, other, table):
        rows += 1
        total += int.from_bytes(blake2b(repr(row).encode(), digest_size=8).digest(), "big")
    return rows, total


def _rows(one: Database, other: Database, table: str) -> Iterator[tuple[Any, ...]]:
    names = ", ".join(f'"{each}"' for each in _columns(one, table))
    kept = "rowid" in {*one.columns(table), *other.columns(table)}
    order = " order by rowid" if kept else ""
    found = one.stream(f"select {names} from {table}{order}")
    return (tuple(_storable(each) for each in row) for row in found)


def _storable(value: Any) -> Any:
    """PostgreSQL stores no NUL."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


def _columns(db: Database, table: str) -> list[str]:
    """The columns; what the order of rows is kept in is no data."""
    return sorted(set(db.columns(table)) - {"rowid"})
