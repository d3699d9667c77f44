"""Bulk import of subscribers: staged first, then stored in batches.

The staging database has no name: SQLite keeps it in memory, and on disk when it grows. All faults
of an import show before anything is written to the store. A batch is a transaction, so that others
can write meanwhile; an import that was interrupted goes on when it is repeated, because what is
stored already as it is to be is left as it is.
"""

import sqlite3
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import TypeAlias

from msgspec import Struct, json
from msgspec.structs import astuple

from ari_app.store import code_words, name_words
from ari_app.store.code_words import CodeWord
from ari_app.store.sqlite import Database
from ari_app.store.times import micros

_SCHEMA = """
    create table arrivals (
        line integer primary key, msisdn text not null unique, name text not null,
        language text not null, area text not null, wanted integer not null, spoken text, keyed text
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
    """How many subscribers were added and updated, how many code words were set, and how many
    subscribers were there already as they were to be."""

    added: int = 0
    updated: int = 0
    words: int = 0
    unchanged: int = 0

    def __add__(self, other: "ImportResult") -> "ImportResult":
        return ImportResult(*map(sum, zip(astuple(self), astuple(other), strict=True)))


Staged: TypeAlias = tuple[ImportedSubscriber, str | None, str | None]
"""A subscriber, with the hashes of their code word."""


class NumberTakenError(Exception):
    """A subscriber has the number of a line already, and none is to be updated."""


class Staging:
    """The staged subscribers. To be closed; used by one thread at a time."""

    def __init__(self) -> None:
        self._conn = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._conn.execute("pragma journal_mode = off")
        self._conn.execute(_SCHEMA)

    def put(self, one: ImportedSubscriber, wanted: bool = True) -> int | None:
        """Stage a subscriber who is ``wanted`` to be written; returns the earlier line with the
        same number, if there is one."""
        done = self._conn.execute(
            "insert into arrivals (line, msisdn, name, language, area, wanted)"
            " values (?, ?, ?, ?, ?, ?) on conflict do nothing",
            (one.line, one.msisdn, one.name, one.language, one.area, wanted),
        )
        if done.rowcount == 1:
            return None
        where = "select line from arrivals where msisdn = ?"
        (line,) = self._conn.execute(where, (one.msisdn,)).fetchone()
        return int(line)

    def is_wanted(self, line: int) -> bool:
        """Whether the subscriber of a line is to be written."""
        where = "select wanted from arrivals where line = ?"
        found = self._conn.execute(where, (line,)).fetchone()
        return found is not None and bool(found[0])

    def set_code_word(self, line: int, spoken: str, keyed: str) -> None:
        """Set the hashes of the code word of a line."""
        self._conn.execute(
            "update arrivals set spoken = ?, keyed = ? where line = ?", (spoken, keyed, line)
        )

    def after(self, line: int, limit: int) -> list[Staged]:
        """The next subscribers to be written, after a line."""
        rows = self._conn.execute(
            "select line, msisdn, name, language, area, spoken, keyed from arrivals"
            " where wanted and line > ? order by line limit ?",
            (line, limit),
        )
        return [(ImportedSubscriber(*row[:5]), row[5], row[6]) for row in rows]

    def close(self) -> None:
        """Drop the staged subscribers."""
        self._conn.close()


def existing(db: Database, numbers: Collection[str]) -> Mapping[str, tuple[str, str, str]]:
    """Name, language and area of the subscribers with some of these normalised numbers."""
    rows = db.conn.execute(
        "select msisdn, name, language, area from subscribers"
        " where msisdn in (select value from json_each(?))",
        (json.encode(list(numbers)).decode(),),
    )
    return {number: (name, language, area) for number, name, language, area in rows}


def commit(
    db: Database, batch: Iterable[Staged], update: bool, by: str, at: datetime
) -> ImportResult:
    """Store staged subscribers; with ``update`` also those that exist and are different.

    :class:`NumberTakenError`: a subscriber with one of the numbers exists, is different, and
    ``update`` is off. Code words are set, never removed; SIP phones stay as they are.
    """
    done, names = ImportResult(), []
    for one, spoken, keyed in batch:
        names.append(one.name)
        id, added, updated = _put(db, one, update, at)
        word = spoken is not None and keyed is not None and (added or update)
        if spoken is not None and keyed is not None and word:
            code_words.put(db, CodeWord(id, spoken, keyed, at, by))
        done += ImportResult(added, updated, word, not (added or updated or word))
    name_words.learn(db, names)
    return done


def _put(
    db: Database, one: ImportedSubscriber, update: bool, at: datetime
) -> tuple[int, bool, bool]:
    """The id of a subscriber, and whether they were added or updated."""
    said = (one.name, one.language, one.area)
    found = db.conn.execute(
        "select id, name, language, area from subscribers where msisdn = ?", (one.msisdn,)
    ).fetchone()
    if found is None:
        added = db.conn.execute(
            "insert into subscribers (msisdn, name, language, area, created)"
            " values (?, ?, ?, ?, ?) returning id",
            (one.msisdn, *said, micros(at)),
        )
        return added.fetchone()[0], True, False
    if found[1:] == said:
        return found[0], False, False
    if not update:
        raise NumberTakenError(one.line)
    db.conn.execute(
        "update subscribers set name = ?, language = ?, area = ? where id = ?", (*said, found[0])
    )
    name_words.forget(db, found[1])
    return found[0], False, True
