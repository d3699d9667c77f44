"""Processes as their watcher sees them: descriptors that are ready at their end, and exit codes."""

import os
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The signals that are forwarded to the application; blocked until there is who does."""


SUCCEEDS = "FIRSTLINE_SUCCEEDS"
"""In the environment of an application that takes the place of the one that runs."""


class Application:
    """The application: a child of ours, or one that lost its watcher."""

    def __init__(self, pid: int, again: Sequence[str]) -> None:
        """``again`` is the command line that starts it again."""
        self.pid = pid
        self._again = [*again]
        self.began = time.monotonic()
        self.handle = opened(pid)
        self.adopted = not _is_child(pid)
        """Whether it is no child of ours: another watcher began it."""
        self.served = self.adopted
        """Whether it has served callers, this one or one before; what lost its watcher has."""

    def start(self) -> None:
        """Start it again, in a group of its own, so that a terminal signals us alone."""
        self.pid = _spawned(self._again, os.environ)
        self.adopted = False
        self.began = time.monotonic()
        self.handle = opened(self.pid)

    def beside(self) -> "Application":
        """A new one, started beside this one to take its place."""
        environment = {**os.environ, SUCCEEDS: "yes"}
        return Application(_spawned(self._again, environment), self._again)

    def signal(self, how: signal.Signals) -> None:
        """Send it a signal, if it runs."""
        if self.handle is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.handle, how)

    def reaped(self, file: Path) -> int:
        """Its exit code, negative for a signal; of one that is no child of ours, what its pid file
        ``file`` says, which it removes when it ends of itself."""
        if self.handle is not None:
            os.close(self.handle)
            self.handle = None
        try:
            return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        except ChildProcessError:
            return 1 if file.exists() else 0


def _spawned(argv: Sequence[str], environment: Mapping[str, str]) -> int:
    return os.posix_spawn(
        argv[0], [*argv], environment, setpgroup=0, setsigmask=[], setsigdef=STOPS
    )


def opened(pid: int) -> int | None:
    """A descriptor that is ready at the end of a process; None if it has ended."""
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return None


def waited(pid: int) -> Mapping[str, float]:
    """For how many seconds each thread of a process could have run and waited for a processor, by
    its id: the second field of /proc/PID/task/TID/schedstat (sched-stats of the kernel's
    documentation). 0 where the kernel does not count."""
    found = {}
    for schedstat in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        with suppress(OSError, IndexError, ValueError):  # the thread has ended
            found[schedstat.parent.name] = int(schedstat.read_text().split()[1]) / 1e9
    return found


def _is_child(pid: int) -> bool:
    try:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def exit_code(pid: int) -> int | None:
    """The exit code of a child that ended; None if it is none of ours."""
    with suppress(ChildProcessError):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
    return None


def cause(code: int | None) -> str:
    """How a process ended, in words."""
    if code is None:
        return "ended"
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"
