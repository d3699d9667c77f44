"""The HTTP server for monitoring: ``/healthz``, ``/readyz`` and ``/metrics``.

It says nothing of callers: no number, no name, no key. Addresses that are not allowed get 403.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from msgspec import Struct, json
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from ari_app.config.server_settings import MonitoringSettings
from ari_app.monitoring.checks import Readiness
from ari_app.networks import Networks

log = logging.getLogger(__name__)


class Answers(Struct, frozen=True):
    """What answers: the checks of now, and the metrics in Prometheus' text format."""

    readiness: Callable[[], Awaitable[Readiness]]
    metrics: Callable[[], Awaitable[bytes]]


@asynccontextmanager
async def serve(
    address: tuple[str, int], answers: Answers, allow: Sequence[str]
) -> AsyncIterator[int]:
    """Answer while the context lasts; yields the port. Raises OSError if it cannot listen."""
    server = _Server(answers)
    app = web.Application(middlewares=[_Gate(allow).middleware])
    app.add_routes(
        [
            web.get("/healthz", server.health),
            web.get("/readyz", server.readiness),
            web.get("/metrics", server.metrics),
        ]
    )
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, keepalive_timeout=30.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, *address).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def opened(wanted: MonitoringSettings, port: int, answers: Answers) -> AsyncIterator[None]:
    """The server while the context lasts, if it is enabled; without its port calls go on."""
    async with AsyncExitStack() as stack:
        if wanted.enabled:
            address = (wanted.host, port)
            try:
                await stack.enter_async_context(serve(address, answers, wanted.allow))
            except OSError as error:
                log.error(
                    "monitoring cannot listen on %s:%d (%s): set `monitoring` under [ports], or "
                    "host under [monitoring]",
                    *address,
                    str(error.strerror).rpartition(": ")[2],
                )
            else:
                log.info("metrics are at http://%s:%d/metrics", *address)
        yield


class _Server:
    """The handlers as aiohttp calls them."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    async def health(self, _: web.Request) -> web.Response:
        """The process serves: its event loop has answered."""
        return web.Response(text="ok\n")

    async def readiness(self, _: web.Request) -> web.Response:
        """200 if callers are served, otherwise 503; the checks in any case."""
        ready = await self._answers.readiness()
        return web.Response(
            body=json.format(json.encode(ready)),
            content_type="application/json",
            status=200 if ready.ready else 503,
        )

    async def metrics(self, _: web.Request) -> web.Response:
        """All metrics."""
        headers = {"Content-Type": CONTENT_TYPE_PLAIN_0_0_4}
        return web.Response(body=await self._answers.metrics(), headers=headers)


class _Gate:
    """Refuses addresses that are not allowed."""

    def __init__(self, allow: Sequence[str]) -> None:
        self._networks = Networks(allow)

    @property
    def middleware(self) -> Middleware:
        """Around all handlers."""

        @web.middleware
        async def admit(request: web.Request, handler: Handler) -> web.StreamResponse:
            if not self._networks.admit(request.remote):
                raise web.HTTPForbidden(
                    text=f"{request.remote} is not allowed: see allow of [monitoring]\n"
                )
            return await handler(request)

        return admit
