"""Calls of campaigns that do not begin: their flow is gone, the link fails, the number is in a call
with us already, or nothing is due."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from ari_app.ari.errors import UnreachableError
from ari_app.outbound.dialler import UNHEARD, Load
from ari_app.store import campaign_calls, campaigns
from ari_app.store.campaigns import Reach
from ari_app.store.db import Store
from ari_app.store.sqlite import Database
from ivr.wants import Done
from tests.outbound.test_calls import NOON, NUMBERS, ONE, World, add, world

__all__ = ["world"]


async def test_no_one_is_rung_for_a_flow_that_is_gone(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await add(world)
    world.known = ()
    for _ in range(3):
        assert await world.dialler.look() == 0
    assert await world.reach() == Reach(waiting=6)
    assert caplog.text.count("the menus have no flow outage-over") == 1
    world.known = (ONE.flow,)
    assert await world.dialler.look() == 3


async def test_who_answers_when_the_flow_is_gone_was_not_reached(world: World) -> None:
    await add(world)
    await world.dialler.look()
    world.known = ()
    assert (await world.comes_back(0, "HUMAN")).wants == [Done("ended")]
    assert world.served == 0
    assert await world.reach() == Reach(waiting=4, calling=2), "called again once it is back"


async def test_after_a_failed_request_one_is_unknown_and_the_others_wait(world: World) -> None:
    await add(world)
    world.pbx.most = 1
    with pytest.raises(UnreachableError):
        await world.dialler.look()
    assert await world.reach() == Reach(waiting=4, calling=2)
    world.pbx.most, world.now = None, world.now + UNHEARD + timedelta(seconds=1)
    await world.dialler.look()
    assert await world.reach() == Reach(waiting=2, calling=3, unknown=1)


async def test_no_number_is_called_by_two_campaigns_at_once(world: World) -> None:
    await add(world)
    two = replace(ONE, name="two")
    assert await world.store.write(campaigns.add, two, NUMBERS[:2]) == 2
    await world.store.write(campaigns.add, replace(ONE, name="three"), NUMBERS[:1])
    await world.store.write(campaigns.set_state, 1, "paused")
    assert await world.dialler.look() == 2
    assert await world.store.read(campaigns.reach, 3) == Reach(waiting=1)
    await world.comes_back(0, "HUMAN")
    world.in_calls = NUMBERS[:1]
    assert await world.dialler.look() == 0, "they hear the first one still"
    world.in_calls = ()
    assert await world.dialler.look() == 1
    assert world.pbx.rung[-1]["channelId"] == f"campaign-3-{NUMBERS[0]}-1", "the first attempt"


async def test_a_number_that_hears_a_message_is_not_called(world: World) -> None:
    """An answering machine is settled before its message; its channel is there still."""
    await add(world, machine="campaign-machine")
    await world.dialler.look()
    channels = list(world.pbx.channels)
    await world.comes_back(0, "MACHINE")
    world.pbx.channels = channels
    await world.store.write(campaigns.add, replace(ONE, name="two"), NUMBERS[:1])
    world.now_load = Load(0, None)
    await world.store.write(campaigns.set_state, 1, "paused")
    assert await world.dialler.look() == 0


async def test_nothing_is_written_when_nothing_may_begin(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add(world, last=13 * 60)
    await world.dialler.look()
    written: list[object] = []
    write = Store.write

    async def noted(store: Store, fn: Callable[..., object], *values: object) -> object:
        written.append(fn)
        return await write(store, fn, *values)

    monkeypatch.setattr(Store, "write", noted)
    assert await world.dialler.look() == 0, "no room"
    world.pbx.channels = world.pbx.channels[:2]
    world.now = NOON.replace(hour=13)
    world.now_load = Load(0, 0)
    assert await world.dialler.look() == 0, "callers are refused"
    assert written == [campaign_calls.give_up], "of whose channels two are gone"
    world.now_load = Load(0, None)
    assert await world.dialler.look() == 0, "outside its hours"
    assert written == [campaign_calls.give_up]


async def test_a_look_does_not_go_through_all_targets(world: World) -> None:
    await world.store.write(_with_many)
    assert await world.store.read(_work, campaigns.any_over) < 1000
    assert await world.store.read(_work, _due) < 1000
    assert await world.store.read(_work, _due_texts) < 1000


def _with_many(db: Database) -> None:
    """Two campaigns of 20,000 numbers each, of which the last one waits still."""
    for one in (ONE, replace(ONE, name="texts", flow="", texts={"ru": "Связь есть."})):
        id = campaigns.add(db, one, [f"3752{number}" for number in range(10_000_000, 10_020_000)])
        db.conn.execute(
            "update campaign_targets set state = 'sent'"
            " where campaign = ? and number <> '375210019999'",
            (id,),
        )


def _due(db: Database) -> object:
    found = campaign_calls.due(db, NOON, (ONE.flow,), NUMBERS)
    assert found is not None
    return found


def _due_texts(db: Database) -> object:
    assert campaigns.any_due(db, NOON)
    return None


def _work(db: Database, read: Callable[[Database], object]) -> int:
    """How many instructions SQLite runs for it, in tens."""
    tens = 0

    def count() -> int:
        nonlocal tens
        tens += 1
        return 0

    db.conn.set_progress_handler(count, 10)
    try:
        read(db)
    finally:
        db.conn.set_progress_handler(None, 10)
    return tens
