"""Starts an installation, runs it in the foreground, and stops what it started."""

import asyncio
import ctypes
import gc
import logging
import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial

from rich.console import Console

from ari_app.ari.link import Link
from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.main import service, speech, watched
from ari_app.main.agi_process import agi_running
from ari_app.main.app import running
from ari_app.main.demo import open_store
from ari_app.main.detached import Start
from ari_app.main.exchange import asterisk_running, exchange_of
from ari_app.main.foundation import Foundation
from ari_app.main.handing_over import succeeding
from ari_app.main.live_settings import LiveSettings
from ari_app.main.processes import UpError, alone
from ari_app.main.signals import Signals
from ari_app.main.site_names import menus_in_use
from ari_app.menus.live import MenuRelease
from ari_app.monitoring.metrics import Metrics

log = logging.getLogger(__name__)

GC_THRESHOLD = (5_000, 5, 100)
"""Short collections: of 50 000 new objects at once one stopped all calls for 60 to 150 ms."""

_M_MMAP_THRESHOLD = -3
"""Of `malloc.h`."""

READY_SECONDS = 30.0


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
