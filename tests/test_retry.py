"""Work is attempted until it has ended: the schedule as arithmetic, the worker on a test clock."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from ari_app.retry import RetryWorker, Schedule, SteadyClock
from tests.ari.facts import until

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120))
SCHEDULE = Schedule(PAUSES)


def test_each_attempt_has_its_pause_and_after_the_last_one_more_follows() -> None:
    nexts = [SCHEDULE.next_attempt(attempts, NOON) for attempts in range(5)]
    assert nexts == [*(NOON + pause for pause in PAUSES), None, None]


def test_the_last_pause_of_an_endless_schedule_is_repeated() -> None:
    endless = Schedule(PAUSES, endless=True)
    nexts = [endless.next_attempt(attempts, NOON) for attempts in range(5)]
    assert nexts == [NOON + pause for pause in (*PAUSES, PAUSES[-1], PAUSES[-1])]


@given(st.lists(st.timedeltas(min_value=timedelta()), min_size=1), st.integers(0, 50))
def test_endless_work_always_has_a_next_attempt(pauses: list[timedelta], attempts: int) -> None:
    now = datetime(1, 1, 1, tzinfo=UTC)
    with suppress(OverflowError):
        following = Schedule(tuple(pauses), endless=True).next_attempt(attempts, now)
        assert following is not None
        assert following - now in pauses


@given(st.lists(st.timedeltas(timedelta(days=-2), timedelta(days=2)), max_size=20))
def test_a_clock_that_is_set_back_delays_nothing(jumps: list[timedelta]) -> None:
    """It never goes back, and goes on as the machine's does."""
    at = [NOON]
    clock = SteadyClock(lambda: at[-1])
    seen = [clock()]
    for jump in jumps:
        at.append(at[-1] + jump)
        seen.append(clock())
    gained = [max(jump, timedelta()) for jump in jumps]
    assert seen == [NOON + sum(gained[:n], timedelta()) for n in range(len(seen))]


class Unavailable(Exception):  # noqa: N818
    """The store is locked."""


class Item(Struct, frozen=True):
    name: str
    attempts: int = 0
    next_at: datetime | None = NOON


class Memory:
    """Work in memory; an item is done when it was attempted as often as ``needs`` says."""

    def __init__(self, *names: str) -> None:
        self.now = NOON
        self.items = {name: Item(name) for name in names}
        self.needs: Counter[str] = Counter()
        self.ill = 0
        self.open = asyncio.Event()
        self.open.set()
        self.attempted: list[str] = []
        self.under_way: Counter[str] = Counter()
        self.most = 0
        self.elsewhere: set[str] = set()

    def lane(self, item: Item) -> str:
        return item.name[0]

    def taken(self) -> set[str]:
        return self.elsewhere

    async def due(self, now: datetime, limit: int) -> list[Item]:
        self._store()
        waiting: dict[str, Item] = {}
        for one in self.items.values():
            if one.next_at and one.next_at <= now:
                waiting.setdefault(self.lane(one), one)
        return list(waiting.values())[:limit]

    async def next_due(self, now: datetime) -> datetime | None:
        times = [one.next_at for one in self.items.values() if one.next_at and one.next_at > now]
        return min(times, default=None)

    async def begin(self, item: Item, now: datetime, next_at: datetime | None) -> bool:
        self._store()
        there = self.items[item.name]
        if there.next_at is None or there.next_at > now:
            return False
        attempts = there.attempts + 1
        self.items[item.name] = replace(there, attempts=attempts, next_at=next_at)
        return True

    async def attempt(self, item: Item) -> None:
        self.attempted.append(item.name)
        self.under_way[self.lane(item)] += 1
        self.most = max(self.most, self.under_way.total())
        assert self.under_way[self.lane(item)] == 1
        await self.open.wait()
        self.under_way[self.lane(item)] -= 1
        if item.name == "x":
            raise ValueError("damaged")
        if self.items[item.name].attempts > self.needs[item.name]:
            self.items[item.name] = replace(self.items[item.name], next_at=None)

    def is_done(self) -> bool:
        return all(one.next_at is None for one in self.items.values())

    def _store(self) -> None:
        if self.ill:
            self.ill -= 1
            raise Unavailable("it is locked")


