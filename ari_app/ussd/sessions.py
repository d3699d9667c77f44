"""Text sessions by their ids, as gateways name them: each request brings all replies so far.

Nothing is done twice for a request that comes twice: an answer is kept with the text that it
answered, until some time after the session is over.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from msgspec import Struct

from ari_app.session.conductor import SessionPorts, conduct
from ari_app.ussd import line
from ari_app.ussd.line import Page, Text, TextLine
from ivr.model import Book
from ivr.session import Session
from ivr.values import Phrase
from ivr.wants import Screen

log = logging.getLogger(__name__)

LASTING = 180.0
"""Seconds for which a reply is waited for, and for which an ended session is remembered."""

PATIENCE = 20.0
"""Seconds in which a page must come: longer than back ends may take, and networks wait."""

MOST = 2000
"""Sessions at a time."""

TROUBLE, UNKNOWN, OVER = "ussd-trouble", "ussd-unknown", "ussd-over"
"""Prompts: we cannot serve him now; no flow has the code; the session was over before."""

PROMPTS = (*line.PROMPTS, TROUBLE, UNKNOWN, OVER)

_REPLY = re.compile(r"(\*(?=\*|$)|[^*]*)(\*|$)")


class MismatchError(Exception):
    """A request does not fit what came before it; the gateway's operator must mend it."""


class Request(Struct, frozen=True):
    """What a gateway asks: the ``text`` is all replies so far, joined by stars."""

    session: str
    code: str
    number: str
    text: str


class TextServices(Struct, frozen=True):
    """What serves a session from its beginning to its end."""

    book: Book
    text: Text
    world: SessionPorts

    def page(self, prompt: str, language: str = "") -> Page:
        """The last page of a session that ends with a prompt."""
        language = language or next(iter(self.book.flows.values())).languages[0]
        return Page(" ".join(self.text(Screen((Phrase(prompt),), language))), last=True)


Enter = Callable[[Book, str, str], Session | None]
"""The session of a number that dialled a code; None when no flow has the code."""


class Sessions:
    """All sessions; ``written`` returns what one that begins now is served with.

    ``begin`` begins what goes on beside: a session, until it is over and forgotten.
    """

    def __init__(
        self,
        written: Callable[[], TextServices],
        enter: Enter,
        begin: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
    ) -> None:
        self._written = written
        self._enter = enter
        self._begin = begin
        self._talks: dict[str, _Talk] = {}
        self._closed = False

    def __len__(self) -> int:
        return len(self._talks)

    async def answer(self, request: Request) -> Page:
        """The page that answers a request; :class:`MismatchError` if it fits no session."""
        talk = self._talks.get(request.session)
        if talk is None:
            if self._closed or self._full():
                log.warning("a text session was refused: there are %d", len(self._talks))
                return self._written().page(TROUBLE)
            written = self._written()
            session = self._enter(written.book, request.number, request.code)
            if session is None:
                return written.page(UNKNOWN)
            talk = self._talks[request.session] = _Talk(written, session, request.code)
            talk.task = self._begin(self._run(request.session, talk))
        elif (talk.session.caller.number, talk.code) != (request.number, request.code):
            raise MismatchError("this sessionId belongs to another phoneNumber or serviceCode")
        async with talk.lock:
            return await talk.answer(request.text)

    def _full(self) -> bool:
        """Whether there is no room; sessions that are over make it, the oldest first."""
        if len(self._talks) >= MOST:
            over = next((name for name, talk in self._talks.items() if talk.over), None)
            if over is None:
                return True
            self._talks.pop(over).cancel()
        return False

    async def _run(self, name: str, talk: "_Talk") -> None:
        """A session from its beginning until nobody can ask for it any more."""
        try:
            await talk.run()
            await asyncio.sleep(LASTING)
        finally:
            if self._talks.get(name) is talk:
                del self._talks[name]

    async def release(self) -> None:
        """Let all callers go: we are about to stop."""
        self._closed = True
        talks = list(self._talks.values())
        for talk in talks:
            talk.leave()
        try:
            async with asyncio.timeout(PATIENCE):
                await asyncio.gather(*(talk.ended.wait() for talk in talks))
        except TimeoutError:
            log.warning("text sessions were still busy after %g s and were ended", PATIENCE)
        for talk in talks:
            talk.cancel()


class _Talk:
    """One session, and its answers by the texts that they answered."""

    def __init__(self, written: TextServices, session: Session, code: str) -> None:
        self.session = session
        self.code = code
        self.lock = asyncio.Lock()
        self.ended = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self._written = written
        self._text = ""
        self._begun = False
        self._answers: dict[str, Page] = {}
        self._replies: asyncio.Queue[str | None] = asyncio.Queue()
        self._shown: asyncio.Queue[Page] = asyncio.Queue()
        self._page = Page("")

    @property
    def over(self) -> bool:
        """Whether nothing more will happen in it."""
        return self.ended.is_set()

    async def run(self) -> None:
        """The outermost frame of a session."""
        session, written = self.session, self._written
        text_line = TextLine(written.text, self._show, session.language)
        try:
            await conduct(text_line, written.book, session, written.world)
        except Exception:
            log.exception("text session %s broke", session.id)
        finally:
            self.ended.set()
            self._shown.put_nowait(written.page(TROUBLE, session.language))

    def leave(self) -> None:
        """The caller is gone."""
        self._replies.put_nowait(None)

    def cancel(self) -> None:
        """End it wherever it is."""
        if self.task is not None:
            self.task.cancel()

    async def answer(self, text: str) -> Page:
        """What is shown after these replies, again if it was before."""
        if not self._answers:
            self._answers[""] = self._page = await self._turned()
        if text not in self._answers:
            for reply in replies(self._rest(text)):
                if not self._page.last:
                    self._replies.put_nowait(reply)
                    self._page = await self._turned()
                self._text = f"{self._text}*{reply}" if self._begun else reply
                self._begun = True
                self._answers[self._text] = self._page
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

    async def _turned(self) -> Page:
        """The page that comes next."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._shown.get()
        except TimeoutError:
            log.error("text session %s gave no page in %g s", self.session.id, PATIENCE)
            self.leave()
            return self._written.page(TROUBLE, self.session.language)

    async def _show(self, page: Page) -> str | None:
        self._shown.put_nowait(page)
        if page.last:
            return None
        try:
            async with asyncio.timeout(LASTING):
                return await self._replies.get()
        except TimeoutError:
            return None


def replies(joined: str) -> Iterator[str]:
    """Replies that were joined by stars; a reply may be a star itself."""
    at, more = 0, True
    while more:
        found = _REPLY.match(joined, at)
        assert found is not None
        yield found[1]
        at, more = found.end(), bool(found[2])
