"""A PostgreSQL server to try a cluster with: this machine's programs or a private copy of Debian's
package, in a directory that is thrown away, without a port."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ari_app.cluster.description import ClusterError
from ari_app.cluster.private_kamailio import unpack_debian
from asterisk_conf.files import locked

START_SECONDS = 60
_PROGRAMS = "usr/lib/postgresql/*/bin/postgres"


def programs(root: Path, progress: Callable[[str], None]) -> Path:
    """The directory of PostgreSQL's programs: this machine's, or in ``root``, unpacked if needed.

    Raises :class:`ClusterError` and :class:`~asterisk_conf.discovery.PbxError`.
    """
    with locked(root):
        found = _found(Path("/")) or _found(root)
        if found is None:
            part = root.with_name(f"{root.name}.part")
            shutil.rmtree(part, ignore_errors=True)
            unpack_debian("postgresql", part, progress)
            part.chmod(0o755)
            part.rename(root)
            found = _found(root)
    if found is None:
        raise ClusterError(f"{root} has no PostgreSQL: remove it, and try again")
    return found


@contextmanager
def databases(own: Path, names: Iterable[str]) -> Iterator[Path]:
    """A server with empty databases, until the end of the block: the directory of its socket.

    Raises :class:`ClusterError`.
    """
    account = _account()
    with TemporaryDirectory(prefix="firstline-database-") as name:
        directory = Path(name)
        data = directory / "data"
        os.chown(directory, account["user"], account["group"])
        as_who = account if os.getuid() == 0 else {}
        environment = _environment(own)

        def run(program: str, *words: str | Path) -> None:
            done = subprocess.run(
                [own / program, *words],
                **as_who,
                cwd=directory,
                env=environment,
                capture_output=True,
                text=True,
            )
            if done.returncode:
                raise ClusterError(f"PostgreSQL does not start: {done.stderr.strip()}")

        where = ("--host", directory, "--username", "firstline")
        run(
            *("initdb", "--pgdata", data, "--username", "firstline", "--auth", "trust"),
            *("--no-sync", "--encoding", "UTF8", "--locale", "C.UTF-8"),
        )
        options = f"-k {directory} -c listen_addresses= -c fsync=off"
        log = directory / "log"
        started = ("start", "-w", "-t", str(START_SECONDS))
        run("pg_ctl", "-D", data, "-l", log, "-o", options, *started)
        try:
            for each in names:
                run("createdb", *where, each)
            yield directory
        finally:
            run("pg_ctl", "-D", data, "-m", "fast", "-w", "stop")


def _found(root: Path) -> Path | None:
    there = sorted(root.glob(_PROGRAMS))
    return there[-1].parent if there else None


def _environment(programs: Path) -> Mapping[str, str]:
    root = programs.parents[4]
    if root == Path("/"):
        return dict(os.environ)
    libraries = next(iter(root.glob("usr/lib/*/libpq.so.5"))).parent
    return {**os.environ, "LD_LIBRARY_PATH": str(libraries)}


def _account() -> dict[str, Any]:
    """Who the server runs as: it refuses root."""
    if os.getuid():
        return {"user": os.getuid(), "group": os.getgid(), "extra_groups": ()}
    other = pwd.getpwnam("nobody")
    return {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": ()}
