"""A flow that charges for a yes, and every line on which a caller may answer it too early.

Each line is a function that runs one call. The caller chooses what costs in a menu and then answers
the confirm at a :class:`When`; the operations that were run are returned.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum

from ari_app.cabinet.menu_page import Walk
from ari_app.calls.call_log import CallLog
from ari_app.control.live_feed import LiveFeed
from ari_app.session.conductor import SessionPorts, conduct
from ari_app.session.line import Line
from ari_app.sim.line import HUNG_UP, Act, Scene, SimLine
from ari_app.sim.trace import Trace
from ari_app.ussd.joined import Request
from ari_app.ussd.line import Page, Reply, TextLine
from ari_app.ussd.message_sessions import MessagePort, MessageSessions
from ari_app.ussd.sessions import PROMPTS, Callers, Sessions, TextServices
from ivr.events import Answered
from ivr.loader import load
from ivr.model import Book, Operation
from ivr.screens import USSD
from ivr.session import Caller, Session
from ivr.session_start import start_session
from ivr.values import Money
from ivr.wants import Action, Ask, Invoke, Screen
from tests.agi.fake_asterisk import FakeAsterisk
from tests.agi.harness import called
from tests.ari.facts import until
from tests.ari.harness import harness
from tests.ari.server import Server
from tests.deadlines import within
from tests.lines.cabinet_pages import WHOLE
from tests.spoken import MORE
from tests.ussd.refusals import Refusals
from tests.ussd.replies import Replies

FLOW = """
flow: main
numbers: ["611"]
codes: { "*111#": menu }
languages: [en]
start: menu
nodes:
  menu:  { menu: menu, keys: { "1": quote }, gave-up: bye }
  quote: { do: quote, on: { ok: price } }
  price: { say: price, then: sure }
  sure:  { confirm: sure, yes: buy, yes-key: "3", no: bye, gave-up: bye, wait: 1s }
  buy:   { do: buy, inputs: { charge: charge }, on: { ok: bye } }
  bye:   { end: thanks-bye }
