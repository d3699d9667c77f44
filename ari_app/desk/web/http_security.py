"""What every HTTP request to the desk must pass: rate limit, Host, Origin, session, CSRF token.

The Host must be ours, so that no foreign name can be pointed at the desk (DNS rebinding). Whatever
changes something must come from our own pages (Origin), with the CSRF token of its session.
"""

import hmac
import logging
from collections.abc import Collection, Mapping
from math import ceil
from time import monotonic

from aiohttp import web
from aiohttp.typedefs import Middleware
from msgspec import Struct

from ari_app.desk.phone.account import SOCKET as PHONE
from ari_app.desk.web.accounts import AccountsBusy, User
from ari_app.desk.web.sessions import Sessions, SignedIn
from ari_app.pages.requests import ErrorPage, Handler, client_address, form_fields
from ari_app.rate_limit import Rate, RateLimit

log = logging.getLogger(__name__)

REQUESTS = Rate(burst=300, each=0.05)
"""Requests from one address, behind which may be a whole office; static files are not counted."""

STATIC = "/static/"
WEBSOCKET = "/wire"
BOARD_SOCKET = "/board/wire"
SOCKETS = (WEBSOCKET, BOARD_SOCKET, PHONE)
"""Paths of WebSockets."""
SIGN_IN_REQUIRED = 4401
"""The WebSocket close code for a browser that must sign in."""

