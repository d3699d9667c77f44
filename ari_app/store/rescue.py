"""Copies of an open database: whole and closed, whatever is written meanwhile."""

import os
import sqlite3
from contextlib import closing
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
