"""Signing in and out."""

import logging
from collections.abc import Awaitable, Callable
from math import ceil
from time import monotonic

from aiohttp import web

from ari_app.desk.guard import ADDRESS, ENTERED, Guard, fields, see
from ari_app.desk.languages import language
from ari_app.desk.limits import Limit, Rate
from ari_app.desk.people import PASSWORD, Accounts
from ari_app.desk.render import Render
from ari_app.desk.sessions import Sessions
from ivr.secret import Secret

log = logging.getLogger(__name__)

OF_ADDRESS = Rate(burst=20, each=5.0)
"""Tries from one address, at whatever names."""
OF_BOTH = Rate(burst=5, each=30.0)
"""Tries from one address at one name: whoever guesses has 5 at once, then two a minute."""
OF_NAME = Rate(burst=50, each=5.0)
"""Tries at one name from all addresses: so many that nobody alone keeps its owner out."""

NAME = 64
"""Letters that are read of a name."""


class SignIn:
    """The page, and what comes of it. ``look`` is called when somebody may stay no longer."""

    def __init__(
        self,
        accounts: Accounts,
        sessions: Sessions,
        guard: Guard,
        render: Render,
        look: Callable[[], Awaitable[None]],
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._guard = guard
        self._render = render
        self._look = look
        self._limits = (Limit(OF_ADDRESS), Limit(OF_BOTH), Limit(OF_NAME))

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The page on which one signs in; who has done so goes on."""
        cookie = self._guard.brought(request)
        if cookie and await self._sessions.entered(cookie):
            raise web.HTTPSeeOther("/")
        return self._page(request)

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """Sign somebody in; whoever was so in this browser is no longer."""
        form = await fields(request)
        name = form.get("name", "").strip().lower()[:NAME]
        address = request[ADDRESS]
        tries = tuple(zip(self._limits, (address, (address, name), name), strict=True))
        # In this order, so that what is refused to an address is not counted against a name.
        waits = (limit.wait(who, monotonic()) for limit, who in tries)
        wait = ceil(next(filter(None, waits), 0.0))
        if wait:
            return self._page(request, 429, name, "sign-in-often", wait)
        person = await self._accounts.check(name, Secret(form.get("password", "")[:PASSWORD]))
        if person is None:
            # Not the name as it was typed, which may well be a password.
            known = await self._accounts.person(name)
            log.warning(
                "a wrong password of %s from %s", known.name if known else "nobody", address
            )
            return self._page(request, 403, name, "sign-in-wrong")
        for limit, who in tries:
            limit.forgive(who)
        cookie = await self._sessions.begin(person)
        await self._end(request)
        log.info("%s signed in at the desk", person.name)
        answer = see("/")
        self._guard.give(answer, cookie)
        return answer

    async def leave(self, request: web.Request) -> web.StreamResponse:
        """Sign out."""
        await self._end(request)
        log.info("%s signed out of the desk", request[ENTERED].person.name)
        answer = see("/sign-in")
        self._guard.take(answer)
        return answer

    async def _end(self, request: web.Request) -> None:
        """End the session of a browser, with its tabs."""
        cookie = self._guard.brought(request)
        entered = await self._sessions.entered(cookie) if cookie else None
        if entered is not None:
            await self._sessions.end(entered)
            await self._look()

    def _page(
        self,
        request: web.Request,
        status: int = 200,
        name: str = "",
        wrong: str = "",
        wait: int = 0,
    ) -> web.Response:
        spoken = language(request)
        told = self._render.word(wrong, spoken, wait=wait) if wrong else ""
        text = self._render.page("sign-in", spoken, name=name, wrong=told)
        headers = {"Retry-After": str(wait)} if wait else {}
        return web.Response(text=text, content_type="text/html", status=status, headers=headers)
