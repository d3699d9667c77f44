"""What calls did in a flow."""

from datetime import timedelta

from ari_app.store import calls, versions
from ari_app.store.calls import CallBegan, Record, StepTaken
from ari_app.store.db import Store
from ari_app.store.flow_traffic import traffic
from ari_app.store.versions import Version
from tests.store.samples import NOON

HOUR = timedelta(hours=1)


def call(name: str, hour: int, version: str, *steps: tuple[str, str, str]) -> list[Record]:
    """A call that began in flow 611, and its steps: flow, node, way."""
    at = NOON + hour * HOUR
    began = CallBegan(name, "ari", "611", "375990000001", 1, "ru", "611", version, at)
    return [
        began,
        *(
            StepTaken(name, seq, at, node, "menu", "", "", "", flow, way)
            for seq, (flow, node, way) in enumerate(steps)
        ),
    ]


async def fill(store: Store) -> None:
    await store.write(
        versions.record,
        [
            (Version("611", "old", NOON, "start"), ""),
            (Version("611", "new", NOON + 2 * HOUR, "reload"), ""),
            (Version("money", "m", NOON + 2 * HOUR, "reload"), ""),
        ],
    )
    again = (("611", "main", "1"), ("611", "main", "silent"), ("611", "main", "1"))
    paid = (("611", "main", "call"), ("money", "main", "hung-up"))
    await store.write(calls.add, call("a", 1, "old", *again))
    await store.write(calls.add, call("b", 3, "new", *again, ("611", "sub", "")))
    await store.write(calls.add, call("c", 4, "new", *paid))
    await store.write(calls.add, call("d", 1, "old", *paid))
    await store.write(calls.add, call("e", 5, "old", ("611", "main", "2")))


async def test_each_call_counts_once_where_it_was(store: Store) -> None:
    await fill(store)
    found = await store.read(traffic, "611")
    assert found.calls == 5
    assert found.nodes == {"main": 5, "sub": 1}
    assert found.edges == {
        ("main", "1"): 2, ("main", "silent"): 2, ("main", "call"): 2, ("main", "2"): 1,
    }  # fmt: skip
    assert found.began == (NOON + HOUR, NOON + 5 * HOUR)


async def test_of_one_version(store: Store) -> None:
    """A call that goes on in its old version after the new one is in force is not of the new."""
    await fill(store)
    found = await store.read(traffic, "611", "new")
    assert (found.calls, found.nodes) == (2, {"main": 2, "sub": 1})
    assert (await store.read(traffic, "611", "never")).calls == 0


async def test_a_flow_that_was_called_counts_since_its_version(store: Store) -> None:
    await fill(store)
    assert (await store.read(traffic, "money")).calls == 2
    found = await store.read(traffic, "money", "m")
    assert (found.calls, found.edges) == (1, {("main", "hung-up"): 1})


async def test_since_a_moment(store: Store) -> None:
    await fill(store)
    found = await store.read(traffic, "611", "", NOON + 4 * HOUR)
    assert found.calls == 2
    assert (await store.read(traffic, "none")).began is None
