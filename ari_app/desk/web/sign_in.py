"""The sign-in page, signing in and signing out."""

import logging
from collections.abc import Awaitable, Callable
from math import ceil
from time import monotonic

from aiohttp import web

from ari_app.desk.agents.presence import Presence
from ari_app.desk.render import Render
from ari_app.desk.web.accounts import LONGEST_PASSWORD, Accounts, SecondFactorNeeded, User
from ari_app.desk.web.http_security import SIGNED_IN, HttpSecurity
from ari_app.desk.web.languages import language
from ari_app.desk.web.sessions import Sessions, SignedIn
from ari_app.pages.requests import form_fields, redirect
from ari_app.pages.security import ADDRESS
from ari_app.rate_limit import GrowingLock, Limit, Lock, Rate, RateLimit
from ivr.secret import Secret

log = logging.getLogger(__name__)

OF_ADDRESS = Lock(free=20, first=15.0, longest=3600.0)
"""Wrong attempts from one address, for any login; an office may share it."""
OF_BOTH = Lock(free=5, first=30.0, longest=3600.0)
"""Wrong attempts from one address for one login: 5 at once, then after 30 s, 1 min, 2 min … 1 h."""
OF_NAME = Rate(burst=50, each=30.0)
"""Attempts for one login from all addresses: high enough that one attacker cannot lock it out."""

LONGEST_NAME = 64
"""Characters of a login that are read."""
LONGEST_CODE = 20
"""Characters of a one-time code that are read."""


class SignIn:
    """Handlers of the sign-in and sign-out requests.

    ``recheck`` is called after a session ended, to close the tabs that belong to it.
    """

    def __init__(
        self,
        accounts: Accounts,
        sessions: Sessions,
        security: HttpSecurity,
        render: Render,
        recheck: Callable[[], Awaitable[None]],
        presence: Presence,
        provider: str | None = None,
    ) -> None:
        """``provider`` is the name of the OpenID provider, "" for one without; None for none."""
        self._provider = provider
        self._accounts = accounts
        self._sessions = sessions
        self._security = security
        self._render = render
        self._recheck = recheck
        self._presence = presence
        self._of_both = GrowingLock(OF_BOTH)
        self._limits: tuple[Limit, ...] = (
            GrowingLock(OF_ADDRESS),
            self._of_both,
            RateLimit(OF_NAME),
        )

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The sign-in page; a browser that is signed in is redirected to the desk."""
        cookie = self._security.cookie_of(request)
        if cookie and await self._sessions.authenticate(cookie):
            raise web.HTTPSeeOther("/")
        return self._page(request)

    async def sign_in(self, request: web.Request) -> web.StreamResponse:
        """Check login and password; a session that this browser had before ends."""
        form = await form_fields(request)
        name = form.get("name", "").strip().lower()[:LONGEST_NAME]
        address = request[ADDRESS]
        attempts = tuple(zip(self._limits, (address, (address, name), name), strict=True))
        # In this order, so that what is refused to an address is not counted against a login.
        waits = (limit.wait(key, monotonic()) for limit, key in attempts)
        wait = ceil(next(filter(None, waits), 0.0))
        if wait:
            log.warning("sign-in refused: too many attempts from %s; wait %d s", address, wait)
            return self._page(request, 429, name, "sign-in-often", wait)
        password = Secret(form.get("password", "")[:LONGEST_PASSWORD])
        try:
            user = await self._accounts.check(name, password, form.get("code", "")[:LONGEST_CODE])
        except SecondFactorNeeded:
            log.warning("sign-in failed: %s has no second factor, which the role needs", name)
            return self._page(request, 403, name, "sign-in-factor")
        if user is None:
            # Only logins that exist are logged: an unknown one may be a mistyped password.
            known = await self._accounts.find(name)
            login = known.name if known else "an unknown login"
            log.warning("sign-in failed: wrong password for %s from %s", login, address)
            return self._page(request, 403, name, "sign-in-wrong")
        for limit, key in attempts:
            limit.forgive(key)
        self._of_both.forget((address, name))
        before = await self.session_of(request)
        return await self._begin_session(user, redirect("/"), before)

    async def signed_in(
        self, request: web.Request, user: User, before: SignedIn | None
    ) -> web.StreamResponse:
        """Sign in who comes from another site, and end the session ``before``. The page leads on by
        itself: from there the browser does not send the session's cookie (SameSite=Strict)."""
        text = self._render.page("signed-in", language(request))
        answer = web.Response(text=text, content_type="text/html")
        return await self._begin_session(user, answer, before)

    async def _begin_session(
        self, user: User, answer: web.Response, before: SignedIn | None
    ) -> web.Response:
        """Begin a session; one that this browser had before ends."""
        cookie = await self._sessions.start(user)
        await self._end(before)
        log.info("%s signed in to the desk", user.name)
        self._security.set_cookie(answer, cookie)
        return answer

    def refused(self, request: web.Request, status: int, error: str, wait: int = 0) -> web.Response:
        """The sign-in page with an error, a key of ``words.yaml``."""
        return self._page(request, status, "", error, wait)

    async def sign_out(self, request: web.Request) -> web.StreamResponse:
        """End the browser's session."""
        self._presence.signed_out(request[SIGNED_IN].user.name)
        await self._end(await self.session_of(request))
        log.info("%s signed out of the desk", request[SIGNED_IN].user.name)
        answer = redirect("/sign-in")
        self._security.delete_cookie(answer)
        return answer

    async def session_of(self, request: web.Request) -> SignedIn | None:
        """The session of a browser."""
        cookie = self._security.cookie_of(request)
        return await self._sessions.authenticate(cookie) if cookie else None

    async def _end(self, signed_in: SignedIn | None) -> None:
        """End a session and close its tabs."""
        if signed_in is not None:
            await self._sessions.end(signed_in)
            await self._recheck()

    def _page(
        self,
        request: web.Request,
        status: int = 200,
        name: str = "",
        error: str = "",
        wait: int = 0,
    ) -> web.Response:
        chosen = language(request)
        message = self._render.word(error, chosen, wait=wait) if error else ""
        text = self._render.page(
            "sign-in", chosen, name=name, error=message, provider=self._provider
        )
        headers = {"Retry-After": str(wait)} if wait else {}
        return web.Response(text=text, content_type="text/html", status=status, headers=headers)
