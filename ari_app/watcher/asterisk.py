"""A process beside the application as its watcher sees it, by its pid file: Asterisk, or AGI."""

import os
import select
import signal
import time
from pathlib import Path

from ari_app.watcher import policy
from ari_app.watcher.child import cause, exit_code, opened
from ari_app.watcher.console import PATIENCE, Console
from ari_app.watcher.log import Log
from ari_app.watcher.policy import Attempts
from asterisk_conf import process
from asterisk_conf.process import Process


class WatchedProcess:
    """Starts a process again when it dies, unless somebody stopped it."""

    def __init__(self, name: str, file: Path, output: Path, poll: select.poll, log: Log) -> None:
        """``file`` names it, ``output`` has what it prints; its end wakes ``poll``."""
        self._name = name
        self._file = file
        self._output = output
        self._poll = poll
        self._log = log
        self._one: Process | None = None
        self._woken_by: tuple[Process | None, int | None] = (None, None)
        self._began = time.monotonic()
        self._found = process.running(file)
        self._console = Console()
        self.tries = Attempts()

    def start_if_due(self, now: float) -> None:
        """Start it if it is time."""
        if self.tries.due is not None and now >= self.tries.due:
            self.tries = policy.begun(self.tries)
            self.start(now)

    def look(self, now: float, *, stopping: bool) -> None:
        """See whether it runs; one that died is due to be started, unless all is ``stopping``."""
        one = process.recorded(self._file)
        if one is None or not one.argv or stopping:
            self.tries = policy.begun(self.tries)
        elif process.alive(one):
            self._kill_if_hung(one, now)
            if self._one is None or one.pid != self._one.pid:
                self._began = now
            self.tries = policy.begun(self.tries)
        elif self.tries.due is None:
            tries = self.tries = policy.ended(self.tries, self._began, now)
            self._log.ended(f"{self._name} (pid {one.pid}) {cause(exit_code(one.pid))}", tries, now)
        self._one = one
        self._wait_for_end(one)

    def _kill_if_hung(self, one: Process, now: float) -> None:
        """Kill an Asterisk that answers nothing: calls are silent, and new ones get no answer."""
        if self._console.hangs(one, now):
            self._log.line(
                "ERROR",
                f"{self._name} (pid {one.pid}) has not answered for {PATIENCE:g} s: killed, to be "
                "started again",
            )
            process.end(one, signal.SIGKILL, 0.0)

    def _wait_for_end(self, asterisk: Process | None) -> None:
        """Be woken at the end of Asterisk, too."""
        watched, handle = self._woken_by
        alive = asterisk if asterisk is not None and process.alive(asterisk) else None
        if watched == alive:
            return
        if handle is not None:
            self._poll.unregister(handle)
            os.close(handle)
        handle = opened(alive.pid) if alive is not None else None
        if handle is not None:
            self._poll.register(handle, select.POLLIN)
        self._woken_by = alive, handle

    def start(self, now: float) -> None:
        """Start it as it was started, unless somebody else does or has stopped it meanwhile."""
        file = self._file
        try:
            with process.turn(file.parent, wait=False):
                one = process.recorded(file)
                if one is None or not one.argv or process.alive(one):
                    return
                new = process.spawn([*one.argv], self._output)
                process.record(file, Process(new.pid, new.started, one.argv))
                process.raise_limit(new)
        except BlockingIOError:
            self.tries = policy.postponed(self.tries, now)
        except OSError as error:
            self._log.line("ERROR", f"{self._name} cannot be started: {error}")
            self.tries = policy.ended(self.tries, now, now)
        else:
            self._began = now
            self._log.line("WARNING", f"{self._name} was started again (pid {new.pid})")

    def end(self) -> None:
        """After Ctrl-C: end the one that was started since."""
        file = self._file
        one = process.running(file)
        if one is None or not one.argv or (self._found and one.pid == self._found.pid):
            return
        process.record(file, Process(one.pid, one.started))
        if not process.end(one, signal.SIGTERM, 5.0):
            process.end(one, signal.SIGKILL, 5.0)
        file.unlink(missing_ok=True)
