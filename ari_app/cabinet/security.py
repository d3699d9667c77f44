"""What every request to the cabinet must pass: rate limit, Host, Origin, visit, CSRF token.

As at the desk, but no page has a script, and a browser of no one sees the sign-in alone.
"""

import hmac
import logging
from collections.abc import Collection, Mapping
from math import ceil
from time import monotonic

from aiohttp import web
from aiohttp.typedefs import Middleware
from msgspec import Struct

from ari_app.cabinet.ports import CabinetUnavailable
from ari_app.cabinet.visits import Visit, Visits
from ari_app.pages.requests import ErrorPage, Handler, client_address, form_fields
from ari_app.rate_limit import Rate, RateLimit

log = logging.getLogger(__name__)

ROOT = "/my"
SIGN_IN = f"{ROOT}/sign-in"
CODE = f"{ROOT}/code"
STATIC = f"{ROOT}/static/"
LANGUAGE = f"{ROOT}/language/"

TOO_OFTEN = "Too many requests. Wait a moment, then reload the page.\n"
"""The answer to one request too many, in any language."""
REQUESTS = Rate(burst=200, each=0.1)
"""Requests from one address, behind which may be all phones of a network; not static files."""

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": with that browsers hide the Origin of our own forms, too.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(), camera=(), geolocation=(), payment=()",
    "X-Robots-Tag": "noindex",
    "Server": "Firstline",
}

VISIT = web.RequestKey("signed_in", Visit)
ADDRESS = web.RequestKey("address", str)


class Rules(Struct, frozen=True):
    """``hosts``: accepted Host headers; ``https``: browsers use HTTPS only; ``proxies``: addresses
    whose X-Forwarded-For is trusted; ``cookie``: the name of the cookie of a visit."""

    hosts: Collection[str]
    https: bool
    proxies: Collection[str]
    cookie: str


class Security:
    """Passes requests to their handlers, or answers with an error page.

    ``error_page`` takes the request, the status, a key of ``words.yaml`` and headers; ``files`` are
    the paths of the static files.
    """

    def __init__(
        self, rules: Rules, visits: Visits, error_page: ErrorPage, files: Collection[str]
    ) -> None:
        self.rules = rules
        self._files = files
        self._visits = visits
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
        request[ADDRESS] = address = client_address(request, self.rules.proxies)
        static = request.path in self._files
        if wait := 0.0 if static else self._limit.wait(address, monotonic()):
            # No page: who asks too often has none rendered.
            headers = {"Retry-After": str(ceil(wait))}
            return web.Response(text=TOO_OFTEN, status=429, headers=headers)
        if request.host not in self.rules.hosts:
            log.warning(
                "request rejected: unknown Host %r; if it is the cabinet's, add it to names of "
                "[cabinet]",
                request.host,
            )
            return self._error_page(request, 421, "wrong-host", {})
        changes = request.method not in ("GET", "HEAD")
        if changes and request.headers.get("Origin") != self._origin(request):
            log.warning(
                "request rejected: foreign Origin %r; if it is the cabinet's, set https of "
                "[cabinet]",
                request.headers.get("Origin"),
            )
            return self._error_page(request, 403, "wrong-origin", {})
        try:
            if not (
                request.path.startswith(STATIC)
                or request.path in (SIGN_IN, CODE)
                or _chooses_language(request)
            ):
                visit = self.visit(request)
                if visit is None:
                    raise web.HTTPSeeOther(SIGN_IN)
                request[VISIT] = visit
                if changes and not await _has_token(request, visit):
                    return self._error_page(request, 403, "wrong-origin", {})
            return await handler(request)
        except CabinetUnavailable as error:
            log.warning("request rejected: %s", error)
            return self._error_page(request, 503, "busy", {"Retry-After": "5"})
        except web.HTTPException as error:
            return self._http_error(request, error)
        except Exception:  # the outermost frame of a request
            log.exception("request failed: %s %s", request.method, request.path)
            return self._error_page(request, 500, "http-500", {})

    def visit(self, request: web.Request) -> Visit | None:
        """The visit of the browser; None if no one is signed in."""
        cookie = request.cookies.get(self.rules.cookie, "")
        return self._visits.of(cookie) if cookie else None

    def set_cookie(self, response: web.StreamResponse, cookie: str) -> None:
        """Set the cookie of a visit: hidden from scripts, never sent by other sites."""
        self._set(response, self.rules.cookie, cookie, None)

    def attempt_of(self, request: web.Request) -> str:
        """What :meth:`set_attempt` set in this browser; "" for nothing."""
        return request.cookies.get(f"{self.rules.cookie}-attempt", "")

    def set_attempt(self, response: web.StreamResponse, attempt: str, seconds: int) -> None:
        """Set the cookie of a sign-in that waits for its one-time code."""
        self._set(response, f"{self.rules.cookie}-attempt", attempt, seconds)

    def _set(
        self, response: web.StreamResponse, name: str, value: str, seconds: int | None
    ) -> None:
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path="/",
            httponly=True,
            samesite="Strict",
            secure=self.rules.https,
        )

    def delete_cookies(self, request: web.Request, response: web.StreamResponse) -> None:
        """End the visit of a browser."""
        self._visits.end(request.cookies.get(self.rules.cookie, ""))
        for name in (self.rules.cookie, f"{self.rules.cookie}-attempt"):
            secure = self.rules.https
            response.del_cookie(name, path="/", httponly=True, samesite="Strict", secure=secure)

    def _origin(self, request: web.Request) -> str:
        return f"{'https' if self.rules.https else 'http'}://{request.host}"

    def _http_error(self, request: web.Request, error: web.HTTPException) -> web.Response:
        """The redirect or the error page for what a handler raised."""
        names = ("Allow", "Location")
        kept = {name: error.headers[name] for name in names if name in error.headers}
        if error.status < 400:
            return web.Response(status=error.status, headers=kept)
        return self._error_page(request, error.status, f"http-{error.status}", kept)

    async def add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        """Add the security and cache headers to every response."""
        response.headers.update(HEADERS)
        if self.rules.https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        static = request.path in self._files and response.status < 400
        cache = "private, max-age=31536000, immutable" if static else "no-store"
        response.headers["Cache-Control"] = cache


def _chooses_language(request: web.Request) -> bool:
    return request.method == "GET" and request.path.startswith(LANGUAGE)


async def _has_token(request: web.Request, visit: Visit) -> bool:
    given = (await form_fields(request)).get("csrf", "").encode(errors="surrogateescape")
    return hmac.compare_digest(given, visit.csrf.encode())
