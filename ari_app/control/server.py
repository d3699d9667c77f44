"""The control socket of the running application.

HTTP over a Unix socket in the state directory, which only its owner can enter:

- ``GET /status`` and ``GET /queues`` answer a JSON object, ``GET /channels`` the list of the
  channels that calls are on,
- ``GET /watch`` streams one line of JSON per :class:`~ari_app.control.live_feed.CallEvent`,
- ``POST /reload`` takes a :class:`~ari_app.control.requests.ReloadRequest` and answers its result,
  as JSON, when it is done,
- ``POST /phones`` has Asterisk read the agents' phones again; the answer is why it did not, or "",
- ``POST /refresh`` answers when the application has read again what other commands stored,
- ``POST /stop`` takes a :class:`~ari_app.control.requests.StopRequest` and answers before it is
  carried out,
- ``POST /ussd`` is answered as the USSD gateway answers,
- ``POST /hand-over`` of an application that takes the place of this one is answered at once, and
  then with the calls, as JSON, when the other one has connected to Asterisk,
- ``POST /restore`` has the database replaced by the one staged beside it; the answer is "", or why
  it was not.

What is no such request is answered with 400 and the reason.

:mod:`ari_app.control.client` is the other end.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from msgspec import Struct, json

from ari_app.control.live_feed import LiveFeed
from ari_app.control.requests import ReloadRequest, StopRequest
from ari_app.control.socket_path import short_path
from ivr import bounds
from ivr.bounds import Malformed

MakeJson = Callable[[], Awaitable[bytes]]


class Handlers(Struct, frozen=True):
    """What answers each request; ``status``, ``queues`` and ``reload`` return JSON."""

    status: MakeJson
    queues: MakeJson
    channels: MakeJson
    reload: Callable[[ReloadRequest], Awaitable[bytes]]
    refresh: Callable[[], Awaitable[None]]
    phones: Callable[[], Awaitable[str]]
    stop: Callable[[StopRequest], Awaitable[None]]
    ussd: Callable[[bytes], Awaitable[str]]
    restore: Callable[[], Awaitable[str]]
    hand_over: Callable[[], Coroutine[Any, Any, bytes]]


@asynccontextmanager
async def serve_control(path: Path, handlers: Handlers, feed: LiveFeed) -> AsyncIterator[None]:
    """Answer on the socket ``path`` while the context lasts."""
    server = _Server(handlers, feed)
    app = web.Application(middlewares=[_refused])
    app.add_routes(
        [
            web.get("/status", server.status),
            web.get("/queues", server.queues),
            web.get("/channels", server.channels),
            web.get("/watch", server.watch),
            web.post("/phones", server.phones),
            web.post("/refresh", server.refresh),
            web.post("/reload", server.reload),
            web.post("/stop", server.stop),
            web.post("/ussd", server.ussd),
            web.post("/restore", server.restore),
            web.post("/hand-over", server.hand_over),
        ]
    )
    runner = web.AppRunner(
        app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True
    )  # the stream of a client that disconnects is cancelled at once
    await runner.setup()
    path.unlink(missing_ok=True)
    try:
        with short_path(path) as short:
            await web.UnixSite(runner, short).start()
            yield
    finally:
        await runner.cleanup()
        path.unlink(missing_ok=True)


_STOP, _RELOAD = json.Decoder(StopRequest), json.Decoder(ReloadRequest)


@web.middleware
async def _refused(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except Malformed as error:
        return web.Response(status=400, text=f"no such request: {error}")
    except ConnectionResetError:  # who asked has gone, in the middle of the answer
        return web.Response()


class _Server:
    """The handlers as aiohttp calls them."""

    def __init__(self, handlers: Handlers, feed: LiveFeed) -> None:
        self._handlers = handlers
        self._feed = feed

    async def status(self, _: web.Request) -> web.Response:
        body = await self._handlers.status()
        return web.Response(body=body, content_type="application/json")

    async def queues(self, _: web.Request) -> web.Response:
        body = await self._handlers.queues()
        return web.Response(body=body, content_type="application/json")

    async def channels(self, _: web.Request) -> web.Response:
        body = await self._handlers.channels()
        return web.Response(body=body, content_type="application/json")

    async def watch(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_type = "application/x-ndjson"
        async with self._feed.watch() as events:
            await response.prepare(request)
            while True:
                await response.write(json.encode(await events.get()) + b"\n")

    async def refresh(self, _: web.Request) -> web.Response:
        await self._handlers.refresh()
        return web.Response()

    async def phones(self, request: web.Request) -> web.StreamResponse:
        return await _slowly(request, self._handlers.phones)

    async def restore(self, request: web.Request) -> web.StreamResponse:
        return await _slowly(request, self._handlers.restore)

    async def hand_over(self, request: web.Request) -> web.StreamResponse:
        """The other application connects when it has the beginning of this answer."""
        response = web.StreamResponse()
        response.content_type = "application/json"
        async with asyncio.TaskGroup() as tasks:
            calls = tasks.create_task(self._handlers.hand_over())
            await asyncio.sleep(0)  # from here on it is expected
            await response.prepare(request)
            await response.write(await calls)
        return response

    async def stop(self, request: web.Request) -> web.Response:
        await self._handlers.stop(bounds.read(await request.read(), _STOP))
        return web.Response()

    async def reload(self, request: web.Request) -> web.StreamResponse:
        wanted = bounds.read(await request.read(), _RELOAD)
        response = web.StreamResponse()
        response.content_type = "application/json"
        await response.prepare(request)  # rendering new prompts may take minutes
        await response.write(await self._handlers.reload(wanted))
        return response

    async def ussd(self, request: web.Request) -> web.Response:
        return web.Response(text=await self._handlers.ussd(await request.read()))


async def _slowly(request: web.Request, answer: Callable[[], Awaitable[str]]) -> web.StreamResponse:
    """Answer at once, with a text that may take seconds: of Asterisk, or of the database."""
    response = web.StreamResponse()
    response.content_type = "text/plain"
    await response.prepare(request)
    await response.write((await answer()).encode())
    return response
