"""Versions of flows that were in force, and the calls of each."""

from datetime import timedelta

from msgspec.structs import replace

from ari_app.store import calls, versions
from ari_app.store.db import Store
from ari_app.store.versions import Version, VersionUsage
from tests.store.samples import NOON, began

OLD = Version("611", "f00dfeed", NOON, "start")
NEW = Version("611", "beefbeef", NOON + timedelta(hours=1), "reload")
INFO = Version("111", "cafecafe", NOON, "start")


async def test_versions_come_with_their_calls_the_newest_first(store: Store) -> None:
    await store.write(versions.record, [(OLD, "old: Ё"), (INFO, "info")])
    await store.write(versions.record, [(NEW, "new"), (INFO, "info")])
    times = [NOON + timedelta(minutes=minute) for minute in (7, 3, 5)]
    other = replace(began("other"), version="0000")
    await store.write(calls.add, [other, *(began(str(at), at) for at in times)])
    first, last = min(times), max(times)
    assert await store.read(versions.usage) == [
        VersionUsage(INFO, 0, None),
        VersionUsage(NEW, 0, None),
        VersionUsage(OLD, 3, (first, last)),
    ]
    assert await store.read(versions.usage, "111") == [VersionUsage(INFO, 0, None)]
    assert await store.read(versions.usage, "911") == []
    assert await store.read(versions.text, "611", "f00dfeed") == "old: Ё"
    assert await store.read(versions.text, "611", "cafecafe") is None


async def test_what_was_in_force_before_stays_as_it_was(store: Store) -> None:
    await store.write(versions.record, [(OLD, "text")])
    again = replace(OLD, first=NOON + timedelta(days=1), how="watch")
    await store.write(versions.record, [(again, "text")])
    assert await store.read(versions.usage) == [VersionUsage(OLD, 0, None)]
