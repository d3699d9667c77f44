"""Puts a watcher over the application: a small process that starts it again when it dies.

The process that the operator started becomes the watcher, and its child goes on as the application:
so nothing is loaded twice, and a terminal or a service sees one process.
"""

import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from ari_app.config.state import State
from ari_app.main import processes
from ari_app.watcher import reports
from ari_app.watcher.child import STOPS, SUCCEEDS
from ari_app.watcher.policy import PATIENCE
from asterisk_conf.process import Process

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[2]

NOTIFY = "NOTIFY_SOCKET"


def succeeds() -> bool:
    """Whether this process takes the place of the application that runs; it is asked once."""
    return os.environ.pop(SUCCEEDS, "") != ""


def by_manager() -> bool:
    """Whether a service manager looks after this process, as systemd does."""
    return NOTIFY in os.environ


def again(state: State, *words: str) -> list[str]:
    """The command line of `firstline up` with ``words``."""
    command = [
        sys.executable,
        "-P",
        "-m",
        "ari_app.cli",
        "--state",
        str(state.directory.absolute()),
    ]
    return [*command, "up", *words]


def starts(state: State, *, own_asterisk: bool) -> Sequence[str]:
    """The command line with which its watcher starts this application again, () if it has none."""
    if not is_watched(state):
        return ()
    return command(state, own_asterisk=own_asterisk)


def command(state: State, *, own_asterisk: bool) -> Sequence[str]:
    """The command line with which a watcher starts an application again."""
    return again(state, "--no-watch", *([] if own_asterisk else ["--no-asterisk"]))


def is_watched(state: State) -> bool:
    """Whether this process has a watcher, which starts it again."""
    return os.environ.get(NOTIFY) == str(_address(state))


def application_of(state: State) -> Process | None:
    """The application that runs here and has lost its watcher, None if none runs.

    Raises :class:`~ari_app.main.processes.UpError` if one runs that is looked after.
    """
    application = processes.recorded(state.process)
    if application is not None and (
        processes.recorded(processes.watcher_process(state)) or not application.argv
    ):
        processes.refuse_second(state)
    return application


def hurried(state: State) -> bool:
    """Have a watcher that waits with the next start make it now; whether there is one."""
    watcher = processes.recorded(processes.watcher_process(state))
    if watcher is None:
        return False
    os.kill(watcher.pid, signal.SIGUSR1)
    return True


def begin(state: State, lost: Process | None, form: str, command: Sequence[str]) -> None:
    """Return in a child, the application; this process becomes its watcher.

    It does not return if it becomes the watcher of an application that has ``lost`` its own.
    ``command`` starts the application again, ``form`` is how the watcher logs: text or json.
    """
    reporting = _reporting(state)
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    pid = lost.pid if lost else os.fork()
    if pid:
        _become(state, pid, reporting, form, command)
    os.setpgid(0, 0)  # a terminal signals the watcher alone, which passes it on
    os.close(reporting)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)


def renew(state: State, form: str, command: Sequence[str]) -> None:
    """Start a watcher of this process, the application, in place of the one that is gone."""
    reporting = _reporting(state)
    os.set_inheritable(reporting, True)
    try:
        argv = _watcher(state, os.getpid(), reporting, form, command)
        pid = os.posix_spawn(argv[0], argv, os.environ, setpgroup=0)
    finally:
        os.close(reporting)
    log.error("the watcher was gone: there is one again (pid %d)", pid)


def _address(state: State) -> Path:
    return state.directory.resolve() / reports.SOCKET


def _reporting(state: State) -> int:
    os.environ[NOTIFY] = str(_address(state))
    os.environ["WATCHDOG_USEC"] = str(int(PATIENCE * 1e6))
    os.environ["PYTHONPATH"] = str(ROOT)
    return reports.opened(state.directory).detach()


def _become(state: State, pid: int, reporting: int, form: str, command: Sequence[str]) -> None:
    os.set_inheritable(reporting, True)
    argv = _watcher(state, pid, reporting, form, command)
    os.execv(argv[0], argv)


def _watcher(
    state: State, pid: int, reporting: int, form: str, command: Sequence[str]
) -> list[str]:
    """The command line of a watcher."""
    program = [sys.executable, "-P", "-m", "ari_app.watcher"]
    return [*program, str(state.directory.resolve()), str(pid), str(reporting), form, *command]
