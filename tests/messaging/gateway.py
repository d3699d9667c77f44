"""A small gateway for texts, as an operator has one: it honours keys, and breaks as planned."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal, TypeAlias

from aiohttp import web
from msgspec import Struct, json

Fault: TypeAlias = int | Literal["mute", "closed", "lost"]
"""A status; no answer at all; a connection that closes before, or after, the text was taken."""


class Came(Struct, frozen=True):
    """A request: its headers, and its body as it was."""

    headers: dict[str, str]
    body: bytes


class Message(Struct, frozen=True, forbid_unknown_fields=True):
    """The body."""

    key: str
    number: str
    text: str


class Gateway:
    """What came, and what was sent on, once for each key."""

    def __init__(self) -> None:
        self.url = ""
        self.faults: list[Fault] = []
        self.came: list[Came] = []
        self.sent: dict[str, tuple[str, str]] = {}
        self._over = asyncio.Event()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator["Gateway"]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._take)
        runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/texts"
        try:
            yield self
        finally:
            self._over.set()
            await runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        self.came.append(Came(dict(request.headers), await request.read()))
        fault = self.faults.pop(0) if self.faults else 204
        if fault == "mute":
            await self._over.wait()
        if fault == "lost" or (isinstance(fault, int) and 200 <= fault < 300):
            message = json.decode(self.came[-1].body, type=Message)
            self.sent.setdefault(request.headers["Idempotency-Key"], (message.number, message.text))
        if isinstance(fault, str):
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return web.Response(status=fault, headers={"Location": "/elsewhere"})
