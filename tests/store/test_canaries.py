"""Canaries in the store: one at a time, and how the calls of both sides went, kept at the end."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from ari_app.store import calls, canaries
from ari_app.store.calls import CallBegan, Record
from ari_app.store.canaries import CallOnCanary, Canary
from ari_app.store.db import Store
from tests.store.samples import NOON, began, ended

HOUR = timedelta(hours=1)
BEGUN = Canary(began=NOON - HOUR, by="vera", share=10, until=NOON + HOUR, before=1, tried=2)


def on(line: str, call: str, after: float) -> Sequence[Record]:
    """A call over a line, which lasts so many seconds."""
    first: CallBegan = replace(began(call), line=line)
    return [first, ended(call, after)]


async def add(store: Store, records: Sequence[Record]) -> None:
    await store.write(calls.add, records)


async def test_only_calls_through_the_menus_of_all_are_counted(store: Store) -> None:
    await store.write(canaries.add, BEGUN)
    for line in ("ari", "ussd", "cabinet", "agi"):
        await add(store, on(line, line, 20))
    await add(store, [CallOnCanary("new", NOON, 1), *on("ari", "new", 10)])
    await add(store, [CallOnCanary("longer", NOON, 1), *on("ari", "longer", 30)])
    found = await store.read(canaries.figures, BEGUN)
    assert (found.old.calls, found.new.calls) == (1, 2)
    assert (found.old.seconds, found.old.spread) == (20, 0)
    assert (found.new.seconds, found.new.spread) == (20, 10)


async def test_only_one_runs(store: Store) -> None:
    assert await store.write(canaries.add, BEGUN) == 1
    assert await store.write(canaries.add, BEGUN) is None
    await store.write(canaries.finish, 1, NOON, "whole", "", "vera")
    assert await store.write(canaries.add, BEGUN) == 2


@pytest.mark.parametrize("again", [NOON, NOON + HOUR])
async def test_its_figures_are_kept_as_they_were_at_its_end(store: Store, again: datetime) -> None:
    await store.write(canaries.add, BEGUN)
    await add(store, on("ari", "c1", 20))
    assert await store.write(canaries.finish, 1, NOON + HOUR, "rolled back", "worse", "")
    await add(store, on("ari", "c2", 40))
    [over] = await store.read(canaries.listed)
    assert (await store.read(canaries.both_sides, over)).old.calls == 1
    assert not await store.write(canaries.finish, 1, again, "whole", "", "oleg")
    assert (await store.read(canaries.listed)) == [over]
