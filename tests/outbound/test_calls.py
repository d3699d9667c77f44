"""Calls of campaigns: who is called, when, how many at a time, and never again once it is heard."""

from collections import Counter
from collections.abc import AsyncIterator, Collection
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec import json
from msgspec.structs import replace

from ari_app.ari.errors import UnreachableError
from ari_app.ari.rest import Ari
from ari_app.ari.verbs import LIST_CHANNELS, ORIGINATE, Request
from ari_app.outbound.answered import AnsweredCalls, CalledOut, called_out
from ari_app.outbound.dialler import UNHEARD, Dialler, Load, Pace
from ari_app.store import campaigns, retention, subscribers
from ari_app.store.campaign_calls import Attempt, Outcome
from ari_app.store.campaigns import Campaign, Reach
from ari_app.store.db import Store
from ari_app.store.subscribers import Subscriber
from ivr.events import Event, Gone, Played
from ivr.wants import Done, LineWant, Say
from tests.operators import BELARUS

NOON = datetime(2026, 3, 2, 12).astimezone()
NUMBERS = [f"37529100000{digit}" for digit in range(1, 7)]
ONE = Campaign(
    name="over",
    texts={},
    flow="outage-over",
    tries=2,
    pause=30,
    created=NOON,
    by="me",
)
PACE = Pace(3, 0.5, 25)


class Pbx:
    """Asterisk as far as the dialler asks it: channels, and who was rung."""

    def __init__(self) -> None:
        self.channels: list[str] = []
        self.rung: list[dict[str, str]] = []
        self.most: int | None = None
        """After how many requests to ring the link is down."""
        self.ari = Ari(self.answer, "firstline")

    async def answer(self, request: Request) -> bytes:
        if request.verb is LIST_CHANNELS:
            return json.encode([{"id": one} for one in self.channels])
        assert request.verb is ORIGINATE
        if len(self.rung) == self.most:
            raise UnreachableError("the link is down")
        query = {one.name: one.value for one in request.query}
        self.channels += [query["channelId"], query["otherChannelId"]]
        self.rung.append({**query, **json.decode(request.body)["variables"]})
        return b""

    def ended(self, key: str) -> None:
        self.channels = [one for one in self.channels if not one.startswith(key)]


class Phone:
    """The line of a call: what was played, and whether it was hung up."""

    def __init__(self) -> None:
        self.wants: list[LineWant] = []

    async def present(self, want: LineWant) -> Event:
        self.wants.append(want)
        return Gone() if isinstance(want, Done) else Played()


class World:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.pbx = Pbx()
        self.now = NOON
        self.now_load: Load | None = Load(0, 16)
        self.known: Collection[str] = (ONE.flow,)
        self.in_calls: Collection[str] = ()
        self.served = 0
        self.dialler = Dialler(store, self.pbx.ari, PACE, self, lambda: self.now, "611")

    def load(self) -> Load | None:
        return self.now_load

    def flows(self) -> Collection[str]:
        return self.known

    def engaged(self) -> Collection[str]:
        return self.in_calls

    async def comes_back(self, index: int, status: str) -> Phone:
        """The dialplan brings an attempt back, by what it was given for Stasis()."""
        came = called_out(f"{self.pbx.rung[index]['FIRSTLINE_CAMPAIGN']}/{status}")
        assert came is not None
        phone = Phone()
        answered = AnsweredCalls(self.store, lambda: self.now, ("ru", "be"), self.flows)
        await answered.serve(came, f"call{index}", phone, self.session)
        self.pbx.ended(came.attempt.key)
        return phone

    async def session(self) -> None:
        self.served += 1

    async def reach(self) -> Reach:
        return await self.store.read(campaigns.reach, 1)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    people = [Subscriber(1, NUMBERS[0], "Anna", "be", "", None, None, NOON)]
    await store.write(subscribers.add, people)
    yield World(store)
    await store.close()


async def add(world: World, **how: object) -> None:
    assert await world.store.write(campaigns.add, replace(ONE, **how), NUMBERS) == 1


async def test_as_many_ring_as_there_is_room_beside_those_who_call(world: World) -> None:
    await add(world)
    world.now_load = None
    assert await world.dialler.look() == 0, "the application takes no calls"
    world.now_load = Load(0, 0)
    assert await world.dialler.look() == 0, "callers are refused"
    world.now_load = Load(8, 16)
    assert await world.dialler.look() == 0, "what is left is for those who call"
    world.now_load = Load(6, 16)
    assert await world.dialler.look() == 2
    world.now_load = Load(0, None)
    assert await world.dialler.look() == 1, "three at a time"
    first = world.pbx.rung[0]
    assert first["endpoint"] == "Local/s@firstline-campaign-dial/n"
    assert first["FIRSTLINE_NUMBER"] == NUMBERS[0]
    assert first["channelId"] == f"campaign-1-{NUMBERS[0]}-1"
    world.pbx.ended(first["channelId"])
    assert await world.dialler.look() == 1
    assert await world.reach() == Reach(waiting=2, calling=4)


async def test_its_hours_its_rate_and_who_refused(world: World) -> None:
    await world.store.write(campaigns.stop, NUMBERS[5], "text", NOON)
    await add(world, rate=2, last=13 * 60)
    assert await world.dialler.look() == 2
    world.now += timedelta(seconds=59)
    assert await world.dialler.look() == 0
    world.now = NOON.replace(hour=13)
    assert await world.dialler.look() == 0
    assert await world.reach() == Reach(waiting=3, stopped=1, unknown=0, calling=2)


