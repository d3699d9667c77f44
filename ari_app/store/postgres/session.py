"""A connection to PostgreSQL that is used as one to SQLite: the store's functions know no other."""

import os
import socket
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeAlias, cast

import psycopg
from psycopg import ClientCursor, pq
from psycopg.adapt import Dumper, Loader
from psycopg.types.string import StrDumper

from ari_app.database_url import parsed
from ari_app.store.postgres.dialect import translated
from ari_app.store.postgres.faults import explained, not_connected
from ari_app.store.server import Server

Values: TypeAlias = Sequence[Any] | Mapping[str, Any]

CONNECT = 5
"""Seconds within which a server has to answer a new connection."""
_TOGETHER = 200
"""How many statements of ``executemany`` are sent at once."""


class _Flag(Dumper):
    """Flags are integers, as in SQLite."""

    def dump(self, obj: bool) -> bytes:
        return b"1" if obj else b"0"

    def quote(self, obj: bool) -> bytes:
        return self.dump(obj)


class _Text(StrDumper):
    """PostgreSQL stores no NUL."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace("\0", "\ufffd"))


class _Number(Loader):
    """Sums of integers are integers, averages are floats."""

    def load(self, data: Any) -> int | float:
        text = bytes(data).decode()
        return float(text) if "." in text else int(text)


class Rows:
    """What a statement found; ``rowcount`` is how many rows it changed."""

    __slots__ = ("_cursor", "rowcount")

    def __init__(self, cursor: ClientCursor[tuple[Any, ...]], rowcount: int) -> None:
        self._cursor = cursor
        self.rowcount = rowcount

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.fetchall())

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row, if there is one."""
        return self._cursor.fetchone() if self._cursor.description else None

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows that are left."""
        return self._cursor.fetchall() if self._cursor.description else []


class Session:
    """A connection; each statement is its own transaction until ``begin`` is executed."""

    def __init__(self, server: Server, patience: float, limit: float = 0) -> None:
        """Connect; ``patience`` is how many seconds a lock is waited for, ``limit`` how many a
        statement may take, 0 for any. Raises ``StoreError``."""
        self.server = server
        self.total_changes = 0
        """How many rows were changed by this connection."""
        try:
            parsed(server.url)
            self._conn = psycopg.connect(
                server.url,
                autocommit=True,
                cursor_factory=ClientCursor,
                connect_timeout=CONNECT,
                keepalives_idle=5,
                keepalives_interval=2,
                keepalives_count=3,
                tcp_user_timeout=10_000,
                application_name="firstline",
                options=f"-c lock_timeout={int(patience * 1000)}"
                f" -c statement_timeout={int(limit * 1000)}",
            )
        except (psycopg.Error, ValueError, OSError) as error:
            raise not_connected(server, error) from None  # its text may have the password
        types = self._conn.adapters
        types.register_dumper(bool, _Flag)
        types.register_dumper(str, _Text)
        types.register_loader("numeric", _Number)

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open, also one that can only be rolled back."""
        return self._conn.info.transaction_status in (
            pq.TransactionStatus.INTRANS,
            pq.TransactionStatus.INERROR,
        )

    @property
    def is_lost(self) -> bool:
        """Whether the connection has ended."""
        return self._conn.closed or self._conn.broken

    def execute(self, sql: str, values: Values = ()) -> Rows:
        """Execute a statement that is written for SQLite."""
        return self._run(translated(sql), values)

    def script(self, sql: str) -> None:
        """Execute statements that are written for PostgreSQL."""
        self._run(cast("Any", sql), None)

    def executemany(self, sql: str, many: Iterable[Values]) -> Rows:
        """Execute a statement for each of many values, some hundred at a time."""
        cursor, changed, text = self._cursor(), 0, translated(sql)
        rest = iter(many)
        while some := list(islice(rest, _TOGETHER)):
            changed += self._run(
                ";".join(cursor.mogrify(text, each) for each in some), None
            ).rowcount
        return Rows(cursor, changed)

    def copy_in(self, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        """Insert many rows by ``copy``."""
        names = ", ".join(f'"{each}"' for each in columns)
        cursor = self._cursor()
        try:
            with cursor.copy(cast("Any", f"copy {table} ({names}) from stdin")) as copy:
                for row in rows:
                    copy.write_row(row)
        except psycopg.Error as error:
            raise explained(self.server, error) from error

    def cut(self) -> None:
        """End the connection while another thread waits for the server, which then stops to wait:
        a server that hangs acknowledges what it is sent, so no time limit of TCP helps."""
        try:
            with socket.socket(fileno=os.dup(self._conn.fileno())) as end:
                end.shutdown(socket.SHUT_RDWR)
        except (psycopg.Error, OSError):
            """It has ended already."""

    def close(self) -> None:
        """End the connection."""
        self._conn.close()

    def _cursor(self) -> ClientCursor[tuple[Any, ...]]:
        return cast("ClientCursor[tuple[Any, ...]]", self._conn.cursor())

    def _run(self, sql: str, values: Values | None) -> Rows:
        cursor = self._cursor()
        try:
            cursor.execute(cast("Any", sql), values)
        except psycopg.Error as error:
            raise explained(self.server, error) from error
        changed = _changed(cursor)
        self.total_changes += changed
        return Rows(cursor, changed)


def _changed(cursor: ClientCursor[tuple[Any, ...]]) -> int:
    """How many rows all statements that were sent changed."""
    changed = 0
    while True:
        if (cursor.statusmessage or "").startswith(("INSERT", "UPDATE", "DELETE")):
            changed += cursor.rowcount
        if not cursor.nextset():
            return changed
