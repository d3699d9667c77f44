"""The pages of what subscribers write to people, of what became of it, and of lessons."""

import re
from collections.abc import Iterator

from aiohttp import web

from ari_app.cabinet.context import Context, visit_of
from ari_app.cabinet.security import ROOT
from ari_app.cabinet.visits import Confirmation
from ari_app.pages.requests import form_fields, redirect

LETTERS = f"{ROOT}/letters"
LESSONS = f"{ROOT}/lessons"

TEXT = 2000
"""Characters of what is written to people."""
WRITTEN = "letter"
"""What the journal calls a letter."""

_UNPRINTABLE = re.compile(r"[^\S\n ]|[\x00-\x08\x0b-\x1f\x7f]")


class LettersPages:
    """The handlers."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._letters, self._lessons = context.ports.letters, context.ports.lessons

    def routes(self) -> Iterator[web.RouteDef]:
        """The routes."""
        yield web.get(LETTERS, self.letters)
        yield web.post(LETTERS, self.write)
        yield web.get(LESSONS, self.lessons)
        yield web.get(f"{LESSONS}/{{name}}", self.lesson)

    async def letters(self, request: web.Request) -> web.Response:
        """The tickets and complaints of a subscriber, and a form to write another."""
        return await self._page(request)

    async def write(self, request: web.Request) -> web.Response:
        """Open a ticket; the same form twice is the same one."""
        visit, given = visit_of(request), await form_fields(request)
        topic = given.get("topic", "")
        text = _UNPRINTABLE.sub(" ", given.get("text", "").replace("\r\n", "\n")).strip()
        if not text or topic not in self._context.render.site.tickets.topics:
            field = self._context.word(request, "value-text" if not text else "value-topic")
            error = self._context.word(request, "fill-in", field=field)
            return await self._page(request, 400, error, text)
        shown = visit.asked.get(given.get("token", ""))
        if shown is None or shown.operation != WRITTEN:
            return await self._page(request, 409, self._context.word(request, "again"), text)
        self._context.admit(request)
        key = f"{visit.id}:{given['token']}"
        await self._letters.write(visit, topic, text[:TEXT], key)
        self._context.ports.journal.did(visit, WRITTEN, "ok")
        return redirect(LETTERS)

    async def lessons(self, request: web.Request) -> web.Response:
        """The titles of the articles for subscribers."""
        titles = await self._lessons.titles(self._context.language(request))
        return self._context.page(request, "lessons", titles=titles)

    async def lesson(self, request: web.Request) -> web.Response:
        """One article."""
        name, language = request.match_info["name"], self._context.language(request)
        found = await self._lessons.text(name, language)
        if found is None:
            raise web.HTTPNotFound
        return self._context.page(request, "lesson", title=found[0], text=found[1])

    async def _page(
        self, request: web.Request, status: int = 200, error: str = "", text: str = ""
    ) -> web.Response:
        visit = visit_of(request)
        return self._context.page(
            request,
            "letters",
            status,
            tickets=await self._letters.tickets(visit.subscriber),
            complaints=await self._letters.complaints(visit.subscriber),
            topics=tuple(self._context.render.site.tickets.topics),
            token=visit.ask(Confirmation(WRITTEN, {})),
            now=self._context.ports.now(),
            error=error,
            text=text,
            longest=TEXT,
        )