"""
OPERATIONS = {
    "quote": Operation("quote", {"ok": {"charge": "money"}}),
    "buy": Operation("buy", {"ok": {}}, {"charge": "money"}, costs=True, charge="charge"),
}
CHARGE = Money(Decimal("5.00"), "EUR")
PRICE = "You pay 5.00 EUR. " + "And there is more to be said about it than fits on a page. " * 3

_SLOTS: dict[str, dict[str, str]] = {
    **{name: {} for name in ("menu", "sure", "thanks-bye", *PROMPTS)},
    "price": {"charge": "money"},
}


class When(Enum):
    """When the caller answers the confirm."""

    AHEAD = "before anything of it was presented"
    EARLY = "after its beginning"
    HEARD = "after all of it"


def book() -> Book:
    """The book of the flow."""
    loaded = load({"flow.yaml": FLOW}, _SLOTS, OPERATIONS)
    assert loaded.book is not None, loaded.problems
    return loaded.book


def texts(screen: Screen) -> tuple[str, ...]:
    """A screen as sentences."""
    return tuple(PRICE if one.prompt == "price" else one.prompt for one in screen.phrases)


async def _no_language(_: str) -> str:
    return ""


class Site:
    """What a session needs besides its line; ``ran`` are the operations that were run."""

    def __init__(self) -> None:
        self.book = book()
        self.ran: list[str] = []
        log = CallLog(lambda _: None, LiveFeed(), texts, "test")
        self.callers = Callers(self.enter, str, _no_language)
        self.ports = SessionPorts(self._perform, lambda *_: None, log, lambda: datetime.now(UTC))

    async def _perform(self, action: Action, _: Session) -> Answered:
        assert isinstance(action, Invoke)
        self.ran.append(action.operation)
        return Answered("ok", {"charge": CHARGE} if action.operation == "quote" else {})

    async def enter(self, book: Book, number: str, dialled: str) -> Session | None:
        """Begin a session."""
        return start_session(book, "c1", dialled, Caller(number, 7))

    async def run(self, line: Line) -> None:
        """Run a session over a line to its end."""
        await conduct(line, self.book, await self.begun(), self.ports)

    async def begun(self) -> Session:
        """A session that begins."""
        session = await self.enter(self.book, "375291234567", "611")
        assert session is not None
        return session


async def voice(key: str, when: When) -> list[str]:
    """A channel of Asterisk: keys while a playback lasts, and after it."""
    site = Site()
    async with Server().running() as server, harness(server) as at, asyncio.TaskGroup() as tasks:
        line = await at.call()
        call = tasks.create_task(site.run(line))
        await until(lambda: len(server.plays) == 1)
        server.press("c-1", *(["1", key] if when is When.AHEAD else ["1"]))
        if key == "3" or when is not When.AHEAD:
            await until(lambda: server.channels["c-1"].playback == "c-1-2")
            if when is When.EARLY:
                server.press("c-1", key)
            await at.link.ari.asterisk.ping()
            server.finish("c-1")
            if when is When.HEARD:
                server.press("c-1", key)
        last = 2 if (key, when) == ("2", When.AHEAD) else 3
        await until(lambda: len(server.plays) == last)
        server.leave("c-1")
        await call
    return site.ran


async def agi(key: str, when: When) -> list[str]:
    """A channel under FastAGI: keys while a file plays, and while they are waited for."""
    site, asterisk = Site(), FakeAsterisk()

    def plays(file: str, times: int = 1) -> Callable[[], bool]:
        """Whether a file plays, for the so manieth time: a key that counts later stops it once."""
        return lambda: asterisk.playing and asterisk.plays[-times:] == [file] * times

    async with called(asterisk) as line, asyncio.TaskGroup() as tasks:
        call = tasks.create_task(site.run(line))
        await until(plays("menu"))
        asterisk.press(*(["1", key] if when is When.AHEAD else ["1"]))
        if key == "3" or when is not When.AHEAD:
            await until(plays("price", 2 if when is When.AHEAD else 1))
            asterisk.finish()
            await until(plays("sure"))
            if when is When.EARLY:
                asterisk.press(key)
            if key == "3" or when is When.HEARD:
                await until(plays("sure", 2 if when is When.EARLY else 1))
                asterisk.finish()
                await until(lambda: asterisk.waits)
            if when is When.HEARD:
                asterisk.press(key)
        if key == "2" or when is When.HEARD:
            await until(plays("thanks-bye"))
        asterisk.hang_up()
        await call
    return site.ran


class _Hasty:
    """A simulated caller who answers the confirm at a moment."""

    def __init__(self, key: str, when: When) -> None:
        self.seconds = 0.0
        self._menu = ["1", key] if when is When.AHEAD else ["1"]
        self._sure = [] if when is When.AHEAD else [key]
        self._when = when

    def now(self) -> float:
        return self.seconds

    async def act(self, scene: Scene, until: float) -> Act | None:
        self.seconds += 0.1
        if isinstance(scene.want, Ask):
            keys = self._sure if scene.want.consent else self._menu
            if keys and not (keys is self._sure and self._when is When.HEARD and scene.playing):
                return keys.pop(0)
            if not scene.playing and not keys and scene.want.consent:
                return HUNG_UP
        self.seconds = max(self.seconds, until)
        return None


async def simulator(key: str, when: When) -> list[str]:
    """`firstline flows simulate` and `flows test`."""
    site, caller = Site(), _Hasty(key, when)
    trace = Trace(site.book, caller.now)
    await site.run(SimLine(caller, lambda _: 20.0, lambda _: None, trace))
    return site.ran


async def terminal(key: str, when: When) -> list[str]:
    """`firstline ussd` in memory, page by page."""
    site, answered = Site(), False

    async def show(page: Page) -> Reply | None:
        nonlocal answered
        if page.text == "menu":
            return Reply("1", seen=True)
        turn = _turns(page)
        if answered or page.last:
            return None
        if turn and when is When.HEARD:
            return Reply(turn, seen=True)
        answered = True
        return Reply(key, seen=when is not When.AHEAD)

    await site.run(TextLine(texts, show, "en", USSD, {}))
    return site.ran


async def gateway(key: str, when: When) -> list[str]:
    """A USSD gateway, which sends all replies so far."""
    site = Site()
    async with _tasks() as begin:
        sessions = Sessions(lambda: TextServices(site.book, texts, site.ports), site.callers, begin)

        async def ask(text: str) -> Page:
            return await sessions.answer(Request("s1", "611", "375291234567", text))

        await ask("")
        if when is When.AHEAD:
            await ask(f"1*{key}")
        else:
            text, page = "1", await ask("1")
            while when is When.HEARD and (turn := _turns(page)):
                text = f"{text}*{turn}"
                page = await ask(text)
            await ask(f"{text}*{key}")
    return site.ran


async def cabinet(key: str, when: When) -> list[str]:
    """The menus on pages of the cabinet, whose replies have the number of their page."""
    site = Site()
    async with _tasks() as begin:
        services = TextServices(site.book, texts, site.ports, size=WHOLE)
        walk = Walk(services, await site.begun(), begin)
        await walk.page()
        early = [(0, "1"), (0, key)] if when is When.EARLY else [(0, "1"), (1, key)]
        for step, text in [(1, key), (0, "1")] if when is When.AHEAD else early:
            await walk.reply(step, text)
    return site.ran


async def messages(key: str, when: When) -> list[str]:
    """Texts of a phone, each of which is answered with a page."""
    site, pages = Site(), asyncio.Queue[str]()

    async def number(_: str) -> str:
        return "375291234567"

    async def send(_phone: str, _number: str, text: str) -> None:
        pages.put_nowait(text)

    async def page() -> str:
        async with within(5):
            return await pages.get()

    async with _tasks() as begin:
        services = TextServices(site.book, texts, site.ports)
        post = MessagePort(number, send)
        phone = MessageSessions(
            lambda: services, site.callers, post, begin, "*111#", Refusals(), Replies()
        )
        phone.take("one", "611", "*111#")
        await page()
        phone.take("one", "611", "1")
        if when is When.AHEAD:
            phone.take("one", "611", key)
        shown = await page()
        while when is When.HEARD and (turn := _turns(Page(shown))):
            phone.take("one", "611", turn)
            shown = await page()
        if when is not When.AHEAD:
            phone.take("one", "611", key)
        await page()
    return site.ran


def _turns(page: Page) -> str:
    """The key that turns a page; "" on the last one."""
    key, _, hint = page.text.rpartition("\n")[2].partition(" ")
    return key if hint in MORE.values() else ""


@asynccontextmanager
async def _tasks() -> AsyncIterator[Callable[..., "asyncio.Task[None]"]]:
    async with asyncio.TaskGroup() as tasks:
        begun: list[asyncio.Task[None]] = []

        def begin(coroutine: Awaitable[None]) -> asyncio.Task[None]:
            begun.append(tasks.create_task(coroutine))  # type: ignore[arg-type]
            return begun[-1]

        yield begin
        for task in begun:
            task.cancel()


LINES = (voice, agi, simulator, terminal, gateway, cabinet, messages)
