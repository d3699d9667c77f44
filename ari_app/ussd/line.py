"""A text session as a line: what is asked becomes pages, and replies become keys."""

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
"""After so many wants in a row that ask nothing, the flow goes round by itself and is left."""

NO_AGENT, NO_VOICE, BYE = "ussd-no-agent", "ussd-no-voice", "thanks-bye"
"""Prompts: nobody can be connected here; nothing can be recorded; nothing else is left to say."""

PROMPTS = (NO_AGENT, NO_VOICE, BYE)

Text = Callable[[Screen], tuple[str, ...]]
"""The phrases of a screen as sentences."""


class Page(Struct, frozen=True):
    """What is on the screen; after the ``last`` one the session is over."""

    text: str
    last: bool = False


Show = Callable[[Page], Awaitable[str | None]]
"""Shows a page and brings the reply; None when the caller is gone, and after the last page."""


def reading(perform: Perform) -> Perform:
    """The same for callers who read: what a message would only repeat is not sent."""

    async def performed(deed: Action, session: Session) -> Answered:
        if isinstance(deed, Send) and deed.unless_read:
            return Answered("sent")
        return await perform(deed, session)

    return performed


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
                self._tell(NO_AGENT)
                return Bridged("failed")
            case Record():
                self._tell(NO_VOICE)
                return Silent()
            case Done():
                if not self._kept:
                    self._tell(BYE)
                await self._turn(None)
                self._gone = Gone()
                return self._gone
        raise TypeError(f"a text session does no {type(want).__name__}")

    def _keep(self, screen: Screen, keys: Container[str] = ()) -> None:
        self._language = screen.language
        for sentence in self._text(screen):
            self._kept += listed(sentence, keys)

    def _tell(self, prompt: str) -> None:
        self._kept += self._text(Screen((Phrase(prompt),), self._language))

    async def _ask(self, ask: Ask) -> Keyed | Gone:
        grammar = ask.grammar
        reply = await self._turn(grammar)
        if reply is None:
            self._gone = Gone()
            return self._gone
        keys = reply.strip()
        if set(keys) - KEYS or (len(keys) > 1 and judge(grammar, keys) not in ANSWERS):
            keys = ""  # which answers nothing, and may stand in a record: he may mean a secret
        return Keyed(answer(grammar, keys), ask.secret)

    async def _turn(self, grammar: Grammar | None) -> str | None:
        """Show what was kept, page after page, and bring the first reply that turns none."""
        key = turning(grammar)
        *before, last = pages(self._kept, key, self._language)
        self._kept.clear()
        for text in before:
            reply = await self._show(Page(text))
            if reply is None or (reply.strip() != key and grammar is not None):
                return reply
        return await self._show(Page(last, last=grammar is None))
