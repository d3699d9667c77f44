"""Errors of PostgreSQL as the rest of the program knows them."""

import sqlite3

import psycopg
from psycopg import errors

from ari_app.store.errors import Fault, StoreError
from ari_app.store.server import Server


class ConflictError(Exception):
    """Another transaction was first (40001, 40P01): this one is to be run again."""


_REMEDIES: tuple[tuple[type[psycopg.Error], Fault, str], ...] = (
    (errors.ReadOnlySqlTransaction, "read-only", "may not be written"),
    (errors.LockNotAvailable, "locked", "is locked by another program; end that program"),
    (errors.DiskFull, "full", "cannot grow, its disk is full; free some space"),
    (errors.InsufficientPrivilege, "refused", "may not be used by this account; grant it"),
    (errors.QueryCanceled, "slow", "takes too long; see what its server does"),
    (errors.DataCorrupted, "damaged", "is damaged; restore a backup"),
    (errors.IndexCorrupted, "damaged", "is damaged; restore a backup"),
)


_PASSWORD = "refuses the password; correct it in [database] url or in ~/.pgpass"
_CONNECTING: tuple[tuple[str, str], ...] = (
    ("password authentication failed", _PASSWORD),
    ("no password supplied", _PASSWORD),
    ("no pg_hba.conf entry", "does not let this account in from here; see pg_hba.conf"),
    ("permission denied for database", "may not be used by this account; grant it"),
    ('FATAL:  role "', "does not know the account; make it with createuser"),
    ('FATAL:  database "', "is not there; make it with createdb"),
)
"""What the server writes when it refuses a connection, for which libpq has no codes: they are in
the language of the server, where another is set."""


def not_connected(server: Server, error: Exception) -> StoreError:
    """Why there is no connection."""
    why = _line(server, error)
    for sign, remedy in _CONNECTING:
        if sign in why:
            return StoreError(f"{server}: the database {remedy} ({why})", "refused")
    if isinstance(error, psycopg.Error):
        known = explained(server, error)
        if isinstance(known, StoreError):
            return known
    return StoreError(f"{server}: [database] url cannot be used ({why})", "refused")


def explained(server: Server, error: psycopg.Error) -> Exception:
    """An error as SQLite's of the same kind, a :class:`ConflictError`, or for what the operator has
    to repair a ``StoreError``."""
    if isinstance(error, errors.SerializationFailure | errors.DeadlockDetected):
        return ConflictError(str(error))
    for kind, fault, remedy in _REMEDIES:
        if isinstance(error, kind):
            return StoreError(f"{server}: the database {remedy} ({_line(server, error)})", fault)
    if isinstance(error, psycopg.IntegrityError | psycopg.DataError):
        return sqlite3.IntegrityError(_line(server, error))
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return StoreError(
            f"{server}: the database cannot be reached; see whether its server runs "
            f"({_line(server, error)})",
            "unreachable",
        )
    return sqlite3.OperationalError(_line(server, error))


def _line(server: Server, error: Exception) -> str:
    text = server.without_secrets(str(error)).strip()
    return text.splitlines()[0] if text else type(error).__name__
