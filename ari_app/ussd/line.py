"""A text session as a line: screens become pages, and replies become keys."""

from collections.abc import Awaitable, Callable, Container, Mapping
from contextlib import suppress

from msgspec import Struct

from ari_app.session.conductor import Perform
from ari_app.session.line import Line
from ivr.digits import KEYS, Verdict, answer, judge
from ivr.events import Answered, Bridged, Event, Gone, Keyed, Played, Silent
from ivr.identity.keypad import key_form, normalise
from ivr.screens import Choice, PageSize, listed, page, turning, words
from ivr.session import Session
from ivr.values import Phrase
from ivr.wants import Action, Ask, Dial, Done, Enqueue, LineWant, Record, Say, Screen, Send
from ivr.word_codes import code_of

ANSWERS = (Verdict.WHOLE, Verdict.LONGER)

EARLY = 5
"""After so many replies to an ask that came before its last page it is answered wrongly."""

SHORTEST = 3
"""A word with so many letters may be the beginning of a choice's name."""

UNASKED = 30
"""After so many wants in a row that ask nothing the flow is in a loop: the session is ended."""

NO_AGENT, NO_VOICE, BYE = "ussd-no-agent", "ussd-no-voice", "thanks-bye"
"""Prompts: no agent can be connected; no voice can be recorded; the closing words."""

READ_ON = "ussd-read-on"
"""Prompt: read it to the end first; a reply before that was not taken."""

PROMPTS = (NO_AGENT, NO_VOICE, BYE, READ_ON)

Text = Callable[[Screen], tuple[str, ...]]
"""The phrases of a screen as sentences."""


class Page(Struct, frozen=True):
    """A page of text; after the ``last`` one the session is over.

    ``choices`` are its lines that offer a key, such as "1 Balance"; ``secret``: the reply must not
    be shown.
    """

    text: str
    last: bool = False
    choices: tuple[str, ...] = ()
    secret: bool = False


class Reply(Struct, frozen=True):
    """What a subscriber replied; not ``seen``: it was on its way before the page was sent."""

    text: str
    seen: bool


Show = Callable[[Page], Awaitable[Reply | None]]
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

    Texts are collected until something is asked or the session ends. What must be read out, such as
    a charge that a yes agrees to, takes no reply before its last page was sent: the reply turns
    nothing, and the page is shown again with a line that says so.
    """

    def __init__(
        self, text: Text, show: Show, language: str, size: PageSize, words: Mapping[str, str]
    ) -> None:
        """``words`` are those of the book, each with its code."""
        self._text = text
        self._words = words
        self._show = show
        self._language = language
        self._size = size
        self._kept: list[str] = []
        self._choices: list[Choice] = []
        """The lines of the present menu."""
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
                return Played(whole=not want.passing)
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
        lines = [line for sentence in self._text(screen) for line in listed(sentence, keys)]
        self._choices = [line for line in lines if isinstance(line, Choice)]
        self._kept += lines

    def _offered(self, ask: Ask | None) -> tuple[tuple[str, ...], bool]:
        """The choices of what is asked, and whether the answer is a secret."""
        return ((), False) if ask is None else (tuple(self._choices), ask.secret)

    def _add(self, prompt: str) -> None:
        self._kept += self._prompt(prompt)

    def _prompt(self, prompt: str) -> tuple[str, ...]:
        return self._text(Screen((Phrase(prompt),), self._language))

    async def _ask(self, ask: Ask) -> Keyed | Gone:
        reply = await self._show_pages(ask)
        if reply is None:
            self._gone = Gone()
            return self._gone
        said = reply.text if ask.read_out else self._keys(ask, reply.text)
        return Keyed(_digits(ask, said), ask.secret, reply.seen)

    def _keys(self, ask: Ask, reply: str) -> str:
        """The keys that a word stands for: a line of the menu, or a code; else the reply itself."""
        word = normalise(reply)
        if not word.isalpha():
            return reply
        keys = {line.partition(" ")[0] for line in self._choices if _names(line, word)}
        if len(keys) == 1:
            return keys.pop()
        code = code_of(reply, self._words)
        return code if code in ask.grammar.codes else reply

    async def _show_pages(self, ask: Ask | None) -> Reply | None:
        """Show the collected texts page by page, until a reply that does not turn a page.

        It is ``seen`` if all pages had been sent before it.
        """
        key = turning(self._kept)
        rest = words(self._kept, key, self._language, self._size)
        self._kept.clear()
        hint: tuple[str, ...] = ()
        early, seen = 0, True
        while True:
            text, after = page((*hint, *rest), key, self._language, self._size)
            shown = Page(text, ask is None and not after, *self._offered(ask))
            reply = await self._show(shown)
            if reply is None:
                return None
            hint, said = (), reply.text.strip()
            turns = bool(after) and (ask is None or said == key)
            if ask is not None and ask.read_out and not (reply.seen and (turns or not after)):
                early += 1
                if early > EARLY:
                    return Reply("", seen=False)
                hint = words(self._prompt(READ_ON), key, self._language, self._size)
            elif turns:
                rest, seen = after, seen and reply.seen
            else:
                return Reply(said, seen=seen and reply.seen and not after)


def _names(line: str, word: str) -> bool:
    """Whether a word is the name of a choice, or its beginning, or one of its words."""
    names = list(map(normalise, line.split()[1:]))
    return word in names or (len(word) >= SHORTEST and "".join(names).startswith(word))


def _digits(ask: Ask, reply: str) -> str:
    """The keys of a reply; "" if they are invalid, and not for the call log: it may be a secret.

    The letters of a secret are the keys on which a telephone has them.
    """
    keys = reply
    if ask.secret and set(keys) - KEYS:
        with suppress(ValueError):
            keys = key_form(keys)
    grammar = ask.grammar
    if set(keys) - KEYS or (len(keys) > 1 and judge(grammar, keys) not in ANSWERS):
        return ""
    return answer(grammar, keys)
