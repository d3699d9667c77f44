"""Errors of the database that the operator of Firstline has to fix."""

import sqlite3
from collections.abc import Mapping
from typing import Literal

from ari_app.store.server import Place

Fault = Literal[
    "",
    "locked",
    "full",
    "io",
    "read-only",
    "damaged",
    "deleted",
    "replaced",
    "slow",
    "refused",
    "unreachable",
]
"""What is wrong with a database, in one word; "" if nothing is. ``refused`` is a file that this
program does not touch: one of a newer version, or of another program. ``unreachable`` is a server
that does not answer."""

_LOCKED = "is locked by another program; end that program and try again"
_DENIED = "may not be opened; give its file and directory to this account"
_REMEDIES: Mapping[int, tuple[Fault, str]] = {
    sqlite3.SQLITE_BUSY: ("locked", _LOCKED),
    sqlite3.SQLITE_LOCKED: ("locked", _LOCKED),
    sqlite3.SQLITE_FULL: (
        "full",
        "cannot grow, its disk is full; free some space and try again",
    ),
    sqlite3.SQLITE_IOERR: (
        "io",
        "cannot be read or written; check its disk's space and health",
    ),
    sqlite3.SQLITE_READONLY: (
        "read-only",
        "may not be written; give its file and directory to this account",
    ),
    sqlite3.SQLITE_PERM: ("read-only", _DENIED),
    sqlite3.SQLITE_CANTOPEN: (
        "read-only",
        "cannot be opened; it must be a file that this account may write",
    ),
    sqlite3.SQLITE_NOTADB: (
        "damaged",
        "is not a database; move it away or restore a copy (it was not touched)",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "damaged",
        "is damaged; move it away or restore a copy (nothing was deleted)",
    ),
}


class StoreError(Exception):
    """The database is unavailable: one line with the file, the cause and the remedy.

    The operator must act; the flow, the caller and the code are not at fault. ``fault`` is the
    cause in one word.
    """

    def __init__(self, text: str, fault: Fault = "") -> None:
        super().__init__(text)
        self.fault: Fault = fault


def store_error(path: Place, error: sqlite3.Error) -> StoreError | None:
    """``error`` for the operator; None if it is a fault in a query instead.

    https://www.sqlite.org/rescode.html: the low byte of an error code is its primary code.
    """
    code = getattr(error, "sqlite_errorcode", None)
    if code is None or code & 0xFF not in _REMEDIES:
        return None
    fault, remedy = _REMEDIES[code & 0xFF]
    return StoreError(f"{path}: the database {remedy} ({error})", fault)
