"""The WebSocket of a tab: what comes in is heard in turn, what goes out never waits for that."""

import asyncio
import logging

import msgspec
from aiohttp import WSMsgType, web

from ari_app.desk import messages as m
from ari_app.desk.agent_commands import AgentCommands
from ari_app.desk.desk import Desk
from ari_app.desk.hub import Tab
from ari_app.desk.limits import Limit, Rate

log = logging.getLogger(__name__)

HEARTBEAT = 15.0
"""Seconds between pings; a browser that sleeps answers none, and comes again when it wakes."""

BEAT = 4.0
"""Seconds after which a browser, which sees no pings, is told that the desk is there."""


PACE = Rate(burst=60, each=0.1)
"""Of a tab: more than a hand can do. What comes faster is heard later, and none of it is lost."""


async def talk(socket: web.WebSocketResponse, desk: Desk, tab: Tab) -> None:
    """Serve a tab until either side ends it."""
    with desk.hub.opened(tab):
        tab.tell(await desk.hello(tab))
        beside = [asyncio.create_task(deed) for deed in (_send(socket, tab), _beat(tab))]
        try:
            await _hear(socket, desk, tab)
        finally:
            for each in beside:
                each.cancel()
            await asyncio.gather(*beside, return_exceptions=True)


async def _send(socket: web.WebSocketResponse, tab: Tab) -> None:
    while (message := await tab.out.get()) is not None:
        await socket.send_str(m.told(message))
    await socket.close(code=4408, message=b"too far behind, or signed out")


async def _beat(tab: Tab) -> None:
    while True:
        await asyncio.sleep(BEAT)
        tab.tell(m.Beat())


async def _hear(socket: web.WebSocketResponse, desk: Desk, tab: Tab) -> None:
    hearing, pace, clock = AgentCommands(desk, tab), Limit(PACE), asyncio.get_running_loop().time
    async for frame in socket:
        if frame.type is not WSMsgType.TEXT:
            continue
        tab.used = True
        if wait := pace.wait(tab, clock()):
            await asyncio.sleep(wait)
            pace.wait(tab, clock())
        try:
            said = m.said(frame.data)
        except msgspec.DecodeError as error:
            log.warning("%s's browser said what nobody understands: %s", tab.agent, error)
            continue
        await hearing.hear(said)
