"""`firstline agi` beside the application: `firstline up` starts it, and its watcher again.

It serves callers who come while the application is down, so it goes on when that ends.
"""

import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.main import processes, watched
from ari_app.main.signals import Signals
from asterisk_conf import process
from asterisk_conf.process import Process

log = logging.getLogger(__name__)


@contextmanager
def agi_running(config: Config, state: State, signals: Signals, *, own: bool) -> Iterator[None]:
    """Have it run, if the settings want it and no service of its own does (``own``).

    It goes on when the context ends, unless an interrupt ends all.
    """
    if not own or not config.manages_asterisk:
        yield
        return
    if not config.agi.enabled:
        _end(state)
        yield
        return
    with process.turn(state.directory):
        found = processes.recorded(processes.agi_process(state))
        if found is None and _listens(config):
            log.info("AGI: another process serves port %d already", config.ports.agi)
        elif found is None:
            _start(state)
    try:
        yield
    finally:
        if signals.interrupted:
            _end(state)


def renew(state: State) -> None:
    """Start a new one in place of the one that runs, as after an upgrade. Its calls go on in the
    dialplan."""
    with process.turn(state.directory):
        if processes.recorded(processes.agi_process(state)) is not None:
            _end(state)
            _start(state)


def reload(state: State) -> None:
    """Have it read the menus again."""
    if (running := processes.recorded(processes.agi_process(state))) is not None:
        os.kill(running.pid, signal.SIGHUP)


def _start(state: State) -> None:
    os.environ["PYTHONPATH"] = str(watched.ROOT)
    directory = str(state.directory.absolute())
    argv = (sys.executable, "-P", "-m", "ari_app.cli", "--state", directory, "agi")
    one = process.spawn([*argv], state.directory / "agi.log")
    process.record(processes.agi_process(state), Process(one.pid, one.started, argv))
    log.info("AGI: `firstline agi` was started (pid %d); its log is agi.log", one.pid)


def _end(state: State) -> None:
    one = processes.recorded(processes.agi_process(state))
    if one is not None:
        process.leave(processes.agi_process(state), one)
        process.end(one, signal.SIGTERM, 10.0) or process.end(one, signal.SIGKILL, 5.0)
    processes.agi_process(state).unlink(missing_ok=True)


def _listens(config: Config) -> bool:
    """Whether somebody listens where it would."""
    host = config.agi.host if config.agi.host != "0.0.0.0" else "127.0.0.1"
    try:
        socket.create_connection((host, config.ports.agi), timeout=1.0).close()
    except OSError:
        return False
    return True
