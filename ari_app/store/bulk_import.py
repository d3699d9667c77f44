"""Bulk import of subscribers: staged first, then stored in one transaction.

The staging database has no name: SQLite keeps it in memory, and on disk when it grows. All faults
of an import show before anything is written to the store.
"""

import sqlite3
from collections.abc import Collection, Iterator
from datetime import datetime

from msgspec import Struct, json

from ari_app.store import code_words
from ari_app.store.code_words import CodeWord
from ari_app.store.sqlite import Database
from ari_app.store.times import micros

_SCHEMA = """
    create table arrivals (
        line integer primary key, msisdn text not null unique, name text not null,
        language text not null, area text not null, spoken text, keyed text
    ) strict
"""


class ImportedSubscriber(Struct, frozen=True):
    """A subscriber of the list, and the line; ``msisdn`` is normalised."""

    line: int
    msisdn: str
    name: str
    language: str
    area: str


class ImportResult(Struct, frozen=True):
    """How many subscribers were added and updated, and how many code words were set."""

    added: int
    updated: int
    words: int


class NumberTakenError(Exception):
    """A subscriber has the number of a line already, and none is to be updated."""


class Staging:
    """The staged subscribers. To be closed; used by one thread at a time."""

    def __init__(self) -> None:
        self._conn = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._conn.execute("pragma journal_mode = off")
        self._conn.execute(_SCHEMA)

    def put(self, one: ImportedSubscriber) -> int | None:
        """Stage a subscriber; returns the earlier line with the same number, if there is one."""
        done = self._conn.execute(
            "insert into arrivals (line, msisdn, name, language, area) values (?, ?, ?, ?, ?)"
            " on conflict do nothing",
            (one.line, one.msisdn, one.name, one.language, one.area),
        )
        if done.rowcount == 1:
            return None
        where = "select line from arrivals where msisdn = ?"
        (line,) = self._conn.execute(where, (one.msisdn,)).fetchone()
        return int(line)

    def set_code_word(self, line: int, spoken: str, keyed: str) -> None:
        """Set the hashes of the code word of a line."""
        self._conn.execute(
            "update arrivals set spoken = ?, keyed = ? where line = ?", (spoken, keyed, line)
        )

    def __iter__(self) -> Iterator[tuple[ImportedSubscriber, str | None, str | None]]:
        """All staged subscribers, with the hashes of their code words."""
        rows = self._conn.execute(
            "select line, msisdn, name, language, area, spoken, keyed from arrivals order by line"
        )
        return ((ImportedSubscriber(*row[:5]), row[5], row[6]) for row in rows)

    def close(self) -> None:
        """Drop the staged subscribers."""
        self._conn.close()


def taken_numbers(db: Database, numbers: Collection[str]) -> frozenset[str]:
    """Which of these normalised numbers belong to subscribers."""
    rows = db.conn.execute(
        "select msisdn from subscribers where msisdn in (select value from json_each(?))",
        (json.encode(list(numbers)).decode(),),
    )
    return frozenset(number for (number,) in rows)


def commit(db: Database, staged: Staging, update: bool, by: str, at: datetime) -> ImportResult:
    """Store all staged subscribers; with ``update`` also those that exist.

    :class:`NumberTakenError`: a subscriber with one of the numbers exists and ``update`` is off.
    Code words are set, never removed; SIP phones stay as they are.
    """
    (before,) = db.conn.execute("select count(*) from subscribers").fetchone()
    number = words = 0
    for one, spoken, keyed in staged:
        found = db.conn.execute(
            "insert into subscribers (msisdn, name, language, area, created)"
            " values (?, ?, ?, ?, ?) on conflict (msisdn) do update set name = excluded.name,"
            " language = excluded.language, area = excluded.area where ? returning id",
            (one.msisdn, one.name, one.language, one.area, micros(at), update),
        ).fetchone()
        if found is None:
            raise NumberTakenError(one.line)
        number += 1
        if spoken is not None and keyed is not None:
            code_words.put(db, CodeWord(found[0], spoken, keyed, at, by))
            words += 1
    (after,) = db.conn.execute("select count(*) from subscribers").fetchone()
    return ImportResult(after - before, number - (after - before), words)
