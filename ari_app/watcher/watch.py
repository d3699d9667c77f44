"""The watcher's loop: waits for the end of a process, a report, or a signal, and acts."""

import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import json

from ari_app.watcher import policy, reports
from ari_app.watcher.policy import Attempts, Pulse
from asterisk_conf import process
from asterisk_conf.process import Process

PIDFILE = "watcher.json"
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The signals that are forwarded; blocked until there is who does."""
LOOK = 1.0
"""Seconds between two looks at which Asterisk there is."""
STOPPING = 40.0
"""Seconds in which an application ends that was asked to."""


class Application:
    """The application: a child of ours, or one that lost its watcher."""

    def __init__(self, pid: int, again: Sequence[str]) -> None:
        """``again`` is the command line that starts it again."""
        self.pid = pid
        self._again = [*again]
        self.began = time.monotonic()
        self.handle = _opened(pid)
        self.served = not _is_child(pid)
        """Whether it has served callers, this one or one before; what lost its watcher has."""

    def start(self) -> None:
        """Start it again, in a group of its own, so that a terminal signals us alone."""
        self.pid = os.posix_spawn(
            self._again[0],
            self._again,
            os.environ,
            setpgroup=0,
            setsigmask=[],
            setsigdef=STOPS,
        )
        self.began = time.monotonic()
        self.handle = _opened(self.pid)

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


class Watcher:
    """Watches the application and the Asterisk of a state directory."""

    def __init__(
        self, directory: Path, application: Application, reporting: socket.socket, *, json: bool
    ) -> None:
        self._directory = directory
        self._application = application
        self._reporting = reporting
        self._json = json
        self._home = directory / "asterisk"
        self._asterisk: Process | None = None
        self._woken_by: tuple[Process | None, int | None] = (None, None)
        self._asterisk_began = time.monotonic()
        self._found = process.running(self._home / "process.json")
        self._application_tries = self._asterisk_tries = Attempts()
        self._pulse = Pulse(looked=time.monotonic())
        self._stop: signal.Signals | None = None
        self._kill_at = float("inf")
        self._woken = _signals()
        self._poll = select.poll()
        for descriptor in (self._woken, reporting, application.handle):
            if descriptor is not None:
                self._poll.register(descriptor, select.POLLIN)

    def run(self) -> int:
        """Watch until the application is stopped; returns the exit code of `firstline up`."""
        while True:
            now = time.monotonic()
            due = (self._application_tries.due, self._asterisk_tries.due)
            next_look = min((now + LOOK, *(each for each in due if each is not None)))
            ready = dict(self._poll.poll(max(0.0, next_look - now) * 1000))
            now = time.monotonic()
            if self._woken.fileno() in ready:
                self._signalled(self._woken.recv(64), now)
            self._hear(now)
            if self._application.handle in ready:
                code = self._application_ended(now)
                if code is not None:
                    return code
            self._watch_asterisk(now)
            self._start_what_is_due(now)
            if self._application.handle is not None:
                self._take_pulse(now)

    # The application.

    def _hear(self, now: float) -> None:
        for sender, text in reports.received(self._reporting):
            if sender == self._application.pid:
                self._pulse = Pulse(now, now)
                if "READY=1" in text.splitlines():
                    self._application.served = True

    def _take_pulse(self, now: float) -> None:
        self._pulse = policy.looked(self._pulse, now)
        if policy.hangs(self._pulse, now) and self._stop is None:
            self._pulse = Pulse(looked=now)
            self._log(
                "ERROR",
                f"the application (pid {self._application.pid}) has not answered for "
                f"{policy.PATIENCE:g} s: killed, to be started again",
            )
            self._application.signal(signal.SIGKILL)
        if now >= self._kill_at:
            self._kill_at = float("inf")
            self._log("ERROR", f"the application does not end in {STOPPING:g} s: killed")
            self._application.signal(signal.SIGKILL)

    def _application_ended(self, now: float) -> int | None:
        """It is to be started again, unless an exit code of ours is returned."""
        application, pid = self._application, self._application.pid
        if application.handle is not None:
            self._poll.unregister(application.handle)
        code = application.reaped(self._directory / "process.json")
        if self._stop is not None or code in policy.FINAL or not application.served:
            if code < 0:
                self._log("ERROR", f"the application (pid {pid}) {_cause(code)}")
            if self._stop is signal.SIGINT:
                self._end_asterisk()
            return code if code >= 0 else 1
        tries = self._application_tries = policy.ended(
            self._application_tries, application.began, now
        )
        self._pulse = Pulse(looked=now)
        self._report(f"the application (pid {pid}) {_cause(code)}", tries, now)
        return None

    # Asterisk.

    def _watch_asterisk(self, now: float) -> None:
        one = process.recorded(self._home / "process.json")
        if one is None or not one.argv or self._stop is not None:
            self._asterisk_tries = policy.begun(self._asterisk_tries)
        elif process.alive(one):
            if self._asterisk is None or one.pid != self._asterisk.pid:
                self._asterisk_began = now
            self._asterisk_tries = policy.begun(self._asterisk_tries)
        elif self._asterisk_tries.due is None:
            tries = self._asterisk_tries = policy.ended(
                self._asterisk_tries, self._asterisk_began, now
            )
            self._report(f"Asterisk (pid {one.pid}) {_cause(_child(one.pid))}", tries, now)
        self._asterisk = one
        self._wait_for_end(one)

    def _wait_for_end(self, asterisk: Process | None) -> None:
        """Be woken at the end of Asterisk, too."""
        watched, handle = self._woken_by
        alive = asterisk if asterisk is not None and process.alive(asterisk) else None
        if watched == alive:
            return
        if handle is not None:
            self._poll.unregister(handle)
            os.close(handle)
        handle = _opened(alive.pid) if alive is not None else None
        if handle is not None:
            self._poll.register(handle, select.POLLIN)
        self._woken_by = alive, handle

    def _start_asterisk(self, now: float) -> None:
        """Start it as it was started, unless somebody else does or has stopped it meanwhile."""
        file = self._home / "process.json"
        try:
            with process.turn(self._home, wait=False):
                one = process.recorded(file)
                if one is None or not one.argv or process.alive(one):
                    return
                new = process.spawn([*one.argv], self._home / "output.log")
                process.record(file, Process(new.pid, new.started, one.argv))
                process.raise_limit(new)
        except BlockingIOError:
            self._asterisk_tries = policy.postponed(self._asterisk_tries, now)
        except OSError as error:
            self._log("ERROR", f"Asterisk cannot be started: {error}")
            self._asterisk_tries = policy.ended(self._asterisk_tries, now, now)
        else:
            self._asterisk_began = now
            self._log("WARNING", f"Asterisk was started again (pid {new.pid})")

    def _end_asterisk(self) -> None:
        """After Ctrl-C: end the Asterisk that was started since."""
        file = self._home / "process.json"
        one = process.running(file)
        if one is None or not one.argv or (self._found and one.pid == self._found.pid):
            return
        process.record(file, Process(one.pid, one.started))
        if not process.end(one, signal.SIGTERM, 5.0):
            process.end(one, signal.SIGKILL, 5.0)
        file.unlink(missing_ok=True)

    # Both.

    def _start_what_is_due(self, now: float) -> None:
        due = self._asterisk_tries.due
        if due is not None and now >= due:
            self._asterisk_tries = policy.begun(self._asterisk_tries)
            self._start_asterisk(now)
        due = self._application_tries.due
        if due is not None and now >= due:
            self._application_tries = policy.begun(self._application_tries)
            self._application.start()
            if self._application.handle is not None:
                self._poll.register(self._application.handle, select.POLLIN)
            self._log("WARNING", f"the application starts again (pid {self._application.pid})")

    def _signalled(self, numbers: bytes, now: float) -> None:
        for number in numbers:
            how = signal.Signals(number)
            if how in (signal.SIGINT, signal.SIGTERM):
                self._stop = how
                self._kill_at = now + STOPPING
            if self._application.handle is not None:
                self._application.signal(how)
            elif self._stop is not None:
                if self._stop is signal.SIGINT:
                    self._end_asterisk()
                raise SystemExit(0)

    def _report(self, what: str, tries: Attempts, now: float) -> None:
        """Say that something ended, and when it starts again."""
        pause = (tries.due or now) - now
        if tries.failed == policy.LOOP:
            self._log(
                "ERROR",
                f"{what}, {tries.failed} times in a row, each soon after its start: until it "
                "stays up callers are queued for an agent, if Asterisk runs; what it logged above, "
                "or in asterisk/output.log, says why",
            )
        self._log("ERROR", f"{what}: it starts again in {pause:.2g} s")

    def _log(self, level: str, text: str) -> None:
        at = time.time()
        with suppress(OSError):  # the terminal is gone
            if self._json:
                utc = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at))
                when = f"{utc}.{int(at % 1 * 1000):03}+00:00"
                line = {"time": when, "level": level, "logger": __name__, "message": text}
                print(json.encode(line).decode(), file=sys.stderr, flush=True)
            else:
                clock = time.strftime("%H:%M:%S", time.localtime(at))
                print(f"{clock} {level:<7} {text}", file=sys.stderr, flush=True)


def _opened(pid: int) -> int | None:
    """A descriptor that is ready at the end of a process; None if it has ended."""
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return None


def _is_child(pid: int) -> bool:
    try:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _child(pid: int) -> int | None:
    """The exit code of a child that ended; None if it is none of ours."""
    with suppress(ChildProcessError):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
    return None


def _cause(code: int | None) -> str:
    """How a process ended, in words."""
    if code is None:
        return "ended"
    if code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


def _signals() -> socket.socket:
    """A socket on which a byte comes for each signal, whose value is its number."""
    reading, writing = socket.socketpair()
    for end in (reading, writing):
        end.setblocking(False)
    signal.set_wakeup_fd(writing.detach())
    handler: Callable[[int, object], None] = lambda *_: None  # noqa: E731
    for how in STOPS:
        signal.signal(how, handler)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    return reading
