"""Errors of the database that the operator of Firstline has to fix."""

import sqlite3
from pathlib import Path

_REMEDIES = {
    sqlite3.SQLITE_BUSY: "is locked by another program; end that program and try again",
    sqlite3.SQLITE_LOCKED: "is locked by another program; end that program and try again",
    sqlite3.SQLITE_FULL: "cannot grow, its disk is full; free some space and try again",
    sqlite3.SQLITE_IOERR: "cannot be read or written; check its disk's space and health",
    sqlite3.SQLITE_READONLY: "may not be written; give its file and directory to this account",
    sqlite3.SQLITE_PERM: "may not be opened; give its file and directory to this account",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; it must be a file that this account may write",
    sqlite3.SQLITE_NOTADB: "is not a database; move it away or restore a copy (it was not touched)",
    sqlite3.SQLITE_CORRUPT: "is damaged; move it away or restore a copy (nothing was deleted)",
}


class StoreError(Exception):
    """The database is unavailable: one line with the file, the cause and the remedy.

    The operator must act; the flow, the caller and the code are not at fault.
    """


def store_error(path: Path, error: sqlite3.Error) -> StoreError | None:
    """``error`` for the operator; None if it is a fault in a query instead.

    https://www.sqlite.org/rescode.html: the low byte of an error code is its primary code.
    """
    code = getattr(error, "sqlite_errorcode", None)
    remedy = None if code is None else _REMEDIES.get(code & 0xFF)
    return StoreError(f"{path}: the database {remedy} ({error})") if remedy else None
