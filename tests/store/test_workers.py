"""Several workers over one store, on a clock of the test: they crash and stall after any step.

Nothing is done twice that can be known to be done, nothing is lost, and one that comes back late
writes nothing to what another has taken.
"""

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import Struct

from ari_app.store import calls, left_calls, orders, outbox, workers
from ari_app.store.calls import CallBegan, CallEnded, StepTaken
from ari_app.store.db import Store
from ari_app.store.orders import OrderRecord
from ari_app.store.outbox import Text
from ari_app.store.server import Place
from ari_app.store.workers import NameInUseError, Worker
from tests.deadlines import allowed
from tests.operators import BELARUS

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
LEASE = timedelta(seconds=3)
SECOND = timedelta(seconds=1)


def worker(epoch: int, name: str = "", place: str = "here") -> Worker:
    return Worker(name or f"w{epoch}", place, f"firstline-{epoch}", epoch=epoch)


class Attempt(Struct):
    """What a worker is in the middle of: ``steps`` of :data:`STEPS` are done."""

    text: Text
    steps: int = 0


STEPS = ("begin", "send", "mark")


class Office:
    """Workers that send texts, step by step."""

    def __init__(self, store: Store, chance: random.Random) -> None:
        self.store = store
        self.chance = chance
        self.now = NOON
        self.sent: Counter[str] = Counter()
        self.unknown: set[str] = set()
        """Texts of which a worker died, or was taken for dead, before it noted that it sent."""
        self.alive: dict[int, list[Attempt]] = {}
        self.stalled: dict[int, list[Attempt]] = {}
        self._epochs = 0

    async def hire(self) -> None:
        self._epochs += 1
        one = worker(self._epochs)
        await self.store.write(workers.enter, one, self.now, self.now + LEASE)
        self.alive[self._epochs] = []

    async def tick(self) -> None:
        """A second passes; all that live put their leases off."""
        self.now += SECOND
        for epoch in self.alive:
            await self.store.write(workers.beat, worker(epoch), self.now, self.now + LEASE)

    def lose(self, where: dict[int, list[Attempt]] | None) -> None:
        """A worker dies, or stalls into ``where``; both when a text may be half sent."""
        if len(self.alive) > 1:
            epoch = self.chance.choice(sorted(self.alive))
            attempts = self.alive.pop(epoch)
            self.unknown |= {one.text.key for one in attempts if one.steps}
            if where is not None:
                where[epoch] = attempts

    async def step(self, epoch: int, attempts: list[Attempt]) -> None:
        if not attempts:
            found = await self.store.write(outbox.claim, self.now, 3, epoch)
            attempts += [Attempt(one) for one in found]
            return
        one = self.chance.choice(attempts)
        key, write = one.text.key, self.store.write
        match STEPS[one.steps]:
            case "begin":
                next_at = self.now + timedelta(seconds=10)
                if not await write(outbox.start_attempt, key, next_at, epoch):
                    attempts.remove(one)
                    return
            case "send":
                self.sent[key] += 1
            case "mark":
                await write(outbox.mark_sent, key, self.now, epoch)
                attempts.remove(one)
        one.steps += 1

    async def something(self) -> None:
        """Whatever may happen next."""
        busy = Counter(one.text.number for each in self.alive.values() for one in each)
        assert all(count == 1 for count in busy.values()), "two send to one number"
        luck = self.chance.random()
        if luck < 0.06:
            self.lose(self.stalled if luck < 0.03 else None)
        elif luck < 0.09 and self.stalled:
            await self.come_back(*self.stalled.popitem())
        elif luck < 0.12:
            await self.hire()
        elif luck < 0.25:
            await self.tick()
        else:
            epoch = self.chance.choice(sorted(self.alive))
            await self.step(epoch, self.alive[epoch])

    async def come_back(self, epoch: int, attempts: list[Attempt]) -> None:
        """One that stalled goes on as if nothing had happened."""
        for _ in range(len(STEPS) * len(attempts)):
            if attempts:
                await self.step(epoch, attempts)

    async def finish(self) -> None:
        """Let those that live do what is left."""
        self.stalled.clear()
        for _ in range(40):
            await self.tick()
            for epoch, attempts in self.alive.items():
                for _ in range(4):
                    await self.step(epoch, attempts)
            if all(one.state == "sent" for one in await self.store.read(outbox.recent, 20)):
                return


