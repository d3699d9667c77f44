"""Waiting for facts, and sending them."""

import asyncio
from collections.abc import Callable

from aiohttp import web

from tests.deadlines import within

PATIENCE = 10.0
"""Seconds after which a fact that did not come true fails its test."""


async def until(fact: Callable[[], object]) -> None:
    """Wait until ``fact`` is true."""
    async with within(PATIENCE):
        while not fact():  # noqa: ASYNC110 - a fact of a server has no event
            await asyncio.sleep(0.001)


async def send_events(socket: web.WebSocketResponse, events: asyncio.Queue[str]) -> None:
    """Send what is put into the queue, without end."""
    while True:
        await socket.send_str(await events.get())
