"""A PostgreSQL server for tests: a process without a port, in a directory of its own."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from ari_app.cluster import private_postgres
from ari_app.cluster.private_postgres import account, as_account, environment
from ari_app.store.errors import StoreError
from ari_app.store.postgres.opening import open_writer
from ari_app.store.postgres.session import Session
from ari_app.store.server import Server
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
            os.chown(self.directory, *account())
            subprocess.run(
                [
                    *(self._programs / "initdb", "--pgdata", data, "--username=postgres"),
                    *("--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"),
                ],
                check=True,
                stdout=subprocess.DEVNULL,
                env=environment(self._programs),
                **as_account(),
            )
            access = data / "pg_hba.conf"
            access.write_text(f"local all guarded scram-sha-256\n{access.read_text()}")
        settings = [f"-c{each}" for each in (*_UNSAFE, "listen_addresses=", "shared_buffers=16MB")]
        self._process = subprocess.Popen(
            [self._programs / "postgres", "-D", data, "-k", self.directory, *settings],
            stderr=subprocess.DEVNULL,
            env=environment(self._programs),
            **as_account(),
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
    return private_postgres.programs(_ROOT, print, own)