@pytest.mark.parametrize("seed", range(3))
async def test_texts_are_sent_once_though_workers_die(store: Store, seed: int) -> None:
    office = Office(store, random.Random(seed))
    chance = office.chance
    numbers = [f"37529111223{n}" for n in range(4)]
    posted = [f"t{n}" for n in range(12)]
    for key in posted:
        number = chance.choice(numbers)
        await store.write(outbox.post, key, number, "text", "", NOON)
    for _ in range(3):
        await office.hire()
    for _ in range(120):
        await office.something()
    await office.finish()
    assert [one.state for one in await store.read(outbox.recent, 20)] == ["sent"] * len(posted)
    assert set(office.sent) == set(posted)
    assert {key for key, times in office.sent.items() if times > 1} <= office.unknown


async def test_workers_at_the_same_moment_claim_each_text_once(place: Place, store: Store) -> None:
    for n in range(40):
        await store.write(outbox.post, f"t{n}", f"3752911122{n:02}", "text", "", NOON)
    theirs = [
        await Store.open(place, BELARUS, patience=allowed(5), examine=False) for _ in range(3)
    ]
    stores = dict(enumerate(theirs, 1))
    for epoch, each in stores.items():
        await each.write(workers.enter, worker(epoch), NOON, NOON + LEASE)

    async def sent(epoch: int, each: Store) -> list[str]:
        mine: list[str] = []
        while found := await each.write(outbox.claim, NOON, 5, epoch):
            for one in found:
                if await each.write(outbox.start_attempt, one.key, NOON + LEASE, epoch):
                    mine.append(one.key)
                    await each.write(outbox.mark_sent, one.key, NOON, epoch)
        return mine

    shares = await asyncio.gather(*(sent(*each) for each in stores.items()))
    assert sorted(key for share in shares for key in share) == sorted(f"t{n}" for n in range(40))
    for each in theirs:
        await each.close()


def _order(key: str) -> OrderRecord:
    return OrderRecord(key, 1, "tariff", "{}", "null", "1.00", "c", "ru", NOON)


async def test_an_order_is_one_workers_until_its_lease_is_over(store: Store) -> None:
    for epoch in (1, 2):
        await store.write(workers.enter, worker(epoch), NOON, NOON + LEASE)
    await store.write(orders.add, _order("o"), 1)

    async def due(at: datetime, limit: int, owner: int) -> list[OrderRecord]:
        return await store.read(orders.due, at, limit, owner)

    assert [one.key for one in await due(NOON, 9, 1)] == ["o"]
    assert not await due(NOON, 9, 2), "a call waits for it"
    await store.write(orders.make_due, NOON + SECOND, 2)
    assert await due(NOON, 9, 1), "another worker's start makes it no sooner or later"
    late = NOON + LEASE
    await store.write(workers.beat, worker(2), late, late + LEASE, judges=False)
    assert not await due(late, 9, 2), "who could not beat in time calls no other dead"
    await store.write(workers.beat, worker(2), late, late + LEASE)
    assert [one.key for one in await due(late, 9, 2)] == ["o"]
    assert await store.write(orders.postpone, "o", late, late + SECOND, 2)
    assert not await store.write(orders.end, "o", "failed", "unavailable", late, 1), "fenced"
    assert not await store.write(orders.postpone, "o", late + SECOND, late + LEASE, 1)
    assert await store.write(orders.end, "o", "done", "{}", late, 2)


