"""The queue nodes to which an Asterisk hands callers over, as the application watches them.

Before an agent answers, SIP notices for 40 s nothing of a node that died (measured), and the caller
hears silence. Asterisk asks each node by OPTIONS once a second: who is at one that does not answer
is taken back, and goes on to another node in the place that they had.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import NoReturn

from ari_app.ari.errors import AriError, GoneError, RefusedError, UnreachableError
from ari_app.ari.rest import Ari

log = logging.getLogger(__name__)

LOOK = 0.5
"""Seconds between two looks at the nodes."""

ASKING = 2.0
"""Seconds from one answer to the question which node leads until it is asked again."""

LATE = 5.0
"""Seconds after which it is said that such an answer is late. It counts whenever it comes, and
callers at a node that died do not wait for it."""

SEEKING = 20
"""At how many looks in a row without a caller at a dead node no more are looked for there."""

LOST = ("firstline-node-lost", "s")
"""Where the dialplan takes a caller whose node died."""

ACTIVE = "FIRSTLINE_ACTIVE"
"""The global variable that names the node to which callers are handed over first."""

TECHNOLOGY = "PJSIP"


class QueueNodeWatch:
    """Watches the queue nodes of an Asterisk; ``endpoints`` are theirs by name."""

    def __init__(
        self,
        ari: Ari,
        endpoints: dict[str, str],
        ours: Callable[[str, str], Awaitable[bool]],
        take_back: Callable[[str], Awaitable[None]],
        leader: Callable[[], Awaitable[str]],
    ) -> None:
        """``ours`` says of a channel, by id and name, whether it is ours to take back: not that of
        another worker that lives. ``take_back`` sends a channel, by its name, to :data:`LOST`.
        ``leader`` is the name of the node whose worker leads, "" if that is not known."""
        self._ari = ari
        self._endpoints = endpoints
        self._ours = ours
        self._take_back = take_back
        self._leader = leader
        self._active, self._late = "", False
        self._dead: dict[str, int] = {}
        """Node that does not answer: at how many looks more its callers are looked for. Later ones
        do not come to it, and all channels of Asterisk are many."""

    async def run(self) -> NoReturn:
        """Watch without end."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._again(self.ask, ASKING))
            await self._again(self.look, LOOK)

    async def _again(self, work: Callable[[], Awaitable[None]], pause: float) -> NoReturn:
        while True:
            try:
                await work()
            except (AriError, GoneError, UnreachableError, RefusedError) as error:
                log.debug("queue nodes are looked at later: %s", error)
            await asyncio.sleep(pause)

    async def ask(self) -> None:
        """Ask once who leads, and call them first. Raises as ARI does."""
        loop = asyncio.get_running_loop()
        late = loop.call_later(LATE, self._is_late)
        try:
            leader = await self._leader()
        finally:
            late.cancel()
        if loop.time() < late.when():
            self._late = False
        if leader in self._endpoints:
            await self._ari.asterisk.set_global_var(ACTIVE, leader)  # one that started lacks it
            if leader != self._active:
                log.info("queue node %s leads: callers go there first", leader)
            self._active = leader

    def _is_late(self) -> None:
        if not self._late:
            first = self._active or "the first one of the settings"
            log.warning(
                "which queue node leads is not known yet, the database is slow: callers go to %s",
                first,
            )
        self._late = True

    async def look(self) -> None:
        """Look at all nodes once. Raises as ARI does."""
        for name, endpoint in self._endpoints.items():
            state = (await self._ari.endpoints.get(TECHNOLOGY, endpoint)).state
            if state != "offline":
                self._dead.pop(name, None)
                continue
            if name not in self._dead:
                log.error("queue node %s does not answer: its callers go to another one", name)
            if left := self._dead.setdefault(name, SEEKING):
                found = await self._bring_back(endpoint)
                self._dead[name] = SEEKING if found else left - 1

    async def _bring_back(self, endpoint: str) -> bool:
        """Take back who is at a node that died, those who came first before the others; whether
        someone was there."""
        there = [
            one
            for one in await self._ari.channels.list()
            if one.dialplan.app_name == "Dial" and f"@{endpoint}," in one.dialplan.app_data
        ]
        for one in sorted(there, key=lambda one: one.creationtime):
            if await self._ours(one.id, one.name):
                await self._take_back(one.name)
        return bool(there)
