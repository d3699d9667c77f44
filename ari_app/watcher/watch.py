"""The watcher's loop: waits for the end of a process, a report, or a signal, and acts."""

import select
import signal
import socket
import time
from collections.abc import Callable, Collection
from pathlib import Path

from ari_app.watcher import policy, reports
from ari_app.watcher.asterisk import WatchedProcess
from ari_app.watcher.child import STOPS, Application, cause, waited
from ari_app.watcher.log import Log
from ari_app.watcher.policy import Attempts, Pulse

PIDFILE = "watcher.json"
LOOK = 1.0
"""Seconds between two looks at which Asterisk there is."""
STOPPING = 40.0
"""Seconds in which an application ends that was asked to."""
NEVER = float("inf")


class Watcher:
    """Watches the application and the Asterisk of a state directory."""

    def __init__(
        self, directory: Path, application: Application, reporting: socket.socket, log: Log
    ) -> None:
        self._directory = directory
        self._application = application
        self._reporting = reporting
        self._log = log
        self._tries = Attempts()
        self._next: Application | None = None
        """The one that is to take the place of the application, while it is prepared."""
        self._pulse = Pulse(looked=time.monotonic())
        self._stop: signal.Signals | None = None
        self._kill_at = NEVER
        self._woken = _signals()
        self._poll = select.poll()
        home = directory / "asterisk"
        self._asterisk = WatchedProcess(
            "Asterisk", home / "process.json", home / "output.log", self._poll, log
        )
        agi = directory / "agi.json", directory / "agi.log"
        self._agi = WatchedProcess("firstline agi", *agi, self._poll, log)
        for descriptor in (self._woken, reporting, application.handle):
            if descriptor is not None:
                self._poll.register(descriptor, select.POLLIN)

    def run(self) -> int:
        """Watch until the application is stopped; returns the exit code of `firstline up`."""
        while True:
            now = time.monotonic()
            due = (self._tries.due, self._asterisk.tries.due, self._agi.tries.due)
            next_look = min((now + LOOK, *(each for each in due if each is not None)))
            ready = dict(self._poll.poll(max(0.0, next_look - now) * 1000))
            now = time.monotonic()
            if self._woken.fileno() in ready:
                self._signalled(self._woken.recv(64), now)
            self._hear(now)
            self._look_at_next(ready)
            if self._application.handle in ready:
                code = self._application_ended(now)
                if code is not None:
                    return code
            for beside in (self._asterisk, self._agi):
                beside.look(now, stopping=self._stop is not None)
                beside.start_if_due(now)
            self._start_if_due(now)
            if self._application.handle is not None:
                self._take_pulse(now)

    def _look_at_next(self, ready: Collection[int]) -> None:
        """One that ends before it took the place of the application has failed."""
        failed = self._next
        if failed is None or failed.handle is None or failed.handle not in ready:
            return
        self._next = None
        self._poll.unregister(failed.handle)
        how = cause(failed.reaped(self._directory / "process.json"))
        text = f"the new application (pid {failed.pid}) {how}: what it logged above says why; "
        self._log.line("ERROR", f"{text}the one that runs goes on")

    def _hear(self, now: float) -> None:
        for sender, text in reports.received(self._reporting):
            if sender != self._application.pid:
                continue
            said = text.splitlines()
            if "STOPPING=1" in said:
                self._ends_by(now)
            elif self._kill_at == NEVER:
                self._pulse = Pulse(now, now, waited(self._application.pid))
            if "READY=1" in said:
                self._application.served = True

    def _ends_by(self, now: float) -> None:
        """It is ending, and reports no more; it is killed if that takes too long."""
        self._pulse = Pulse(looked=now)
        self._kill_at = min(self._kill_at, now + STOPPING)

    def _take_pulse(self, now: float) -> None:
        self._pulse = policy.looked(self._pulse, now)
        if self._stop is None and self._hangs(now):
            self._pulse = Pulse(looked=now)
            self._log.line(
                "ERROR",
                f"the application (pid {self._application.pid}) has not answered for "
                f"{policy.PATIENCE:g} s: killed, to be started again",
            )
            self._application.signal(signal.SIGKILL)
        if now >= self._kill_at:
            self._kill_at = NEVER
            self._log.line("ERROR", f"the application does not end in {STOPPING:g} s: killed")
            self._application.signal(signal.SIGKILL)

    def _hangs(self, now: float) -> bool:
        if not policy.hangs(self._pulse, now):
            return False
        return not policy.starves(self._pulse, now, waited(self._application.pid))

    def _application_ended(self, now: float) -> int | None:
        """It is to be started again, unless an exit code of ours is returned."""
        application, pid = self._application, self._application.pid
        if application.handle is not None:
            self._poll.unregister(application.handle)
        code = application.reaped(self._directory / "process.json")
        if self._next is not None and self._stop is None:
            self._application, self._next = self._next, None
            self._application.served = True
            self._pulse, self._kill_at = Pulse(looked=now), NEVER
            text = f"the application (pid {pid}) was replaced by pid {self._application.pid}"
            self._log.line("INFO", text)
            return None
        if application.adopted and code == 0 and self._stop is None and self._kill_at == NEVER:
            self._tries = policy.Attempts(due=now)  # it was stopped before this `up` was asked for
            self._log.line("INFO", f"the application (pid {pid}), which was stopping, has ended")
            return None
        if self._stop is not None or code in policy.FINAL or not application.served:
            if code < 0:
                self._log.line("ERROR", f"the application (pid {pid}) {cause(code)}")
            if self._stop is signal.SIGINT:
                self._end_beside()
            return code if code >= 0 else 1
        tries = self._tries = policy.ended(self._tries, application.began, now)
        self._pulse, self._kill_at = Pulse(looked=now), NEVER
        self._log.ended(f"the application (pid {pid}) {cause(code)}", tries, now)
        return None

    def _end_beside(self) -> None:
        self._agi.end()
        self._asterisk.end()

    def _start_if_due(self, now: float) -> None:
        if self._tries.due is not None and now >= self._tries.due:
            self._tries = policy.begun(self._tries)
            self._application.start()
            if self._application.handle is not None:
                self._poll.register(self._application.handle, select.POLLIN)
            self._log.line("WARNING", f"the application starts again (pid {self._application.pid})")

    def _start_beside(self) -> None:
        """Start the application that is to take the place of the one that runs."""
        if self._next is None and self._application.handle is not None:
            self._next = self._application.beside()
            self._log.line("INFO", f"a new application is prepared (pid {self._next.pid})")
            if self._next.handle is not None:
                self._poll.register(self._next.handle, select.POLLIN)

    def _signalled(self, numbers: bytes, now: float) -> None:
        for number in numbers:
            how = signal.Signals(number)
            if how in (signal.SIGINT, signal.SIGTERM):
                self._stop = how
                self._ends_by(now)
            if how is signal.SIGUSR1:
                self._tries = policy.hurried(self._tries, now)
                for beside in (self._asterisk, self._agi):
                    beside.tries = policy.hurried(beside.tries, now)
                continue
            if how is signal.SIGUSR2:
                self._start_beside()
                continue
            if self._application.handle is not None:
                self._application.signal(how)
            elif self._stop is not None:
                if self._stop is signal.SIGINT:
                    self._end_beside()
                raise SystemExit(0)


def _signals() -> socket.socket:
    """A socket on which a byte comes for each signal, whose value is its number."""
    reading, writing = socket.socketpair()
    for end in (reading, writing):
        end.setblocking(False)
    signal.set_wakeup_fd(writing.detach())
    handler: Callable[[int, object], None] = lambda *_: None  # noqa: E731 - typed
    for how in (*STOPS, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(how, handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    return reading
