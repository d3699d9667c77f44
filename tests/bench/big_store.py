"""A store with many subscribers and a year of calls, made by SQL alone: the same at each time.

A thousand subscribers have three thousand contacts, and one of them calls each day, with all that
calls leave behind: a million subscribers make a thousand calls a day.
"""

import sqlite3
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from ari_app.store.open_database import open_writer
from ari_app.store.schema.m031_name_words import fill
from ari_app.store.times import micros
from ivr.numbers import NumberPlan
from tests.bench.big_rows import tables
from tests.bench.big_sql import DAYS, FIRST_NUMBER, Rows

AGENT = "agent1"
"""Who has taken a tenth of the calls."""

_YEAR = timedelta(days=DAYS) // timedelta(microseconds=1)
_INDEXED = ("subscribers", "contacts")
"""Tables with a full-text index."""


def make(path: Path, subscribers: int, until: datetime, numbers: NumberPlan) -> None:
    """Make the store; the year of calls ends at ``until``."""
    db = open_writer(path, 5.0, numbers)
    try:
        db.conn.execute("pragma synchronous = off")
        db.conn.execute("pragma foreign_keys = off")
        db.conn.execute("begin immediate")
        triggers = _without_triggers(db.conn)
        given = {"people": subscribers, "since": micros(until) - _YEAR, "year": _YEAR}
        for table, rows in tables(subscribers).items():
            _insert(db.conn, table, rows, given)
        for sql in triggers:
            db.conn.execute(sql)
        for table in _INDEXED:
            db.conn.execute(f"insert into {table}_words ({table}_words) values ('rebuild')")
        fill(db)
        db.conn.execute("commit")
    finally:
        db.close()


def number(subscriber: int) -> str:
    """The number of a subscriber."""
    return str(FIRST_NUMBER + subscriber)


def call(i: int) -> str:
    """The id of a call."""
    return f"{i:016x}"


def _insert(conn: sqlite3.Connection, table: str, rows: Rows, given: Mapping[str, object]) -> None:
    values = ", ".join(rows.columns.values())
    conn.execute(
        "with recursive counted (i) as (select 1 union all select i + 1 from counted"
        f" where i < :count) insert into {table} ({', '.join(rows.columns)})"
        f" select {values} from counted where i <= :count",
        {**given, "count": rows.count},
    )


def _without_triggers(conn: sqlite3.Connection) -> list[str]:
    """Drop the triggers of the indexes, which are rebuilt at once; returns how to make them."""
    found = conn.execute(
        "select name, sql from sqlite_master where type = 'trigger' and tbl_name in (?, ?)",
        _INDEXED,
    ).fetchall()
    for name, _ in found:
        conn.execute(f"drop trigger {name}")
    return [sql for _, sql in found]
