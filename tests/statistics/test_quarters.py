"""Quarter hours are counted again when something in them changes."""

from unittest.mock import Mock

import pytest

from ari_app.fulfilment.requests import StoredRequests
from ari_app.selfcare.request_port import Asker
from ari_app.store import quarters
from ari_app.store.db import Store, StoreError
from ari_app.store.live_announcements import LiveAnnouncements
from ivr.acd.figures import QUARTER, SECOND, Origin
from tests.operators import DEMO_TICKETS
from tests.statistics.world import T0, World, answered, at, ends, joins, leaves


async def test_quarter_hours_follow_what_changes(world: World, store: Store) -> None:
    world.take(joins("a", 100), *answered("a", 110))
    await world.look(QUARTER / SECOND + 70)
    [first] = await store.read(quarters.of_queues, T0, T0 + QUARTER)
    assert (first.figures.joined, first.figures.handled, first.topic) == (1, 0, "bill")
    for second in range(1200, 4000, 240):
        await world.look(second)
    world.take(ends("a", 4000))
    await world.look(4100)
    [first] = await store.read(quarters.of_queues, T0, T0 + QUARTER)
    assert (first.figures.handled, first.figures.in_time) == (1, 1)
    ready = await store.read(quarters.of_agents, T0 + QUARTER, T0 + 2 * QUARTER, "anna")
    assert [(one.state, one.spent) for one in ready] == [("ready", QUARTER - 70 * SECOND)]


async def test_a_count_after_a_crash_has_what_was_stored_before_it(
    world: World, store: Store
) -> None:
    """A conversation ends in a later quarter hour than it began, and is not counted there."""
    world.take(joins("a", 800), *answered("a", 810))
    for second in range(880, 1200, 60):
        await world.look(second)
    world.take(ends("a", 1230))
    await world.stays()
    world.now = at(1290)
    await world.restarted().restore()
    await world.look(1300)
    [first] = await store.read(quarters.of_queues, T0, T0 + QUARTER)
    assert (first.figures.handled, first.figures.talked) == (1, 420 * SECOND)


async def test_a_call_back_that_is_agreed_later_is_counted_in_its_quarter_hour(
    world: World, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if the count fails at first, and the application is restarted."""
    world.take(joins("a", 800), leaves("a", 890))
    world.record.stays.back("a", "support", "left", Origin())
    for second in range(900, 1200, 60):
        await world.look(second)
    [before] = await store.read(quarters.of_queues, T0, T0 + QUARTER)
    requests = StoredRequests(store, LiveAnnouncements(store), DEMO_TICKETS, lambda: world.now)
    await requests.call_back(Asker("of a", "375291234567", None), "c1:1", None)
    with monkeypatch.context() as failing:
        failing.setattr(quarters, "count", Mock(side_effect=StoreError("disk full")))
        with pytest.raises(StoreError):
            await world.look(1260)
    await world.restarted().restore()
    await world.look(1320)
    [after] = await store.read(quarters.of_queues, T0, T0 + QUARTER)
    assert [(one.figures.key, one.figures.callback) for one in (before, after)] == [(1, 0), (0, 1)]
