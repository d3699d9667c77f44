"""Opening the database: checks before the first write, then migrations."""

import errno
import sqlite3
import time
from pathlib import Path

from ari_app.store.errors import Fault, StoreError
from ari_app.store.schema import KNOWN, MIGRATIONS
from ari_app.store.sqlite import Database
from ivr.numbers import NumberPlan

_APPLICATION_ID = 0x46313131  # "F111": marks our files, so that no other program's is changed
_CHECK_SECONDS = 2.0  # how long a start may look for damage; a larger file is checked in part


def open_writer(
    path: Path, patience: float, numbers: NumberPlan, examine: bool = True, make: bool = True
) -> Database:
    """Open the database at ``path`` and bring its schema up to date; ``make`` it if it is missing.

    ``patience`` is how many seconds an attempt waits for another program's lock, ``examine``
    whether damage is looked for first. Raises
    ``StoreError`` or ``sqlite3.Error``; whatever is wrong, the file is left as it was.
    """
    if not make and not path.exists():
        raise StoreError(f"{path}: the database was deleted", "deleted")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # personal data and SIP passwords; SQLite gives -wal the same mode
    except OSError as error:
        why: Fault = "full" if error.errno == errno.ENOSPC else "read-only"
        raise StoreError(f"{path}: the database cannot be made: {error.strerror}", why) from error
    db = _connect(path, "rw", patience, numbers)
    try:
        _check(db, path, examine)
        if _journal(db.conn, patience) != "wal":
            raise StoreError(
                f"{path}: this file system cannot hold it; use a local disk", "refused"
            )
        db.conn.execute("pragma foreign_keys = on")
        db.conn.execute("pragma secure_delete = on")  # what is erased is overwritten
        _migrate(db)
    except BaseException:
        db.close()
        raise
    return db


def open_reader(path: Path, patience: float, numbers: NumberPlan) -> Database:
    """Open the database at ``path`` so that nothing can be written through it."""
    db = _connect(path, "ro", patience, numbers)
    try:
        db.conn.execute("select 1 from sqlite_master").fetchone()  # so that all files are open
    except BaseException:
        db.close()
        raise
    return db


def open_source(path: Path, patience: float, numbers: NumberPlan) -> Database:
    """Open a file that is there so that others can be kept from writing to it. It is left as it
    is, with the schema that it has."""
    return _connect(path, "rw", patience, numbers)


def _connect(path: Path, mode: str, patience: float, numbers: NumberPlan) -> Database:
    conn = sqlite3.connect(_uri(path, mode), uri=True, timeout=patience, isolation_level=None)
    return Database(conn, numbers)


def _uri(path: Path, mode: str) -> str:
    return f"{path.absolute().as_uri()}?mode={mode}"


def _check(db: Database, path: Path, examine: bool) -> None:
    """Reject a file of another program, a damaged one, and one of a newer version."""
    if not db.table_names():
        return
    if db.conn.execute("pragma application_id").fetchone() != (_APPLICATION_ID,):
        raise StoreError(
            f"{path}: this database is another program's; name another file", "refused"
        )
    found = _damage(db.conn) if examine else ""
    if found:
        remedy = "move it away or restore a copy (nothing was deleted)"
        raise StoreError(f"{path}: the database is damaged; {remedy} ({found})", "damaged")
    if not KNOWN.issuperset(MIGRATIONS.applied(db)):
        remedy = "install that version again, or restore a backup that this one can read"
        raise StoreError(f"{path}: a newer Firstline wrote this database; {remedy}", "refused")


def damage(path: Path) -> str:
    """The first fault that is found in the file within ``_CHECK_SECONDS``, or ``""``.

    It is read again, past all that open connections remember. Blocks. ``sqlite3.Error``: it could
    not be read for another reason.
    """
    conn = sqlite3.connect(_uri(path, "ro"), uri=True, timeout=1.0, isolation_level=None)
    try:
        return _damage(conn)
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return str(error)
        raise
    finally:
        conn.close()


def _damage(conn: sqlite3.Connection) -> str:
    """The first fault that SQLite finds within ``_CHECK_SECONDS``, or ``""``."""
    deadline = time.monotonic() + _CHECK_SECONDS
    conn.set_progress_handler(lambda: time.monotonic() > deadline, 10_000)
    try:
        (found,) = conn.execute("pragma quick_check(1)").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        return ""
    finally:
        conn.set_progress_handler(None, 0)
    return "" if found == "ok" else " ".join(str(found).split())


def _journal(conn: sqlite3.Connection, patience: float) -> str:
    """Switch a new database to WAL. Here alone SQLite does not wait for a lock by itself."""
    deadline = time.monotonic() + patience
    while True:
        try:
            (mode,) = conn.execute("pragma journal_mode = wal").fetchone()
            return str(mode)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _migrate(db: Database) -> None:
    """Apply pending migrations in one transaction, so that two programs can start at once."""
    db.conn.execute("begin immediate")
    try:
        db.conn.execute(f"pragma application_id = {_APPLICATION_ID}")
        MIGRATIONS.apply(db)
        db.commit()
    except BaseException:
        db.rollback()
        raise
