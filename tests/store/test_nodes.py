"""Workers that are drained, and what is said of all of them."""

from datetime import UTC, datetime, timedelta

import pytest

from ari_app.store import calls, nodes, workers
from ari_app.store.calls import CallBegan, CallEnded
from ari_app.store.db import Store
from ari_app.store.nodes import LastNodeError, UnknownNodeError
from ari_app.store.workers import Worker

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
LEASE = timedelta(seconds=3)


def began(call: str) -> CallBegan:
    return CallBegan(call, "ari", "611", "1", None, "ru", "main", "v", NOON)


async def test_a_node_is_drained_until_its_calls_have_ended(store: Store) -> None:
    write, read = store.write, store.read
    with pytest.raises(UnknownNodeError):
        await write(nodes.drain, "p1", NOON)
    for epoch, name, pod in ((1, "a", "p1"), (2, "b", "p1"), (3, "c", "p2")):
        one = Worker(name, name, name, pod, epoch)
        await write(workers.enter, one, NOON, NOON + LEASE)
        await write(workers.beat, one, NOON, NOON + LEASE)
        await write(calls.add, [began(name)], epoch)
    await write(nodes.drain, "p1", NOON)
    with pytest.raises(LastNodeError):
        await write(nodes.drain, "c", NOON)
    await write(nodes.drain, "p1", NOON)  # again, to wait
    await write(nodes.drain, "c", NOON, force=True)
    assert await read(nodes.drained) == {"p1", "c", "p2"}, "p2 has no other worker"
    assert [await read(nodes.calls_of, one) for one in ("p1", "a", "p2")] == [2, 1, 1]
    await write(calls.add, [CallEnded("b", NOON, "ended", 16)], 2)
    assert await read(nodes.calls_of, "p1") == 1
    assert await write(nodes.undrain, "p1")
    assert not await write(nodes.undrain, "p1")
    found = await read(nodes.cluster_state, NOON)
    assert [(one.name, one.drained, one.calls) for one in found.workers] == [
        ("a", False, 1),
        ("b", False, 0),
        ("c", True, 1),
    ]


async def test_a_worker_that_is_gone_is_a_fault_unless_it_was_drained(store: Store) -> None:
    write = store.write
    for epoch, name in ((1, "a"), (2, "b")):
        one = Worker(name, name, name, "p", epoch)
        await write(workers.enter, one, NOON, NOON + LEASE)
        await write(workers.beat, one, NOON, NOON + LEASE)
    await write(calls.add, [began("x")], 2)
    found = await store.read(nodes.cluster_state, NOON)
    assert [(one.name, one.state, one.leads) for one in found.workers] == [
        ("a", "lives", True),
        ("b", "lives", False),
    ]
    assert found.faults == []
    found = await store.read(nodes.cluster_state, NOON + 2 * LEASE)
    assert [(one.state, one.left) for one in found.workers] == [("late", -3.0), ("late", -3.0)]
    await write(workers.leave, 1, NOON)
    await write(workers.beat, one, NOON, NOON + LEASE)
    found = await store.read(nodes.cluster_state, NOON)
    assert [(one.name, one.state, one.leads) for one in found.workers] == [
        ("a", "gone", False),
        ("b", "lives", True),
    ]
    assert found.faults == ["the worker a is gone"]
    long_after = NOON + workers.KEPT + LEASE
    await write(workers.beat, one, long_after, long_after + LEASE)
    found = await store.read(nodes.cluster_state, long_after)
    assert ([one.name for one in found.workers], found.faults) == (["b"], [])
    await write(workers.beat, one, NOON, NOON + LEASE)
    await write(nodes.drain, "a", NOON)
    assert (await store.read(nodes.cluster_state, NOON)).faults == []
    await write(workers.leave, 2, NOON, NOON + LEASE)
    found = await store.read(nodes.cluster_state, NOON)
    assert [(one.state, one.left) for one in found.workers][1] == ("awaited", LEASE.seconds)
    assert found.faults == []
    found = await store.read(nodes.cluster_state, NOON + LEASE)
    assert found.faults == ["the worker b is gone", "no worker leads"]