async def test_a_call_has_one_owner_and_one_end(store: Store) -> None:
    """Also after the first one comes back, which knows of nothing."""
    for epoch in (1, 2, 3):
        one = Worker(f"w{epoch}", "here", "", pod="far" if epoch == 3 else "", epoch=epoch)
        await store.write(workers.enter, one, NOON, NOON + LEASE)
    begun = CallBegan("c", "ari", "611", "375291112233", None, "ru", "main", "v", NOON)
    first: list[calls.Record] = [begun, StepTaken("c", 1, NOON, "menu", "menu", "hello", "", "")]
    await store.write(calls.add, first, 1)

    async def left(owner: int) -> list[str]:
        return await store.read(left_calls.left, ("ari",), owner)

    late = NOON + LEASE
    assert not await left(owner=2), "its lease may be over, and it is not dead yet"
    dead = (await store.write(workers.beat, worker(2), late, late + LEASE, ("ari",))).dead
    assert [one.name for one in dead] == ["w1"]
    assert await left(owner=2) == ["c"]
    assert not await left(owner=3), "the channel is at another Asterisk"
    await store.write(left_calls.own, ["c"], 2)
    ended: list[calls.Record] = [
        StepTaken("c", 2, late, "menu", "menu", "", "9", ""),
        CallEnded("c", late, "gone", 0),
    ]
    await store.write(calls.add, ended, 1)
    path = await store.read(calls.path, "c")
    assert path is not None
    assert (path.call.ended, len(path.steps)) == (None, 1)
    await store.write(calls.add, [CallEnded("c", late, "bye", 16)], 2)
    await store.write(workers.beat, worker(1), late, late + LEASE)
    await store.write(calls.add, ended, 1)
    path = await store.read(calls.path, "c")
    assert path is not None
    assert path.call.ended == CallEnded("c", late, "bye", 16)
    assert await store.write(left_calls.close_lost, (), ("ari",), 1) == []


async def test_a_name_is_used_at_one_place(store: Store) -> None:
    await store.write(workers.enter, worker(1, "a"), NOON, NOON + LEASE)
    await store.write(workers.enter, worker(2, "a"), NOON, NOON + LEASE)
    with pytest.raises(NameInUseError, match="here"):
        await store.write(workers.enter, worker(3, "a", "there"), NOON, NOON + LEASE)
    await store.write(workers.enter, worker(4, "a", "there"), NOON + LEASE, NOON + LEASE * 2)


async def test_no_application_without_a_name_is_beside_workers(store: Store) -> None:
    nameless = Worker("", "here", "firstline", epoch=9)
    other = Worker("", "there", "firstline", epoch=7)

    async def alone(at: datetime) -> list[str]:
        return [one.name for one in await store.write(workers.alone, nameless, at, at + LEASE)]

    async def enter(place: str, at: datetime) -> None:
        await store.write(workers.enter, worker(8, "b", place), at, at + LEASE)

    await store.write(workers.enter, worker(1, "a", "there"), NOON, NOON + LEASE)
    assert await alone(NOON) == ["a"]
    late = NOON + LEASE
    assert not await alone(late)
    found = await store.write(workers.alone, other, late, late + LEASE)
    assert [one.place for one in found] == ["here"]
    with pytest.raises(NameInUseError, match="here") as refused:
        await enter("there", late)
    assert not refused.value.named
    await store.write(workers.leave, 9, late)
    await enter("there", late)


async def test_what_a_run_left_is_free_for_the_next_one_at_once(store: Store) -> None:
    await store.write(workers.enter, worker(1, "a"), NOON, NOON + LEASE)
    await store.write(orders.add, _order("o"), 1)
    await store.write(workers.enter, worker(2, "a"), NOON, NOON + LEASE)
    assert not await store.read(orders.due, NOON, 9, 2), "the run before hands over"
    await store.write(workers.enter, worker(3, "a"), NOON, NOON + LEASE, succeeds=True)
    assert await store.read(orders.due, NOON, 9, 3)
