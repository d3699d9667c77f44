"""Starts an installation, runs it in the foreground or background, and stops what it started."""

import asyncio
import ctypes
import gc
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path

import msgspec
from rich.console import Console

from ari_app.ari.link import Link
from ari_app.config.settings import Config
from ari_app.config.state import PREFIX, State
from ari_app.control.client import ControlClient, NotRunningError
from ari_app.main import pbx_site, speech
from ari_app.main.app import running
from ari_app.main.demo import open_store
from ari_app.main.foundation import Foundation
from ari_app.menus import loading
from ari_app.menus.live import MenuRelease
from ari_app.selfcare.operations import CATALOGUE
from ari_app.store import agents, subscribers
from ari_app.store.db import Store
from asterisk_conf import process
from asterisk_conf.pbx import Pbx
from asterisk_conf.process import Process
from prompts.catalogue import Catalogue
from prompts.media import PromptMedia
from prompts.voice import Voice

log = logging.getLogger(__name__)

GC_THRESHOLD = (50_000, 20, 100)
"""Frozen structs make no cycles, so collections find next to nothing: run them seldom."""

_M_MMAP_THRESHOLD = -3
"""Of `malloc.h`."""

READY_SECONDS = 30.0
DETACHED_SECONDS = 600.0
ROOT = Path(__file__).parents[2]


class UpError(Exception):
    """Firstline cannot start or stop; the text says what the operator can do."""


async def up(config: Config, state: State, console: Console) -> None:
    """Start Asterisk and the application, and run until SIGINT or SIGTERM; SIGHUP reloads menus."""
    _return_large_blocks()
    stop, again = asyncio.Event(), asyncio.Event()
    heed(stop, again)
    with _alone(state):
        await speech.provide(config, state, console)
        shipped = loading.shipped(config)
        menus = loading.menus(
            loading.directory(config), shipped, CATALOGUE, loading.site_names(config)
        )
        store = await open_store(config, state)
        try:
            async with (
                speech.spoken(config, state, menus.catalogue, console) as reading,
                _exchange(config, state, store, reading, console) as pbx,
                running(
                    Foundation(
                        config,
                        state,
                        MenuRelease(menus, reading),
                        partial(_read, config, state, reading.voice, shipped),
                        store,
                        pbx,
                    ),
                    again,
                ) as link,
            ):
                await _reach(link, config, stop)
                gc.freeze()
                gc.set_threshold(*GC_THRESHOLD)
                numbers = ", ".join(config.site.numbers)
                where = f"{config.site.host}:{config.ports.sip}"
                if link.connected:
                    log.info("ready: phones register at %s and dial %s", where, numbers)
                await stop.wait()
                log.info("stopping")
        finally:
            await store.close()


def _return_large_blocks() -> None:
    """Have glibc return blocks of 1 MiB and more at once, rather than keep them for each thread.

    A code word is hashed in 19 MB. The launcher does the same by `MALLOC_MMAP_THRESHOLD_`, which is
    read only when a process starts; other C libraries have no ``mallopt``.
    """
    if "MALLOC_MMAP_THRESHOLD_" not in os.environ:
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_M_MMAP_THRESHOLD, 1_048_576)


def heed(stop: asyncio.Event, again: asyncio.Event) -> None:
    """Set the events on signals. SIGHUP because the terminal closed is a stop, not a reload."""
    terminal = sys.stderr.isatty()

    def hung_up() -> None:
        (stop if terminal and not sys.stderr.isatty() else again).set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, hung_up)


def _read(config: Config, state: State, voice: Voice, shipped: Catalogue) -> MenuRelease:
    """Read the menus from the disk, with their recordings; raises ``FlowsError``."""
    menus = loading.menus(loading.directory(config), shipped, CATALOGUE, loading.site_names(config))
    return MenuRelease(menus, PromptMedia(voice, menus.catalogue, speech.recordings(config, state)))


async def _reach(link: Link, config: Config, stop: asyncio.Event) -> None:
    """Wait until ARI is connected or ``stop`` is set; raises :class:`UpError` on timeout."""
    waiting = {asyncio.create_task(link.wait_connected()), asyncio.create_task(stop.wait())}
    done, late = await asyncio.wait(
        waiting, timeout=READY_SECONDS, return_when=asyncio.FIRST_COMPLETED
    )
    for each in late:
        each.cancel()
    if not done:
        raise UpError(
            f"ARI at {config.ari_url} did not answer in {READY_SECONDS:g} s: see the log above"
        )


