"""The HTTP server of the API: who asks, what they may, and errors as RFC 9457 has them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from functools import partial
from http import HTTPStatus
from math import ceil
from time import monotonic
from typing import Any

import msgspec
from aiohttp import web
from msgspec import Struct

from ari_app.api.endpoints import Asked, Endpoint, Refused
from ari_app.api.openapi import ROOT, document
from ari_app.config.other_systems import ApiSettings
from ari_app.networks import Networks
from ari_app.store import api_tokens
from ari_app.store.api_tokens import ApiToken
from ari_app.store.db import Store, StoreError
from ivr import bounds
from ivr.bounds import Malformed

log = logging.getLogger(__name__)

_BODY = 64 * 1024
_DEADLINE = 10.0
"""Seconds in which the body of a request must arrive."""
_LONGEST_KEY = 200
PROBLEM = "application/problem+json"


class Problem(Struct, frozen=True):
    """Why a request is refused (RFC 9457)."""

    title: str
    status: int
    detail: str


class Access(Struct, frozen=True):
    """Who may ask: tokens in the ``store``; ``wait`` is how many seconds a token has to wait before
    its next request, 0 if it may ask, which counts it."""

    store: Store
    wait: Callable[[object, float], float]
    now: Callable[[], datetime]


@asynccontextmanager
async def serve(
    address: tuple[str, int], access: Access, endpoints: Sequence[Endpoint], allow: Sequence[str]
) -> AsyncIterator[int]:
    """Answer while the context lasts; yields the port. Raises OSError if it cannot listen."""
    server = _Server(access, allow)
    described = msgspec.json.format(msgspec.json.encode(document(endpoints)))
    app = web.Application(client_max_size=_BODY, middlewares=[server.around])
    app.router.add_get(f"{ROOT}/openapi.json", partial(_described, described))
    for one in endpoints:
        app.router.add_route(one.method, ROOT + one.path, partial(server.answer, one))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=2.0, keepalive_timeout=30.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, *address).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def opened(
    wanted: ApiSettings, access: Access, endpoints: Sequence[Endpoint]
) -> AsyncIterator[None]:
    """The API while the context lasts, if it is enabled; without its port calls go on."""
    async with AsyncExitStack() as stack:
        if wanted.enabled:
            address = (wanted.host, wanted.port)
            try:
                await stack.enter_async_context(serve(address, access, endpoints, wanted.allow))
            except OSError as error:
                log.error(
                    "the API cannot listen on %s:%d (%s): set host or port under [api]",
                    *address,
                    str(error.strerror).rpartition(": ")[2],
                )
            else:
                log.info("the API is at http://%s:%d%s", *address, ROOT)
        yield


async def _described(body: bytes, _: web.Request) -> web.Response:
    """The description of the API, which is no secret."""
    return web.Response(body=body, content_type="application/json")


class _Server:
    """Authenticates requests and has them answered."""

    def __init__(self, access: Access, allow: Sequence[str]) -> None:
        self._access = access
        self._networks = Networks(allow)

    @property
    def around(self) -> Any:
        """Around all handlers: whatever goes wrong is a problem in JSON."""

        @web.middleware
        async def outermost(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            try:
                self._admit(request)
                return await handler(request)
            except Refused as error:
                return _problem(error.status, str(error), error.headers)
            except web.HTTPRequestEntityTooLarge:
                return _problem(413, f"a request has {_BODY} bytes at most")
            except web.HTTPException as error:
                headers = {key: error.headers[key] for key in ("Allow",) if key in error.headers}
                return _problem(error.status, f"see {ROOT}/openapi.json", headers)
            except StoreError as error:
                log.warning("API: the store is unavailable: %s", error)
                return _problem(503, "the store is unavailable: try again", {"Retry-After": "2"})
            except Exception:  # the outermost frame of a request
                log.exception("API: request failed: %s %s", request.method, request.path)
                return _problem(500, "internal error: see the log of Firstline")

        return outermost

    async def answer(self, one: Endpoint, request: web.Request) -> web.Response:
        """Answer a request to an endpoint."""
        access, at = self._access, self._access.now()
        token = await self._authenticated(request, at)
        if one.scope and one.scope not in token.scopes:
            raise Refused(403, f"the token {token.name} has not the scope {one.scope}")
        if wait := access.wait(token.id, monotonic()):
            raise Refused(429, "too many requests", {"Retry-After": str(ceil(wait))})
        key = request.headers.get("Idempotency-Key", "")
        if len(key) > _LONGEST_KEY:
            raise Refused(400, f"an Idempotency-Key has {_LONGEST_KEY} characters at most")
        asked = Asked(
            f"api:{token.name}",
            at,
            request.match_info,
            _query(one, request),
            await _body(one, request),
            key and f"api:{token.id}:{key}",
            token,
        )
        body = msgspec.json.encode(await one.handle(asked))
        return web.Response(body=body, content_type="application/json", status=one.status)

    def _admit(self, request: web.Request) -> None:
        if not self._networks.admit(request.remote):
            raise Refused(403, f"{request.remote} is not allowed: see allow of [api]")

    async def _authenticated(self, request: web.Request, at: datetime) -> ApiToken:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        store, known = self._access.store, None
        if scheme.lower() == "bearer" and given:
            known = await store.read(api_tokens.of_secret, given.strip(), at)
        if known is None:
            detail = "send `Authorization: Bearer` and a token of `firstline tokens add`"
            raise Refused(401, detail, {"WWW-Authenticate": "Bearer"})
        if api_tokens.to_note(known, at):
            await store.write_unsynced(api_tokens.use, known, at)
        return known


def _query(one: Endpoint, request: web.Request) -> Struct | None:
    """The query as the endpoint has it."""
    if one.query is None:
        if request.query:
            raise Refused(400, "query: there is none here")
        return None
    try:
        return msgspec.convert(dict(request.query), one.query, strict=False)
    except msgspec.ValidationError as error:
        raise Refused(400, f"query: {error}") from None


async def _body(one: Endpoint, request: web.Request) -> Struct | None:
    """The body as the endpoint has it."""
    if one.body is None:
        return None
    if request.content_type != "application/json":
        raise Refused(415, "send application/json")
    try:
        async with asyncio.timeout(_DEADLINE):
            text = await request.read()
    except TimeoutError:
        raise Refused(408, f"the request did not arrive in {_DEADLINE:g} s") from None
    try:
        return bounds.read(text or b"{}", msgspec.json.Decoder(one.body))
    except Malformed as error:
        raise Refused(400, f"body: {error}") from None


def _problem(status: int, detail: str, headers: Any = None) -> web.Response:
    problem = Problem(HTTPStatus(status).phrase, status, detail)
    return web.Response(
        body=msgspec.json.encode(problem), content_type=PROBLEM, status=status, headers=headers
    )
