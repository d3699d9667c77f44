"""Announcements: whom they concern, how they end, and the messages to those who asked for one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from ari_app.store import (
    announcement_requests,
    announcements,
    demo_accounts,
    live_announcements,
    subscribers,
)
from ari_app.store.announcement_requests import Reach
from ari_app.store.announcements import Announcement
from ari_app.store.db import Store
from ari_app.store.demo_accounts import Account, TariffPlan
from ari_app.store.live_announcements import LiveAnnouncements
from ari_app.store.sqlite import Database
from ivr.values import Spoken
from tests.store.samples import NOON, subscriber

HOUR = timedelta(hours=1)
FIRE = Announcement(
    areas=("Минск", "Брест"),
    texts={"ru": "Пожар в кабельной канализации."},
    since=NOON,
    until=NOON + 3 * HOUR,
    by="anna",
)
MINSK, BREST, GOMEL = 1, 2, 3
Message = tuple[str, str, str, str]


@pytest.fixture
async def town(store: Store) -> Store:
    """A store with three subscribers: two pay for `home`, one for `start`."""
    people = [
        replace(subscriber(id, f"37599000000{id}", language), area=area)
        for id, area, language in (
            (MINSK, "Минск", "ru"),
            (BREST, "Брест", "be"),
            (GOMEL, "Гомель", "en"),
        )
    ]
    plans = [TariffPlan(id, {"": id}, Decimal(1), 0, 0, id) for id in ("home", "start")]
    paid = {MINSK: "home", BREST: "start", GOMEL: "home"}
    await store.write(subscribers.add, people)
    await store.write(demo_accounts.add_tariffs, plans)
    await store.write(
        demo_accounts.add_accounts,
        [Account(id, Decimal(0), tariff, ()) for id, tariff in paid.items()],
    )
    return store


async def declare(store: Store, one: Announcement) -> Announcement:
    return await store.write(announcements.add, one)


async def request(store: Store, id: int, number: str, subscriber: int | None, **more: str) -> str:
    return await store.write(
        announcement_requests.request_notification, id, number, subscriber, "c1", NOON, **more
    )


async def settled(store: Store, at: datetime) -> list[Message]:
    """The messages that are posted at a moment."""
    posted: list[Message] = []

    def post(db: Database, *message: str) -> None:
        assert db.conn.in_transaction
        key, number, text, call = message
        posted.append((key, number, text, call))

    notified = await store.write(
        announcement_requests.notify_ended, at, post, lambda prompt, tongue: f"{prompt} {tongue}"
    )
    assert notified == len(posted)
    return posted


async def test_an_announcement_comes_back_as_it_was_declared(store: Store) -> None:
    first = await declare(store, FIRE)
    second = await declare(store, replace(FIRE, areas=(), tariffs=("home",), recording="/r/fire"))
    assert await store.read(announcements.by_id, first.id) == replace(FIRE, id=first.id)
    assert second.spoken == Spoken(FIRE.texts, "/r/fire")
    assert await store.read(announcements.recent, 10) == [second, first]
    assert await store.read(announcements.unended, NOON) == [second, first]
    assert await store.read(announcements.unended, FIRE.until) == []
    assert await store.read(announcements.by_id, 77) is None


async def test_whom_it_concerns(town: Store) -> None:
    for one, concerned in (
        (FIRE, {MINSK, BREST}),
        (replace(FIRE, areas=(), tariffs=("home",)), {MINSK, GOMEL}),
        (replace(FIRE, areas=("Гродно",)), set()),
        (replace(FIRE, areas=()), {MINSK, BREST, GOMEL, None}),
    ):
        added = await declare(town, one)
        memory = await LiveAnnouncements.load(town, NOON)
        everyone = (MINSK, BREST, GOMEL, None)
        played = {who for who in everyone if await memory.concerning(who, NOON)}
        assert played == concerned
        await town.write(announcements.cancel, added.id, False, NOON)


async def test_the_newest_is_played_first_and_each_ends_by_itself(town: Store) -> None:
    fire = await declare(town, FIRE)
    flood = await declare(town, replace(FIRE, areas=(), until=NOON + HOUR))
    memory = await LiveAnnouncements.load(town, NOON)
    assert await memory.concerning(MINSK, NOON) == (flood, fire)
    assert await memory.concerning(MINSK, NOON + HOUR) == (fire,)
    assert await memory.concerning(MINSK, NOON + 3 * HOUR) == ()


async def test_the_memory_learns_when_it_is_played(town: Store) -> None:
    memory = await LiveAnnouncements.load(town, NOON)
    fire = await declare(town, FIRE)
    assert await memory.concerning(MINSK, NOON) == ()
    await memory.refresh(NOON)
    assert await memory.concerning(MINSK, NOON) == (fire,)
    await town.write(announcements.cancel, fire.id, True, NOON)
    await memory.refresh(NOON)
    assert await memory.concerning(MINSK, NOON) == ()


async def test_extending_and_cancelling(store: Store) -> None:
    fire = await declare(store, FIRE)
    later = FIRE.until + HOUR
    assert await store.write(announcements.extend, fire.id, later, NOON)
    assert not await store.write(announcements.extend, 77, later, NOON)
    assert not await store.write(announcements.extend, fire.id, later + HOUR, later)
    assert not await store.write(announcements.cancel, fire.id, True, later)
    assert await store.write(announcements.cancel, fire.id, False, NOON)
    assert not await store.write(announcements.cancel, fire.id, False, NOON + HOUR)
    assert not await store.write(announcements.extend, fire.id, later + HOUR, NOON)
    ended = await store.read(announcements.by_id, fire.id)
    assert ended == replace(fire, until=later, cancelled=NOON)
    assert await store.write(announcements.cancel, fire.id, True, NOON + HOUR)
    assert not await store.write(announcements.cancel, fire.id, False, NOON + HOUR)
    ended = await store.read(announcements.by_id, fire.id)
    assert ended == replace(fire, until=later, cancelled=NOON, restored=True)


@pytest.mark.parametrize(
    ("changes", "hours", "state"),
    [
        ({}, 2.9, "on"),
        ({}, 3, "passed"),
        ({"cancelled": NOON}, 1, "cancelled"),
        ({"cancelled": NOON, "restored": True}, 9, "mended"),
    ],
)
def test_states(changes: dict[str, object], hours: float, state: str) -> None:
    assert replace(FIRE, **changes).state(NOON + hours * HOUR) == state


async def test_how_many_heard_it_and_asked_for_a_message(town: Store) -> None:
    fire, flood = await declare(town, FIRE), await declare(town, FIRE)
    for number, call in (
        ("375990000001", "c1"),
        ("375990000001", "c1"),
        ("+375 99 000-00-01", "c2"),
        ("375990000002", "c3"),
        ("", "c4"),
        ("anonymous", "c5"),
    ):
        await town.write(announcement_requests.record_heard, [fire.id], number, call, NOON)
    await town.write(
        announcement_requests.record_heard, [fire.id, flood.id], "375990000003", "c6", NOON
    )
    await request(town, fire.id, "375990000001", MINSK)
    assert await town.read(announcement_requests.reach, fire.id) == Reach(heard=5, requests=1)
    assert await town.read(announcement_requests.reach, flood.id) == Reach(heard=1, requests=0)


async def test_who_heard_all_of_them_since_a_moment(town: Store) -> None:
    ids = [(await declare(town, FIRE)).id, (await declare(town, FIRE)).id]
    heard, played = announcement_requests.heard_since, announcement_requests.record_heard
    await town.write(played, ids[:1], "375990000001", "c1", NOON)
    await town.write(played, ids, "anonymous", "c2", NOON)
    assert await town.read(heard, ids[:1], "+375 99 000-00-01", NOON)
    assert not await town.read(heard, ids, "375990000001", NOON), "one of them is new"
    assert not await town.read(heard, ids[:1], "375990000001", NOON + HOUR), "it was before that"
    assert not await town.read(heard, ids, "anonymous", NOON), "any caller may be that"


async def test_a_request_counts_once_for_each_number(town: Store) -> None:
    fire, flood = await declare(town, FIRE), await declare(town, FIRE)
    assert await request(town, fire.id, "375990000001", MINSK) == "noted"
    assert await request(town, fire.id, "8 099 000-00-01", None) == "already"
    assert await request(town, fire.id, "375990000002", MINSK) == "noted"
    assert await request(town, flood.id, "375990000001", MINSK) == "noted"
    for number in ("", "anonymous", "701"):
        assert await request(town, fire.id, number, None) == "no-number"


async def test_a_restored_one_is_notified_once_in_the_language_of_each(town: Store) -> None:
    fire = await declare(town, FIRE)
    await request(town, fire.id, "375990000001", MINSK)
    await request(town, fire.id, "375990000002", BREST)
    await request(town, fire.id, "375990000003", GOMEL, language="be")
    await request(town, fire.id, "375291234567", None)
    assert await settled(town, NOON) == []
    await town.write(announcements.cancel, fire.id, True, NOON + HOUR)
    assert sorted(await settled(town, NOON + HOUR)) == [
        (
            f"mended:{fire.id}:375291234567",
            "375291234567",
            "text-mended ",
            "c1",
        ),  # the first of the site
        (f"mended:{fire.id}:375990000001", "375990000001", "text-mended ru", "c1"),
        (f"mended:{fire.id}:375990000002", "375990000002", "text-mended be", "c1"),
        (f"mended:{fire.id}:375990000003", "375990000003", "text-mended be", "c1"),
    ]
    assert await settled(town, FIRE.until) == []


async def test_an_expired_one_is_notified_as_such(town: Store) -> None:
    fire = await declare(town, FIRE)
    await request(town, fire.id, "375990000001", MINSK)
    assert await settled(town, FIRE.until - HOUR) == []
    [(_, _, text, _)] = await settled(town, FIRE.until)
    assert text == "text-passed ru"
    assert await settled(town, FIRE.until) == []


async def test_what_was_cancelled_waits_until_it_is_restored(town: Store) -> None:
    fire = await declare(town, FIRE)
    await request(town, fire.id, "375990000001", MINSK)
    await town.write(announcements.cancel, fire.id, False, NOON)
    assert await settled(town, FIRE.until + HOUR) == []
    await town.write(announcements.cancel, fire.id, True, NOON + HOUR)
    assert await request(town, fire.id, "375990000002", BREST) == "noted"  # they had just heard it
    assert len(await settled(town, NOON + HOUR)) == 2


async def test_what_cannot_be_posted_is_not_taken_for_notified(town: Store) -> None:
    fire = await declare(town, FIRE)
    await request(town, fire.id, "375990000001", MINSK)

    def full(*_: object) -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        await town.write(announcement_requests.notify_ended, FIRE.until, full, lambda *_: "")
    assert len(await settled(town, FIRE.until)) == 1


class Outbox:
    """What was posted; its first ``failures`` times it cannot."""

    def __init__(self, failures: int = 0) -> None:
        self.posted: asyncio.Queue[str] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self._failures = failures

    def post(self, _: Database, *message: str) -> None:
        if self._failures:
            self._failures -= 1
            raise OSError("the disk is full")
        self._loop.call_soon_threadsafe(self.posted.put_nowait, f"{message[0]} {message[2]}")


@asynccontextmanager
async def attended(memory: LiveAnnouncements, outbox: Outbox) -> AsyncIterator[None]:
    def now() -> datetime:
        return datetime.now(UTC)

    attending = asyncio.create_task(memory.run(outbox.post, lambda prompt, _: prompt, now))
    yield
    attending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attending


async def test_messages_are_posted_when_its_time_passes(town: Store) -> None:
    now = datetime.now(UTC)
    soon = await declare(town, replace(FIRE, since=now, until=now + timedelta(seconds=0.2)))
    await request(town, soon.id, "375990000001", MINSK)
    outbox = Outbox()
    async with attended(await LiveAnnouncements.load(town, now), outbox):
        assert await outbox.posted.get() == f"mended:{soon.id}:375990000001 text-passed"
    assert datetime.now(UTC) >= soon.until


async def test_messages_are_posted_when_somebody_says_it_is_restored(town: Store) -> None:
    now = datetime.now(UTC)
    fire = await declare(town, replace(FIRE, until=now + HOUR))
    await request(town, fire.id, "375990000001", MINSK)
    memory, outbox = await LiveAnnouncements.load(town, now), Outbox()
    async with attended(memory, outbox):
        await town.write(announcements.cancel, fire.id, True, now)
        await memory.refresh(now)
        assert await outbox.posted.get() == f"mended:{fire.id}:375990000001 text-mended"


async def test_messages_that_could_not_be_posted_are_posted_later(
    town: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live_announcements, "LOOK_SECONDS", 0.05)
    fire = await declare(town, FIRE)
    await request(town, fire.id, "375990000001", MINSK)
    outbox = Outbox(failures=2)
    async with attended(await LiveAnnouncements.load(town, NOON), outbox):
        assert await outbox.posted.get() == f"mended:{fire.id}:375990000001 text-passed"
    assert caplog.text.count("retry in 0.05 s: the disk is full") == 2