@asynccontextmanager
async def _exchange(
    config: Config, state: State, store: Store, reading: PromptMedia, console: Console
) -> AsyncIterator[int | None]:
    """Run Asterisk while the context lasts; yields its process id, None if it is not ours."""
    if not config.manages_asterisk:
        yield None
        return
    pbx = await exchange_of(config, state, store, reading, console)
    with console.status("starting Asterisk"):
        changed = await asyncio.to_thread(pbx.write)
        if changed and pbx.status().pid is not None:
            log.warning("the configuration changed (%s): Asterisk restarts", ", ".join(changed))
            await asyncio.to_thread(pbx.stop)
        status = await asyncio.to_thread(pbx.start)
    for warning in status.warnings:
        log.warning("%s", warning)
    log.info("Asterisk %s runs (pid %s)", status.version, status.pid)
    try:
        yield status.pid
    finally:
        await asyncio.to_thread(pbx.stop)


async def exchange_of(
    config: Config, state: State, store: Store, reading: PromptMedia, console: Console
) -> Pbx:
    """The Asterisk of this installation, configured but not started."""
    with console.status("looking for Asterisk") as shown:
        asterisk = await asyncio.to_thread(pbx_site.asterisk, config, state, shown.update)
    people = await store.read(subscribers.everyone)
    staff = await store.read(agents.everyone)
    apology = await pbx_site.apology(state, reading, config.site.languages[0])
    site = pbx_site.site(config, state.keys(), people, staff, str(apology.with_suffix("")))
    return Pbx(asterisk, site, state.directory)


async def detach(state: State, console: Console) -> None:
    """Start ``up`` in the background and return when it is ready."""
    _refuse_second(state)
    if not await speech.provide(state.config(), state, console):
        os.environ[f"{PREFIX}VOICE_ENGINE"] = "espeak"  # it need not try again
    log_size = state.log.stat().st_size if state.log.exists() else 0
    os.environ["PYTHONPATH"] = str(ROOT)
    command = [sys.executable, "-P", "-m", "ari_app.cli", "--state", str(state.directory), "up"]
    child = process.spawn(command, state.log)
    with console.status(f"starting (its log is {state.log})"):
        async with asyncio.timeout(DETACHED_SECONDS):
            while not await _ready(state):
                if not process.alive(child):
                    said = state.log.read_bytes()[log_size:].decode(errors="replace")
                    raise UpError(
                        said.strip().removeprefix("Error: ") or "it exited while starting"
                    )
                await asyncio.sleep(0.1)


async def _ready(state: State) -> bool:
    try:
        report = msgspec.json.decode(await ControlClient(state.control).status())
    except NotRunningError:
        return False
    return bool(report["ari"]["connected"])


def down(state: State, say: Callable[[str], None]) -> None:
    """Stop the processes that were started in this state directory, and no others."""
    if not any([stop(state, say, "Firstline"), stop(state, say, "Asterisk")]):
        say(f"nothing is running in {state.directory}")


def stop(state: State, say: Callable[[str], None], name: str) -> bool:
    """Stop a process of ours (SIGTERM, after 20 s SIGKILL); returns whether it ran."""
    file = state.process if name == "Firstline" else asterisk_process(state)
    one = recorded(file)
    if one is None:
        return False
    if not process.end(one, signal.SIGTERM, 20.0):
        process.end(one, signal.SIGKILL, 5.0)
    file.unlink(missing_ok=True)
    say(f"{name} stopped (pid {one.pid})")
    return True


def asterisk_process(state: State) -> Path:
    """The pid file of our Asterisk."""
    return state.directory / "asterisk" / "process.json"


def recorded(file: Path) -> Process | None:
    """The process of a pid file, None if it no longer runs (or its pid was reused)."""
    try:
        one = msgspec.json.decode(file.read_bytes(), type=Process)
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    return one if process.alive(one) else None


def _refuse_second(state: State) -> None:
    one = recorded(state.process)
    if one is not None:
        raise UpError(
            f"Firstline runs in {state.directory} already (pid {one.pid}): "
            "stop it with `firstline down`, or name another --state"
        )


@contextmanager
def _alone(state: State) -> Iterator[None]:
    """Hold the pid file, so that a state directory has one application at a time."""
    _refuse_second(state)
    me = Process(os.getpid(), process.started(os.getpid()) or 0)
    state.process.write_bytes(msgspec.json.encode(me))
    try:
        yield
    finally:
        state.process.unlink(missing_ok=True)
