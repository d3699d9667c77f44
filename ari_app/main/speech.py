"""The speech of an installation: its voices are fetched, its prompts rendered."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.main import voices
from prompts.catalogue import Catalogue
from prompts.media import PromptMedia
from prompts.speech_meter import UNMEASURED, SpeechMeter
from prompts.voice import SpeechFailed, Voice

log = logging.getLogger(__name__)

RENDER_SECONDS = 30.0
"""How long the first start waits for prompts; others are rendered while callers are served."""

LOG_SECONDS = 3.0
"""How often the log says how far the prompts are, where no terminal shows it."""

AMOUNTS = 200
"""Amounts of money up to this are spoken ahead, when callers are served."""


async def provide(config: Config, state: State, console: Console) -> bool:
    """Fetch the voices that the settings want and that are missing, and show how far it is.

    Returns whether all are there; raises :class:`~asterisk_conf.debian_packages.ArchiveError`.
    """
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("voices", total=100.0, visible=voices.wanted(config, state))

        def shown(what: str, percent: float) -> None:
            bar.update(task, description=f"voices: {what}", completed=percent)

        return await asyncio.to_thread(voices.provide, config, state, shown)


@asynccontextmanager
async def spoken(
    config: Config,
    state: State,
    catalogue: Catalogue,
    console: Console,
    seconds: float | None = RENDER_SECONDS,
    meter: SpeechMeter = UNMEASURED,
) -> AsyncIterator[PromptMedia]:
    """The media of a catalogue; renders all prompts without placeholders.

    After ``seconds`` it goes on with that in the background; None waits until all are rendered.
    ``meter`` is notified of what the voices do.
    """
    async with Voice(voices.settings(config, state), state.sounds, meter) as voice:
        directory = recordings(config, state)
        reading = await asyncio.to_thread(PromptMedia, voice, catalogue, directory)
        for problem in reading.problems:
            log.warning("%s", problem)
        served = asyncio.Event()
        rendering = asyncio.create_task(_render(reading, served, console))
        tasks = [rendering]
        try:
            await asyncio.wait(tasks, timeout=seconds)
            if rendering.done():
                await rendering
            else:
                log.info("prompts are still being rendered; callers are served meanwhile")
            served.set()
            if seconds is not None:
                tasks.append(asyncio.create_task(_render_amounts(rendering, reading)))
            yield reading
        finally:
            for each in tasks:
                each.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _render(reading: PromptMedia, served: asyncio.Event, console: Console) -> None:
    """Speak all fixed prompts; while callers are served, a failure is only logged."""
    try:
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task("rendering the prompts")
            logged = asyncio.get_running_loop().time()

            def shown(done: int, of: int) -> None:
                nonlocal logged
                bar.update(task, completed=done, total=of)
                now = asyncio.get_running_loop().time()
                if not console.is_terminal and now >= logged + LOG_SECONDS:
                    logged = now
                    log.info("rendering the prompts: %d of %d", done, of)

            spoken = await reading.render_all(shown, served=served.is_set)
        if spoken:
            await reading.voice.renew()
    except SpeechFailed as failure:
        if not served.is_set():
            raise
        log.warning("prompts are not rendered before they are needed: %s", failure)


async def _render_amounts(rendering: asyncio.Task[None], reading: PromptMedia) -> None:
    """Speak amounts of money ahead, when all prompts are rendered."""
    await asyncio.wait({rendering})
    try:
        await reading.render_amounts(AMOUNTS)
    except SpeechFailed as failure:
        log.warning("amounts are not rendered before they are needed: %s", failure)


def recordings(config: Config, state: State) -> Path:
    """The directory of recordings that replace synthesized prompts."""
    return Path(config.voice.recordings or state.recordings).expanduser()
