"""What another worker changes in the store is seen without a word of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from ari_app.main import others_changes as module
from ari_app.main.foundation import clock
from ari_app.store import agents, forced_hours, nodes, workers
from ari_app.store.agents import Agent
from ari_app.store.db import Store
from ari_app.store.workers import Worker
from ivr.hours.schedule import Forced
from ivr.secret import Secret
from tests.ari.facts import until
from tests.operators import BELARUS


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    yield store
    await store.close()


async def test_what_another_worker_changes_is_read_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EVERY", 0.001)
    heard: list[str] = []
    drained: set[str] = set()

    async def note(what: str) -> str:
        heard.append(what)
        return "no Asterisk" if heard.count("phones") == 1 and what == "phones" else ""

    async def refresh() -> None:
        await note("refresh")

    def drain(found: frozenset[str]) -> None:
        drained.clear()
        drained.update(found)

    following = asyncio.create_task(module.follow(store, refresh, lambda: note("phones"), drain))
    try:
        await until(lambda: heard == ["refresh"])
        now = clock()
        forced = Forced("closed", now + timedelta(hours=1), "anna", "")
        await store.write(forced_hours.force, "support", forced, now)
        await until(lambda: heard == ["refresh"] * 2)
        anna = Agent("anna", "Anna", "701", ("ru",), "701", Secret("word"))
        await store.write(agents.add, [anna])
        await until(lambda: heard[2:] == ["refresh", "phones", "phones"])
        await store.write(agents.put_password, "anna", "hash")
        await until(lambda: heard[5:] == ["refresh"])
        one = Worker("1", "here", "firstline-1", "", 1)
        await store.write(workers.enter, one, now, now + timedelta(seconds=3))
        await store.write(nodes.drain, "1", now, force=True)
        await until(lambda: drained == {"1", ""})
        await store.write(nodes.undrain, "1")
        await until(lambda: not drained)
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
