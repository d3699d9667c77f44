"""`firstline agi`: serves the menus over FastAGI, in a process of its own.

For a PBX without ARI; and beside an application, for callers who come while that is down.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from rich.console import Console

from ari_app.agi.connection import Connection
from ari_app.agi.door import Door
from ari_app.agi.line import AgiLine, AgiSettings, Dialplan
from ari_app.background import Background, task_group
from ari_app.calls.inbound import Arrival, InboundCalls
from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.main import speech
from ari_app.main.build_calls import build_admission
from ari_app.main.build_monitoring import AgiMonitoring
from ari_app.main.build_selfcare import build_selfcare
from ari_app.main.demo import open_store
from ari_app.main.foundation import Foundation
from ari_app.main.live_settings import LiveSettings
from ari_app.main.processes import UpError
from ari_app.main.shared import Shared, left_calls, opened_shared
from ari_app.main.signals import Signals
from ari_app.main.site_names import menus_in_use
from ari_app.main.spool import sweep_directory
from ari_app.menus.live import MenuRelease
from ari_app.monitoring.metrics import Metrics
from ari_app.session.media import Sounds
from ari_app.store.lines import AGI
from ari_app.store.nodes import AGI_RUN
from ari_app.store.workers import Worker

log = logging.getLogger(__name__)

LINE = AGI


async def serve(config: Config, state: State, console: Console) -> None:
    """Serve calls until SIGINT or SIGTERM; SIGHUP reloads the menus.

    Raises :class:`UpError` when the port cannot be used.
    """
    signals = Signals()
    signals.heed()
    menus = menus_in_use(config, state)
    store, metrics = await open_store(config, state), Metrics()
    try:
        async with AsyncExitStack() as stack:
            reading = await stack.enter_async_context(
                speech.spoken(config, state, menus.catalogue, console, meter=metrics)
            )
            live = LiveSettings(config, state, reading.voice, metrics)
            stack.push_async_callback(live.close)
            foundation = Foundation(live, state, MenuRelease(menus, reading), store, metrics)
            await stack.enter_async_context(_answering(foundation, signals))
            await signals.stop.wait()
            log.info("stopping: callers go on in the dialplan")
    finally:
        await store.close()


@asynccontextmanager
async def _answering(foundation: Foundation, signals: Signals) -> AsyncIterator[None]:
    """Answer calls while the context lasts."""
    config, where = foundation.config.agi, foundation.config.ports.agi
    async with AsyncExitStack() as stack:
        shared = await stack.enter_async_context(opened_shared(foundation, (LINE,), AGI_RUN))
        tasks = await stack.enter_async_context(task_group())
        background = Background(tasks)
        stack.callback(background.cancel)
        selfcare = build_selfcare(shared, background.begin)
        admission = build_admission(shared, selfcare, tasks, background, LINE)
        inbound = admission.inbound
        await sweep_directory(_spool(shared), shared.recordings)
        door = Door(_accepting(shared, inbound), config.allow, config.calls)
        try:
            await stack.enter_async_context(door.opened(config.host, where))
        except OSError as error:
            raise UpError(
                f"AGI: port {where} of {config.host} cannot be used ({error.strerror}): "
                "set ports.agi, or stop what uses it"
            ) from error
        await stack.enter_async_context(AgiMonitoring(shared).served())
        background.begin(shared.store.watch(admission.actions.refresh))
        background.begin(shared.worker.run(shared.lines, partial(_close_lost, shared)))
        background.begin(_reload_on(signals.reload, shared))
        log.info("AGI: serving agi://%s:%d/NUMBER", config.host, where)
        yield


def _dialplan(config: Config) -> Dialplan:
    """The subroutines of the dialplan that is rendered for this installation."""
    if config.ari.dialplan != "own":
        return Dialplan("firstline-agi-queue", done="firstline-clear")
    return Dialplan() if config.manages_asterisk else Dialplan(prepare="")


def _accepting(shared: Shared, inbound: InboundCalls) -> Callable[[Connection], Awaitable[None]]:
    """Return what serves the call of a connection to its end."""
    config = shared.config
    own = _dialplan(config)
    settings = AgiSettings(
        _spool(shared),
        config.site.dead_man,
        replace(own, dial=config.agi.dial or own.dial),
    )

    async def accept(connection: Connection) -> None:
        call = connection.request

        def new_line(sounds: Sounds) -> AgiLine:
            return AgiLine(connection, sounds, shared.recordings.keep, settings)

        arrival = Arrival(call.endpoint, call.caller, call.script)
        line, run = inbound.accept(arrival, new_line)
        try:
            await run()
        finally:
            await line.settle()

    return accept


def _spool(shared: Shared) -> Path:
    """Where Asterisk records what callers over AGI say."""
    state = shared.foundation.state
    directory = Path(shared.config.agi.spool or state.directory / "agi").absolute()
    directory.mkdir(mode=0o770, exist_ok=True)
    return directory


async def _close_lost(shared: Shared, _: Worker) -> None:
    """Close the calls of a process like this one that died: none of them goes on."""
    await left_calls(shared.store, shared.lines, shared.worker)


async def _reload_on(requested: asyncio.Event, shared: Shared) -> None:
    """Reload the menus each time the event is set."""
    while True:
        await requested.wait()
        requested.clear()
        await shared.menus.reload("SIGHUP")
