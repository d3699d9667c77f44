"""USSD sessions of a gateway, by the gateway's ids: each request carries all replies so far.

A repeated request has no effect twice: answers are kept with the text that they answered, until
some time after the session is over.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from ari_app.session import unknown_code
from ari_app.session.conductor import LEFT, SessionPorts, conduct
from ari_app.ussd import line
from ari_app.ussd.joined import OTHERS, Request, dialled, dialled_before, replies
from ari_app.ussd.left import Checkpoints, LeftSession
from ari_app.ussd.line import Page, Reply, Text, TextLine
from ivr.checkpoint import fits
from ivr.model import Book
from ivr.screens import USSD, PageSize
from ivr.session import Session
from ivr.values import Phrase
from ivr.wants import Screen

log = logging.getLogger(__name__)

LASTING = 180.0
"""Seconds to wait for a reply, and to remember a session that is over."""

PATIENCE = 20.0
"""Seconds in which a page must be ready: back ends are faster, and networks wait as long."""

MOST = 2000
"""Most sessions at a time."""

TROUBLE, OVER, STOPPED = "ussd-trouble", "ussd-over", "campaigns-stopped"
"""Prompts: the service is unavailable; the session is over already; campaigns send no more."""

PROMPTS = (*line.PROMPTS, *unknown_code.PROMPTS, TROUBLE, OVER, STOPPED)


class MismatchError(Exception):
    """A request contradicts earlier ones of its session; the operator of the gateway must act."""


class TextServices(Struct, frozen=True):
    """What a text session uses from its beginning to its end; ``size`` is that of a page."""

    book: Book
    text: Text
    world: SessionPorts
    checkpoints: Checkpoints | None = None
    size: PageSize = USSD

    def page(self, prompt: str, language: str = "") -> Page:
        """A last page, with one prompt."""
        language = language or next(iter(self.book.flows.values())).languages[0]
        return Page(" ".join(self.text(Screen((Phrase(prompt),), language))), last=True)


class Callers(Struct, frozen=True):
    """What is known of those who begin text sessions.

    ``enter`` returns the session of a caller who dialled a code, None when no flow has the code.
    ``number`` returns a number, written in any way, in the form in which it is stored.
    ``language`` returns the language of the subscriber with a number, "" if there is none.
    """

    enter: Callable[[Book, str, str], Awaitable[Session | None]]
    number: Callable[[str], str]
    language: Callable[[str], Awaitable[str]]


class Sessions:
    """All sessions; ``written`` returns what one that begins now is served with.

    ``begin`` begins what goes on beside: a session, until it is over and forgotten.
    """

    def __init__(
        self,
        written: Callable[[], TextServices],
        callers: Callers,
        begin: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
    ) -> None:
        self._written = written
        self._callers = callers
        self._begin = begin
        self._open: dict[str, _OpenSession] = {}
        self._closed = False
        self._left: dict[str, LeftSession] = {}

    def __len__(self) -> int:
        return len(self._open)

    async def answer(self, request: Request) -> Page:
        """The page that answers a request; :class:`MismatchError` if it fits no session."""
        number = self._callers.number(request.number)
        one = self._open.get(request.session) or self._gone_on_with(request, number)
        if one is None:
            written = self._written()
            code, prefix = dialled(written.book, request.code, request.text)
            session = await self._callers.enter(written.book, number, code)
            if request.session in self._open:  # the request was repeated meanwhile
                return await self.answer(request)
            if self._closed or self._full():
                log.warning("a USSD session was rejected: %d are open", len(self._open))
                return await self.page(TROUBLE, number)
            if session is None:
                return await self.page(unknown_code.unknown_code(written.book), number)
            one = _OpenSession(written, session, request.code, prefix)
            self._add(request.session, one)
        elif (one.session.caller.number, one.code) != (number, request.code):
            raise MismatchError(OTHERS)
        async with one.lock:
            return await one.answer(one.replied(request.text))

    def _add(self, name: str, one: "_OpenSession") -> None:
        self._open[name] = one
        one.task = self._begin(self._run(name, one))

    def take_up(self, left: Mapping[str, LeftSession]) -> None:
        """Go on with sessions that an application left, each when its next reply comes."""
        self._left |= left
        if left:
            self._begin(self._end_left(left))

    def _gone_on_with(self, request: Request, number: str) -> "_OpenSession | None":
        """A session that was left, if the request is for one, and the menus are the same."""
        left, written = self._left.get(request.session), self._written()
        if left is None or not fits(left.kept, written.book):
            return None
        if left.session.caller.number != number:
            raise MismatchError(OTHERS)
        del self._left[request.session]
        prefix = dialled_before(written.book, request.text)
        one = _OpenSession(written, left.session, request.code, prefix)
        one.go_on(left, request.text)
        self._add(request.session, one)
        return one

    async def _end_left(self, found: Mapping[str, LeftSession]) -> None:
        """End the sessions that were left and whose subscribers do not go on."""
        await asyncio.sleep(LASTING)
        written = self._written()
        for name in found:
            left = self._left.pop(name, None)
            if left is not None and written.checkpoints is not None:
                written.checkpoints.going_on(left.session, left.path)
                written.world.observer.ended(left.session.id, "gone", 0, written.world.now())

    async def leave(self) -> None:
        """End the sessions where they stand: another application goes on with them."""
        self._closed = True
        tasks = [one.task for one in self._open.values() if one.task is not None]
        for task in tasks:
            task.cancel(LEFT)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def page(self, prompt: str, number: str = "") -> Page:
        """A last page with one prompt, in the language of the subscriber with a number."""
        language = await self._callers.language(self._callers.number(number)) if number else ""
        return self._written().page(prompt, language)

    def _full(self) -> bool:
        """Whether there is no room; the oldest session that is over makes room."""
        if len(self._open) >= MOST:
            over = next((name for name, one in self._open.items() if one.over), None)
            if over is None:
                return True
            self._open.pop(over).cancel()
        return False

    async def _run(self, name: str, one: "_OpenSession") -> None:
        """Run a session, and remember it for a while after its end."""
        try:
            await one.run(name)
            await asyncio.sleep(LASTING)
        finally:
            if self._open.get(name) is one:
                del self._open[name]

    async def release(self) -> None:
        """End all sessions: the application stops."""
        self._closed = True
        open_sessions = list(self._open.values())
        for one in open_sessions:
            one.leave()
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.gather(*(one.ended.wait() for one in open_sessions))
        except TimeoutError:
            log.warning("USSD sessions were still busy after %g s and were cancelled", PATIENCE)
        for one in open_sessions:
            one.cancel()


class _OpenSession:
    """One session, and its pages by the texts that they answered."""

    def __init__(self, written: TextServices, session: Session, code: str, prefix: str) -> None:
        self.session = session
        self.code = code
        self._prefix = prefix
        """The dialled code, if the texts of the gateway begin with it."""
        self.lock = asyncio.Lock()
        self.ended = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self._written = written
        self._kept: LeftSession | None = None
        """Where it stood, if an application before this one began it."""
        self._taken = 0
        """How many replies it has had."""
        self._text = ""
        self._begun = False
        self._answers: dict[str, Page] = {}
        self._replies: asyncio.Queue[Reply | None] = asyncio.Queue()
        self._shown: asyncio.Queue[Page] = asyncio.Queue()
        self._page = Page("")
        self._sent = False
        """Whether the page was the answer to a request, so that the subscriber can have seen it."""

    @property
    def over(self) -> bool:
        """Whether the session has ended."""
        return self.ended.is_set()

    def go_on(self, left: LeftSession, text: str) -> None:
        """Go on with a session that was left, after the replies that it had taken."""
        self._kept, self._taken = left, left.kept.plays
        had = list(replies(self.replied(text)))[: self._taken]
        self._text, self._begun, self._sent = "*".join(had), bool(had), True

    async def run(self, name: str) -> None:
        """The outermost frame of a session; ``name`` is the gateway's id of it."""
        session, written, kept = self.session, self._written, self._kept
        world, checkpoints, size = written.world, written.checkpoints, written.size
        if checkpoints is not None:
            keep = checkpoints.keep
            world = replace(world, keep=lambda now, want: keep(name, now, want, self._taken))
            if kept is not None:
                checkpoints.going_on(session, kept.path)
        text_line = TextLine(written.text, self._show, session.language, size, written.book.words)
        try:
            begun = kept.kept.want if kept is not None else None
            await conduct(text_line, written.book, session, world, begun)
        except Exception:
            log.exception("text session %s failed", session.id)
        finally:
            self.ended.set()
            self._shown.put_nowait(written.page(TROUBLE, session.language))

    def replied(self, text: str) -> str:
        """The replies in a text, without the code that was dialled."""
        if self._prefix and (text == self._prefix or text.startswith(f"{self._prefix}*")):
            return text[len(self._prefix) + 1 :]
        return text

    def leave(self) -> None:
        """The caller is gone."""
        self._replies.put_nowait(None)

    def cancel(self) -> None:
        """Cancel the session."""
        if self.task is not None:
            self.task.cancel()

    async def answer(self, text: str) -> Page:
        """The page after these replies; the same one if they come again.

        Of replies that come together only the first one is an answer to a page that was sent.
        """
        if not self._answers:
            self._answers[self._text] = self._page = await self._next_page()
        if text not in self._answers:
            for reply in replies(self._rest(text)):
                if not self._page.last:
                    self._replies.put_nowait(Reply(reply, seen=self._sent))
                    self._page, self._sent = await self._next_page(), False
                self._text = f"{self._text}*{reply}" if self._begun else reply
                self._begun = True
                self._answers[self._text] = self._page
        self._sent = True
        return self._answers[text]

    def _rest(self, text: str) -> str:
        """The replies that came since the last request; an earlier one may have been lost."""
        if not self._begun:
            return text
        before = f"{self._text}*"
        if not text.startswith(before):
            raise MismatchError("this text does not continue the replies of the session so far")
        if self.over:
            self._page = self._written.page(OVER, self.session.language)
        return text.removeprefix(before)

    async def _next_page(self) -> Page:
        """Wait for the next page."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._shown.get()
        except TimeoutError:
            log.error("text session %s: no page in %g s, timed out", self.session.id, PATIENCE)
            self.leave()
            return self._written.page(TROUBLE, self.session.language)

    async def _show(self, page: Page) -> Reply | None:
        self._shown.put_nowait(page)
        if page.last:
            return None
        try:
            async with asyncio.timeout(LASTING):
                reply = await self._replies.get()
            self._taken += reply is not None
            return reply
        except TimeoutError:
            return None