async def test_who_answers_is_served_once_and_stored_before(world: World) -> None:
    await add(world)
    await world.dialler.look()

    async def session() -> None:
        assert (await world.reach()).answered == 1, "before the first word"
        await World.session(world)

    world.session = session  # type: ignore[method-assign]
    assert (await world.comes_back(0, "HUMAN")).wants == [], "the session has the line"
    assert world.served == 1
    assert (await world.comes_back(0, "HUMAN")).wants == [Done("ended")]
    assert world.served == 1


async def test_busy_ones_are_called_again_after_a_while_so_many_times(world: World) -> None:
    await add(world)
    await world.dialler.look()
    for status in ("BUSY", "NOANSWER"):
        await world.comes_back(["BUSY", "NOANSWER"].index(status), status)
    await world.comes_back(2, "CHANUNAVAIL")
    await world.dialler.look()
    for index in (3, 4, 5):
        await world.comes_back(index, "HUMAN")
    assert await world.dialler.look() == 0
    world.now += timedelta(minutes=30)
    assert await world.dialler.look() == 3
    for index, status in ((6, "BUSY"), (7, "HUMAN"), (8, "")):
        await world.comes_back(index, status)
    world.now += timedelta(days=1)
    assert await world.dialler.look() == 0
    assert await world.reach() == Reach(answered=4, busy=1, failed=1)
    ended = await world.store.read(campaigns.by_name, "over")
    assert ended is not None
    assert ended.state == "ended"


async def test_a_machine_gets_nothing_and_another_time_or_a_message_at_once(world: World) -> None:
    await add(world)
    await world.dialler.look()
    assert (await world.comes_back(0, "MACHINE")).wants == [Done("ended")]
    assert (await world.reach()).waiting == 4
    other = replace(ONE, name="other", machine="campaign-machine")
    await world.store.write(campaigns.set_state, 1, "cancelled")
    assert await world.store.write(campaigns.add, other, NUMBERS[:1]) == 2
    world.pbx.channels.clear()
    await world.dialler.look()
    assert world.pbx.rung[-1]["FIRSTLINE_MESSAGE"] == "yes"
    say, done = (await world.comes_back(-1, "MACHINE")).wants
    assert isinstance(say, Say)
    assert [one.prompt for one in say.screen.phrases] == ["campaign-machine"]
    assert say.screen.language == "be", "as its subscriber speaks"
    assert done == Done("ended")
    assert await world.store.read(campaigns.reach, 2) == Reach(machine=1)
    assert world.served == 0


async def test_an_attempt_without_a_channel_is_unknown_and_never_made_again(world: World) -> None:
    """As after a kill of the application, or of Asterisk, while a phone rang."""
    await add(world)
    await world.dialler.look()
    world.pbx.channels = [one for one in world.pbx.channels if NUMBERS[0] in one]
    world.now += UNHEARD + timedelta(seconds=1)
    await world.dialler.look()
    assert (await world.reach()).unknown == 2
    await world.comes_back(1, "HUMAN")  # it was heard too late: nothing is played
    assert world.served == 0
    world.now += timedelta(days=1)
    await world.dialler.look()
    rung = Counter(one["FIRSTLINE_NUMBER"] for one in world.pbx.rung)
    assert (rung[NUMBERS[1]], rung[NUMBERS[2]]) == (1, 1)


async def test_who_refuses_by_a_key_counts_and_is_not_called_again(world: World) -> None:
    await add(world)
    await world.dialler.look()
    await world.comes_back(0, "HUMAN")
    await world.comes_back(1, "BUSY")
    assert await world.store.write(campaigns.stop, NUMBERS[0], "call", NOON, "call0")
    await world.store.write(campaigns.stop, NUMBERS[1], "text", NOON)
    assert await world.reach() == Reach(waiting=3, calling=1, refused=1, stopped=1)


async def test_numbers_are_removed_after_a_time_and_their_counts_stay(world: World) -> None:
    await add(world)
    await world.dialler.look()
    await world.comes_back(0, "HUMAN")
    for index, status in ((1, "NOANSWER"), (2, "MACHINE")):
        await world.comes_back(index, status)
    later = NOON + timedelta(days=1)
    assert await world.store.read(retention.count_expired, "campaigns", later) == 0, "it runs"
    await world.store.write(campaigns.set_state, 1, "cancelled")
    before = await world.reach()
    assert await world.store.write(retention.remove_expired, "campaigns", later, 4) == 4
    assert await world.store.write(retention.remove_expired, "campaigns", later, 4) == 2
    assert await world.reach() == before == Reach(answered=1, cancelled=5)


@pytest.mark.parametrize(
    ("argument", "came"),
    [
        ("campaign:x/campaign-1-375-2/HUMAN", "answered"),
        ("campaign:x/campaign-1-375-2/NOTSURE", "answered"),
        ("campaign:x/campaign-1-375-2/CONGESTION", "failed"),
        ("campaign:x/campaign-1-375-2", "failed"),
        ("611", None),
        ("*100#", None),
        ("campaign:x/1-375-2/HUMAN", None),
    ],
)
def test_what_the_dialplan_says(argument: str, came: Outcome | None) -> None:
    expected = CalledOut("campaign:x", Attempt(1, "375", 2), came) if came else None
    assert called_out(argument) == expected
