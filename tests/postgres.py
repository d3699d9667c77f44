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
from asterisk_conf.apt_sources import entries
from asterisk_conf.files import locked
from asterisk_conf.private import unpack
from tests.deadlines import allowed
from tests.operators import BELARUS

_REPOSITORY = Path(__file__).resolve().parent.parent / ".firstline/postgresql/root"
_FOR_ALL = Path("/var/tmp/firstline-postgresql/root")
"""Where root unpacks it, whose repository others may not enter."""
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
        self._prepare()

    def _prepare(self) -> None:
        """Make a function of this connection, of whose statements the plans are kept: it passes
        over tables without rows, and numbers of which none was used."""
        tables = self._db.tables()
        numbers = self._db.conn.execute(
            "select pg_get_serial_sequence(table_name, column_name)"
            " from information_schema.columns"
            " where table_schema = 'public' and is_identity = 'YES'"
        )
        self._db.executescript(
            "create function pg_temp.empty() returns void language plpgsql as $$ begin "
            + "".join(
                f"if exists (select 1 from {table}) then delete from {table}; end if; "
                for table in tables
            )
            + "".join(
                f"if pg_sequence_last_value('{each}') is not null then"
                f" perform setval('{each}', 1, false); end if; "
                for (each,) in numbers
            )
            + "insert into till values (0, 0, 0, 0); end $$;"
            "set session_replication_role = replica"  # no triggers, no references
        )

    def empty(self) -> Server:
        """The server, with nothing in its store."""
        try:
            self._db.executescript("select pg_temp.empty()")
        except StoreError:  # a test has stopped the server meanwhile, and started it again
            self._db = open_writer(self.server, 5.0, BELARUS)
            self._prepare()
            self._db.executescript("select pg_temp.empty()")
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
    """The directory of PostgreSQL's programs: this machine's, or unpacked, which takes a minute.

    FIRSTLINE_TEST_POSTGRESQL=unpacked does not take this machine's.
    """
    own = os.environ.get("FIRSTLINE_TEST_POSTGRESQL") != "unpacked"
    root = _root()
    found = (_programs(Path("/")) if own else None) or _programs(root)
    if found is None:
        root.parent.mkdir(parents=True, exist_ok=True)
        with locked(root):
            found = _programs(root) or _unpacked(root)
    return found


def _root() -> Path:
    """Where it is unpacked: in the repository, unless the server's account may not go there."""
    if os.getuid() or all(each.stat().st_mode & 1 for each in _REPOSITORY.parents if each.exists()):
        return _REPOSITORY
    _FOR_ALL.parent.mkdir(mode=0o755, exist_ok=True)
    if _FOR_ALL.parent.stat().st_uid or _FOR_ALL.parent.is_symlink():
        raise PermissionError(f"{_FOR_ALL.parent} is not root's: remove it")
    return _FOR_ALL


def _programs(root: Path) -> Path | None:
    found = sorted(root.glob("usr/lib/postgresql/*/bin/postgres"))
    return found[-1].parent if found else None


def _unpacked(root: Path) -> Path:
    part = root.with_name("root.part")
    shutil.rmtree(part, ignore_errors=True)
    suite = platform.freedesktop_os_release()[
        "VERSION_CODENAME"
    ]  # its libc is that of this machine
    unpack(part, _archive(), print, suite, ("postgresql",))
    part.chmod(0o755)
    part.rename(root)
    found = _programs(root)
    assert found is not None
    return found


def _archive() -> str:
    """The archive of this machine's apt, Debian's or another."""
    return next(
        each.address
        for each in entries(Path("/etc/apt"))
        if "main" in each.components and any("-" not in suite for suite in each.suites)
    )


def _libraries(programs: Path) -> Mapping[str, str]:
    """The environment in which programs find the libraries that were unpacked with them."""
    root = programs.parents[4]
    if root == Path("/"):
        return dict(os.environ)
    found = next(root.glob("usr/lib/*/libpq.so.5")).parent
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
