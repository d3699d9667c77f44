"""A line that a script plays, and a small book of flows."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from ari_app.calls.call_log import CallLog
from ari_app.control.live_feed import LiveFeed
from ari_app.session.conductor import SessionPorts
from ari_app.session.line import Line
from ari_app.store.calls import CallBegan, CallEnded, Record, StepTaken
from ari_app.store.tapes import CallTaped
from ivr.events import Answered, Event, Gone
from ivr.loader import load
from ivr.model import Book, Operation
from ivr.session import Caller, Session
from ivr.wants import Action, Done, Invoke, LineWant, Screen

PROMPTS = ("main", "balance-said", "sorry", "pin", "thanks", "bye", "legal")
OPERATIONS = {"balance": Operation("balance", {"ok": {}, "unavailable": {}})}

FLOW = """
flow: "611"
numbers: ["611"]
languages: [ru, be]
start: main
nodes:
  main:
    menu: main
    keys: { "1": balance, "2": belarusian, "3": pin, "4": recipient, "0": operator, "9": legal }
    gave-up: bye
  balance: { do: balance, on: { ok: said, unavailable: sorry } }
  said: { say: balance-said, then: main }
  sorry: { say: sorry, then: main }
  belarusian: { language: be, then: main }
  pin: { input: pin, into: pin, least: 4, most: 4, secret: yes, then: main, gave-up: bye }
  recipient: { input: thanks, into: recipient, least: 7, most: 12, then: main, gave-up: bye }
  legal: { say: legal, barge-in: no, then: main }
  operator: { queue: support, on: { ended: bye }, else: main }
  bye: { end: bye }
"""

BEGAN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def book(text: str = FLOW) -> Book:
    """The book of a flow."""
    loaded = load({"flow.yaml": text}, {prompt: {} for prompt in PROMPTS}, OPERATIONS)
    assert loaded.book is not None, loaded.problems
    return loaded.book


def session(number: str = "375291234567", subscriber: int | None = 7) -> Session:
    """A session at its beginning."""
    caller = Caller(number, subscriber)
    return Session(id="c1", dialled="611", caller=caller, language="ru", flow="611", node="main")


Play = Event | BaseException


class Scripted(Line):
    """Answers each want with the next event of the script; then the caller is gone."""

    def __init__(self, script: Iterable[Play]) -> None:
        self.script = list(script)
        self.wants: list[LineWant] = []
        self.stuck = asyncio.Event()
        self.gone: Gone | None = None

    async def present(self, want: LineWant) -> Event:
        self.wants.append(want)
        if isinstance(want, Done):
            return self.gone or Gone()
        if self.gone is not None:
            return self.gone
        if not self.script:
            self.stuck.set()
            await asyncio.Event().wait()
        played = self.script.pop(0)
        if isinstance(played, BaseException):
            raise played
        if isinstance(played, Gone):
            self.gone = played
        return played


class Sight:
    """All that a call leaves: records, events, and languages that were remembered."""

    def __init__(self, answers: Mapping[str, str] | None = None) -> None:
        self.records: list[Record] = []
        self.languages: list[tuple[int, str]] = []
        self.actions: list[tuple[str, str]] = []
        self.feed = LiveFeed()
        self.journal = CallLog(self.records.append, self.feed, texts, "scripted")
        self.answers = answers or {}
        self._seconds = 0

    def now(self) -> datetime:
        self._seconds += 1
        return BEGAN + timedelta(seconds=self._seconds - 1)

    async def perform(self, want: Action, _: Session) -> Answered:
        assert isinstance(want, Invoke)
        self.actions.append((want.operation, want.key))
        return Answered(self.answers.get(want.operation, "ok"))

    @property
    def world(self) -> SessionPorts:
        remember: Callable[[int, str], None] = lambda *pair: self.languages.append(pair)  # noqa: E731
        ports = SessionPorts(self.perform, remember, self.journal, self.now)
        return replace(ports, note=self.journal.note)

    @property
    def began(self) -> list[CallBegan]:
        return [one for one in self.records if isinstance(one, CallBegan)]

    @property
    def steps(self) -> list[StepTaken]:
        return [one for one in self.records if isinstance(one, StepTaken)]

    @property
    def taped(self) -> list[CallTaped]:
        return [one for one in self.records if isinstance(one, CallTaped)]

    @property
    def ended(self) -> list[CallEnded]:
        return [one for one in self.records if isinstance(one, CallEnded)]


def texts(screen: Screen) -> tuple[str, ...]:
    """A screen as sentences."""
    return tuple(f"<{phrase.prompt}>" for phrase in screen.phrases)
