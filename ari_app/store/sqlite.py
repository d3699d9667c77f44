"""sqlite-utils without numpy, which it would load for column types that are not used here.

Numpy is installed for speech synthesis; loading it costs 12 MB, and a tenth of a second at the
start of every command.
"""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ivr.numbers import NumberPlan

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


with _without("numpy"):
    import sqlite_utils
    from sqlite_utils import Migrations


def distinct(db: "Database", table: str, column: str) -> list[str]:
    """The values of an indexed column, sorted: each is looked up after the one before it."""
    rows = db.conn.execute(
        f"with recursive found (value) as (select min({column}) from {table} union all"
        f" select (select min({column}) from {table} where {column} > value) from found"
        " where value is not null) select value from found where value is not null"
    )
    return [value for (value,) in rows]


class Database(sqlite_utils.Database):
    """A connection, and the number plan by which the store normalises telephone numbers."""

    def __init__(self, conn: sqlite3.Connection, numbers: NumberPlan) -> None:
        super().__init__(conn, execute_plugins=False)  # to look for them costs 0.04 s of CPU
        self.numbers = numbers