def worker(work: Memory, concurrency: int = 8, look: float = 60.0) -> RetryWorker[Item]:
    return RetryWorker(
        "items",
        work,
        SCHEDULE,
        lambda: work.now,
        unavailable=Unavailable,
        concurrency=concurrency,
        look=look,
    )


@pytest.fixture
async def tasks() -> AsyncIterator[set[asyncio.Task[None]]]:
    started: set[asyncio.Task[None]] = set()
    yield started
    for task in started:
        task.cancel()
    await asyncio.gather(*started, return_exceptions=True)


Tasks = set[asyncio.Task[None]]


async def test_what_is_due_is_attempted_at_once_and_again_when_it_is_time(tasks: Tasks) -> None:
    work = Memory("a")
    work.needs["a"] = 2
    one = worker(work)
    tasks.add(asyncio.create_task(one.run()))
    for attempts, pause in enumerate(PAUSES, 1):
        await until(lambda: work.items["a"].attempts == attempts and not work.under_way.total())  # noqa: B023
        if attempts <= 2:
            assert work.items["a"].next_at == work.now + pause
            work.now += pause
            one.wake()
    await until(work.is_done)
    assert work.attempted == ["a"] * 3


async def test_few_at_once_and_one_of_a_lane(tasks: Tasks) -> None:
    work = Memory(*(f"{lane}{seq}" for lane in "abcdef" for seq in range(3)))
    work.open.clear()
    tasks.add(asyncio.create_task(worker(work, concurrency=3).run()))
    await until(lambda: work.under_way.total() == 3)
    work.open.set()
    await until(work.is_done)
    assert work.most == 3
    assert len(work.attempted) == len(set(work.attempted)) == 18


async def test_lanes_of_others_are_left_to_them(tasks: Tasks) -> None:
    work = Memory("a", "b")
    work.elsewhere = {"a"}
    one = worker(work)
    tasks.add(asyncio.create_task(one.run()))
    await until(lambda: work.items["b"].next_at is None)
    assert work.attempted == ["b"]
    work.elsewhere = set()
    one.wake()
    await until(work.is_done)


async def test_an_unavailable_store_is_waited_for(
    tasks: Tasks, caplog: pytest.LogCaptureFixture
) -> None:
    work = Memory("a")
    work.ill = 3
    tasks.add(asyncio.create_task(worker(work, look=0.01).run()))
    await until(work.is_done)
    assert work.attempted == ["a"]
    assert "items: waiting, retry in 0.01 s: it is locked" in caplog.text


async def test_insisting_ends_when_the_store_is_available(caplog: pytest.LogCaptureFixture) -> None:
    work = Memory()
    work.ill = 2

    async def write() -> str:
        work._store()
        return "written"

    assert await worker(work, look=0.01).insist(write) == "written"
    assert caplog.text.count("items: not stored, retry in 0.01 s: it is locked") == 2


async def test_an_attempt_that_raises_keeps_no_other_waiting(
    tasks: Tasks, caplog: pytest.LogCaptureFixture
) -> None:
    work = Memory("x", "b")
    tasks.add(asyncio.create_task(worker(work).run()))
    await until(lambda: work.items["b"].next_at is None and not work.under_way.total())
    assert work.items["x"].next_at == NOON + PAUSES[0]
    assert "items: an attempt failed unexpectedly" in caplog.text


async def test_nothing_is_attempted_before_it_makes_sense(tasks: Tasks) -> None:
    work, link = Memory("a"), asyncio.Event()

    async def ready() -> None:
        await link.wait()

    tasks.add(asyncio.create_task(worker(work).run(ready)))
    await asyncio.sleep(0)
    assert not work.attempted
    link.set()
    await until(work.is_done)