_POLICY = "Content-Security-Policy"
HEADERS: Mapping[str, str] = {
    _POLICY: (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; media-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": with that browsers hide the Origin of our own forms, too.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # What the phone in the browser needs: headset, its buttons, ringing, the choice of devices.
    "Permissions-Policy": (
        "microphone=(self), hid=(self), autoplay=(self), speaker-selection=(self), "
        "camera=(), geolocation=()"
    ),
    "Server": "Firstline",
}

SIGNED_IN = web.RequestKey("signed_in", SignedIn)
ADDRESS = web.RequestKey("address", str)
"""The address whose requests are counted."""


class Rules(Struct, frozen=True):
    """``hosts``: accepted Host headers; ``open``: paths that need no session; ``https``: browsers
    use HTTPS only; ``proxies``: addresses whose X-Forwarded-For is trusted; ``cookie``: the name
    of the session cookie; ``frames``: the origins of foreign pages within ours."""

    hosts: Collection[str]
    open: Collection[str]
    https: bool
    proxies: Collection[str]
    cookie: str
    frames: Collection[str] = ()


class HttpSecurity:
    """Passes requests to their handlers, or answers with an error page."""

    def __init__(self, rules: Rules, sessions: Sessions, error_page: ErrorPage) -> None:
        self._rules = rules
        self._sessions = sessions
        self._error_page = error_page
        self._limit = RateLimit(REQUESTS)

    @property
    def middleware(self) -> Middleware:
        """The middleware of the application."""

        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._answer(request, handler)

        return check

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        request[ADDRESS] = address = client_address(request, self._rules.proxies)
        static = request.path.startswith(STATIC)
        wait = 0.0 if static else self._limit.wait(address, monotonic())
        if wait:
            return self._error_page(request, 429, "too-often", {"Retry-After": str(ceil(wait))})
        if request.host not in self._rules.hosts:
            log.warning(
                "request rejected: unknown Host %r; if it is the desk's, add it to names of [desk]",
                request.host,
            )
            return self._error_page(request, 421, "wrong-host", {})
        if (_changes(request) or request.path in SOCKETS) and not self._same_origin(request):
            log.warning(
                "request rejected: foreign Origin %r; if it is the desk's, set https of [desk]",
                request.headers.get("Origin"),
            )
            return self._error_page(request, 403, "wrong-origin", {})
        try:
            if static or request.path in self._rules.open:
                return await handler(request)
            return await self._with_session(request, handler)
        except AccountsBusy as error:
            log.warning("request rejected: accounts or sessions are unavailable: %s", error)
            return self._error_page(request, 503, "busy", {"Retry-After": "1"})
        except web.HTTPException as error:
            return self._http_error(request, error)
        except Exception:  # the outermost frame of a request
            log.exception("request failed: %s %s", request.method, request.path)
            return self._error_page(request, 500, "http-500", {})

    async def _with_session(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Handle a request that needs a session; rotate its cookie when due."""
        cookie = self.cookie_of(request)
        signed_in = await self._sessions.authenticate(cookie) if cookie else None
        if signed_in is None:
            return await _sign_in_required(request)
        request[SIGNED_IN] = signed_in
        if _changes(request) and not await _has_csrf_token(request, signed_in):
            return self._error_page(request, 403, "wrong-origin", {})
        try:
            response = await handler(request)
        except web.HTTPException as error:
            response = self._http_error(request, error)
        if request.method == "GET" and not response.prepared:
            new = await self._sessions.rotate(signed_in, cookie)
            if new is not None:
                self.set_cookie(response, new)
        return response

    def cookie_of(self, request: web.Request) -> str:
        """The session cookie of a request; "" if there is none."""
        return request.cookies.get(self._rules.cookie, "")

    def set_cookie(self, response: web.StreamResponse, cookie: str) -> None:
        """Set the session cookie: hidden from scripts, never sent by other sites."""
        response.set_cookie(
            self._rules.cookie,
            cookie,
            path="/",
            httponly=True,
            samesite="Strict",
            secure=self._rules.https,
        )

    def delete_cookie(self, response: web.StreamResponse) -> None:
        """Delete the session cookie."""
        response.del_cookie(
            self._rules.cookie,
            path="/",
            httponly=True,
            samesite="Strict",
            secure=self._rules.https,
        )

    def attempt_of(self, request: web.Request) -> str:
        """What :meth:`set_attempt` set in this browser; "" for nothing."""
        return request.cookies.get(f"{self._rules.cookie}-attempt", "")

    def set_attempt(self, response: web.StreamResponse, state: str, seconds: int) -> None:
        """Set the cookie of a sign-in at a provider, which sends the browser back: so it is sent
        when another site leads here (SameSite=Lax)."""
        response.set_cookie(
            f"{self._rules.cookie}-attempt",
            state,
            max_age=seconds,
            path="/",
            httponly=True,
            samesite="Lax",
            secure=self._rules.https,
        )

    def origin(self, request: web.Request) -> str:
        """Where the desk is, as the browser knows it."""
        return f"{'https' if self._rules.https else 'http'}://{request.host}"

    def _same_origin(self, request: web.Request) -> bool:
        return request.headers.get("Origin") == self.origin(request)

    def _http_error(self, request: web.Request, error: web.HTTPException) -> web.Response:
        """The redirect or the error page for what a handler raised."""
        kept = {
            name: error.headers[name] for name in ("Allow", "Location") if name in error.headers
        }
        if error.status < 400:
            return web.Response(status=error.status, headers=kept)
        return self._error_page(request, error.status, f"http-{error.status}", kept)

    async def add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        """Add the security and cache headers to every response."""
        response.headers.update(HEADERS)
        if self._rules.frames:
            policy = f"{HEADERS[_POLICY]}; frame-src {' '.join(sorted(self._rules.frames))}"
            response.headers[_POLICY] = policy
        if self._rules.https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        # The path of a static file contains the build, so its content never changes.
        static = request.path.startswith(STATIC) and response.status < 400
        cache = "private, max-age=31536000, immutable" if static else "no-store"
        response.headers["Cache-Control"] = cache


def _changes(request: web.Request) -> bool:
    return request.method not in ("GET", "HEAD")


async def _has_csrf_token(request: web.Request, signed_in: SignedIn) -> bool:
    token = request.headers.get("X-CSRF") or (await form_fields(request)).get("csrf", "")
    given = token.encode(errors="surrogateescape")
    return hmac.compare_digest(given, signed_in.session.csrf.encode())


async def _sign_in_required(request: web.Request) -> web.StreamResponse:
    """Redirect a page to the sign-in form; close a WebSocket with its own code."""
    if request.path not in SOCKETS:
        raise web.HTTPSeeOther("/sign-in")
    socket = web.WebSocketResponse(timeout=1.0)
    await socket.prepare(request)
    await socket.close(code=SIGN_IN_REQUIRED, message=b"sign in")
    return socket


def current_user(request: web.Request) -> User:
    """The user who is signed in."""
    return request[SIGNED_IN].user
