"""Counts the tickets that are late."""

import asyncio
import logging
from contextlib import suppress

from ari_app.desk.ports import DeskUnavailable, NotesAndTickets

log = logging.getLogger(__name__)


class LateTickets:
    """The number of late tickets; ``changed`` is set whenever it changes."""

    def __init__(self, tickets: NotesAndTickets, changed: asyncio.Event) -> None:
        self._tickets = tickets
        self._changed = changed
        self._recount = asyncio.Event()
        self.count = 0

    def recount(self) -> None:
        """Count again soon: a ticket was changed."""
        self._recount.set()

    async def run(self, interval: float) -> None:
        """Count every ``interval`` seconds, and when asked to. Never returns."""
        while True:
            try:
                count = sum(one.late for one in await self._tickets.unresolved_tickets())
            except DeskUnavailable as error:
                log.warning("late tickets not counted, retry in %g s: %s", interval, error)
            else:
                if count != self.count:
                    self.count = count
                    self._changed.set()
            self._recount.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(interval):
                    await self._recount.wait()
