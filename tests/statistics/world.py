"""A queue whose events, log and board are made by hand, and a record of it in a store."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import reduce
from pathlib import Path

from ari_app.statistics.recording import QueueRecord, Sources
from ari_app.statistics.spans import Doing
from ari_app.store import agent_states, queue_calls
from ari_app.store.db import Store
from ari_app.store.recorder import Recorder
from ari_app.store.times import micros
from ivr.acd.board import Board, Caller
from ivr.acd.figures import SECOND, Origin, Span, Stay
from ivr.acd.queues import (
    CallerAbandoned,
    CallerJoined,
    CallerLeft,
    Completed,
    Connected,
    Event,
    Offered,
    apply_event,
)
from tests.deadlines import allowed

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
T0 = micros(NOON)
OLGA, ANNA = "PJSIP/701", "PJSIP/702"
AGENTS = {OLGA: "olga", ANNA: "anna"}
NAMES = (("Ольга Лис", "olga"), ("Анна Ветер", "anna"))


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def micro(seconds: float) -> int:
    return T0 + round(seconds * SECOND)


def caller(call: str, since: float = 0) -> Caller:
    return Caller(call, f"PJSIP/1-{call}", "375291234567", "", at(since))


def joins(call: str, when: float, queue: str = "support") -> Event:
    return CallerJoined(queue, 1, caller(call, when))


def leaves(call: str, when: float, queue: str = "support") -> Event:
    return CallerLeft(queue, call, at(when))


def abandons(call: str, when: float) -> Iterator[Event]:
    yield CallerAbandoned("support", call, at(when))
    yield leaves(call, when)


def answered(call: str, when: float, phone: str = OLGA, queue: str = "support") -> Iterator[Event]:
    yield Offered(queue, phone, call, at(when - 0.5))
    yield leaves(call, when, queue)
    yield Connected(queue, phone, caller(call), at(when))


def ends(call: str, when: float, phone: str = OLGA) -> Event:
    return Completed("support", phone, call, at(when))


class World:
    """Takes events and time; ``stays`` and ``spans`` are what is stored then."""

    def __init__(self, store: Store, recorder: Recorder, log: Path) -> None:
        self.log = log
        self.now = NOON
        self.board: Board | None = Board()
        self.states: dict[str, Doing] = {}
        self._store, self._recorder = store, recorder
        self.record = self.restarted()

    def restarted(self) -> QueueRecord:
        """A new application, which knows what is stored."""
        self.record = QueueRecord(
            self._store,
            self._recorder,
            Sources(
                board=lambda: self.board,
                agents=lambda: tuple(AGENTS.values()),
                agent=lambda interface: AGENTS.get(interface, interface),
                origin=lambda one: Origin(call=f"of {one.call}", topic="bill", number=one.number),
                doing=lambda who: self.states.get(who, Doing("ready")),
                names=lambda: NAMES,
                in_time=lambda _: 20 * SECOND,
                log=self.log,
                now=lambda: self.now,
            ),
        )
        return self.record

    def take(self, *events: Event, heard: bool = True) -> None:
        """What happens; the application hears of it, or not."""
        for event in events:
            before = self.board or Board()
            if heard:
                self.record.observe(before, event)
            self.board = reduce(apply_event, [event], before)

    def write(self, *lines: str) -> None:
        """Lines of the log: seconds, channel, member, event and values."""
        with self.log.open("a") as file:
            for line in lines:
                seconds, channel, member, *rest = line.split("|")
                queue = "NONE" if channel == "NONE" else "support"
                second = T0 // SECOND + int(seconds)
                file.write("|".join([str(second), channel, queue, member, *rest]) + "\n")

    async def look(self, seconds: float) -> None:
        self.now = at(seconds)
        await self.record.look()

    async def stays(self) -> list[Stay]:
        await self._recorder.settle(allowed(1))
        return await self._store.read(queue_calls.between, T0 - SECOND, micro(10**6))

    async def spans(self, agent: str) -> list[Span]:
        await self._recorder.settle(allowed(1))
        return await self._store.read(agent_states.between, T0 - SECOND, micro(10**6), agent)
