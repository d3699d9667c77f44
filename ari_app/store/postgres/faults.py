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
    (errors.InvalidPassword, "refused", "refuses the password; correct [database] url"),
    (errors.InvalidCatalogName, "refused", "is not there; make it with createdb"),
    (errors.DataCorrupted, "damaged", "is damaged; restore a backup"),
    (errors.IndexCorrupted, "damaged", "is damaged; restore a backup"),
)


def explained(server: Server, error: psycopg.Error) -> Exception:
    """An error as SQLite's of the same kind, a :class:`ConflictError`, or for what the operator has
    to repair a ``StoreError``."""
    if isinstance(error, errors.SerializationFailure | errors.DeadlockDetected):
        return ConflictError(str(error))
    for kind, fault, remedy in _REMEDIES:
        if isinstance(error, kind):
            return StoreError(f"{server}: the database {remedy} ({_line(error)})", fault)
    if isinstance(error, psycopg.IntegrityError | psycopg.DataError):
        return sqlite3.IntegrityError(_line(error))
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return StoreError(
            f"{server}: the database cannot be reached; see whether its server runs "
            f"({_line(error)})",
            "unreachable",
        )
    return sqlite3.OperationalError(_line(error))


def _line(error: psycopg.Error) -> str:
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__
