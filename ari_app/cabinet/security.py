"""What every request to the cabinet must pass: rate limit, Host, Origin, visit, CSRF token.

As at the desk, but no page has a script, and a browser of no one sees the sign-in alone.
"""

import hmac
from collections.abc import Collection, Mapping
from typing import ClassVar

from aiohttp import web

from ari_app.cabinet.errors import CabinetUnavailable
from ari_app.cabinet.visits import Visit, Visits
from ari_app.pages.requests import ErrorPage, Handler, form_fields
from ari_app.pages.security import HEADERS, PageRules, PageSecurity, changes
from ari_app.rate_limit import Rate

ROOT = "/my"
SIGN_IN = f"{ROOT}/sign-in"
SIGN_OUT = f"{ROOT}/sign-out"
CODE = f"{ROOT}/code"
STATIC = f"{ROOT}/static/"
LANGUAGE = f"{ROOT}/language/"

TOO_OFTEN = "Too many requests. Wait a moment, then reload the page.\n"
"""The answer to one request too many, in any language."""
REQUESTS = Rate(burst=200, each=0.1)
"""Requests from one address, behind which may be all phones of a network; not static files."""

VISIT = web.RequestKey("signed_in", Visit)


class Security(PageSecurity):
    """Passes requests to their handlers, or answers with an error page. ``files`` are the paths of
    the static files."""

    section = "cabinet"
    headers: ClassVar = {
        **HEADERS,
        "Content-Security-Policy": (
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
            "frame-ancestors 'none'; base-uri 'none'"
        ),
        "Permissions-Policy": "microphone=(), camera=(), geolocation=(), payment=()",
        "X-Robots-Tag": "noindex",
    }

    def __init__(
        self, rules: PageRules, visits: Visits, error_page: ErrorPage, files: Collection[str]
    ) -> None:
        super().__init__(rules, error_page, REQUESTS)
        self._files = files
        self._visits = visits

    def is_file(self, request: web.Request) -> bool:
        """Whether it is one of the static files: others cost a page of an error."""
        return request.path in self._files

    def too_often(self, _: web.Request, headers: Mapping[str, str]) -> web.Response:
        """No page: who asks too often has none rendered."""
        return web.Response(text=TOO_OFTEN, status=429, headers=headers)

    async def passed(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request that may come in, of who is signed in where that is needed."""
        try:
            if not (
                request.path.startswith(STATIC)
                or request.path in (SIGN_IN, CODE)
                or _chooses_language(request)
            ):
                orders = changes(request) and request.path != SIGN_OUT
                visit = await self.visit(request, surely=orders)
                if visit is None:
                    raise web.HTTPSeeOther(SIGN_IN)
                request[VISIT] = visit
                if changes(request) and not await _has_token(request, visit):
                    return self.foreign(request)
            return await handler(request)
        except CabinetUnavailable as error:
            return self.busy(request, str(error), 5)

    async def visit(self, request: web.Request, surely: bool = False) -> Visit | None:
        """The visit of the browser; None if no one is signed in, ``surely`` also elsewhere."""
        cookie = self.cookie_of(request)
        return await self._visits.of(cookie, surely) if cookie else None

    def set_attempt(self, response: web.StreamResponse, attempt: str, seconds: int) -> None:
        """Set the cookie of a sign-in that waits for its one-time code."""
        self._set(response, f"{self._rules.cookie}-attempt", attempt, seconds, "Strict")

    async def delete_cookies(self, request: web.Request, response: web.StreamResponse) -> None:
        """End the visit of a browser."""
        await self._visits.end(self.cookie_of(request))
        for name in (self._rules.cookie, f"{self._rules.cookie}-attempt"):
            self._delete(response, name)


def _chooses_language(request: web.Request) -> bool:
    return request.method == "GET" and request.path.startswith(LANGUAGE)


async def _has_token(request: web.Request, visit: Visit) -> bool:
    given = (await form_fields(request)).get("csrf", "").encode(errors="surrogateescape")
    return hmac.compare_digest(given, visit.csrf.encode())
