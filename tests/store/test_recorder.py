"""The recorder: never in a call's way, and complete whatever the disk does."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from ari_app.store import calls
from ari_app.store.db import Store
from ari_app.store.recorder import Recorder
from ari_app.store.sqlite import Database
from ari_app.store.tapes import CallTaped
from ivr.session import Caller, Session
from ivr.tape import Tape
from tests.deadlines import allowed, within
from tests.store.samples import NOON, began, ended, step, whole_call


@asynccontextmanager
async def held_up(store: Store) -> AsyncIterator[None]:
    """The store's writing thread is busy while the block runs."""
    busy, go_on = threading.Event(), threading.Event()

    def hold(_: Database) -> None:
        busy.set()
        go_on.wait(allowed(20))

    holding = asyncio.create_task(store.write(hold))
    await asyncio.to_thread(busy.wait, 20)
    try:
        yield
    finally:
        go_on.set()
        await holding


async def until_logged(store: Store, caplog: pytest.LogCaptureFixture, words: str) -> None:
    async with within(10):
        while words not in caplog.text:
            await store.read(calls.recent, 1)  # gives the others their turn


async def until_stored(store: Store, number: int) -> None:
    async with within(10):
        while len(await store.read(calls.recent, number + 1)) < number:
            pass


async def test_records_are_written_without_being_asked_for(store: Store) -> None:
    async with Recorder(store, pause=0.01) as recorder:
        for record in whole_call("c1"):
            recorder.put(record)
        await until_stored(store, 1)
        recorder.put(began("c2"))
        await until_stored(store, 2)
    path = await store.read(calls.path, "c1")
    assert path is not None
    assert path.call.ended == ended()
    assert len(path.steps) == 3


async def test_close_writes_what_waits(store: Store) -> None:
    recorder = Recorder(store, batch=7, pause=60)
    async with recorder:
        for number in range(30):
            for record in whole_call(f"c{number}"):
                recorder.put(record)
    assert len(await store.read(calls.recent, 99)) == 30
    assert await store.read(calls.unfinished) == []
    assert await recorder.close() == 0


async def test_full_recorder_drops_steps_before_calls(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    start = Session(id="c1", dialled="1", caller=Caller(""), language="ru", flow="1", node="a")
    tape = Tape(start=start, turns=())
    async with Recorder(store, maxsize=8, pause=0) as recorder, held_up(store):
        recorder.put(began())
        for seq in range(20):
            recorder.put(step(seq=seq))
        recorder.put(CallTaped("c1", NOON, tape))
        recorder.put(ended())
        recorder.put(began("c2"))
        recorder.put(began("c3"))
        assert recorder.dropped == 15
        assert caplog.text.count("are dropped") == 1
    path = await store.read(calls.path, "c1")
    assert path is not None
    assert path.call.ended == ended()
    assert [taken.seq for taken in path.steps] == list(range(7))
    assert await store.read(calls.path, "c2") is not None
    assert await store.read(calls.path, "c3") is None


async def test_recorder_that_was_full_takes_records_again(store: Store) -> None:
    async with Recorder(store, maxsize=4, pause=0) as recorder:
        async with held_up(store):
            for seq in range(5):
                recorder.put(step("c0", seq))
        recorder.put(began())
        await until_stored(store, 1)
        for record in whole_call("c2", steps=2):
            recorder.put(record)
    assert recorder.dropped == 1
    path = await store.read(calls.path, "c2")
    assert path is not None
    assert len(path.steps) == 2


async def test_locked_database_delays_records_and_keeps_their_order(
    store: Store, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING")
    async with Recorder(store, batch=2, pause=0.01) as recorder:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("begin immediate")
            for record in whole_call("c1"):
                recorder.put(record)
            await until_logged(store, caplog, "locked by another program")
            for record in whole_call("c2"):
                recorder.put(record)
            other.execute("rollback")
        await until_logged(store, caplog, "is available again; records of calls are written")
        await until_stored(store, 2)
    assert recorder.dropped == recorder.refused == 0
    assert caplog.text.count("Records of calls wait") == 1
    for call in ("c1", "c2"):
        path = await store.read(calls.path, call)
        assert path is not None
        assert path.call.ended == ended(call)
        assert len(path.steps) == 3


async def test_full_disk_delays_records(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    await store.write(lambda db: db.conn.execute("pragma max_page_count = 1").fetchone())
    async with Recorder(store, pause=0.01) as recorder:
        for number in range(100):
            for record in whole_call(f"c{number}"):
                recorder.put(record)
        await until_logged(store, caplog, "its disk is full")
        await store.write(lambda db: db.conn.execute("pragma max_page_count = 9999").fetchone())
    assert len(await store.read(calls.recent, 200)) == 100


async def test_close_gives_up_at_its_deadline_and_says_what_is_lost(
    store: Store, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = Recorder(store)
    async with recorder:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("begin immediate")
            for record in whole_call("c1"):
                recorder.put(record)
            assert await recorder.close(deadline=0.05) == 5
    assert "5 records of calls were not stored in time" in caplog.text


async def test_record_that_cannot_be_stored_takes_no_other_with_it(store: Store) -> None:
    garbled = replace(began("c2"), caller="\udcff")
    async with Recorder(store, pause=60) as recorder:
        for record in (began("c1"), garbled, replace(step("c1"), seq=2**64), *whole_call("c3")):
            recorder.put(record)
    assert recorder.refused == 2
    assert {call.began.call for call in await store.read(calls.recent, 9)} == {"c1", "c3"}
