"""A PostgreSQL server to try a cluster with: this machine's programs or a private copy of Debian's
package, in a directory that is thrown away, without a port."""

import os
import pwd
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
_FOR_ALL = Path("/var/tmp/firstline-postgresql/root")
"""Where root unpacks it, whose directory others may not enter."""
_PROGRAMS = "usr/lib/postgresql/*/bin/postgres"


def programs(root: Path, progress: Callable[[str], None], own: bool = True) -> Path:
    """The directory of PostgreSQL's programs: this machine's if ``own``, or in ``root``, unpacked
    if needed.

    Raises :class:`ClusterError` and :class:`~asterisk_conf.discovery.PbxError`.
    """
    place = _place(root)
    found = (_found(Path("/")) if own else None) or _found(place)
    if found is None:
        place.parent.mkdir(parents=True, exist_ok=True)
        with locked(place):
            if (found := _found(place)) is None:
                unpack_debian("postgresql", place, progress)
                found = _found(place)
    if found is None:
        raise ClusterError(f"{place} has no PostgreSQL: remove it, and try again")
    return found


def _place(root: Path) -> Path:
    """Where it is unpacked: in ``root``, unless the server's account may not go there."""
    if os.getuid() or all(each.stat().st_mode & 1 for each in root.parents if each.exists()):
        return root
    _FOR_ALL.parent.mkdir(mode=0o755, exist_ok=True)
    if _FOR_ALL.parent.stat().st_uid or _FOR_ALL.parent.is_symlink():
        raise ClusterError(f"{_FOR_ALL.parent} is not root's: remove it")
    return _FOR_ALL


@contextmanager
def databases(own: Path, names: Iterable[str]) -> Iterator[Path]:
    """A server with empty databases, until the end of the block: the directory of its socket.

    Raises :class:`ClusterError`.
    """
    with TemporaryDirectory(prefix="firstline-database-") as name:
        directory = Path(name)
        data = directory / "data"
        os.chown(directory, *account())

        def run(program: str, *words: str | Path) -> None:
            done = subprocess.run(
                [own / program, *words],
                **as_account(),
                cwd=directory,
                env=environment(own),
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


def environment(programs: Path) -> Mapping[str, str]:
    """The environment in which programs find the libraries that were unpacked with them."""
    root = programs.parents[4]
    if root == Path("/"):
        return dict(os.environ)
    libraries = next(iter(root.glob("usr/lib/*/libpq.so.5"))).parent
    return {**os.environ, "LD_LIBRARY_PATH": str(libraries)}


def account() -> tuple[int, int]:
    """The user and the group that the server runs as: it refuses root."""
    if os.getuid():
        return os.getuid(), os.getgid()
    other = pwd.getpwnam("daemon")
    return other.pw_uid, other.pw_gid


def as_account() -> Mapping[str, Any]:
    """How a process of that account is started."""
    user, group = account()
    return {} if os.getuid() else {"user": user, "group": group, "extra_groups": ()}
