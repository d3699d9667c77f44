"""Who comes first in a queue."""

from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest

from ari_app.waiting.placing import History, Placing, Priorities
from ivr.acd.board import Board, Caller
from ivr.acd.queues import CallerJoined, CallerLeft, Connected, Event, apply_event
from ivr.session import Caller as Person
from ivr.session import Session
from ivr.wants import Enqueue

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
SESSION = Session(
    id="me", dialled="611", caller=Person("375291234567"), language="en", flow="f", node="n"
)
WANT = Enqueue("support", "money", "en", 1)
NEW = History()


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


class World:
    """A queue, and what is known of the caller."""

    def __init__(self, known: History | None = NEW) -> None:
        self.known = known
        self.seconds = 0.0
        self.board = Board()
        rules = Priorities(5, 3, 3, timedelta(seconds=600))
        self.placing = Placing(
            rules, self.history, "channel-{}".format, "{}-{}".format, lambda: at(self.seconds)
        )
        self.placing.board = lambda: self.board

    async def history(self, _: Session) -> History:
        if self.known is None:
            raise OSError("the disk is full")
        return self.known

    def happen(self, seconds: float, *events: Event) -> None:
        self.seconds = seconds
        for event in events:
            self.placing.take(self.board, event)
            self.board = apply_event(self.board, event)

    async def place(self, seconds: float) -> int:
        self.seconds = seconds
        return (await self.placing(SESSION, WANT)).place


def joins(name: str, since: float, position: int = 99) -> CallerJoined:
    caller = Caller(f"channel-{name}", "", "", "", at(since))
    return CallerJoined("support-en", position, caller)


def leaves(name: str) -> CallerLeft:
    return CallerLeft("support-en", f"channel-{name}")


@pytest.mark.parametrize(
    ("known", "priority"),
    [
        (History(), 1),
        (History(contacts=2), 1),
        (History(contacts=3), 3),
        (History(late_ticket=True, contacts=3), 5),
        (None, 1),  # it cannot be read
    ],
)
async def test_late_tickets_come_first_and_then_repeated_contacts(
    known: History | None, priority: int
) -> None:
    assert (await World(known).placing(SESSION, WANT)).priority == priority


async def test_who_comes_back_gets_the_place_back() -> None:
    world = World()
    world.happen(0, joins("a", 0), joins("me", 1), joins("b", 2))
    assert await world.place(5) == 0  # still there
    world.happen(10, leaves("me"), joins("c", 10))
    assert await world.place(20) == 2
    world.happen(20, leaves("a"))
    assert await world.place(20) == 1
    world.happen(30, joins("me", 30, 1), joins("vip", 31, 1), leaves("me"))
    assert await world.place(40) == 1  # behind the first there would be one who came later
    world.happen(41, leaves("b"), joins("b", 50))
    assert await world.place(60) == 1


async def test_others_come_last() -> None:
    world = World()
    world.happen(0, joins("a", 0))
    assert await world.place(1) == 0
    world.happen(2, joins("me", 2), leaves("me"))
    assert await world.place(700) == 0  # it was too long ago
    world.happen(700, joins("me", 700), leaves("me"))
    assert await world.place(701) == 2
    me = Caller("channel-me", "", "", "", at(700))
    world.happen(702, Connected("support-en", "PJSIP/701", me, at(702)))
    assert await world.place(800) == 0  # after a conversation it is another wait
    assert reduce(apply_event, [leaves("a")], world.board).queues["support-en"].waiting == ()


async def test_an_agent_is_kept_for_who_knows_them() -> None:
    world = World(History(agent="olga"))
    asked: list[tuple[str, str, str]] = []

    async def keep(_: Board, queue: str, agent: str, channel: str) -> int:
        asked.append((queue, agent, channel))
        return 1000

    async def broken(*_: object) -> int:
        raise OSError("AMI is not connected")

    world.placing.keep = keep
    assert (await world.placing(SESSION, WANT)).only == 1000
    assert asked == [("support-en", "olga", "channel-me")]
    world.placing.keep = broken
    assert (await world.placing(SESSION, WANT)).only == 0
