"""Starts an application in the background, or its successor, and waits until it is ready.

Nothing of the application itself is loaded for it: that takes a second of CPU.
"""

import asyncio
import logging
import os
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.markup import escape

from ari_app.config.state import PREFIX, State
from ari_app.control.client import ControlClient, NotRunningError
from ari_app.main import speech, watched
from ari_app.main.processes import UpError
from asterisk_conf import process
from asterisk_conf.process import Process

log = logging.getLogger(__name__)

DETACHED_SECONDS = 600.0
LINE = 2000
"""Bytes of the log in which its last line is looked for."""


class Start(Struct, frozen=True):
    """How an application starts."""

    take_over: bool = False
    """It becomes the application even while another process serves it."""
    own_asterisk: bool = True
    """It has the Asterisk of the installation run; False if a service of its own does."""
    succeeds: bool = False
    """It takes the place of the application that runs, once it is prepared."""
    watch: bool = True
    """A watcher starts it again when it dies."""

    @property
    def words(self) -> tuple[str, ...]:
        """The options of `firstline up` that say the same."""
        words = {
            "--take-over": self.take_over,
            "--no-asterisk": not self.own_asterisk,
            "--no-watch": not self.watch,
        }
        return tuple(word for word, given in words.items() if given)


async def detach(state: State, console: Console, start: Start) -> None:
    """Start ``up`` in the background and return when it is ready."""
    if not await speech.provide(state.config(), state, console):
        os.environ[f"{PREFIX}VOICE_ENGINE"] = "espeak"  # it need not try again
    log_size = state.log.stat().st_size if state.log.exists() else 0
    os.environ["PYTHONPATH"] = str(watched.ROOT)
    child = process.spawn(watched.again(state, *start.words), state.log)
    starting = f"starting (its log is {state.log})"
    if not console.is_terminal:
        log.info("%s", starting)
    with console.status(starting) as shown:
        async with asyncio.timeout(DETACHED_SECONDS):
            while not await _ready(state):
                if not process.alive(child):
                    said = state.log.read_bytes()[log_size:].decode(errors="replace")
                    raise UpError(
                        said.strip().removeprefix("Error: ") or "it exited while starting"
                    )
                shown.update(f"starting: {escape(_last_line(state.log, log_size))}")
                await asyncio.sleep(0.1)
    if problem := (await _report(state))["database"]["problem"]:
        log.error("the database fails: %s", problem)


async def replaced(state: State, old: Process) -> None:
    """Wait until another application serves in the place of one; raises :class:`UpError`."""
    other = False
    async with asyncio.timeout(DETACHED_SECONDS):
        while process.alive(old) or not await _ready(state):
            now = process.running(state.process)
            if other and now == old:
                raise UpError(f"the new application failed, and the old one goes on: {state.log}")
            other = other or now != old
            await asyncio.sleep(0.1)


def _last_line(file: Path, begin: int) -> str:
    """The last whole line of a log after its first ``begin`` bytes."""
    with file.open("rb") as opened:
        opened.seek(max(begin, file.stat().st_size - LINE))
        lines = opened.read().decode(errors="replace").splitlines(keepends=True)
    return next((line.strip() for line in reversed(lines) if line.endswith("\n")), "")


async def _ready(state: State) -> bool:
    try:
        return bool((await _report(state))["ari"]["connected"])
    except NotRunningError:
        return False


async def _report(state: State) -> dict[str, Any]:
    """What `firstline status` says; raises :class:`NotRunningError`."""
    report: dict[str, Any] = msgspec.json.decode(await ControlClient(state.control).status())
    return report
