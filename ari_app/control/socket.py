"""The control socket: how the command line asks the running application.

HTTP over a Unix socket in the state directory, which only its owner can enter:

- ``GET /status`` and ``GET /queues`` answer a JSON object,
- ``GET /watch`` streams one line of JSON per :class:`~ari_app.control.live_feed.CallEvent`,
- ``POST /reload`` answers the result of the reload as JSON when it is done,
- after ``POST /refresh`` the application knows what other commands wrote into the store,
- ``POST /ussd`` is answered as the gateway does.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp
from aiohttp import web
from msgspec import json

from ari_app.control.live_feed import CallEvent, LiveFeed

DEADLINE = 5.0
"""Seconds in which the application begins to answer."""


Answer = Callable[[], Awaitable[bytes]]
"""Makes an answer, as JSON."""


class NotRunningError(Exception):
    """No application answers in this state directory."""


@asynccontextmanager
async def serve(
    path: Path,
    status: Answer,
    queues: Answer,
    reload: Answer,
    refresh: Callable[[], Awaitable[None]],
    feed: LiveFeed,
    ussd: Callable[[bytes], Awaitable[str]],
) -> AsyncIterator[None]:
    """Answer on the socket ``path`` while the context lasts."""

    async def on_status(_: web.Request) -> web.Response:
        return web.Response(body=await status(), content_type="application/json")

    async def on_queues(_: web.Request) -> web.Response:
        return web.Response(body=await queues(), content_type="application/json")

    async def on_watch(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_type = "application/x-ndjson"
        async with feed.watch() as happenings:
            await response.prepare(request)
            while True:
                await response.write(json.encode(await happenings.get()) + b"\n")

    async def on_refresh(_: web.Request) -> web.Response:
        await refresh()
        return web.Response()

    async def on_reload(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_type = "application/json"
        await response.prepare(request)  # the rest may take minutes: so much is spoken
        await response.write(await reload())
        return response

    async def on_ussd(request: web.Request) -> web.Response:
        return web.Response(text=await ussd(await request.read()))

    app = web.Application()
    app.add_routes(
        [
            web.get("/status", on_status),
            web.get("/queues", on_queues),
            web.get("/watch", on_watch),
            web.post("/refresh", on_refresh),
            web.post("/reload", on_reload),
            web.post("/ussd", on_ussd),
        ]
    )
    runner = web.AppRunner(
        app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True
    )  # a watcher that hangs up is cancelled at once
    await runner.setup()
    path.unlink(missing_ok=True)
    try:
        with _short(path) as short:
            await web.UnixSite(runner, short).start()
            yield
    finally:
        await runner.cleanup()
        path.unlink(missing_ok=True)


@asynccontextmanager
async def _ask(
    path: Path, what: str, method: str = "GET", body: bytes | None = None
) -> AsyncIterator[aiohttp.ClientResponse]:
    with _short(path) as short:
        connector = aiohttp.UnixConnector(short)
        timeout = aiohttp.ClientTimeout(total=None)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            try:
                async with asyncio.timeout(DEADLINE):
                    response = await session.request(method, f"http://firstline/{what}", data=body)
            except TimeoutError:
                raise NotRunningError(
                    f"Firstline does not answer in {DEADLINE:g} s: see its log, then stop it with "
                    "`firstline down` and start it again"
                ) from None
            except (aiohttp.ClientError, OSError) as error:
                raise NotRunningError(
                    "Firstline does not run here: start it with `firstline up`"
                ) from error
            async with response:
                if response.status != 200:
                    raise NotRunningError(
                        f"Firstline answered {response.status} to {what}: its log says why"
                    )
                yield response


async def status(path: Path) -> bytes:
    """The status of the running application as JSON; :class:`NotRunningError` if there is none."""
    async with _ask(path, "status") as response:
        return await response.read()


async def queues(path: Path) -> bytes:
    """The queues as the running application knows them, as JSON."""
    async with _ask(path, "queues") as response:
        return await response.read()


async def refresh(path: Path) -> None:
    """Have the running application read again what was written into the store."""
    async with _ask(path, "refresh", "POST"):
        pass


async def ussd(path: Path, request: bytes) -> str:
    """The answer to a request of a text session, as a gateway would send it."""
    async with _ask(path, "ussd", "POST", request) as response:
        return await response.text()


async def reload(path: Path) -> bytes:
    """Have the menus read again: what came of it, as JSON. It may take minutes."""
    async with _ask(path, "reload", "POST") as response:
        try:
            return await response.read()
        except aiohttp.ClientError as error:
            raise NotRunningError("Firstline stopped meanwhile") from error


@asynccontextmanager
async def watch(path: Path) -> AsyncIterator[AsyncIterator[CallEvent]]:
    """All that happens in calls from now on."""
    decoder = json.Decoder(CallEvent)

    async def lines(response: aiohttp.ClientResponse) -> AsyncIterator[CallEvent]:
        try:
            async for line in response.content:
                yield decoder.decode(line)
        except aiohttp.ClientError as error:
            raise NotRunningError("Firstline stopped") from error

    async with _ask(path, "watch") as response:
        yield lines(response)


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """``path`` through its directory's descriptor: a Unix socket's path has 107 bytes at most."""
    try:
        directory = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotRunningError(
            f"there is no state in {path.parent}: start Firstline with `firstline up`"
        ) from error
    try:
        yield f"/proc/self/fd/{directory}/{path.name}"
    finally:
        os.close(directory)
