"""What every HTTP request to the desk must pass: rate limit, Host, Origin, session, CSRF token."""

import hmac
from collections.abc import Collection
from typing import ClassVar

from aiohttp import web

from ari_app.desk.phone.account import SOCKET as PHONE
from ari_app.desk.web.accounts import AccountsBusy, User
from ari_app.desk.web.sessions import Sessions, SignedIn
from ari_app.pages.requests import ErrorPage, Handler, form_fields
from ari_app.pages.security import HEADERS, PageRules, PageSecurity, changes
from ari_app.rate_limit import Rate

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
SIGNED_IN = web.RequestKey("signed_in", SignedIn)


class Rules(PageRules, frozen=True, kw_only=True):
    """``open``: paths that need no session; ``frames``: the origins of foreign pages within
    ours."""

    open: Collection[str]
    frames: Collection[str] = ()


class HttpSecurity(PageSecurity):
    """Passes requests to their handlers, or answers with an error page."""

    section = "desk"
    headers: ClassVar = {
        **HEADERS,
        _POLICY: (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            "connect-src 'self'; media-src 'self'; form-action 'self'; "
            "frame-ancestors 'none'; base-uri 'none'"
        ),
        # What the phone in the browser needs: headset, its buttons, ringing, the choice of devices.
        "Permissions-Policy": (
            "microphone=(self), hid=(self), autoplay=(self), speaker-selection=(self), "
            "camera=(), geolocation=()"
        ),
    }

    def __init__(self, rules: Rules, sessions: Sessions, error_page: ErrorPage) -> None:
        super().__init__(rules, error_page, REQUESTS)
        self._open, self._frames = rules.open, rules.frames
        self._sessions = sessions

    def is_file(self, request: web.Request) -> bool:
        """Whether it is below the path of static files."""
        return request.path.startswith(STATIC)

    def needs_origin(self, request: web.Request) -> bool:
        """Also the sockets of our pages do."""
        return changes(request) or request.path in SOCKETS

    async def passed(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request that may come in, and is signed in where that is needed."""
        try:
            if self.is_file(request) or request.path in self._open:
                return await handler(request)
            return await self._with_session(request, handler)
        except AccountsBusy as error:
            return self.busy(request, f"accounts or sessions are unavailable: {error}", 1)

    async def _with_session(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Handle a request that needs a session; rotate its cookie when due."""
        cookie = self.cookie_of(request)
        signed_in = await self._sessions.authenticate(cookie) if cookie else None
        if signed_in is None:
            return await _sign_in_required(request)
        request[SIGNED_IN] = signed_in
        if changes(request) and not await _has_csrf_token(request, signed_in):
            return self.foreign(request)
        try:
            response = await handler(request)
        except web.HTTPException as error:
            response = self.http_error(request, error)
        if request.method == "GET" and not response.prepared:
            new = await self._sessions.rotate(signed_in, cookie)
            if new is not None:
                self.set_cookie(response, new)
        return response

    def delete_cookie(self, response: web.StreamResponse) -> None:
        """Delete the session cookie."""
        self._delete(response, self._rules.cookie)

    def set_attempt(self, response: web.StreamResponse, state: str, seconds: int) -> None:
        """Set the cookie of a sign-in at a provider, which sends the browser back: so it is sent
        when another site leads here (SameSite=Lax)."""
        self._set(response, f"{self._rules.cookie}-attempt", state, seconds, "Lax")

    async def add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        """Add the security and cache headers to every response."""
        await super().add_headers(request, response)
        if self._frames:
            policy = f"{self.headers[_POLICY]}; frame-src {' '.join(sorted(self._frames))}"
            response.headers[_POLICY] = policy


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
