"""The WebSocket of a tab: messages are handled one after the other, and sent independently."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from aiohttp import WSMsgType, web

from ari_app.desk import messages as m
from ari_app.desk.agents.presence import Presence
from ari_app.desk.board.board_messages import FromBoard, ToBoard
from ari_app.desk.commands.agent_commands import AgentCommands
from ari_app.desk.web import message_codec
from ari_app.desk.web.tabs import Tab, Tabs
from ari_app.rate_limit import Rate, RateLimit
from ivr.bounds import Malformed

log = logging.getLogger(__name__)

HEARTBEAT = 15.0
"""Seconds between WebSocket pings; a browser that sleeps answers none, and reconnects on waking."""

BEAT = 4.0
"""Seconds between keep-alive messages: a page does not see pings."""

PACE = Rate(burst=60, each=0.1)
"""Messages of a tab, more than a person can cause; faster ones are delayed, none is dropped."""


class Snapshots(Protocol):
    """Makes the first message to a tab, which has all that it shows."""

    def of(self, tab: Tab, /) -> Awaitable[m.ToBrowser | ToBoard]: ...


class TabConnections:
    """Serves the WebSockets of a kind of tabs. ``presence`` hears of tabs with which an agent is
    at the desk; ``decode`` reads what the browser sends."""

    def __init__(
        self,
        tabs: Tabs,
        snapshot: Snapshots,
        commands: AgentCommands,
        presence: Presence | None = None,
        decode: Callable[[str], m.FromBrowser | FromBoard] = message_codec.decode,
    ) -> None:
        self._tabs = tabs
        self._snapshot = snapshot
        self._commands = commands
        self._presence = presence
        self._decode = decode

    async def serve(self, socket: web.WebSocketResponse, tab: Tab) -> None:
        """Send the snapshot, then handle and send messages until either side closes."""
        try:
            with self._tabs.opened(tab):
                if self._presence:
                    self._presence.opened(tab.agent)
                tab.send(await self._snapshot.of(tab))
                await self._serve(socket, tab)
        finally:
            if self._presence:
                self._presence.closed(tab.agent)

    async def _serve(self, socket: web.WebSocketResponse, tab: Tab) -> None:
        tasks = [asyncio.create_task(one) for one in (_send(socket, tab), _beat(tab))]
        try:
            await self._receive(socket, tab)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _receive(self, socket: web.WebSocketResponse, tab: Tab) -> None:
        pace, clock = RateLimit(PACE), asyncio.get_running_loop().time
        async for frame in socket:
            if frame.type is not WSMsgType.TEXT:
                continue
            tab.used = True
            if wait := pace.wait(tab, clock()):
                await asyncio.sleep(wait)
                pace.wait(tab, clock())
            await self._handle(tab, frame.data)

    async def _handle(self, tab: Tab, text: str) -> None:
        """Handle a message. Whatever is wrong with it is answered, and the tab goes on."""
        try:
            await self._commands.handle(tab, self._decode(text))
        except Malformed as error:
            log.warning("invalid message from the browser of %s refused: %s", tab.agent, error)
            self._commands.refuse(tab, message_codec.key_of(text))
        except Exception:  # the outermost frame of a message, which was answered
            log.exception("a message from the browser of %s failed", tab.agent)


async def _send(socket: web.WebSocketResponse, tab: Tab) -> None:
    while (message := await tab.outbox.get()) is not None:
        await socket.send_str(message_codec.encode(message))
    await socket.close(code=4408, message=b"too far behind, or signed out")


async def _beat(tab: Tab) -> None:
    while True:
        await asyncio.sleep(BEAT)
        tab.send(m.Beat())
