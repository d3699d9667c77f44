"""A text session as a line: screens become pages, and replies become keys."""

from collections.abc import Awaitable, Callable, Container

from msgspec import Struct

from ari_app.session.conductor import Perform
from ari_app.session.line import Line
from ivr.digits import KEYS, Verdict, answer, judge
from ivr.events import Answered, Bridged, Event, Gone, Keyed, Played, Silent
from ivr.screens import listed, pages, turning
from ivr.session import Session
from ivr.values import Phrase
from ivr.wants import Action, Ask, Dial, Done, Enqueue, Grammar, LineWant, Record, Say, Screen, Send

ANSWERS = (Verdict.WHOLE, Verdict.LONGER)

UNASKED = 30
"""After so many wants in a row that ask nothing the flow is in a loop: the session is ended."""

NO_AGENT, NO_VOICE, BYE = "ussd-no-agent", "ussd-no-voice", "thanks-bye"
"""Prompts: no agent can be connected; no voice can be recorded; the closing words."""

PROMPTS = (NO_AGENT, NO_VOICE, BYE)

Text = Callable[[Screen], tuple[str, ...]]
"""The phrases of a screen as sentences."""


class Page(Struct, frozen=True):
    """A page of text; after the ``last`` one the session is over."""

    text: str
    last: bool = False


Show = Callable[[Page], Awaitable[str | None]]
"""Shows a page and returns the reply; None if the caller left, and after the last page."""


def for_readers(perform: Perform) -> Perform:
    """The same actions for callers who read: a text that repeats the page is not sent."""

    async def perform_for_reader(action: Action, session: Session) -> Answered:
        if isinstance(action, Send) and action.unless_read:
            return Answered("sent")
        return await perform(action, session)

    return perform_for_reader


class TextLine(Line):
    """See :class:`ari_app.session.line.Line`.

    Texts are collected until something is asked or the session ends.
    """

    def __init__(self, text: Text, show: Show, language: str) -> None:
        self._text = text
        self._show = show
        self._language = language
        self._kept: list[str] = []
        self._unasked = 0
        self._gone: Gone | None = None

    async def present(self, want: LineWant) -> Event:
        """See :class:`ari_app.session.line.Line`."""
        self._unasked += 1
        if self._gone is None and self._unasked > UNASKED:
            self._gone = Gone()
        if self._gone is not None:
            return self._gone
        match want:
            case Ask():
                self._unasked = 0
                self._keep(want.screen, want.grammar.choices)
                return await self._ask(want)
            case Say():
                if not want.passing:
                    self._keep(want.screen)
                return Played()
            case Enqueue() | Dial():
                self._language = getattr(want, "language", self._language)
                self._add(NO_AGENT)
                return Bridged("failed")
            case Record():
                self._add(NO_VOICE)
                return Silent()
            case Done():
                if not self._kept:
                    self._add(BYE)
                await self._show_pages(None)
                self._gone = Gone()
                return self._gone
        raise TypeError(f"a text session cannot do {type(want).__name__}")

    def _keep(self, screen: Screen, keys: Container[str] = ()) -> None:
        self._language = screen.language
        for sentence in self._text(screen):
            self._kept += listed(sentence, keys)

    def _add(self, prompt: str) -> None:
        self._kept += self._text(Screen((Phrase(prompt),), self._language))

    async def _ask(self, ask: Ask) -> Keyed | Gone:
        grammar = ask.grammar
        reply = await self._show_pages(grammar)
        if reply is None:
            self._gone = Gone()
            return self._gone
        keys = reply.strip()
        if set(keys) - KEYS or (len(keys) > 1 and judge(grammar, keys) not in ANSWERS):
            keys = ""  # invalid, and not for the call log: it may be a secret
        return Keyed(answer(grammar, keys), ask.secret)

    async def _show_pages(self, grammar: Grammar | None) -> str | None:
        """Show the collected texts page by page; the first reply that does not turn a page."""
        key = turning(grammar)
        *before, last = pages(self._kept, key, self._language)
        self._kept.clear()
        for text in before:
            reply = await self._show(Page(text))
            if reply is None or (reply.strip() != key and grammar is not None):
                return reply
        return await self._show(Page(last, last=grammar is None))
