"""What signals mean to a running application."""

import fcntl
import os
import pty
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.deadlines import allowed

PROGRAM = """
import asyncio
from ari_app.main.signals import Signals

async def main() -> None:
    signals = Signals()
    signals.heed()
    print("ready", flush=True)
    waiting = {asyncio.create_task(event.wait(), name=name)
               for name, event in (("stop", signals.stop), ("again", signals.reload))}
    done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    too = ["Asterisk too"] * signals.interrupted
    print(*(task.get_name() for task in done), *too, flush=True)

asyncio.run(main())
"""


@contextmanager
def heeding(terminal: int) -> Iterator["subprocess.Popen[str]"]:
    """A process that heeds signals in a terminal of its own."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=terminal,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (signal.SIGINT, "stop Asterisk too"),
        (signal.SIGTERM, "stop"),
        (signal.SIGHUP, "again"),
        (None, "stop Asterisk too"),
    ],
)
def test_what_a_signal_means(sent: signal.Signals | None, meant: str) -> None:
    """None: the terminal is closed, which sends SIGHUP, too."""
    ours, theirs = pty.openpty()
    with heeding(theirs) as process:
        os.close(theirs)
        if sent is None:
            os.close(ours)
        else:
            process.send_signal(sent)
        assert process.communicate(timeout=allowed(20))[0] == f"{meant}\n"
    if sent is not None:
        os.close(ours)
