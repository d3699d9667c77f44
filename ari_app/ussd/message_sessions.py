"""Text sessions over SIP MESSAGE: a phone texts a USSD code, or a reply to a page.

Only registered phones are answered: Asterisk has authenticated whose account they are.
"""

import asyncio
import logging
import re
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol

from msgspec import Struct

from ari_app.session.conductor import conduct
from ari_app.session.unknown_code import unknown_code
from ari_app.ussd.line import Page, Reply, TextLine
from ari_app.ussd.sessions import (
    LASTING,
    MOST,
    PATIENCE,
    STOPPED,
    TROUBLE,
    Callers,
    TextServices,
)
from ivr.screens import SMS
from ivr.word_codes import code_of

log = logging.getLogger(__name__)

WAITING = 8
"""Most unread texts of one phone; further ones are dropped."""

PACE, MINUTE = 60, 60.0
"""At most so many texts of one phone in so many seconds: two machines could loop for ever."""

_CODE = re.compile(r"\*[0-9*]*#")


class MessagePort(Struct, frozen=True):
    """Reaches phones: ``number`` is the MSISDN of an account; ``send`` raises if it fails."""

    number: Callable[[str], Awaitable[str | None]]
    send: Callable[[str, str, str], Awaitable[None]]
    """Sends to an account, from a service number, a text."""


class Refusals(Protocol):
    """The words by which subscribers refuse campaigns."""

    def is_stop(self, text: str) -> bool:
        """Whether a text that begins a session is such a word."""

    async def stop(self, number: str) -> None:
        """Store that a number refuses campaigns; raises if it cannot be stored."""


class Replies(Protocol):
    """Takes replies to surveys."""

    async def reply(self, number: str, text: str) -> str | None:
        """The prompt that answers a text which begins a session; None if it is no reply."""


class MessageSessions:
    """The text sessions of phones, one a phone; what is no code begins ``menu``, if that is one.
    A word of ``refusals`` instead of a code refuses campaigns; another text that is neither a code
    nor stands for one may be a reply to a survey.

    ``written`` returns what a session that begins now is served with, ``begin`` starts a task.
    """

    def __init__(
        self,
        written: Callable[[], TextServices],
        callers: Callers,
        post: MessagePort,
        begin: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
        menu: str,
        refusals: Refusals,
        surveys: Replies,
    ) -> None:
        self._refusals = refusals
        self._surveys = surveys
        self._written = written
        self._callers = callers
        self._post = post
        self._begin = begin
        self._menu = menu
        self._inboxes: dict[str, _Inbox] = {}
        self._closed = False

    def __len__(self) -> int:
        return len(self._inboxes)

    def take(self, phone: str, to: str, text: str) -> None:
        """TextMessageReceived: a phone texted a service number. Excess texts are dropped."""
        inbox = self._inboxes.get(phone)
        if inbox is None:
            if self._closed or len(self._inboxes) >= MOST:
                log.warning("text dropped: %d phones have sessions", len(self._inboxes))
                return
            inbox = self._inboxes[phone] = _Inbox()
            inbox.task = self._begin(self._attend(phone, inbox))
        if not inbox.take(to, text):
            log.warning("text dropped: the phone sends too many")

    async def release(self) -> None:
        """End all sessions: the application stops."""
        self._closed = True
        for inbox in self._inboxes.values():
            inbox.close()
        tasks = [inbox.task for inbox in self._inboxes.values() if inbox.task is not None]
        if tasks:
            _, busy = await asyncio.wait(tasks, timeout=PATIENCE)
            for task in busy:
                task.cancel()

    async def _attend(self, phone: str, inbox: "_Inbox") -> None:
        """Serve a phone until it sends nothing for a while. No exception leaves it."""
        try:
            number = await self._post.number(phone)
            while number is not None and (text := await inbox.next()) is not None:
                await self._serve(phone, number, inbox, text.text)
        except Exception:
            log.exception("the text sessions of a phone failed; its next text starts again")
        finally:
            del self._inboxes[phone]

    async def _serve(self, phone: str, number: str, inbox: "_Inbox", text: str) -> None:
        """Run a session, from the text that starts it to its end."""
        written = self._written()

        async def send(page: Page) -> bool:
            try:
                await self._post.send(phone, inbox.to, page.text)
            except Exception as error:  # noqa: BLE001 - without the page the session ends
                log.warning("a text session ends, its page could not be sent: %s", error)
                return False
            return True

        async def show(page: Page) -> Reply | None:
            if not await send(page) or page.last:
                return None
            inbox.page_sent()
            while (reply := await inbox.next()) is not None and _CODE.fullmatch(reply.text):
                if written.book.answering(reply.text) is not None:
                    inbox.put_back(reply)
                    return None
                await send(_unknown(written, session.language if session else ""))
            return reply

        code = code_of(text, written.book.words) or text
        if (answer := await self._beside(number, text, code)) is not None:
            await send(written.page(answer, await self._callers.language(number)))
            return
        if not _CODE.fullmatch(code):
            code = inbox.to if written.book.answering(self._menu) is None else self._menu
        session = await self._callers.enter(written.book, number, code)
        if session is None:
            await send(_unknown(written, await self._callers.language(number)))
            return
        line = TextLine(written.text, show, session.language, SMS, written.book.words)
        try:
            await conduct(line, written.book, session, written.world)
        except Exception:
            log.exception("text session %s failed", session.id)
            await send(written.page(TROUBLE, session.language))

    async def _beside(self, number: str, text: str, code: str) -> str | None:
        """The prompt that answers a text which begins no session: a refusal of campaigns, or a
        reply to a survey; None for any other."""
        if self._refusals.is_stop(text):
            await self._refusals.stop(number)
            return STOPPED
        return None if _CODE.fullmatch(code) else await self._surveys.reply(number, text)


def _unknown(written: TextServices, language: str) -> Page:
    """The page that no flow has a code."""
    return written.page(unknown_code(written.book), language)


class _Inbox:
    """The unread texts of one phone."""

    def __init__(self) -> None:
        self.to = ""
        """The service number that the last text was sent to."""
        self.task: asyncio.Task[None] | None = None
        self._texts: deque[tuple[str, Reply]] = deque()
        self._taken: deque[float] = deque(maxlen=PACE)
        self._changed = asyncio.Event()
        self._closed = False

    def take(self, to: str, text: str) -> bool:
        """Add a text; False if there are too many."""
        now = asyncio.get_running_loop().time()
        too_fast = len(self._taken) == PACE and now - self._taken[0] < MINUTE
        if too_fast or len(self._texts) == WAITING:
            return False
        self._taken.append(now)
        self._texts.append((to, Reply(text.strip(), seen=True)))
        self._changed.set()
        return True

    def page_sent(self) -> None:
        """A page was sent: the texts that came before are no answers to it."""
        self._texts = deque((to, Reply(text.text, seen=False)) for to, text in self._texts)

    def put_back(self, text: Reply) -> None:
        """Put a text back, to be read next."""
        self._texts.appendleft((self.to, text))

    def close(self) -> None:
        """End the wait for texts."""
        self._closed = True
        self._changed.set()

    async def next(self) -> Reply | None:
        """The next text; None when none comes within :data:`LASTING`."""
        try:
            async with asyncio.timeout(LASTING):
                while not self._texts and not self._closed:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return None
        if self._closed:
            return None
        self.to, text = self._texts.popleft()
        return text
