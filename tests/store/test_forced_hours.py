"""Orders against a schedule: the newest that has not passed and was not freed counts."""

from datetime import datetime, timedelta

from ari_app.store import forced_hours
from ari_app.store.db import Store
from ari_app.store.forced_hours import ForcedHours, Override
from ivr.hours.schedule import Forced
from tests.store.samples import NOON

HOUR = timedelta(hours=1)


def closed(hours: float, why: str = "") -> Forced:
    return Forced("closed", NOON + hours * HOUR, "anna", why)


async def counting(store: Store, at: datetime, schedule: str = "claims") -> Forced | None:
    """What counts, which the log and the memory of a later start say alike."""
    logged = forced_hours.in_force(await store.read(forced_hours.log, schedule), at)
    assert (await ForcedHours.load(store, at)).forced(schedule, at) == logged
    return logged


async def test_the_newest_that_has_not_passed_counts(store: Store) -> None:
    assert await counting(store, NOON) is None
    await store.write(forced_hours.force, "claims", closed(5), NOON)
    await store.write(forced_hours.force, "claims", closed(2, "fire drill"), NOON + HOUR)
    assert await counting(store, NOON) == closed(5)
    assert await counting(store, NOON + HOUR) == closed(2, "fire drill")
    assert await counting(store, NOON + 2 * HOUR) == closed(5)
    assert await counting(store, NOON + 5 * HOUR) is None
    assert await counting(store, NOON, "support") is None


async def test_freed_is_freed_of_all_before(store: Store) -> None:
    for hours in (5, 6):
        await store.write(forced_hours.force, "claims", closed(hours), NOON)
        await store.write(forced_hours.force, "support", closed(hours), NOON)
    assert await store.write(forced_hours.free, "claims", "boris", NOON + HOUR)
    assert not await store.write(forced_hours.free, "claims", "boris", NOON + HOUR)
    assert await counting(store, NOON + HOUR) is None
    assert await counting(store, NOON + HOUR, "support") == closed(6)
    opened = Forced("open", NOON + 3 * HOUR, "boris", "")
    await store.write(forced_hours.force, "claims", opened, NOON + 2 * HOUR)
    assert await counting(store, NOON + 2 * HOUR) == opened
    assert await counting(store, NOON + 3 * HOUR) is None


async def test_the_log_keeps_who_did_what(store: Store) -> None:
    await store.write(forced_hours.force, "claims", closed(5, "fire drill"), NOON)
    await store.write(forced_hours.free, "claims", "boris", NOON + HOUR)
    assert await store.read(forced_hours.log, "claims") == [
        Override("claims", NOON + HOUR, "boris", None),
        Override("claims", NOON, "anna", closed(5, "fire drill")),
    ]


async def test_the_memory_learns_when_it_is_shown(store: Store) -> None:
    memory = await ForcedHours.load(store, NOON)
    await store.write(forced_hours.force, "claims", closed(5), NOON)
    assert memory.forced("claims", NOON) is None
    await memory.refresh(NOON)
    assert memory.forced("claims", NOON) == closed(5)
    assert memory.forced("claims", NOON + 5 * HOUR) is None
