"""A small operator whose subscribers have text sessions."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from ari_app.calls.call_log import CallLog
from ari_app.control.live_feed import LiveFeed
from ari_app.session.conductor import SessionPorts
from ari_app.store.calls import Call, CallBegan, CallEnded, Path, Record
from ari_app.ussd.left import Checkpoints, LeftSession
from ari_app.ussd.sessions import PROMPTS, Callers, Sessions, TextServices
from ivr.checkpoint import checkpoint, from_json, to_json
from ivr.events import Answered
from ivr.loader import load
from ivr.model import Book, Operation
from ivr.numbers import NumberPlan
from ivr.session import Caller, Session
from ivr.session_start import start_session
from ivr.wants import Action, Invoke, Screen, Want
from tests.store.samples import NOON

FLOW = """
flow: main
numbers: ["611"]
codes: { "*100#": balance, "*111#": menu }
words: { balance: "*100#" }
languages: [en]
start: menu
nodes:
  menu:
    menu: menu
    keys: { "1": balance, "2": pin, "3": voice, "4": round, "0": agent, "#": bye, "*": menu }
    wrong: wrong
    gave-up: bye
  balance: { do: balance, on: { ok: said, unavailable: bye } }
  said:    { end: balance }
  pin:     { input: pin, into: pin, least: 4, most: 4, secret: yes, then: long, gave-up: bye }
  long:    { say: long, then: menu }
  voice:   { record: voice, into: voice, then: menu, empty: menu }
  agent:   { queue: support, else: menu }
  round:   { dial: '101', else: round }
  bye:     { end: [] }
"""
TEXTS = {"long": "word " * 60, "balance": "You have 5.", "thanks-bye": "Bye!"}
SLOTS: dict[str, dict[str, str]] = {
    name: {} for name in ("menu", "wrong", "pin", "voice", *TEXTS, *PROMPTS)
}
OPERATIONS = {"balance": Operation("balance", {"ok": {}, "unavailable": {}})}


LANGUAGES = {"375291234567": "ru"}
"""The language of the subscriber whom the operator knows."""


def stored(number: str) -> str:
    """A number in its form in the store."""
    return NumberPlan.of("BY").msisdn(number) or number


def book(text: str = FLOW) -> Book:
    loaded = load({"flow.yaml": text}, SLOTS, OPERATIONS)
    assert loaded.book is not None, loaded.problems
    return loaded.book


def texts(screen: Screen) -> tuple[str, ...]:
    return tuple(TEXTS.get(phrase.prompt, phrase.prompt) for phrase in screen.phrases)


async def language(number: str) -> str:
    return LANGUAGES.get(number, "")


class Harness:
    """Sessions, their operations and records. While ``slow`` is cleared, operations wait."""

    def __init__(self, tasks: asyncio.TaskGroup) -> None:
        self.actions: list[Action] = []
        self.records: list[Record] = []
        self.answer: Answered | BaseException = Answered("ok")
        self.slow = asyncio.Event()
        self.slow.set()
        self.entered: list[str] = []
        self.begun: list[asyncio.Task[None]] = []
        self._tasks = tasks
        journal = CallLog(self.records.append, LiveFeed(), texts, "ussd")
        world = SessionPorts(self._perform, lambda *_: None, journal, lambda: datetime.now(UTC))
        self.written = TextServices(book(), texts, world)
        self.callers = Callers(self.enter, stored, language)
        self.sessions = Sessions(lambda: self.written, self.callers, self.begin)

    def keep_in(self, kept: dict[str, LeftSession]) -> None:
        """Keep where sessions stand, as the store does."""
        journal = self.written.world.observer
        assert isinstance(journal, CallLog)

        def keep(name: str, session: Session, want: Want, taken: int) -> None:
            stands = from_json(to_json(checkpoint(book(), session, want, taken)))
            call = CallBegan(session.id, "ussd", "*111#", "", None, "en", "main", "1", NOON)
            kept[name] = LeftSession(stands, Path(Call(call, None), ()))

        going_on = Checkpoints(keep, lambda now, path: journal.going_on(now, path, NOON))
        self.written = replace(self.written, checkpoints=going_on)

    async def _perform(self, action: Action, _: Session) -> Answered:
        assert isinstance(action, Invoke)
        self.actions.append(action)
        await self.slow.wait()
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer

    async def enter(self, book: Book, number: str, dialled: str) -> Session | None:
        self.entered.append(number)
        return start_session(book, f"c{len(self.begun)}", dialled, Caller(number, 7))

    def begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        self.begun.append(self._tasks.create_task(work))
        return self.begun[-1]

    @property
    def endings(self) -> list[str]:
        assert all(one.line == "ussd" for one in self.records if isinstance(one, CallBegan))
        return [one.ending for one in self.records if isinstance(one, CallEnded)]


@asynccontextmanager
async def harness() -> AsyncIterator[Harness]:
    async with asyncio.TaskGroup() as tasks:
        made = Harness(tasks)
        yield made
        for task in made.begun:
            task.cancel()
