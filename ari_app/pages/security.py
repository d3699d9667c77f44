"""What every request to a server of pages must pass: rate limit, Host, Origin.

The Host must be ours, so that no foreign name can be pointed at us (DNS rebinding). Whatever
changes something must come from our own pages (Origin).
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from math import ceil
from time import monotonic
from typing import ClassVar, Literal

from aiohttp import web
from aiohttp.typedefs import Middleware
from msgspec import Struct

from ari_app.pages.requests import ErrorPage, Handler, client_address
from ari_app.rate_limit import Rate, RateLimit

log = logging.getLogger(__name__)

HEADERS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    # Not "no-referrer": with that browsers hide the Origin of our own forms, too.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "Firstline",
}
"""Headers of every response."""

ADDRESS = web.RequestKey("address", str)
"""The address whose requests are counted."""


class PageRules(Struct, frozen=True, kw_only=True):
    """``hosts``: accepted Host headers; ``https``: browsers use HTTPS only; ``proxies``: addresses
    whose X-Forwarded-For is trusted; ``cookie``: the name of the session cookie."""

    hosts: Collection[str]
    https: bool
    proxies: Collection[str]
    cookie: str


class PageSecurity(ABC):
    """Passes requests on, or answers with an error page: the status, a key of ``words.yaml``,
    headers. ``requests`` is the limit of an address."""

    section: ClassVar[str]
    """The section of the settings, which log lines name."""
    headers: ClassVar[Mapping[str, str]]
    """Headers of every response."""

    def __init__(self, rules: PageRules, error_page: ErrorPage, requests: Rate) -> None:
        self._rules = rules
        self._error_page = error_page
        self._limit = RateLimit(requests)

    @property
    def middleware(self) -> Middleware:
        """The middleware of the application."""

        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._answer(request, handler)

        return check

    @abstractmethod
    def is_file(self, request: web.Request) -> bool:
        """Whether a static file is asked for: not counted, and kept by browsers."""

    @abstractmethod
    async def passed(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request that may come in."""

    def too_often(self, request: web.Request, headers: Mapping[str, str]) -> web.Response:
        """The answer to one request too many."""
        return self._error_page(request, 429, "too-often", headers)

    def needs_origin(self, request: web.Request) -> bool:
        """Whether a request must come from our own pages."""
        return changes(request)

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        request[ADDRESS] = address = client_address(request, self._rules.proxies)
        wait = 0.0 if self.is_file(request) else self._limit.wait(address, monotonic())
        if wait:
            return self.too_often(request, {"Retry-After": str(ceil(wait))})
        if request.host not in self._rules.hosts:
            text = "request rejected: unknown Host %r; if it is ours, add it to names of [%s]"
            log.warning(text, request.host, self.section)
            return self._error_page(request, 421, "wrong-host", {})
        if self.needs_origin(request) and request.headers.get("Origin") != self.origin(request):
            text = "request rejected: foreign Origin %r; if it is ours, set https of [%s]"
            log.warning(text, request.headers.get("Origin"), self.section)
            return self.foreign(request)
        try:
            return await self.passed(request, handler)
        except web.HTTPException as error:
            return self.http_error(request, error)
        except Exception:  # the outermost frame of a request
            log.exception("request failed: %s %s", request.method, request.path)
            return self._error_page(request, 500, "http-500", {})

    def foreign(self, request: web.Request) -> web.Response:
        """The answer to a request that is not of our pages."""
        return self._error_page(request, 403, "wrong-origin", {})

    def busy(self, request: web.Request, why: str, seconds: int) -> web.Response:
        """The answer while the store cannot be asked; it may be tried again after ``seconds``."""
        log.warning("request rejected: %s", why)
        return self._error_page(request, 503, "busy", {"Retry-After": str(seconds)})

    def http_error(self, request: web.Request, error: web.HTTPException) -> web.Response:
        """The redirect or the error page for what a handler raised."""
        names = ("Allow", "Location")
        kept = {name: error.headers[name] for name in names if name in error.headers}
        if error.status < 400:
            return web.Response(status=error.status, headers=kept)
        return self._error_page(request, error.status, f"http-{error.status}", kept)

    def origin(self, request: web.Request) -> str:
        """Where we are, as the browser knows it."""
        return f"{'https' if self._rules.https else 'http'}://{request.host}"

    def cookie_of(self, request: web.Request) -> str:
        """The session cookie of a request; "" if there is none."""
        return request.cookies.get(self._rules.cookie, "")

    def set_cookie(self, response: web.StreamResponse, cookie: str) -> None:
        """Set the session cookie: hidden from scripts, never sent by other sites."""
        self._set(response, self._rules.cookie, cookie, None, "Strict")

    def attempt_of(self, request: web.Request) -> str:
        """The cookie of a sign-in that began in this browser; "" for none."""
        return request.cookies.get(f"{self._rules.cookie}-attempt", "")

    def _set(
        self,
        response: web.StreamResponse,
        name: str,
        value: str,
        seconds: int | None,
        samesite: Literal["Strict", "Lax"],
    ) -> None:
        response.set_cookie(
            name,
            value,
            max_age=seconds,
            path="/",
            httponly=True,
            samesite=samesite,
            secure=self._rules.https,
        )

    def _delete(self, response: web.StreamResponse, name: str) -> None:
        secure = self._rules.https
        response.del_cookie(name, path="/", httponly=True, samesite="Strict", secure=secure)

    async def add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        """Add the security and cache headers to every response."""
        response.headers.update(self.headers)
        if self._rules.https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        # The path of a static file contains the build, so its content never changes.
        static = self.is_file(request) and response.status < 400
        cache = "private, max-age=31536000, immutable" if static else "no-store"
        response.headers["Cache-Control"] = cache


def changes(request: web.Request) -> bool:
    """Whether a request may change something."""
    return request.method not in ("GET", "HEAD")
