"""The menus of calls as pages: the same flows as a text session of a phone, with buttons.

A reply counts for the page that it was given to: it carries the number of that page. The same reply
again shows the page that it led to.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Coroutine, Iterator
from typing import Any
from weakref import WeakValueDictionary

from aiohttp import web

from ari_app.cabinet.context import Context, visit_of
from ari_app.cabinet.security import ROOT, SIGN_IN
from ari_app.cabinet.visits import Visit
from ari_app.pages.requests import form_fields, redirect
from ari_app.session.conductor import conduct
from ari_app.ussd.line import Page, Reply, TextLine
from ari_app.ussd.sessions import PATIENCE, TROUBLE, TextServices
from ivr.session import Session

log = logging.getLogger(__name__)

Begin = Callable[[Coroutine[Any, Any, None]], object]
"""Begins what no one waits for."""

MENU = f"{ROOT}/menu"
LONGEST = 100
"""Characters of a reply that are read."""
_STEP = re.compile("[0-9]{1,9}")


class Walk:
    """A way through the menus: the page that is shown, and its number."""

    def __init__(self, written: TextServices, session: Session, begin: Begin) -> None:
        self.step = 0
        self._written = written
        self._session = session
        self._last = ""
        self._page: Page | None = None
        self._turn = asyncio.Lock()
        self._replies: asyncio.Queue[Reply | None] = asyncio.Queue()
        self._shown: asyncio.Queue[Page] = asyncio.Queue()
        begin(self._run())

    async def page(self) -> Page:
        """The page that is shown."""
        async with self._turn:
            if self._page is None:
                self._page = await self._next()
            return self._page

    async def reply(self, step: int, text: str) -> bool:
        """Reply to the page of a number; False if it is another one than that which is shown."""
        async with self._turn:
            if self._page is None or self._page.last or step != self.step:
                return 0 < step + 1 == self.step and self._last == text
            self._last = text
            self._replies.put_nowait(Reply(text, seen=True))
            self._page = await self._next()
            self.step += 1
            return True

    def leave(self) -> None:
        """The subscriber hangs up."""
        self._replies.put_nowait(None)

    async def _run(self) -> None:
        """The outermost frame of the session."""
        written, session = self._written, self._session
        look = (session.language, written.size, written.book.words)
        try:
            line = TextLine(written.text, self._show, *look)
            await conduct(line, written.book, session, written.world)
        except Exception:  # the outermost frame of the session
            log.exception("session %s of the cabinet failed", session.id)
        finally:
            self._shown.put_nowait(written.page(TROUBLE, session.language))

    async def _show(self, page: Page) -> Reply | None:
        self._shown.put_nowait(page)
        return None if page.last else await self._replies.get()

    async def _next(self) -> Page:
        """Wait for the next page."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._shown.get()
        except TimeoutError:
            log.error("session %s of the cabinet: no page in %g s", self._session.id, PATIENCE)
            self.leave()
            return self._written.page(TROUBLE, self._session.language)


class MenuPages:
    """The handlers; a visit goes one way through the menus at a time."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._walks: dict[str, Walk] = {}
        self._entering: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def routes(self) -> Iterator[web.RouteDef]:
        """The routes, if the site has menus for the cabinet."""
        if self._context.render.site.menu:
            yield web.get(MENU, self.show)
            yield web.post(MENU, self.take)

    async def show(self, request: web.Request) -> web.Response:
        """The page that the visit is at; the first one, if it is at none."""
        walk = await self._walk(visit_of(request))
        return await self._shown(request, walk)

    async def take(self, request: web.Request) -> web.Response:
        """Take a reply, or begin again."""
        visit, fields = visit_of(request), await form_fields(request)
        if "again" in fields:
            self._context.admit(request)
            self.end(visit)
            return redirect(MENU)
        self._context.admit_read(request)
        walk = await self._walk(visit)
        step, text = fields.get("step", ""), fields.get("reply", "").strip()[:LONGEST]
        await walk.page()
        if not _STEP.fullmatch(step) or not await walk.reply(int(step), text):
            return await self._shown(request, walk, 409, "page-old")
        return redirect(MENU)

    async def _shown(
        self, request: web.Request, walk: Walk, status: int = 200, error: str = ""
    ) -> web.Response:
        page = await walk.page()
        message = self._context.word(request, error) if error else ""
        return self._context.page(
            request,
            "menu",
            status,
            page=page,
            parts=list(parts(page)),
            step=walk.step,
            error=message,
        )

    async def _walk(self, visit: Visit) -> Walk:
        """The way of a visit; raises ``HTTPSeeOther`` if the visit ended meanwhile."""
        async with self._entering.setdefault(visit.id, asyncio.Lock()):
            found = self._walks.get(visit.id)
            if found is None:
                begun = None if visit.over else await self._context.ports.menus(visit)
                if begun is None or visit.over:
                    raise web.HTTPSeeOther(SIGN_IN)
                written, session = begun
                found = Walk(written, session, self._context.ports.begin)
                self._walks[visit.id] = found
            return found

    def end(self, visit: Visit) -> None:
        """End the way of a visit: the caller hangs up."""
        walk = self._walks.pop(visit.id, None)
        if walk is not None:
            walk.leave()


def parts(page: Page) -> Iterator[tuple[str, str]]:
    """The lines of a page, each with the key that it offers, "" for none."""
    for line in page.text.split("\n"):
        key, _, text = line.partition(" ")
        yield (key, text) if line in page.choices and not page.last else ("", line)
