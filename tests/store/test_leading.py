"""Which of several workers does what one alone does, and which run of it."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from ari_app.store import nodes, workers
from ari_app.store.db import Store
from ari_app.store.workers import Worker

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
LEASE = timedelta(seconds=3)
SECOND = timedelta(seconds=1)


def worker(epoch: int, name: str = "", place: str = "here") -> Worker:
    return Worker(name or f"w{epoch}", place, f"firstline-{epoch}", epoch=epoch)


async def test_one_worker_leads_until_its_lease_is_over(store: Store) -> None:
    async def beat(epoch: int, at: datetime) -> workers.Beat:
        return await store.write(workers.beat, worker(epoch), at, at + LEASE)

    assert [(await beat(epoch, NOON)).leads for epoch in (1, 2, 1)] == [True, False, True]
    assert not (await beat(2, NOON + LEASE - SECOND)).leads
    assert (await beat(2, NOON + LEASE)).leads
    assert not (await beat(1, NOON + LEASE)).leads, "the one that comes back follows"
    await store.write(workers.leave, 2, NOON + LEASE)
    assert (await beat(1, NOON + LEASE)).leads


async def test_the_lead_goes_to_the_next_run_of_the_same_worker(store: Store) -> None:
    """Else an upgrade moves the callers of a queue node to another one, without their agents."""
    write, runs = store.write, [Worker(name, name, name) for name in ("q1", "q2", "q1")]
    q1, q2, upgraded = (replace(one, epoch=at) for at, one in enumerate(runs, 1))
    for one in (q1, q2, upgraded):
        await write(workers.enter, one, NOON, NOON + LEASE)
        await write(workers.beat, one, NOON, NOON + LEASE)
    await write(workers.leave, 1, NOON)
    assert not (await write(workers.beat, q2, NOON, NOON + LEASE)).leads
    assert (await write(workers.beat, upgraded, NOON, NOON + LEASE)).leads
    await write(workers.leave, 3, NOON)
    assert (await write(workers.beat, q2, NOON, NOON + LEASE)).leads
    await write(workers.leave, 2, NOON, NOON + LEASE)
    never = replace(q2, epoch=5)
    await write(workers.enter, never, NOON, NOON + LEASE, succeeds=True, leading=False)
    assert (await write(workers.beat, replace(q1, epoch=6), NOON, NOON + LEASE)).leads


async def test_only_a_run_that_ended_to_come_back_is_awaited_and_once(store: Store) -> None:
    """Else a queue node that dies again and again keeps the lead, and no node has a desk."""
    write, awaited, epoch = store.write, NOON + 5 * LEASE, 1

    async def q2_leads(at: datetime) -> bool:
        return (await write(workers.beat, worker(90, "q2"), at, at + LEASE)).leads

    async def q1_begins(at: datetime, place: str = "here") -> Worker:
        nonlocal epoch
        epoch += 1
        one = worker(epoch, "q1", place)
        await write(workers.enter, one, at, at + LEASE, succeeds=True)
        return one

    async def q1_restarts(at: datetime) -> None:
        one = await q1_begins(at)
        await write(workers.leave, 90, at)
        assert (await write(workers.beat, one, at, at + LEASE)).leads
        await write(workers.leave, one.epoch, at, awaited)

    await q1_restarts(NOON)
    assert not await q2_leads(awaited - SECOND), "it is awaited"
    assert await q2_leads(awaited)
    await q1_restarts(NOON)
    found = await store.read(nodes.cluster_state, NOON)
    assert [one.state for one in found.workers] == ["awaited", "gone"]
    await q1_begins(NOON + LEASE, "elsewhere")
    assert not await q2_leads(awaited - SECOND), "it is awaited until its start ends"
    assert await q2_leads(awaited), "it died before"
    await q1_restarts(NOON)
    for _ in range(2):  # the first one is killed before it can put its lease off
        await q1_begins(NOON + LEASE, "elsewhere")
    assert await q2_leads(NOON + LEASE)
