"""Whether a worker leads and calls others dead, on clocks of the test and a real store."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ari_app.main import worker as module
from ari_app.main.worker import Membership
from ari_app.store import calls, nodes, workers
from ari_app.store.calls import CallBegan
from ari_app.store.db import Store
from ari_app.store.errors import StoreError
from ari_app.store.workers import Worker
from tests.ari.facts import until
from tests.operators import BELARUS

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
LEASE = 3.0


class Clocks:
    """The time that is set, and the one that no one sets; in seconds."""

    def __init__(self) -> None:
        self.wall, self.steady = 0.0, 1000.0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.wall)

    def until(self) -> datetime:
        return self.now() + timedelta(seconds=LEASE)

    def passes(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds


class Beating:
    """A store that counts what is written to it, and may be away."""

    def __init__(self, store: Store) -> None:
        self.store, self.away, self.beats = store, False, 0

    async def write_unsynced(self, *args: Any, **kwargs: Any) -> object:
        try:
            if self.away:
                raise StoreError("away")
            return await self.store.write_unsynced(*args, **kwargs)
        finally:
            self.beats += 1

    async def next(self) -> None:
        """The next beat has begun and ended."""
        seen = self.beats
        await until(lambda: self.beats >= seen + 2)


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    clocks = Clocks()
    monkeypatch.setattr(module, "clock", clocks.now)
    time = SimpleNamespace(
        monotonic=lambda: clocks.steady, time_ns=lambda: int(clocks.steady) * 10**9
    )
    monkeypatch.setattr(module, "time", time)
    monkeypatch.setattr(module, "BEATS", 1000)
    return clocks


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Beating]:
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    yield Beating(store)
    await store.close()


def worker(epoch: int, name: str = "") -> Worker:
    return Worker(name or f"{epoch}", "here", f"firstline-{epoch}", epoch=epoch)


@asynccontextmanager
async def member(
    store: Beating, one: Worker, dead: Collection[str] = (), *, leading: bool = True
) -> AsyncIterator[Membership]:
    """A worker that runs; ``dead`` are those whose calls it takes."""

    async def adopt(other: Worker) -> None:
        assert isinstance(dead, set)
        dead.add(other.name)

    membership = Membership(store, one, LEASE, leading=leading)  # type: ignore[arg-type]
    running = asyncio.create_task(membership.run(("ari",), adopt))
    try:
        yield membership
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await store.store.write(workers.leave, one.epoch, NOON)


@pytest.mark.usefixtures("clocks")
async def test_only_the_application_leads(store: Beating) -> None:
    """Else no one does what one does alone while that restarts beside `firstline agi`."""
    async with member(store, worker(1, "1-agi"), leading=False) as agi:
        await store.next()
        assert not agi.leads
        async with member(store, worker(2, "1")) as application:
            await until(lambda: application.leads)
        await store.next()
        async with member(store, worker(3, "1")) as again:
            await until(lambda: again.leads)
        assert not agi.leads


async def test_it_leads_while_the_database_is_away_until_another_one_does(
    store: Beating, clocks: Clocks, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, module.__name__)
    async with member(store, worker(1)) as one:
        await until(lambda: one.leads)
        store.away = True
        await store.next()
        clocks.passes(10 * LEASE)
        await store.next()
        assert one.leads, "who else would?"
        write, now, later = store.store.write, clocks.now(), clocks.until()
        beat = await write(workers.beat, worker(2), now, later)
        assert beat.leads
        store.away = False
        await until(lambda: not one.leads)
    assert "worker 1 follows: another one leads" in caplog.text


async def test_none_is_called_dead_when_a_clock_is_set_or_the_database_was_away(
    store: Beating, clocks: Clocks
) -> None:
    call = CallBegan("c", "ari", "611", "1", None, "ru", "main", "v", NOON)
    await store.store.write(workers.enter, worker(1), clocks.now(), clocks.until())
    await store.store.write(calls.add, [call], 1)
    dead: set[str] = set()

    async def steady(seconds: int) -> None:
        for _ in range(seconds):
            clocks.passes(1)
            await store.next()

    async with member(store, worker(2), dead):
        await steady(2)
        clocks.wall += 100
        await store.next()
        await steady(2)
        store.away = True
        await store.next()
        clocks.passes(LEASE)
        store.away = False
        await store.next()
        await steady(2)
        assert not dead
        await steady(2)
        await until(lambda: dead)
    assert dead == {"1"}


def foundation(store: Beating, name: str, pods: tuple[str, ...] = ()) -> Any:
    settings = SimpleNamespace(name=name, pod="", lease=LEASE)
    handover = SimpleNamespace(nodes=(), pods=pods)
    config = SimpleNamespace(worker=settings, application=name, handover=handover)
    state = SimpleNamespace(directory=Path())
    return SimpleNamespace(config=config, state=state, store=store.store, before=None)


@pytest.mark.parametrize(
    ("restarted", "system"), [(True, "running"), (True, "stopping"), (False, "running")]
)
async def test_a_queue_node_that_is_restarted_leads_on(
    store: Beating,
    clocks: Clocks,
    restarted: bool,
    system: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else callers go to the standby, where no agent's phone is. Not in a machine that is shut
    down."""
    systemctl = tmp_path / "systemctl"
    systemctl.write_text(f'#!/bin/sh\ntest "$1" = is-system-running && echo {system}\n')
    systemctl.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    returns = restarted and system == "running"

    async def leads(one: Worker) -> bool:
        now, until = clocks.now(), clocks.until()
        return (await store.store.write(workers.beat, one, now, until)).leads

    node = foundation(store, "q1", ("127.0.0.1",))
    async with module.joined(node) as one:
        assert await leads(worker(one.epoch, "q1"))
        one._heard(workers.Beat(leads=True, dead=()))
        one.returns = restarted
    clocks.passes(module.RETURN - 1)
    assert await leads(worker(1)) != returns
    node.state.directory = Path("moved")
    async with module.joined(node) as one:
        assert await leads(worker(one.epoch, "q1")) == returns


async def test_a_worker_knows_that_it_is_drained_before_it_takes_calls(store: Beating) -> None:
    write = store.store.write
    await write(workers.enter, worker(1, "a"), NOON, NOON)
    await write(nodes.drain, "a", NOON, force=True)
    async with module.joined(foundation(store, "a")) as one:
        assert not one.takes_calls()
        assert one.pod_is_drained()
    unknown = Membership(store.store, worker(2), LEASE)
    assert unknown.takes_calls()
    assert unknown.pod_is_drained() is None, "the dialplan is not changed yet"
