"""Copies of an open database: whole and closed, whatever is written meanwhile."""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from ari_app.store.open_files import SUFFIXES
from ari_app.store.sqlite import Database


def copy_into(target: Path, db: Database) -> None:
    """Write what ``db`` has now into a new file, readable by its owner alone, on the disk.

    Others may write meanwhile. It works for a database whose file was deleted, too.
    ``sqlite3.Error`` and ``OSError``: then the new file is removed.
    """
    target.unlink(missing_ok=True)
    target.touch(0o600)  # SQLite writes into an empty file, and keeps its mode
    try:
        db.conn.execute("vacuum into ?", (str(target),))
        synced(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def put_back(copy: Path, path: Path) -> None:
    """Put a whole copy in the place of a database that no connection of ours has open."""
    for suffix in SUFFIXES[1:]:
        Path(f"{path}{suffix}").unlink(missing_ok=True)  # of the one before: not the copy's
    copy.replace(path)
    synced(path.parent)


def staged(place: Path) -> Path:
    """Where something waits to be put in its place."""
    return place.with_name(f"{place.name}.restoring")


def kept(place: Path) -> Path:
    """Where what was in a place before is kept."""
    return place.with_name(f"{place.name}.before-restore")


def exchange(path: Path) -> None:
    """Put the staged database in the place of the one at ``path``, which is kept.

    No connection of ours has it open. At each moment one of them is there, whole. ``OSError``.
    """
    if path.exists():
        _emptied(path)
        kept(path).unlink(missing_ok=True)
        os.link(path, kept(path))
    put_back(staged(path), path)


def _emptied(path: Path) -> None:
    """Have all that was committed in the file itself. A damaged one stays as it is."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as conn:
        conn.execute("pragma wal_checkpoint(truncate)")


def synced(path: Path) -> None:
    """Have a file, or the names in a directory, written to the disk. ``OSError``."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def alone(path: Path) -> sqlite3.Connection:
    """A connection that reads a file by itself, without what stands beside it."""
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(uri, uri=True, isolation_level=None)


def whole(path: Path) -> bool:
    """Whether a file is by itself an undamaged database. Reads all of it."""
    try:
        with closing(alone(path)) as conn:
            return bool(conn.execute("pragma quick_check(1)").fetchone() == ("ok",))
    except sqlite3.Error:
        return False
