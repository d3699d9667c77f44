"""The door of the desk: who comes in, what others' pages may not do, and what a browser is told.

What is asked of every request: that nobody asks too often, that its Host is ours (else another
name could be pointed at us), and that whoever changes anything comes from our own pages (Origin)
with the token of his session.
"""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from ipaddress import ip_address, ip_network
from math import ceil
from time import monotonic
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.typedefs import Middleware
from msgspec import Struct

from ari_app.desk.limits import Limit, Rate
from ari_app.desk.people import AccountsBusy, Person, Role
from ari_app.desk.sessions import Entered, Sessions

log = logging.getLogger(__name__)

BODY = 64 * 1024
"""Bytes of a request."""
FIELDS = 50
"""Fields of a form."""
READING = 10.0
"""Seconds in which the body of a request must be there."""

REQUESTS = Rate(burst=300, each=0.05)
"""Of one address, from which a whole office may come; files are not counted."""

STATIC = "/static/"
WIRE = "/wire"
SIGN_IN = 4401
"""The code with which a WebSocket is closed whose browser must sign in."""

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": with that browsers hide the Origin of our own forms, too.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Server": "Firstline",
}

ENTERED = web.RequestKey("entered", Entered)
ADDRESS = web.RequestKey("address", str)
"""Of whom tries are counted."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Refuse = Callable[[web.Request, int, str, Mapping[str, str]], web.Response]
"""Makes the page that says why not: the status, and a word of the desk."""


class Rules(Struct, frozen=True):
    """``hosts`` are the names under which the desk is asked for; ``open`` are paths for which
    nobody needs to be signed in; ``https``: browsers reach it by that alone; ``proxies`` are
    believed for whom they ask; ``cookie`` is the name of ours."""

    hosts: Collection[str]
    open: Collection[str]
    https: bool
    proxies: Collection[str]
    cookie: str


class Guard:
    """Lets requests in, or says why not."""

    def __init__(self, rules: Rules, sessions: Sessions, refuse: Refuse) -> None:
        self._rules = rules
        self._sessions = sessions
        self._refuse = refuse
        self._limit = Limit(REQUESTS)

    @property
    def middleware(self) -> Middleware:
        """For the application."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._answer(request, handler)

        return guard

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        request[ADDRESS] = address = address_of(request, self._rules.proxies)
        file = request.path.startswith(STATIC)
        wait = 0.0 if file else self._limit.wait(address, monotonic())
        if wait:
            return self._refuse(request, 429, "too-often", {"Retry-After": str(ceil(wait))})
        if request.host not in self._rules.hosts:
            log.warning("the desk was asked for as %r: see names of [desk]", request.host)
            return self._refuse(request, 421, "wrong-host", {})
        if (_changes(request) or request.path == WIRE) and not self._from_us(request):
            origin = request.headers.get("Origin")
            log.warning("a page of %r wanted to act; if it is ours, see https of [desk]", origin)
            return self._refuse(request, 403, "wrong-origin", {})
        try:
            if file or request.path in self._rules.open:
                return await handler(request)
            return await self._within(request, handler)
        except AccountsBusy as error:
            log.warning("the desk's door: %s", error)
            return self._refuse(request, 503, "busy", {"Retry-After": "1"})
        except web.HTTPException as error:
            return self._told(request, error)
        except Exception:  # the outermost frame of a request
            log.exception("the desk broke over %s %s", request.method, request.path)
            return self._refuse(request, 500, "http-500", {})

    async def _within(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Handle what somebody who is signed in asks."""
        cookie = self.brought(request)
        entered = await self._sessions.entered(cookie) if cookie else None
        if entered is None:
            return await _turned_away(request)
        request[ENTERED] = entered
        if _changes(request) and not await _brings_token(request, entered):
            return self._refuse(request, 403, "wrong-origin", {})
        try:
            response = await handler(request)
        except web.HTTPException as error:
            response = self._told(request, error)
        if request.method == "GET" and not response.prepared:
            new = await self._sessions.rotated(entered, cookie)
            if new is not None:
                self.give(response, new)
        return response

    def brought(self, request: web.Request) -> str:
        """The cookie that a browser brings; "" if it has none of ours."""
        return request.cookies.get(self._rules.cookie, "")

    def give(self, response: web.StreamResponse, cookie: str) -> None:
        """Give a browser its cookie: no script reads it, no other site sends it."""
        response.set_cookie(
            self._rules.cookie,
            cookie,
            path="/",
            httponly=True,
            samesite="Strict",
            secure=self._rules.https,
        )

    def take(self, response: web.StreamResponse) -> None:
        """Take the cookie away again."""
        response.del_cookie(
            self._rules.cookie,
            path="/",
            httponly=True,
            samesite="Strict",
            secure=self._rules.https,
        )

    def _from_us(self, request: web.Request) -> bool:
        scheme = "https" if self._rules.https else "http"
        return request.headers.get("Origin") == f"{scheme}://{request.host}"

    def _told(self, request: web.Request, error: web.HTTPException) -> web.Response:
        """What a handler raised, as a page of ours, or as the way to another one."""
        kept = {
            name: error.headers[name] for name in ("Allow", "Location") if name in error.headers
        }
        if error.status < 400:
            return web.Response(status=error.status, headers=kept)
        return self._refuse(request, error.status, f"http-{error.status}", kept)

    async def tell(self, request: web.Request, response: web.StreamResponse) -> None:
        """Tell a browser with each response what it may do with it."""
        response.headers.update(HEADERS)
        if self._rules.https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        # What is served there stands under a name for what it is, so it never changes.
        file = request.path.startswith(STATIC) and response.status < 400
        keep = "private, max-age=31536000, immutable" if file else "no-store"
        response.headers["Cache-Control"] = keep


def address_of(request: web.Request, proxies: Collection[str]) -> str:
    """Who asks, or for whom a proxy does; of IPv6 the network, all of which he has."""
    address = request.remote or ""
    if address in proxies:
        told = ",".join(request.headers.getall("X-Forwarded-For", ()))
        address = told.rpartition(",")[2].strip() or address
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


async def fields(request: web.Request) -> Mapping[str, str]:
    """The fields of a form; what is none, or does not come in time, is refused."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType
    try:
        async with asyncio.timeout(READING):
            text = (await request.read()).decode()
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS))
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (ValueError, OSError, web.RequestPayloadError):
        raise web.HTTPBadRequest from None


def _changes(request: web.Request) -> bool:
    return request.method not in ("GET", "HEAD")


async def _brings_token(request: web.Request, entered: Entered) -> bool:
    brought = request.headers.get("X-CSRF") or (await fields(request)).get("csrf", "")
    told = brought.encode(errors="surrogateescape")
    return hmac.compare_digest(told, entered.signed.csrf.encode())


async def _turned_away(request: web.Request) -> web.StreamResponse:
    """Who is not signed in may do that; to a tab it is said in the only way that it hears."""
    if request.path != WIRE:
        raise web.HTTPSeeOther("/sign-in")
    socket = web.WebSocketResponse(timeout=1.0)
    await socket.prepare(request)
    await socket.close(code=SIGN_IN, message=b"sign in")
    return socket


def see(path: str) -> web.Response:
    """Go to another page."""
    return web.Response(status=303, headers={"Location": path})


def signed_in(request: web.Request) -> Person:
    """Who asks."""
    return request[ENTERED].person


def requires(request: web.Request, role: Role) -> Person:
    """Who asks, if he may do what a role may; else it is forbidden."""
    person = signed_in(request)
    if not person.may(role):
        raise web.HTTPForbidden
    return person
