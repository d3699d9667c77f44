"""The door of the desk: who comes in, what others' pages may not do, and what a browser is told.

What is asked of every request: that its Host is ours (else another name could be pointed at us),
that whoever changes anything comes from our own pages (Origin) with the token of his session, and
that nobody asks too often.
"""

import hmac
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from time import monotonic

from aiohttp import web
from aiohttp.typedefs import Middleware
from msgspec import Struct

from ari_app.desk.limits import Limit, Rate
from ari_app.desk.people import AccountsBusy, Person, Role
from ari_app.desk.sessions import Entered, Sessions

log = logging.getLogger(__name__)

COOKIE = "firstline"
BODY = 64 * 1024
"""Bytes of a request."""

REQUESTS = Rate(burst=120, each=0.1)
"""Of one address."""

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
}

ENTERED = web.RequestKey("entered", Entered)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Refuse = Callable[[web.Request, int, str, Mapping[str, str]], web.Response]
"""Makes the page that says why not: the status, and a word of the desk."""


class Rules(Struct, frozen=True):
    """``hosts`` are the names under which the desk is asked for; ``open`` are paths for which
    nobody needs to be signed in; ``https``: browsers reach it by that alone."""

    hosts: Collection[str]
    open: Collection[str]
    https: bool


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
            response = await self._answer(request, handler)
            if not response.prepared:
                self._tell(request, response)
            return response

        return guard

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.host not in self._rules.hosts:
            log.warning("the desk was asked for as %r: see names of [desk]", request.host)
            return self._refuse(request, 421, "wrong-host", {})
        wait = self._limit.wait(request.remote, monotonic())
        if wait:
            return self._refuse(request, 429, "too-often", {"Retry-After": f"{wait:.0f}"})
        if self._changes(request) and not self._from_us(request):
            log.warning("a page of %r wanted the desk to act", request.headers.get("Origin"))
            return self._refuse(request, 403, "wrong-origin", {})
        try:
            return await self._within(request, handler)
        except AccountsBusy as error:
            log.warning("the desk's door: %s", error)
            return self._refuse(request, 503, "busy", {"Retry-After": "1"})
        except web.HTTPException as error:
            if error.status < 400:
                return error
            return self._refuse(request, error.status, f"http-{error.status}", {})

    async def _within(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Handle what somebody who is signed in asks, or what anybody may ask."""
        path = request.path
        if path in self._rules.open or path.startswith("/static/"):
            return await handler(request)
        cookie = request.cookies.get(COOKIE, "")
        entered = await self._sessions.entered(cookie) if cookie else None
        if entered is None:
            raise web.HTTPSeeOther("/sign-in")
        request[ENTERED] = entered
        if request.method == "POST" and not await _brings_token(request, entered):
            return self._refuse(request, 403, "wrong-origin", {})
        new = (
            await self._sessions.rotated(entered, cookie)
            if request.method == "GET" and (path != "/wire")
            else None
        )
        response = await handler(request)
        if new is not None and not response.prepared:
            self.give(response, new)
        return response

    def give(self, response: web.StreamResponse, cookie: str) -> None:
        """Give a browser its cookie: no script reads it, no other site sends it."""
        response.set_cookie(
            COOKIE, cookie, path="/", httponly=True, samesite="Strict", secure=self._rules.https
        )

    def _changes(self, request: web.Request) -> bool:
        return request.method not in ("GET", "HEAD") or request.path == "/wire"

    def _from_us(self, request: web.Request) -> bool:
        scheme = "https" if self._rules.https else "http"
        return request.headers.get("Origin") == f"{scheme}://{request.host}"

    def _tell(self, request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(HEADERS)
        if self._rules.https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        static = request.path.startswith("/static/") and response.status == 200
        # A static file is named with what it is, so it never changes.
        keep = "private, max-age=31536000, immutable" if static else "no-store"
        response.headers["Cache-Control"] = keep


async def _brings_token(request: web.Request, entered: Entered) -> bool:
    brought = request.headers.get("X-CSRF") or str((await request.post()).get("csrf", ""))
    return hmac.compare_digest(brought.encode(), entered.signed.csrf.encode())


def signed_in(request: web.Request) -> Person:
    """Who asks."""
    return request[ENTERED].person


def requires(request: web.Request, role: Role) -> Person:
    """Who asks, if he may do what a role may; else it is forbidden."""
    person = signed_in(request)
    if not person.may(role):
        raise web.HTTPForbidden
    return person
