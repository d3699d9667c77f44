"""`firstline …` in processes that are forked from one in which its modules are loaded.

To load them takes a command up to half a second of CPU, and `up` more than one; all tests together
start hundreds. Here each process of tests loads them one time. What runs is the same command, in a
process with the environment, the directory and the standard streams that it is given. How one
begins by itself is seen in :mod:`tests.commands.test_scripts` and :mod:`tests.test_launcher`.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from tests.live.spawned import ADDRESS, opened, spawner, spawning

_LOADED = multiprocessing.get_context("forkserver")
_LOADED.set_forkserver_preload(["tests.live.loaded"])

NOTHING = Path(os.devnull)

BUSY = {
    "FIRSTLINE_VOICE_ENGINE": "espeak",
    "FIRSTLINE_SITE_LATE": "0",
    "FIRSTLINE_SITE_DEAD_MAN": "60",
    "SSL_CERT_FILE": os.devnull,
    "FIRSTLINE_SURVEY_SHARE": "0",
}
"""For a machine so busy that an application is late, which alone is no reason to take its calls
away; without voices that have to be fetched; and each number would be asked one time alone."""


class Streams(Struct, frozen=True):
    """The files of the standard streams; what is written is added to their end."""

    given: Path
    out: Path
    err: Path


class Fork:
    """A command that runs, as :class:`subprocess.Popen` would run it.

    ``nice`` is added to its priority, as `nice` counts it.
    """

    def __init__(
        self,
        words: Sequence[str],
        streams: Streams,
        *,
        env: Mapping[str, str],
        cwd: Path,
        nice: int = 0,
    ) -> None:
        of = (list(words), streams, {**env, ADDRESS: spawner()}, cwd, nice)
        self._process = _LOADED.Process(target=_run, args=of, daemon=True)
        self._process.start()

    def poll(self) -> int | None:
        """The exit code, or None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float) -> int:
        """The exit code, once it has ended."""
        self._process.join(timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(str(self._process), timeout)
        return code

    def send_signal(self, how: signal.Signals) -> None:
        """Send a signal to its process, unless it has ended."""
        if self.poll() is None and self._process.pid is not None:
            os.kill(self._process.pid, how)

    def kill(self) -> None:
        """End its process at once."""
        self._process.kill()


def completed(
    words: Sequence[str],
    begin: Callable[[Streams], Fork | subprocess.Popen[bytes]],
    timeout: float,
    given: str = "",
) -> subprocess.CompletedProcess[str]:
    """A command that ran to its end, with what it is given on its standard input.

    Raises ``subprocess.TimeoutExpired`` after so many seconds."""
    with TemporaryDirectory() as directory:
        streams = Streams(*(Path(directory, name) for name in ("given", "out", "err")))
        streams.given.write_text(given)
        running = begin(streams)
        try:
            code = running.wait(timeout)
        finally:
            running.kill()
        said = (streams.out.read_text(), streams.err.read_text())
        return subprocess.CompletedProcess(words, code, *said)


def _run(words: list[str], streams: Streams, env: dict[str, str], cwd: Path, nice: int) -> None:
    """Become the command, in the process of the fork."""
    from ari_app.cli import main  # the process of the tests needs none of it

    os.nice(nice)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    os.dup2(os.open(streams.given, os.O_RDONLY), 0)
    for number, file in ((1, streams.out), (2, streams.err)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), number)
    sys.stdin, sys.stdout = opened(0, "r"), opened(1, "w")
    sys.stderr = opened(2, "w", errors="backslashreplace", buffering=1)
    sys.argv = ["firstline", *words]
    with spawning():
        main(words, prog_name="firstline")
