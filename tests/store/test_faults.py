"""What happens to the files of an open database: nothing is acknowledged that is not stored."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path

import pytest

from ari_app.store import watch
from ari_app.store.db import Store, StoreError
from ari_app.store.sqlite import Database
from tests.deadlines import allowed, within
from tests.operators import BELARUS
from tests.store.test_db import held, note, words


async def nothing() -> None:
    """No one remembers anything."""


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "LOOK", 0.02)
    monkeypatch.setattr(watch, "IDLE", 0.02)
    monkeypatch.setattr(watch, "PAUSE", 0.02)


async def until(fact: Callable[[], object]) -> None:
    async with within(10):
        while not fact():  # noqa: ASYNC110 - the store has no event for it
            await asyncio.sleep(0.01)


@asynccontextmanager
async def watched(store: Store) -> AsyncIterator[None]:
    task = asyncio.create_task(store.watch(nothing))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task}, timeout=allowed(5))
        assert task.done()


def query_only(how: str, db: Database) -> None:
    """Have the database refuse to be written, as on a disk that is read-only."""
    db.conn.execute(f"pragma query_only = {how}")


def synchronous(db: Database) -> int:
    """2 is full, 1 is normal."""
    (found,) = db.conn.execute("pragma synchronous").fetchone()
    return int(found)


async def test_what_is_acknowledged_waits_for_the_disk(store: Store) -> None:
    for _ in range(2):
        assert await store.write(synchronous) == 2
        assert await store.write_unsynced(synchronous) == 1


async def test_writers_that_wait_for_the_disk_share_a_commit(store: Store) -> None:
    def bad(db: Database) -> None:
        note(db, "bad")
        raise ValueError

    await store.write(note, "first")
    results = await asyncio.gather(
        *(store.write(note, f"{n}") for n in range(50)), store.write(bad), return_exceptions=True
    )
    assert results[:50] == [f"{n}" for n in range(50)]
    assert isinstance(results[50], ValueError)
    assert await store.read(words) == ["first", *map(str, range(50))]


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm"])
async def test_a_deleted_file_is_noticed_before_anything_is_acknowledged(
    store: Store, file: Path, suffix: str
) -> None:
    await store.write(note, "a")
    Path(f"{file}{suffix}").unlink()
    with pytest.raises(StoreError, match="it was deleted while Firstline used it"):
        await store.write(note, "b")
    assert store.health.fault == "deleted"
    assert await store.read(words) == ["a"]


async def test_deleted_during_a_transaction_is_not_acknowledged(store: Store, file: Path) -> None:
    await store.write(note, "a")

    def deletes(db: Database) -> None:
        note(db, "b")
        file.unlink()

    with pytest.raises(StoreError, match="deleted"):
        await store.write(deletes)


@pytest.mark.parametrize("suffixes", [("",), ("-wal",), ("", "-wal", "-shm")])
async def test_a_deleted_database_is_written_again_whole(
    store: Store, file: Path, suffixes: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    await store.write(note, "a")
    async with watched(store):
        for suffix in suffixes:
            Path(f"{file}{suffix}").unlink()
        await until(lambda: "written again whole" in caplog.text)
        await until(lambda: not store.health.fault)
        await store.write(note, "b")
    await store.close()
    assert file.stat().st_mode & 0o777 == 0o600
    again = await Store.open(file, BELARUS)
    assert await again.read(words) == ["a", "b"]
    await again.close()


async def test_another_database_in_its_place_is_used_and_the_old_one_kept(
    store: Store, file: Path, tmp_path: Path
) -> None:
    other = await Store.open(tmp_path / "other.db", BELARUS)
    await other.write(note, "other")
    await other.close()
    await store.write(note, "a")
    (tmp_path / "other.db").replace(file)
    with pytest.raises(StoreError, match="another file was put in its place"):
        await store.write(note, "b")
    assert store.health.fault == "replaced"
    async with watched(store):
        await until(lambda: not store.health.fault)
        assert await store.read(words) == ["other"]
        await store.write(note, "c")
    (kept,) = file.parent.glob("firstline.db.kept-*")
    with closing(sqlite3.connect(kept)) as conn:
        assert conn.execute("select word from notes").fetchall() == [("a",)]
    assert kept.stat().st_mode & 0o777 == 0o600


async def test_what_is_no_database_in_its_place_is_not_used(store: Store, file: Path) -> None:
    await store.write(note, "a")
    other = file.with_name("letter")
    other.write_text("Уважаемый оператор!\n" * 100)
    other.replace(file)
    async with watched(store):
        await until(lambda: store.health.fault == "replaced")
        assert await store.read(words) == ["a"]
        file.unlink()
        await until(lambda: not store.health.fault)
    assert await store.read(words) == ["a"]


async def test_a_locked_database_is_reported_while_it_is_locked(store: Store, file: Path) -> None:
    async with watched(store):
        with held(file):
            await until(lambda: store.health.fault == "locked")
        await until(lambda: not store.health.fault)


async def test_a_transaction_that_does_not_end_is_reported(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "SLOW", 0.05)
    store = await Store.open(file, BELARUS, patience=10.0)
    async with watched(store):
        with held(file):
            writing = asyncio.create_task(store.write(note, "a"))
            await until(lambda: store.health.fault == "slow")
        await writing
    assert not store.health.fault
    await store.close()


async def test_damage_is_found_while_no_one_reads_it(
    store: Store, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await store.write(lambda db: [note(db, f"{n:>200}") for n in range(500)])
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("pragma wal_checkpoint(truncate)")
    whole = file.read_bytes()
    async with watched(store):
        with file.open("r+b") as damaged:
            damaged.seek(len(whole) // 2)
            damaged.write(b"\xff" * 16384)
        await until(lambda: store.health.fault == "damaged")
    assert caplog.text.count("the database fails") == 1
    assert "restore" in store.health.problem


async def test_a_full_disk_is_reported_and_when_it_is_over(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    await store.write(lambda db: db.conn.execute("pragma max_page_count = 1").fetchone())
    with pytest.raises(StoreError, match="its disk is full"):
        await store.write(lambda db: [note(db, f"{n:>4000}") for n in range(50)])
    await store.write(lambda _: None)  # it needs no room
    assert store.health.fault == "full"
    async with watched(store):
        await until(lambda: not store.health.fault)
    assert "the database works again" in caplog.text


async def test_a_database_that_becomes_read_only_is_reported_and_when_it_is_over(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """As on a disk that was remounted after an error; what needs no writing goes on."""
    await store.write(note, "before")
    async with watched(store):
        await store._writing.alone(partial(query_only, "on"))
        with pytest.raises(StoreError, match="may not be written"):
            await store.write(note, "lost")
        assert store.health.fault == "read-only"
        assert await store.read(words) == ["before"]
        await store._writing.alone(partial(query_only, "off"))
        await until(lambda: not store.health.fault)
        await store.write(note, "after")
    assert await store.read(words) == ["before", "after"]
    assert "the database works again" in caplog.text


async def test_a_missing_database_is_not_made_where_there_was_one(file: Path) -> None:
    store = await Store.open_or_wait(file, BELARUS, make=False)
    assert store.health.fault == "deleted"
    for use in (store.write, store.read, store.look_up):
        with pytest.raises(StoreError, match="firstline restore"):
            await use(words)
    assert not file.exists()
    async with watched(store):
        other = await Store.open(file.with_name("other.db"), BELARUS)
        await other.write(note, "other")
        await other.close()
        file.with_name("other.db").replace(file)
        await until(lambda: not store.health.fault)
        assert await store.read(words) == ["other"]
    await store.close()


async def test_a_watch_ends_when_it_is_cancelled_during_an_exchange_or_its_store_is_closed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that cannot be opened again then hides no cancellation."""
    put, go_on = asyncio.Event(), asyncio.Event()

    async def put_slowly(_: Callable[[], None]) -> None:
        put.set()
        await go_on.wait()

    monkeypatch.setattr(asyncio, "to_thread", put_slowly)
    exchange = asyncio.create_task(store.exchange(lambda: None))
    await put.wait()
    monkeypatch.setattr(store._engine, "open_writer", _refused)
    exchange.cancel()
    await asyncio.wait({exchange}, timeout=allowed(5))
    assert exchange.cancelled()
    assert store.health.fault == "refused"
    await store.close()
    async with within(5):
        await store.watch(nothing)
        with pytest.raises(StoreError, match="is closed"):
            await store.exchange(lambda: None)


async def _refused(*_: object) -> None:
    raise StoreError("it is of another program", "refused")
