"""Starts and ends a process that outlives this one, identified by pid *and* start time."""

import fcntl
import os
import resource
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import DecodeError, Struct, json

PRIVATE = 0o077
"""The umask of processes whose files are for their owner alone."""

_OPEN_FILES = 65536
"""About five for each call of Asterisk."""


class Process(Struct, frozen=True, omit_defaults=True):
    """``started`` (kernel ticks) differs when another process has got the same ``pid``."""

    pid: int
    started: int
    argv: tuple[str, ...] = ()
    """The command line with which the watcher starts it again when it dies; () if it is to stay
    as it is, because it is being stopped or a service manager looks after it."""


def myself() -> Process:
    """This process."""
    return Process(os.getpid(), started(os.getpid()) or 0)


def recorded(file: Path) -> Process | None:
    """The process that a file names, None if there is no such file; it may have ended."""
    try:
        return json.decode(file.read_bytes(), type=Process)
    except (FileNotFoundError, NotADirectoryError, DecodeError):
        return None


def running(file: Path) -> Process | None:
    """The process that a file names, if it runs."""
    one = recorded(file)
    return one if one and alive(one) else None


def record(file: Path, one: Process) -> None:
    """Write the file that names a process, at once and readable by its owner only."""
    part = file.with_name(f".{file.name}.{os.getpid()}")
    part.touch(0o600)
    part.write_bytes(json.encode(one))
    part.replace(file)


def leave(file: Path, one: Process) -> None:
    """Have the watcher leave a process as it is from now on: it is about to be stopped."""
    at = file.stat()
    record(file, Process(one.pid, one.started))
    os.utime(file, ns=(at.st_atime_ns, at.st_mtime_ns))  # it says when the process started


@contextmanager
def turn(directory: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the right to start what runs in ``directory``; BlockingIOError if not to ``wait``."""
    with (directory / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield


def spawn(argv: list[str], log: Path) -> Process:
    """Start ``argv`` in a session of its own, its output appended to ``log`` (mode 0600).

    What it writes, such as recordings, is for its owner alone.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    umask = os.umask(PRIVATE)
    try:
        pid = os.posix_spawn(
            argv[0],
            argv,
            os.environ,
            setsid=True,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o600),
                (os.POSIX_SPAWN_DUP2, 1, 2),
            ],
        )
    finally:
        os.umask(umask)
    return Process(pid, started(pid) or 0)


def raise_limit(process: Process) -> None:
    """Raise the limit of open files, whose usual soft limit is 1024."""
    with suppress(ProcessLookupError):  # it ended at once, which the wait for its start reports
        _, most = resource.prlimit(process.pid, resource.RLIMIT_NOFILE)
        files = _OPEN_FILES if most == resource.RLIM_INFINITY else min(_OPEN_FILES, most)
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (files, most))


def started(pid: int) -> int | None:
    """When process ``pid`` started, in ticks since boot; None if it is gone (or a zombie)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()  # the name before it may hold spaces and brackets
    return None if fields[0] in "ZX" else int(fields[19])


def alive(process: Process) -> bool:
    """Whether this process still runs."""
    return started(process.pid) == process.started


def end(process: Process, how: signal.Signals | None, seconds: float) -> bool:
    """Send the signal ``how``, if any, and wait ``seconds``; returns whether it ended."""
    try:
        handle = os.pidfd_open(process.pid)
    except OSError:
        return True
    try:
        if not alive(process):
            return True
        if how is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, how)
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        return bool(poll.poll(seconds * 1000))
    finally:
        os.close(handle)
        with suppress(ChildProcessError):
            os.waitpid(process.pid, os.WNOHANG)  # reap it if it is a child of this process
