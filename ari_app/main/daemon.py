"""Starts an installation, runs it in the foreground or background, and stops what it started."""

import asyncio
import ctypes
import gc
import logging
import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.markup import escape

from ari_app.ari.link import Link
from ari_app.config.settings import Config
from ari_app.config.state import PREFIX, State
from ari_app.control.client import ControlClient, NotRunningError
from ari_app.main import service, speech, watched
from ari_app.main.agi_process import agi_running
from ari_app.main.app import running
from ari_app.main.demo import open_store
from ari_app.main.exchange import asterisk_running, exchange_of
from ari_app.main.foundation import Foundation
from ari_app.main.handing_over import succeeding
from ari_app.main.live_settings import LiveSettings
from ari_app.main.processes import UpError, alone
from ari_app.main.signals import Signals
from ari_app.main.site_names import menus_in_use
from ari_app.menus.live import MenuRelease
from ari_app.monitoring.metrics import Metrics
from asterisk_conf import process
from asterisk_conf.process import Process

log = logging.getLogger(__name__)

GC_THRESHOLD = (5_000, 5, 100)
"""Short collections: of 50 000 new objects at once one stopped all calls for 60 to 150 ms."""

_M_MMAP_THRESHOLD = -3
"""Of `malloc.h`."""

READY_SECONDS = 30.0
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


async def up(config: Config, state: State, console: Console, start: Start) -> None:
    """Start Asterisk and the application, and run until SIGINT or SIGTERM; SIGHUP reloads menus.

    SIGINT ends Asterisk, too; otherwise it and its calls go on.
    """
    _prepare(config)
    signals = Signals()
    signals.heed()
    again = watched.starts(state, own_asterisk=start.own_asterisk)
    with alone(state, again, succeeds=start.succeeds) as before:
        await speech.provide(config, state, console)
        menus = menus_in_use(config, state)
        store, metrics = await open_store(config, state), Metrics()
        store.watched_by(metrics.stored)
        try:
            async with AsyncExitStack() as stack:
                reading = await stack.enter_async_context(
                    speech.spoken(config, state, menus.catalogue, console, meter=metrics)
                )
                if config.manages_asterisk:
                    pbx = await exchange_of(config, state, store, reading, console)
                    await stack.enter_async_context(
                        asterisk_running(pbx, signals, console, own=start.own_asterisk)
                    )
                stack.enter_context(agi_running(config, state, signals, own=start.own_asterisk))
                live = LiveSettings(config, state, reading.voice, metrics)
                stack.push_async_callback(live.close)
                first = MenuRelease(menus, reading)
                old = await stack.enter_async_context(succeeding(state, before))
                foundation = Foundation(live, state, first, store, metrics, start.take_over, old)
                link = await stack.enter_async_context(running(foundation, signals))
                renew = partial(watched.renew, state, config.log.format, again)
                await _serve(link, config, signals, start, renew if again else None)
        finally:
            await store.close()


async def _serve(
    link: Link,
    config: Config,
    signals: Signals,
    start: Start,
    watcher_gone: Callable[[], None] | None,
) -> None:
    """Wait for ARI, then until the application is to stop."""
    seconds = READY_SECONDS if start.own_asterisk else None
    if seconds is None:  # a service of its own starts Asterisk: that is not waited for
        service.notify("READY=1\nSTATUS=waiting for Asterisk")
    watching = asyncio.create_task(service.watchdog(gone=watcher_gone))
    try:
        await _reach(link, config, signals.stop, seconds)
        _ready_to_serve(link, config, signals)
        await signals.stop.wait()
    finally:
        watching.cancel()
        service.notify("STOPPING=1")
    log.info("stopping")


def _ready_to_serve(link: Link, config: Config, signals: Signals) -> None:
    gc.freeze()
    numbers = ", ".join(config.site.numbers)
    where = f"{config.site.host}:{config.ports.sip}"
    if link.connected:
        signals.was_ready = True
        log.info("ready: phones register at %s and dial %s", where, numbers)
        service.notify(f"READY=1\nSTATUS=serving {numbers}")


def _prepare(config: Config) -> None:
    """Do at once what a call would wait for: the rules of numbers take long to load."""
    config.numbers.msisdn(config.numbers.example)
    _tune_memory()


def _tune_memory() -> None:
    """Before all else: an application that takes over has calls before it is ready."""
    gc.set_threshold(*GC_THRESHOLD)
    _return_large_blocks()


def _return_large_blocks() -> None:
    """Have glibc return blocks of 1 MiB and more at once, rather than keep them for each thread.

    A code word is hashed in 19 MB. The launcher does the same by `MALLOC_MMAP_THRESHOLD_`, which is
    read only when a process starts; other C libraries have no ``mallopt``.
    """
    if "MALLOC_MMAP_THRESHOLD_" not in os.environ:
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_M_MMAP_THRESHOLD, 1_048_576)


async def _reach(link: Link, config: Config, stop: asyncio.Event, seconds: float | None) -> None:
    """Wait until ARI is connected or ``stop`` is set; raises :class:`UpError` after ``seconds``."""
    waiting = {asyncio.create_task(link.wait_connected()), asyncio.create_task(stop.wait())}
    done, late = await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for each in late:
        each.cancel()
    for each in done:
        each.exception()  # a link that is closed for good raises where it runs, too
    if not done:
        raise UpError(f"ARI at {config.ari_url} did not answer in {seconds} s: see the log above")


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
