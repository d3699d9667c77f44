"""Campaigns: who gets a text, when, how fast, and never a second time."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ari_app.messaging.campaigns import Campaigns
from ari_app.store import campaigns as stored
from ari_app.store import outbox, subscribers
from ari_app.store.campaigns import Campaign, Reach
from ari_app.store.db import Store
from ari_app.store.subscribers import Subscriber
from tests.operators import BELARUS

ZONE = ZoneInfo("Europe/Minsk")
NOON = datetime(2026, 3, 2, 12, tzinfo=ZONE)
PEOPLE = [
    Subscriber(id, f"37529100000{id}", "Anna", language, area, None, None, NOON)
    for id, language, area in ((1, "ru", "Минск"), (2, "be", "Минск"), (3, "ru", "Брест"))
]
ONE = Campaign(
    name="restored", texts={"ru": "Связь есть.", "be": "Сувязь ёсць."}, created=NOON, by="me"
)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    one = await Store.open(tmp_path / "firstline.db", BELARUS)
    await one.write(subscribers.add, PEOPLE)
    yield one
    await one.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def running(store: Store, clock: Clock) -> Campaigns:
    return Campaigns(store, lambda: None, lambda: clock.now, ("ru", "be"), ("Stop", "стоп"))


async def sent(store: Store) -> dict[str, str]:
    return {text.number: text.text for text in await store.read(outbox.recent, 100)}


async def reach(store: Store, id: int | None) -> Reach:
    assert id is not None
    return await store.read(stored.reach, id)


async def test_each_gets_it_once_in_the_language_last_chosen(
    store: Store, running: Campaigns, clock: Clock
) -> None:
    id = await store.write(stored.add, replace(ONE, areas=("Минск",)))
    assert await running.post_due() == 2
    assert await sent(store) == {PEOPLE[0].msisdn: "Связь есть.", PEOPLE[1].msisdn: "Сувязь ёсць."}
    clock.pass_by(minutes=5)
    assert await running.post_due() == 0
    assert await reach(store, id) == Reach(sent=2)
    one = await store.read(stored.by_name, "restored")
    assert one is not None
    assert one.state == "ended"
    assert await store.write(stored.add, ONE) is None, "its name was used before"


async def test_nothing_is_sent_outside_its_hours(
    store: Store, running: Campaigns, clock: Clock
) -> None:
    await store.write(stored.add, replace(ONE, first=18 * 60, last=9 * 60))
    assert await running.post_due() == 0
    clock.now = NOON.replace(hour=18)
    assert await running.post_due() == 3


async def test_the_rate_holds_over_a_restart(
    store: Store, running: Campaigns, clock: Clock
) -> None:
    await store.write(stored.add, replace(ONE, rate=2))
    assert await running.post_due() == 2
    clock.pass_by(seconds=30)
    again = Campaigns(store, lambda: None, lambda: clock.now, ("ru",), ())
    assert await again.post_due() == 0
    clock.pass_by(seconds=31)
    assert await again.post_due() == 1


async def test_who_refuses_gets_none_even_of_one_that_runs(
    store: Store, running: Campaigns
) -> None:
    await store.write(stored.stop, PEOPLE[0].msisdn, "command", NOON)
    assert await store.read(stored.audience, ONE) == Reach(waiting=2, stopped=1)
    id = await store.write(stored.add, ONE)
    assert running.is_stop(" СТОП. ")
    assert not running.is_stop("stop it")
    await running.stop(PEOPLE[1].msisdn)
    await running.post_due()
    assert await sent(store) == {PEOPLE[2].msisdn: "Связь есть."}
    assert await reach(store, id) == Reach(sent=1, stopped=2)
    assert await store.write(stored.allow, PEOPLE[0].msisdn)
    assert not await store.write(stored.allow, PEOPLE[0].msisdn)


async def test_no_text_comes_after_its_hours_or_once_it_is_refused_or_cancelled(
    store: Store, running: Campaigns
) -> None:
    id = await store.write(stored.add, replace(ONE, last=13 * 60))
    assert id is not None
    await running.post_due()
    assert {text.until for text in await store.read(outbox.recent, 9)} == {NOON.replace(hour=13)}
    await running.stop(PEOPLE[0].msisdn)
    assert len(await store.read(outbox.due, NOON, 9)) == 2
    other = await store.write(stored.add, replace(ONE, name="other", rate=1))
    assert other is not None
    await running.post_due()
    assert await store.write(stored.set_state, other, "cancelled")
    left = {text.key for text in await store.read(outbox.due, NOON, 9)}
    assert left == {f"campaign:{id}:{one.msisdn}" for one in PEOPLE[1:]}


async def test_a_paused_one_goes_on_and_a_cancelled_one_does_not(
    store: Store, running: Campaigns
) -> None:
    id = await store.write(stored.add, ONE)
    assert id is not None
    assert await store.write(stored.set_state, id, "paused")
    assert await running.post_due() == 0
    assert await store.write(stored.set_state, id, "running")
    assert not await store.write(stored.set_state, id, "running")
    assert await store.write(stored.set_state, id, "cancelled")
    assert await running.post_due() == 0
    assert await reach(store, id) == Reach(cancelled=3)
    assert not await store.write(stored.set_state, id, "running")


@given(first=st.integers(0, 1440), last=st.integers(0, 1440), minute=st.integers(0, 1439))
def test_the_hours_of_a_day_and_the_rest_are_the_whole_day(
    first: int, last: int, minute: int
) -> None:
    if first % 1440 == last % 1440:
        return
    inside = stored.in_window(replace(ONE, first=first, last=last), minute)
    outside = stored.in_window(replace(ONE, first=last, last=first), minute)
    assert inside is not outside
