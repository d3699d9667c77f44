"""Text sessions over messages: what a phone of ours texts is a code, or a reply to a page.

Whose phone it is, the exchange says, which asked for its password; nobody else is answered.
"""

import asyncio
import logging
import re
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from msgspec import Struct

from ari_app.session.conductor import conduct
from ari_app.ussd.line import Page, TextLine
from ari_app.ussd.sessions import LASTING, MOST, PATIENCE, TROUBLE, UNKNOWN, Enter, TextServices

log = logging.getLogger(__name__)

WAITING = 8
"""Texts of one phone that may wait; further ones are left unread."""

PACE, MINUTE = 60, 60.0
"""So many texts of one phone are read in so many seconds: two machines would talk for ever."""

_CODE = re.compile(r"\*[0-9*]*#")


class MessagePort(Struct, frozen=True):
    """How texts come and go: ``number`` is a phone's subscriber's; ``send`` raises if it failed."""

    number: Callable[[str], Awaitable[str | None]]
    send: Callable[[str, str, str], Awaitable[None]]
    """Sends a phone, from a number of ours, a text."""


class MessageSessions:
    """The text sessions of phones, one a phone; what is no code begins ``menu``, if that is one.

    ``written`` returns what a session that begins now is served with, ``begin`` starts a task.
    """

    def __init__(
        self,
        written: Callable[[], TextServices],
        enter: Enter,
        post: MessagePort,
        begin: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
        menu: str,
    ) -> None:
        self._written = written
        self._enter = enter
        self._post = post
        self._begin = begin
        self._menu = menu
        self._talks: dict[str, _Talk] = {}
        self._closed = False

    def __len__(self) -> int:
        return len(self._talks)

    def take(self, phone: str, to: str, text: str) -> None:
        """A phone sent a text to a number of ours. What is too much is left unread."""
        talk = self._talks.get(phone)
        if talk is None:
            if self._closed or len(self._talks) >= MOST:
                log.warning("a text was left unread: %d phones are answered", len(self._talks))
                return
            talk = self._talks[phone] = _Talk()
            talk.task = self._begin(self._attend(phone, talk))
        if not talk.take(to, text):
            log.warning("a text was left unread: its phone sends too many")

    async def release(self) -> None:
        """Let all callers go: we are about to stop."""
        self._closed = True
        for talk in self._talks.values():
            talk.leave()
        tasks = [talk.task for talk in self._talks.values() if talk.task is not None]
        if tasks:
            _, busy = await asyncio.wait(tasks, timeout=PATIENCE)
            for task in busy:
                task.cancel()

    async def _attend(self, phone: str, talk: "_Talk") -> None:
        """The outermost frame of a phone's sessions, until it is silent for a while."""
        try:
            number = await self._post.number(phone)
            while number is not None and (text := await talk.next()) is not None:
                await self._serve(phone, number, talk, text)
        except Exception:
            log.exception("the texts of a phone are not answered any more")
        finally:
            del self._talks[phone]

    async def _serve(self, phone: str, number: str, talk: "_Talk", text: str) -> None:
        """A session from the text that begins it to its end."""
        written = self._written()

        async def tell(page: Page) -> bool:
            try:
                await self._post.send(phone, talk.to, page.text)
            except Exception as error:  # noqa: BLE001 - a page is lost, and with it the session
                log.warning("a page of a text session was not sent: %s", error)
                return False
            return True

        async def show(page: Page) -> str | None:
            if not await tell(page) or page.last:
                return None
            while (reply := await talk.next()) is not None and _CODE.fullmatch(reply):
                if written.book.answering(reply) is not None:
                    talk.again(reply)
                    return None
                await tell(written.page(UNKNOWN))
            return reply

        code = text
        if not _CODE.fullmatch(text):
            code = talk.to if written.book.answering(self._menu) is None else self._menu
        session = self._enter(written.book, number, code)
        if session is None:
            await tell(written.page(UNKNOWN))
            return
        line = TextLine(written.text, show, session.language)
        try:
            await conduct(line, written.book, session, written.world)
        except Exception:
            log.exception("text session %s broke", session.id)
            await tell(written.page(TROUBLE, session.language))


class _Talk:
    """The texts of one phone that nobody read yet."""

    def __init__(self) -> None:
        self.to = ""
        """The number of ours that the last text was sent to."""
        self.task: asyncio.Task[None] | None = None
        self._texts: deque[tuple[str, str]] = deque()
        self._taken: deque[float] = deque(maxlen=PACE)
        self._news = asyncio.Event()
        self._left = False

    def take(self, to: str, text: str) -> bool:
        """Let a text wait to be read; False if that is too much."""
        now = asyncio.get_running_loop().time()
        hasty = len(self._taken) == PACE and now - self._taken[0] < MINUTE
        if hasty or len(self._texts) == WAITING:
            return False
        self._taken.append(now)
        self._texts.append((to, text.strip()))
        self._news.set()
        return True

    def again(self, text: str) -> None:
        """Let a text be read once more."""
        self._texts.appendleft((self.to, text))

    def leave(self) -> None:
        """Nobody is there any more."""
        self._left = True
        self._news.set()

    async def next(self) -> str | None:
        """The text that follows; None when none comes for too long."""
        try:
            async with asyncio.timeout(LASTING):
                while not self._texts and not self._left:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return None
        if self._left:
            return None
        self.to, text = self._texts.popleft()
        return text
