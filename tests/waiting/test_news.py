"""Callers who wait hear where they stand, and queues are learned from what happens in them."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest

from ari_app.waiting.news import NewsPlayer, NewsPorts, Promise
from ari_app.waiting.paces import Paces
from ari_app.waiting.rules import QueueRules
from ivr.acd.board import Board, Caller, Member
from ivr.acd.estimate import Estimate, Offering, Pace
from ivr.acd.queues import (
    CallerAbandoned,
    CallerJoined,
    CallerLeft,
    Completed,
    Connected,
    Event,
    MemberStatus,
    Offered,
    apply_event,
)
from ivr.session import Caller as Person
from ivr.session import Session
from ivr.values import Phrase
from ivr.wants import Screen
from tests.ari.facts import until
from tests.deadlines import turns

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
OLGA = "PJSIP/701"
RULES = QueueRules("support", Offering(wrapup=30), first=20, every=60, offer=True)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def waits(call: str, since: float, queue: str = "support") -> CallerJoined:
    return CallerJoined(queue, 9, Caller(call, f"PJSIP/1-{call}", "", "", at(since)))


def caller(call: str, since: float) -> Caller:
    return waits(call, since).caller


class World:
    """A queue, its callers' sessions, and what they hear."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.board: Board | None = reduce(
            apply_event, (waits("a", 0), waits("b", 5), waits("unknown", 6)), Board()
        )
        self.outages: dict[str, tuple[Phrase, ...]] = {}
        self.said: list[tuple[str, str]] = []
        self.promises: list[Promise] = []
        self.goes_on = asyncio.Event()
        self.goes_on.set()
        self.estimate: Estimate | None = Estimate(100.0, 60.0, 170.0)
        self.player = NewsPlayer(
            NewsPorts(
                board=lambda: self.board,
                session=lambda channel: None if channel == "unknown" else session(channel),
                rules=lambda queue: RULES if queue == "support" else QueueRules(queue),
                estimate=lambda *_: self.estimate,
                outages=self.heard_of,
                spoken=self.spoken,
                whisper=self.whisper,
                promised=self.promised,
                now=lambda: at(self.seconds),
            ),
            lambda work: asyncio.create_task(work),
        )

    async def look(self, seconds: float) -> list[tuple[str, str]]:
        """What callers hear at a moment."""
        self.said, self.seconds = [], seconds
        assert self.board is not None
        self.player.look(self.board)
        await turns()
        return self.said

    def happens(self, event: Event) -> None:
        assert self.board is not None
        self.player.take(self.board, event)
        self.board = apply_event(self.board, event)

    async def heard_of(self, session: Session) -> tuple[Phrase, ...]:
        return self.outages.pop(session.id, ())

    async def spoken(self, screen: Screen) -> tuple[Sequence[str], float]:
        assert screen.language == "be"
        return [one.prompt for one in screen.phrases], 3.0

    async def whisper(self, channel: str, files: Sequence[str], lasts: float) -> bool:
        assert lasts == 3.0
        self.said.append((channel, " ".join(files)))
        await self.goes_on.wait()
        return True

    def promised(self, promise: Promise) -> None:
        self.promises.append(promise)


def session(call: str) -> Session:
    return Session(
        id=call, dialled="611", caller=Person("375291234567"), language="be", flow="f", node="n"
    )


async def test_everyone_hears_news_in_time_and_what_is_new_later() -> None:
    world = World()
    assert await world.look(19) == []
    assert await world.look(21) == [("a", "queue-next wait-range queue-offer")]
    assert await world.look(26) == [("b", "queue-ahead wait-range queue-offer")]
    assert await world.look(80) == []
    world.happens(CallerLeft("support", "a"))
    assert await world.look(90) == [("b", "queue-next queue-offer")]
    assert world.promises[0] == Promise("a", 21 + 115.0)
    assert [one.channel for one in world.promises] == ["a", "b"]


async def test_an_outage_is_played_first() -> None:
    world = World()
    world.estimate = None
    world.outages = {"a": (Phrase("announcements-are"),)}
    assert await world.look(20) == [("a", "announcements-are queue-next queue-offer")]
    assert world.promises == []


async def test_no_one_hears_news_while_the_phone_of_an_agent_rings_for_them() -> None:
    world = World()
    world.happens(MemberStatus("support", Member(interface=OLGA, name="")))
    world.happens(Offered("support", OLGA, "a", at(19)))
    assert await world.look(25) == [("b", "queue-ahead wait-range queue-offer")]


@pytest.mark.parametrize(
    "event",
    [Connected("support", OLGA, caller("a", 0), at(22)), CallerLeft("support", "a")],
)
async def test_the_words_end_when_an_agent_answers_or_the_caller_leaves(event: Event) -> None:
    world = World()
    world.goes_on.clear()
    assert await world.look(20) == [("a", "queue-next wait-range queue-offer")]
    assert await world.look(21) == []  # it is being played
    world.happens(event)
    await turns()
    assert world.promises == []


async def test_one_without_news_hears_them_the_next_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = World()
    world.outages = {"a": 1}  # type: ignore[dict-item]
    assert await world.look(20) == []
    await until(lambda: "were not played" in caplog.text)
    world.happens(CallerLeft("support", "b"))
    assert await world.look(80) == [("a", "queue-offer")]


async def test_many_hear_news_one_part_after_the_other() -> None:
    world = World()
    world.board = reduce(apply_event, [waits(f"c{n}", 0) for n in range(30)], Board())
    first, then = await world.look(20), await world.look(21)
    assert [len(first), len(then)] == [20, 10]
    assert not {call for call, _ in first} & {call for call, _ in then}


def test_a_queue_is_learned_from_conversations_and_waits_by_its_name_in_the_settings() -> None:
    rules = QueueRules("support", Offering(wrapup=30))
    paces = Paces(lambda _: rules, lambda: at(200), {"support": Pace(handled=5.0, handling=500.0)})
    events: list[Event] = [
        MemberStatus("support-en", Member(interface=OLGA, name="", state="in use")),
        waits("a", 0, "support-en"),
        waits("b", 50, "support-en"),
        waits("c", 60, "support-en"),
    ]
    board = reduce(apply_event, events, Board())
    before = paces.estimate(board, "support-en", "c")
    assert before is not None
    assert before.expected == pytest.approx(300)
    for event in (
        CallerAbandoned("support-en", "b"),
        CallerLeft("support-en", "b"),
        CallerLeft("support-en", "a"),
        Connected("support-en", OLGA, caller("a", 0), at(200)),
        Completed("support-en", OLGA, "a", at(470)),
    ):
        paces.take(board, event)
        board = apply_event(board, event)
    after = paces.estimate(board, "support-en", "c")
    assert after is not None
    # A conversation of 270 s and 30 s of wrap-up count as one of six; no one is ahead any more.
    assert after.expected == pytest.approx((5 * 0.98 * 100 + 300) / (5 * 0.98 + 1), rel=0.01)
