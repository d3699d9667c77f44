"""Room on the disk for recordings of conversations: without it they are not recorded."""

import asyncio
import logging
import shutil
from pathlib import Path
from typing import NoReturn

from ari_app.ari.errors import AriError, UnreachableError
from ari_app.ari.link import Link

log = logging.getLogger(__name__)

VARIABLE = "FIRSTLINE_UNRECORDED"
"""A global variable of the dialplan: "yes" while conversations are not recorded."""
EVERY = 30.0
"""Seconds between two looks."""


class DiskWatch:
    """Has conversations recorded while ``least`` bytes are free where ``directory`` is."""

    def __init__(self, link: Link, directory: Path, least: int) -> None:
        self._link = link
        self._directory = directory
        self._least = least
        self._full = False

    async def run(self) -> NoReturn:
        """Look without end. The variable is set each time: Asterisk may have started again."""
        while True:
            await self._link.wait_connected()
            try:
                await self.look()
            except (OSError, TimeoutError, AriError, UnreachableError) as error:
                log.error("room for recordings was not looked for, retry in %g s: %s", EVERY, error)
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Look, and have conversations recorded or not."""
        free = (await asyncio.to_thread(shutil.disk_usage, self._directory)).free
        full = free < self._least
        async with asyncio.timeout(EVERY):
            value = "yes" if full else ""
            await self._link.ari.asterisk.set_global_var(VARIABLE, value)
        if full != self._full:
            self._full = full
            log.warning(
                "conversations are %s: %.1f GB are free, %.1f needed: see room of [conversations]",
                "NOT recorded" if full else "recorded again",
                free / 1e9,
                self._least / 1e9,
            )
