"""The store: transactions, cancellation, other programs, and files that are not right."""

import asyncio
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from ari_app.store import open_database, patience
from ari_app.store.db import Store, StoreError
from ari_app.store.schema import KNOWN, MIGRATIONS
from ari_app.store.sqlite import Database
from tests.deadlines import allowed
from tests.operators import BELARUS


def note(db: Database, word: str) -> str:
    db.conn.execute("create table if not exists notes (word text unique)")
    db.conn.execute("insert into notes values (?)", (word,))
    return word


def words(db: Database) -> list[str]:
    return [word for (word,) in db.conn.execute("select word from notes order by rowid")]


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Another program that has locked the database while the block runs."""
    program = (
        "import sqlite3, sys; conn = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "conn.execute('begin exclusive'); print('locked', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"
        yield
        other.communicate()


async def test_write_returns_after_the_commit(store: Store) -> None:
    assert await store.write(note, "a") == "a"
    assert await store.read(words) == ["a"]


async def test_error_rolls_the_whole_transaction_back(store: Store) -> None:
    await store.write(note, "a")

    def half(db: Database) -> None:
        note(db, "b")
        note(db, "a")

    with pytest.raises(sqlite3.IntegrityError):
        await store.write(half)
    assert await store.read(words) == ["a"]
    await store.write(note, "c")
    assert await store.read(words) == ["a", "c"]


async def test_atomic_blocks_nest_in_the_transaction(store: Store) -> None:
    def partly(db: Database) -> None:
        note(db, "a")
        try:
            with db.toolkit.atomic():
                note(db, "b")
                note(db, "a")
        except sqlite3.IntegrityError:
            note(db, "c")

    await store.write(partly)
    assert await store.read(words) == ["a", "c"]


async def test_cancelled_wait_does_not_cancel_the_action(store: Store) -> None:
    started, go_on = threading.Event(), threading.Event()

    def slow(db: Database) -> None:
        started.set()
        go_on.wait(allowed(10))
        note(db, "done")

    waiting = asyncio.create_task(store.write(slow))
    queued = asyncio.create_task(store.write(note, "queued"))
    await asyncio.to_thread(started.wait, 10)
    waiting.cancel()
    queued.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with pytest.raises(asyncio.CancelledError):
        await queued
    go_on.set()
    await store.write(note, "after")
    assert await store.read(words) == ["done", "queued", "after"]


async def test_what_is_given_up_is_not_committed_with_a_slow_neighbour(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PATIENCE", 0.5)
    await store.write(note, "first")
    before, after = threading.Event(), threading.Event()
    queued = [asyncio.ensure_future(store.write(lambda _: before.wait()))]
    in_time = asyncio.ensure_future(store.write_in_time(note, "in time"))
    queued.append(asyncio.ensure_future(store.write(lambda _: after.wait())))
    await asyncio.sleep(0)
    before.set()
    await asyncio.wait([in_time])
    after.set()
    await asyncio.gather(*queued)
    assert ("in time" in await store.read(words)) == (in_time.exception() is None)


async def test_failure_that_no_one_waits_for_is_logged(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    started, go_on = threading.Event(), threading.Event()

    def fails(_: Database) -> None:
        started.set()
        go_on.wait(allowed(10))
        raise ValueError("no good")

    waiting = asyncio.create_task(store.write(fails))
    await asyncio.to_thread(started.wait, 10)
    waiting.cancel()
    await asyncio.wait({waiting})
    go_on.set()
    await store.write(note, "after")
    assert "no good" in caplog.text


async def test_hundred_writers_lose_nothing(store: Store) -> None:
    def raise_counter(db: Database) -> None:
        db.conn.execute("create table if not exists counter (n integer)")
        (n,) = db.conn.execute("select coalesce(max(n), 0) from counter").fetchone()
        db.conn.execute("insert into counter values (?)", (n + 1,))

    await asyncio.gather(*(store.write(raise_counter) for _ in range(100)))
    assert await store.read(
        lambda db: db.conn.execute("select max(n), count(*) from counter").fetchone()
    ) == (100, 100)


async def test_reader_sees_one_snapshot_while_others_write(store: Store) -> None:
    await store.write(note, "a")
    looked, written = threading.Event(), threading.Event()

    def look_twice(db: Database) -> tuple[list[str], list[str]]:
        first = words(db)
        looked.set()
        written.wait(allowed(10))
        return first, words(db)

    looking = asyncio.create_task(store.read(look_twice))
    await asyncio.to_thread(looked.wait, 10)
    await store.write(note, "b")
    written.set()
    assert await looking == (["a"], ["a"])


async def test_reader_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError, match="may not be written"):
        await store.read(note, "a")


async def test_foreign_keys_hold(store: Store) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        await store.write(
            lambda db: (
                db.conn.execute(
                    "insert into accounts (subscriber, balance, tariff) values (99, 0, 'none')"
                ).rowcount
            )
        )


async def test_closed_store_says_so(file: Path) -> None:
    store = await Store.open(file, BELARUS)
    await store.close()
    await store.close()
    with pytest.raises(StoreError, match="closed"):
        await store.read(words)


async def test_new_file_is_private_and_has_every_step(file: Path) -> None:
    store = await Store.open(file, BELARUS)
    try:
        assert file.stat().st_mode & 0o777 == 0o600
        assert file.with_name("firstline.db-wal").stat().st_mode & 0o777 == 0o600
        applied = await store.read(lambda db: set(MIGRATIONS.applied(db)))
        assert applied == KNOWN
    finally:
        await store.close()


async def test_second_opening_keeps_what_is_there(file: Path) -> None:
    for word in ("a", "b"):
        store = await Store.open(file, BELARUS)
        await store.write(note, word)
        await store.close()
    store = await Store.open(file, BELARUS)
    assert await store.read(words) == ["a", "b"]
    await store.close()


async def test_openings_at_once_migrate_once(file: Path) -> None:
    stores = await asyncio.gather(*(Store.open(file, BELARUS) for _ in range(6)))
    steps = await stores[0].read(lambda db: len(MIGRATIONS.applied(db)))
    for store in stores:
        await store.close()
    assert steps == len(KNOWN)


async def refused(file: Path, why: str) -> None:
    """Opening is refused in one line, and the file is as it was."""
    before = file.read_bytes()
    with pytest.raises(StoreError, match=why) as refusal:
        await Store.open(file, BELARUS, patience=0.1)
    assert str(file) in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert file.read_bytes() == before


async def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "letter.db"
    file.write_text("Уважаемый оператор!\n" * 100)
    await refused(file, "is not a database; move it away")


async def test_damaged_database_is_refused(file: Path) -> None:
    store = await Store.open(file, BELARUS)
    await store.write(lambda db: [note(db, f"{n:>200}") for n in range(500)])
    await store.close()
    content = bytearray(file.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 8192] = b"\xff" * 8192
    file.write_bytes(content)
    await refused(file, "is damaged; move it away or restore a copy")


async def test_damage_is_sought_for_a_bounded_time(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await Store.open(file, BELARUS)
    await store.write(lambda db: [note(db, f"{n:>200}") for n in range(20_000)])
    await store.close()
    monkeypatch.setattr(open_database, "_CHECK_SECONDS", 0.0)
    store = await Store.open(file, BELARUS)
    assert len(await store.read(words)) == 20_000
    await store.close()


async def test_newer_schema_is_refused(file: Path) -> None:
    store = await Store.open(file, BELARUS)
    await store.write(
        lambda db: db.toolkit.table(MIGRATIONS.table).insert(
            {"migration_set": MIGRATIONS.name, "name": "from_the_future", "applied_at": "3026"}
        )
    )
    await store.close()
    await refused(file, "a newer Firstline wrote this database")


async def test_database_of_another_program_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "theirs.db"
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("create table theirs (x)")
    await refused(file, "another program's")


async def test_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        await Store.open(tmp_path, BELARUS)


async def test_path_through_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be made"):
        await Store.open(tmp_path / "file" / "firstline.db", BELARUS)


async def test_opening_a_locked_database_is_refused_after_patience(file: Path) -> None:
    await (await Store.open(file, BELARUS)).close()
    with held(file), pytest.raises(StoreError, match="locked by another program"):
        await Store.open(file, BELARUS, patience=0.1)


async def test_writing_to_a_locked_database_fails_then_works_again(
    store: Store, file: Path
) -> None:
    with held(file), pytest.raises(StoreError, match="locked by another program"):
        await store.write(note, "a")
    await store.write(note, "b")
    assert await store.read(words) == ["b"]


async def test_full_disk_says_so_and_keeps_what_was(store: Store) -> None:
    await store.write(note, "a")
    await store.write(lambda db: db.conn.execute("pragma max_page_count = 1").fetchone())
    with pytest.raises(StoreError, match="its disk is full"):
        await store.write(lambda db: [note(db, f"{n:>4000}") for n in range(50)])
    await store.write(lambda db: db.conn.execute("pragma max_page_count = 100000").fetchone())
    assert await store.read(words) == ["a"]
