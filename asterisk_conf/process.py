"""Starts and ends a process that outlives this one, identified by pid *and* start time."""

import os
import select
import signal
from contextlib import suppress
from pathlib import Path

from msgspec import Struct


class Process(Struct, frozen=True):
    """``started`` (kernel ticks) differs when another process has got the same ``pid``."""

    pid: int
    started: int


def spawn(argv: list[str], log: Path) -> Process:
    """Start ``argv`` in a session of its own, its output appended to ``log`` (mode 0600)."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
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
    return Process(pid, started(pid) or 0)


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
