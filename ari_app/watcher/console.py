"""Whether an Asterisk still works: its console greets who connects, if its loop runs."""

import errno
import socket
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ari_app.watcher import policy
from ari_app.watcher.policy import Pulse
from asterisk_conf.process import Process

EVERY = 2.0
"""Seconds between two connections."""
PATIENCE = 10.0
"""Seconds of silence after which Asterisk has hung."""


class Console:
    """The console of one Asterisk, which is asked again and again; it never waits."""

    def __init__(self) -> None:
        self._pid = 0
        self._path: Path | None = None
        self._asking: socket.socket | None = None
        self._asked = 0.0
        self._pulse = Pulse()

    def hangs(self, asterisk: Process | None, now: float) -> bool:
        """Look after an Asterisk; whether it was silent for too long. One that has not greeted yet
        is starting."""
        pid = asterisk.pid if asterisk is not None else 0
        if pid != self._pid:
            self._close()
            self._pid, self._pulse = pid, Pulse(looked=now)
            self._path = place(asterisk.argv) if asterisk is not None else None
        if self._path is None:
            return False
        self._pulse = policy.looked(self._pulse, now)
        if self._asking is not None:
            self._listen(now)
        elif now - self._asked >= EVERY:
            self._asked = now
            self._ask(self._path)
        return policy.hangs(self._pulse, now, PATIENCE)

    @property
    def heard(self) -> bool:
        """Whether it has greeted."""
        return self._pulse.heard is not None

    def _ask(self, path: Path) -> None:
        self._asking = asking = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        asking.setblocking(False)
        try:
            asking.connect(str(path))
        except OSError as error:
            if error.errno != errno.EAGAIN:  # its queue is full, as of one that hangs
                self._pulse = Pulse(looked=self._pulse.looked)  # there is none yet, or no more
            self._close()

    def _listen(self, now: float) -> None:
        assert self._asking is not None
        with suppress(BlockingIOError):
            try:
                if self._asking.recv(512):
                    self._pulse = Pulse(now, now)
            except ConnectionError:
                pass
            self._close()

    def _close(self) -> None:
        if self._asking is not None:
            self._asking.close()
            self._asking = None


def place(command: Sequence[str]) -> Path | None:
    """The socket of the console of an Asterisk with this command line; None if it names none."""
    words = [*command]
    if "-C" not in words[:-1]:
        return None
    try:
        lines = Path(words[words.index("-C") + 1]).read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        name, _, value = line.partition("=")
        if name.strip() == "astrundir":
            return Path(value.lstrip("> ").strip()) / "asterisk.ctl"
    return None
