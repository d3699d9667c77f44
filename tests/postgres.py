"""A PostgreSQL server for tests: a process without a port, in a directory of its own."""

import os
import platform
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from ari_app.store.errors import StoreError
from ari_app.store.postgres.opening import open_writer
from ari_app.store.postgres.session import Session
from ari_app.store.server import Server
from asterisk_conf.files import locked
from asterisk_conf.private import archive, unpack
from tests.deadlines import allowed
from tests.operators import BELARUS

_ROOT = Path(__file__).resolve().parent.parent / ".firstline/postgresql/root"
_UNSAFE = ("fsync=off", "full_page_writes=off", "autovacuum=off")
"""What costs time and is for power cuts alone, or for tables that grow."""


class Postgres:
    """A server."""

    def __init__(self, directory: Path, programs: Path) -> None:
        self.directory = directory
        self._programs = programs
        self._process: subprocess.Popen[bytes] | None = None

    def server(self, database: str = "postgres") -> Server:
        """A database of it."""
        return Server(f"postgresql://postgres@/{database}?host={self.directory}")

    def start(self) -> None:
        """Make the cluster if it is new, and start the server."""
        data = self.directory / "data"
        if not data.exists():
            os.chown(self.directory, *_account())
            subprocess.run(
                [
                    *(self._programs / "initdb", "--pgdata", data, "--username=postgres"),
                    *("--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"),
                ],
                check=True,
                stdout=subprocess.DEVNULL,
                env=_libraries(self._programs),
                **_as_account(),
            )
            access = data / "pg_hba.conf"
            access.write_text(f"local all guarded scram-sha-256\n{access.read_text()}")
        settings = [f"-c{each}" for each in (*_UNSAFE, "listen_addresses=", "shared_buffers=16MB")]
        self._process = subprocess.Popen(
            [self._programs / "postgres", "-D", data, "-k", self.directory, *settings],
            stderr=subprocess.DEVNULL,
            env=_libraries(self._programs),
            **_as_account(),
        )
        until = time.monotonic() + allowed(30)
        while True:
            try:
                Session(self.server(), 1.0).close()
                return
            except StoreError:
                if time.monotonic() > until or self._process.poll() is not None:
                    raise
                time.sleep(0.02)

    def hang(self) -> None:
        """Have all its processes stop without an end, as with a disk that does not answer."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """End what :meth:`hang` began."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self._process is not None
        parent = self._process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        for each in (parent, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(each, number)

    def stop(self) -> None:
        """Stop the server as a failure does: what is committed is on the disk."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(allowed(30))
            self._process = None

    def make(self, database: str) -> Server:
        """Make a database, which is empty."""
        with closing(Session(self.server(), 5.0)) as session:
            session.script(f'create database "{database}"')
        return self.server(database)


class Emptied:
    """A database with a store, which is emptied for the next test: to make one takes a second."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._db = open_writer(server, 5.0, BELARUS)
        tables = self._db.tables()
        sequences = self._db.conn.execute(
            "select table_name, column_name from information_schema.columns"
            " where table_schema = 'public' and is_identity = 'YES'"
        )
        self._sql = ";".join(
            (
                "set session_replication_role = replica",
                *(f"delete from {table}" for table in tables),
                *(
                    f"alter table {table} alter column {column} restart"
                    for table, column in sequences
                ),
                "set session_replication_role = default",
                "insert into till values (0, 0, 0, 0)",
            )
        )

    def empty(self) -> Server:
        """The server, with nothing in its store."""
        try:
            self._db.executescript(self._sql)
        except StoreError:  # a test has stopped the server meanwhile, and started it again
            self._db = open_writer(self.server, 5.0, BELARUS)
            self._db.executescript(self._sql)
        return self.server

    def close(self) -> None:
        """Close the connection."""
        self._db.close()


@contextmanager
def running(directory: Path) -> Iterator[Postgres]:
    """A server that is stopped at the end."""
    one = Postgres(directory, programs())
    one.start()
    try:
        yield one
    finally:
        one.stop()


def programs() -> Path:
    """The directory of PostgreSQL's programs: this machine's, or unpacked into the repository."""
    found = _programs(Path("/")) or _programs(_ROOT)
    if found is None:
        with locked(_ROOT):
            found = _programs(_ROOT) or _unpacked()
    return found


def _programs(root: Path) -> Path | None:
    found = sorted(root.glob("usr/lib/postgresql/*/bin/postgres"))
    return found[-1].parent if found else None


def _unpacked() -> Path:
    part = _ROOT.with_name("root.part")
    part.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(part, ignore_errors=True)
    suite = platform.freedesktop_os_release()[
        "VERSION_CODENAME"
    ]  # its libc is that of this machine
    unpack(part, archive(), print, suite, ("postgresql",))
    part.rename(_ROOT)
    found = _programs(_ROOT)
    assert found is not None
    return found


def _libraries(programs: Path) -> Mapping[str, str]:
    """The environment in which programs find the libraries that were unpacked with them."""
    if not programs.is_relative_to(_ROOT):
        return dict(os.environ)
    found = next(_ROOT.glob("usr/lib/*/libpq.so.5")).parent
    return {**os.environ, "LD_LIBRARY_PATH": str(found)}


def _account() -> tuple[int, int]:
    """Who the server runs as: it refuses root."""
    if os.getuid():
        return os.getuid(), os.getgid()
    other = pwd.getpwnam("daemon")
    return other.pw_uid, other.pw_gid


def _as_account() -> Mapping[str, Any]:
    user, group = _account()
    none: Sequence[int] = ()
    return {} if os.getuid() else {"user": user, "group": group, "extra_groups": none}
