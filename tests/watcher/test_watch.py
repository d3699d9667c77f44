"""The watcher over small processes: what it starts again, what it lets go, what it says."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ari_app.watcher import reports
from ari_app.watcher.console import Console
from asterisk_conf import process
from tests.deadlines import allowed, until

APPLICATION = """
import os, signal, socket, sys, time
from pathlib import Path
state = Path(sys.argv[1])
noted = False

def report(text):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sending:
        sending.connect(str(state / "watcher.sock"))
        sending.send(text)

def stop(*_):
    if "announces" in sys.argv:
        report(b"STOPPING=1")
    os._exit(0)

signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGUSR1, lambda *_: os._exit(3))
while True:
    report(b"READY=1\\nWATCHDOG=1" if "ready" in sys.argv else b"WATCHDOG=1")
    if not noted:
        noted = True
        with (state / "pids").open("a") as file:
            print(os.getpid(), file=file, flush=True)
    time.sleep(0.2)
"""


@contextmanager
def watched(state: Path, *words: str) -> Iterator["subprocess.Popen[str]"]:
    """A watcher, whose application notes its process ids in ``pids``."""
    command = [sys.executable, "-c", APPLICATION, str(state), *words]
    receiving = reports.opened(state)
    descriptor = receiving.fileno()
    os.set_inheritable(descriptor, True)
    start = (
        "import os, sys\n"
        "pid = os.fork()\n"
        "if not pid: os.execv(sys.argv[3], sys.argv[3:])\n"
        "os.execv(sys.executable, [sys.executable, '-m', 'ari_app.watcher', sys.argv[1], str(pid),"
        " sys.argv[2], 'text', *sys.argv[3:]])\n"
    )
    with (
        receiving,
        subprocess.Popen(
            [sys.executable, "-c", start, str(state), str(descriptor), *command],
            stderr=subprocess.PIPE,
            text=True,
            pass_fds=[descriptor],
        ) as watcher,
    ):
        try:
            yield watcher
        finally:
            watcher.kill()
            for pid in pids(state):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue


def pids(state: Path) -> list[int]:
    file = state / "pids"
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def test_what_is_killed_or_hangs_starts_again_and_what_is_stopped_does_not(tmp_path: Path) -> None:
    with watched(tmp_path, "ready") as watcher:
        until(lambda: (tmp_path / "watcher.json").exists() and pids(tmp_path), 10)
        until(lambda: process.started(pids(tmp_path)[0]), 5)
        os.kill(pids(tmp_path)[0], signal.SIGKILL)
        until(lambda: len(pids(tmp_path)) == 2, 10)
        os.kill(pids(tmp_path)[1], signal.SIGSTOP)
        until(lambda: len(pids(tmp_path)) == 3, 15)
        watcher.send_signal(signal.SIGTERM)
        _, said = watcher.communicate(timeout=allowed(10))
    assert watcher.returncode == 0
    first, second, third = pids(tmp_path)
    assert f"the application (pid {first}) was killed by SIGKILL: it starts again in 0.2 s" in said
    assert f"the application (pid {second}) has not answered for 4 s: killed" in said
    assert not process.started(third)
    assert not (tmp_path / "watcher.json").exists()
    assert not (tmp_path / "watcher.sock").exists()


@pytest.mark.parametrize(("words", "how"), [((), signal.SIGKILL), (("ready",), signal.SIGUSR1)])
def test_what_never_served_or_was_refused_is_not_started_again(
    tmp_path: Path, words: tuple[str, ...], how: signal.Signals
) -> None:
    with watched(tmp_path, *words) as watcher:
        until(lambda: (tmp_path / "watcher.json").exists() and pids(tmp_path), 10)
        os.kill(pids(tmp_path)[0], how)
        assert watcher.wait(allowed(10)) == (3 if words else 1)
    assert len(pids(tmp_path)) == 1


@pytest.mark.parametrize("announces", [False, True])
def test_one_that_was_stopping_when_its_watcher_came_is_followed_by_another(
    tmp_path: Path, announces: bool
) -> None:
    """`firstline up`, while the application that lost its watcher is on its way out already."""
    application = [sys.executable, "-c", APPLICATION, str(tmp_path), "ready"]
    with reports.opened(tmp_path) as receiving:
        command = [*application, "announces"] if announces else application
        with subprocess.Popen(command) as lost:
            until(lambda: pids(tmp_path), 10)
            os.set_inheritable(descriptor := receiving.fileno(), True)
            words = [str(tmp_path), str(lost.pid), str(descriptor), "text", *application]
            with subprocess.Popen(
                [sys.executable, "-m", "ari_app.watcher", *words], pass_fds=[descriptor]
            ) as watcher:
                until((tmp_path / "watcher.json").exists, 10)
                lost.terminate()
                if not announces:
                    until(lambda: len(pids(tmp_path)) == 2, 10)
                    watcher.terminate()
                assert watcher.wait(allowed(10)) == 0
    assert len(pids(tmp_path)) == (1 if announces else 2)


def test_an_asterisk_that_dies_starts_again_as_it_was_started(tmp_path: Path) -> None:
    home = tmp_path / "asterisk"
    home.mkdir()
    file = home / "process.json"
    with watched(tmp_path, "ready") as watcher:
        until(lambda: (tmp_path / "watcher.json").exists() and pids(tmp_path), 10)
        first = process.spawn(["/bin/sleep", "600"], home / "output.log")
        process.record(file, process.Process(first.pid, first.started, ("/bin/sleep", "600")))
        assert process.end(first, signal.SIGKILL, 5)
        until(lambda: process.running(file), 10)
        second = process.running(file)
        assert second is not None
        assert second.argv == ("/bin/sleep", "600")
        process.leave(file, second)  # as `firstline pbx stop` does
        assert process.end(second, signal.SIGKILL, 5)
        watcher.send_signal(signal.SIGINT)
        watcher.send_signal(signal.SIGTERM)
        _, said = watcher.communicate(timeout=allowed(10))
    assert f"Asterisk (pid {first.pid}) ended: it starts again in 0.2 s" in said
    assert f"(pid {second.pid}) ended" not in said
    assert process.running(file) is None


ASTERISK = """
import socket, sys
listening = socket.socket(socket.AF_UNIX)
listening.bind(sys.argv[1])
listening.listen()
while True:
    connected, _ = listening.accept()
    connected.send(b"asterisk/1/22")
    connected.close()
"""


def test_an_asterisk_that_hangs_is_noticed_and_one_that_works_is_not(tmp_path: Path) -> None:
    """Its console greets who connects; the clock of the watcher is that of the test."""
    (tmp_path / "asterisk.conf").write_text(f"[directories]\nastrundir => {tmp_path}\n")
    command = (sys.executable, "-c", ASTERISK, str(tmp_path / "asterisk.ctl"))
    argv = (*command, "-C", str(tmp_path / "asterisk.conf"))
    with subprocess.Popen(command) as running:
        one, console = process.Process(running.pid, 1, argv), Console()
        assert not console.hangs(one, 0.0), "it has not greeted yet"
        until((tmp_path / "asterisk.ctl").exists, 10)
        now = 3.0

        def greeted() -> bool:
            nonlocal now
            now += 1.0
            assert not console.hangs(one, now), "it works"
            return console.heard

        until(greeted, 10)
        running.send_signal(signal.SIGSTOP)
        silent = [console.hangs(one, now + second) for second in range(1, 13)]
        running.kill()
        assert not console.hangs(None, now)
    assert silent == [False] * 10 + [True] * 2
