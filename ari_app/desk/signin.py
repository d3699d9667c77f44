"""Signing in and out."""

import logging
from collections.abc import Callable
from time import monotonic

from aiohttp import web

from ari_app.desk.guard import COOKIE, ENTERED, Guard
from ari_app.desk.languages import language
from ari_app.desk.limits import Limit, Rate
from ari_app.desk.people import Accounts
from ari_app.desk.render import Render
from ari_app.desk.sessions import Sessions
from ivr.secret import Secret

log = logging.getLogger(__name__)

OF_NAME = Rate(burst=5, each=30.0)
"""Tries at one name: whoever guesses has 5 at once, then two a minute."""
OF_ADDRESS = Rate(burst=20, each=5.0)
"""Tries from one address, at whatever names."""

NAME, PASSWORD = 64, 256
"""Letters that are read of either."""


class SignIn:
    """The page, and what comes of it. ``left`` is told who signed out of a browser."""

    def __init__(
        self,
        accounts: Accounts,
        sessions: Sessions,
        guard: Guard,
        render: Render,
        left: Callable[[str], None],
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._guard = guard
        self._render = render
        self._left = left
        self._of_name = Limit(OF_NAME)
        self._of_address = Limit(OF_ADDRESS)

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The page on which one signs in; who has done so goes on."""
        cookie = request.cookies.get(COOKIE, "")
        if cookie and await self._sessions.entered(cookie):
            raise web.HTTPSeeOther("/")
        return self._page(request)

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """Sign somebody in."""
        form = await request.post()
        name = str(form.get("name", "")).strip().lower()[:NAME]
        wait = max(
            self._of_name.wait(name, monotonic()),
            self._of_address.wait(request.remote, monotonic()),
        )
        if wait:
            log.warning("too many tries to sign in as %r from %s", name, request.remote)
            return self._page(request, 429, name, "sign-in-often", round(wait) or 1)
        person = await self._accounts.check(name, Secret(str(form.get("password", ""))[:PASSWORD]))
        if person is None:
            log.warning("a wrong name or password: %r from %s", name, request.remote)
            return self._page(request, 403, name, "sign-in-wrong")
        self._of_name.forgive(name)
        answer = web.HTTPSeeOther("/")
        self._guard.give(answer, await self._sessions.begin(person))
        log.info("%s signed in at the desk", person.name)
        return answer

    async def leave(self, request: web.Request) -> web.StreamResponse:
        """Sign out."""
        entered = request[ENTERED]
        await self._sessions.end(entered)
        self._left(entered.person.name)
        log.info("%s signed out of the desk", entered.person.name)
        answer = web.HTTPSeeOther("/sign-in")
        answer.del_cookie(COOKIE, path="/")
        return answer

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
