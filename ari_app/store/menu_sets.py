"""Whole sets of menus that were in force: flows, prompts, languages, schedules and recordings.

The last :data:`KEPT` are kept. A content that several of them have is stored once, compressed.
"""

import zlib
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from msgspec import Struct, json

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment

KEPT = 30
"""How many sets are kept."""

ASIDE: Final = "unreleased"
"""How a set is marked that was on the disk, but never in force."""


class MenuSet(Struct, frozen=True):
    """A set of menus: when it came into force, by whom and how, and what it changed."""

    id: int
    at: datetime
    by: str
    how: str
    changes: tuple[str, ...] = ()


def unknown(db: Database, hashes: Collection[str]) -> frozenset[str]:
    """Those hashes whose content is not stored."""
    rows = db.conn.execute("select hash from menu_contents")
    return frozenset(hashes) - {str(one) for (one,) in rows}


def put(db: Database, hash_: str, content: bytes) -> None:
    """Store a content by its hash."""
    db.conn.execute(
        "insert into menu_contents (hash, content) values (?, ?) on conflict do nothing",
        (hash_, zlib.compress(content)),
    )


def keep(db: Database, new: MenuSet, files: Mapping[str, str]) -> int | None:
    """Store a set, its files by name with the hash of each, whose contents must be stored.

    Returns its id (that of ``new`` is not used), or None if the last set has the same files and was
    in force, or neither was. Forgets what is older than the last :data:`KEPT`.
    """
    last = db.conn.execute("select id, how from menu_sets order by id desc limit 1").fetchone()
    same = last is not None and files_of(db, last[0]) == files
    if same and (last[1] != ASIDE or new.how == ASIDE):
        return None
    row = (micros(new.at), new.by, new.how, json.encode(new.changes).decode())
    (added,) = db.conn.execute(
        "insert into menu_sets (at, by, how, changes) values (?, ?, ?, ?) returning id", row
    ).fetchone()
    db.conn.executemany(
        "insert into menu_files (menu_set, name, hash) values (?, ?, ?)",
        [(added, name, hash_) for name, hash_ in files.items()],
    )
    old = "select id from menu_sets order by id desc limit -1 offset ?"
    db.conn.execute(f"delete from menu_files where menu_set in ({old})", (KEPT,))
    db.conn.execute(f"delete from menu_sets where id in ({old})", (KEPT,))
    db.conn.execute("delete from menu_contents where hash not in (select hash from menu_files)")
    return int(added)


def listed(db: Database) -> list[MenuSet]:
    """All sets, the newest first."""
    rows = db.conn.execute("select id, at, by, how, changes from menu_sets order by id desc")
    return [
        MenuSet(id_, moment(at), by, how, json.decode(changes, type=tuple[str, ...]))
        for id_, at, by, how, changes in rows
    ]


def files_of(db: Database, id_: int) -> dict[str, str]:
    """The files of a set: name -> hash; empty if there is no such set."""
    return dict(
        db.conn.execute("select name, hash from menu_files where menu_set = ?", (id_,)).fetchall()
    )


def content(db: Database, hash_: str) -> bytes:
    """A stored content."""
    found = db.conn.execute("select content from menu_contents where hash = ?", (hash_,))
    return zlib.decompress(found.fetchone()[0])
