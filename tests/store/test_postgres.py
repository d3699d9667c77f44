"""What PostgreSQL has in common with SQLite, and what happens when its server is away."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ari_app.store import agent_actions, calls, code_words, copying
from ari_app.store.agent_actions import AgentAction
from ari_app.store.code_words import AuditEntry
from ari_app.store.copying import CopyError
from ari_app.store.db import Store, StoreError
from ari_app.store.open_database import open_writer as open_file
from ari_app.store.opening import open_source
from ari_app.store.postgres import engine
from ari_app.store.postgres.dialect import translated
from ari_app.store.postgres.opening import ServerDatabase, open_writer
from ari_app.store.postgres.session import Session
from ari_app.store.recorder import Recorder
from ari_app.store.schema import KNOWN, MIGRATIONS
from ari_app.store.sqlite import Database
from tests.bench import big_store
from tests.deadlines import allowed, within
from tests.operators import BELARUS
from tests.postgres import Emptied, Postgres
from tests.store.big_ids import NOW
from tests.store.every_statement import reports, uses
from tests.store.postgres_schema import FILE, schema
from tests.store.samples import NOON, began, whole_call


def test_the_schema_is_that_of_sqlite() -> None:
    assert FILE.read_text("utf-8") == schema(), "python -m tests.store.postgres_schema --write"


@pytest.mark.parametrize(
    ("sqlite", "postgresql"),
    [
        ("select '?', ? from t where a like '5%'", "select '?', %s from t where a like '5%%'"),
        ("select :a1, x::text, n % 2", "select %(a1)s, x::text, n %% 2"),
        ("left is null and q.left > ?", '"left" is null and q.left > %s'),
        ("a is not ? or b is not null", "a is distinct from %s or b is not null"),
        ("from a left join b on true", "from a left join b on true"),
        ("in (select value from json_each(?))", "in (select value from values_of(%s))"),
        ("from a cross join steps s on s.call = id", "from a join steps s on s.call = id"),
        ("order by +id limit -1", "order by id limit all"),
    ],
)
def test_statements_are_translated(sqlite: str, postgresql: str) -> None:
    assert translated(sqlite) == postgresql


_WITH_NUL = AgentAction(
    key="nul", at=NOON, agent="anna", subscriber=None, operation="note", inputs={"note": "a\0b"}
)
"""A form let a NUL in, which JSON escapes."""
_NEXT = (
    "select nextval(pg_get_serial_sequence('subscribers', 'id')),"
    " (select count(distinct tgenabled) from pg_trigger)"
)


@pytest.fixture(scope="module")
def both(
    cluster: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Database, ServerDatabase]]:
    """The same store of both engines: what is in the one was copied from the other."""
    file = tmp_path_factory.mktemp("both") / "few.db"
    big_store.make(file, 100, NOW, BELARUS)
    with (
        closing(open_file(file, 5.0, BELARUS, examine=False)) as old,
        closing(open_writer(cluster.make("both"), 5.0, BELARUS)) as new,
    ):
        agent_actions.begin(old, _WITH_NUL)
        old.conn.execute("begin")
        new.conn.execute("begin")
        done = copying.copy(old, new, lambda *_: None)
        old.rollback()
        new.commit()
        assert sum(one.rows for one in done) > 1000
        assert new.conn.execute(_NEXT).fetchone() == (101, 1), "numbers go on, triggers are on"
        yield old, new


def test_both_have_the_same_tables_columns_and_migrations(
    both: tuple[Database, ServerDatabase],
) -> None:
    old, new = both
    assert set(old.tables()) == set(new.tables())
    for table in old.tables():
        assert set(new.columns(table)) - {"rowid"} == set(old.columns(table)), table
    assert new.migrations() == KNOWN


_MADE_AGAIN = {
    *("webhooks.due", "webhooks.recent", "webhooks.events", "code_words.start", "campaigns.add"),
}
"""What returns keys, or ids that PostgreSQL does not use again after a rollback."""


def test_each_function_of_the_store_answers_alike(both: tuple[Database, ServerDatabase]) -> None:
    old, new = both
    every = [*uses(), *((name, use) for name, (_, use) in reports().items())]
    different = []
    for name, use in every:
        answers = []
        for db in (old, new):
            db.conn.execute("begin")
            try:
                answers.append(_plain(use(db)))
            except sqlite3.Error as error:
                answers.append(repr(error))
            finally:
                db.rollback()
        if answers[0] != answers[1] and name not in _MADE_AGAIN:
            different.append((name, *answers))
    assert different == []
    assert len(every) > 350


def _plain(answer: object) -> object:
    if isinstance(answer, Database):
        return None
    return repr(sorted(answer.items()) if isinstance(answer, dict) else answer)


def test_what_was_copied_comes_back(both: tuple[Database, ServerDatabase], tmp_path: Path) -> None:
    old, new = both
    with closing(open_file(tmp_path / "back.db", 5.0, BELARUS)) as back:
        for db in (new, back):
            db.conn.execute("begin")
        copying.copy(new, back, lambda *_: None)
        back.commit()
        new.rollback()
        for table in old.tables():
            mine, theirs = (
                sorted(map(repr, db.conn.execute(f"select * from {table}"))) for db in (old, back)
            )
            assert mine == theirs, table


def test_a_database_with_rows_is_not_copied_into(
    both: tuple[Database, ServerDatabase], tmp_path: Path
) -> None:
    _, new = both
    with closing(open_file(tmp_path / "other.db", 5.0, BELARUS)) as other:
        new.conn.execute("begin")
        with pytest.raises(CopyError, match="has rows already"):
            copying.copy(other, new, lambda *_: None)
        new.rollback()


def test_an_older_file_is_not_copied(tmp_path: Path) -> None:
    """SQLite takes the name of a column that it has not, in quotes, for a text."""
    older = Database(sqlite3.connect(tmp_path / "older.db", isolation_level=None), BELARUS)
    MIGRATIONS.apply(older, stop_before="agent_phones")
    with closing(older), closing(open_file(tmp_path / "new.db", 5.0, BELARUS)) as new:
        with pytest.raises(CopyError, match="start Firstline with it once"):
            copying.copy(older, new, lambda *_: None)
        with pytest.raises(CopyError, match="what is copied to was not"):
            copying.copy(new, older, lambda *_: None)


def test_nothing_is_written_to_what_is_copied(
    both: tuple[Database, ServerDatabase], tmp_path: Path
) -> None:
    file = tmp_path / "held.db"
    open_file(file, 5.0, BELARUS).close()
    server = both[1].session.server
    for held, other in (
        (
            open_source(tmp_path / "held.db", 0.05, BELARUS),
            sqlite3.connect(tmp_path / "held.db", 0),
        ),
        (open_source(server, 0.05, BELARUS), Session(server, 0.05)),
    ):
        with closing(held), closing(other):
            held.hold()
            with pytest.raises((sqlite3.OperationalError, StoreError), match="locked"):
                other.execute("update tickets set text = ''")
            held.rollback()


async def test_a_lockout_is_exact_with_eight_programs(emptied: Emptied) -> None:
    """Each counts the attempts before it makes one, as a check of a code word does."""
    place = emptied.empty()
    stores = [await Store.open(place, BELARUS) for _ in range(8)]

    def guess(db: Database) -> bool:
        (before,) = db.conn.execute("select count(*) from code_word_tries").fetchone()
        if before >= 5:
            return False
        code_words._note(db, AuditEntry(NOON, 1, "375990000001", "c1", "", "wrong", ""))
        return True

    tries = [store.write(guess) for store in stores for _ in range(3)]
    try:
        async with within(30):
            done = await asyncio.gather(*tries)
        assert sum(done) == 5
    finally:
        for store in stores:
            await store.close()


async def test_a_server_that_is_away_is_reported_and_used_again(
    cluster: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is acknowledged meanwhile."""
    monkeypatch.setattr(engine, "LOOK", 0.05)
    store = await Store.open(cluster.make("away"), BELARUS, patience=0.2)
    watch = asyncio.create_task(store.watch(_nothing))
    try:
        await store.write(_add, "c1")
        cluster.stop()
        with pytest.raises(StoreError, match="cannot be reached"):
            await store.write(_add, "c2")
        with pytest.raises(StoreError, match="cannot be reached"):
            await store.read(_calls)
        assert store.health.fault == "unreachable"
        cluster.start()
        async with within(20):
            while store.health.fault:  # noqa: ASYNC110 - the store has no event for it
                await asyncio.sleep(0.02)
        assert await store.read(_calls) == 1
        await store.write(_add, "c3")
        assert await store.read(_calls) == 2
    finally:
        watch.cancel()
        await asyncio.wait({watch}, timeout=allowed(5))
        assert watch.done()
        await store.close()


async def test_records_wait_while_the_server_is_away(cluster: Postgres) -> None:
    store = await Store.open(cluster.make("waits"), BELARUS, patience=0.2)
    async with Recorder(store, pause=0.01) as recorder:
        cluster.stop()
        for number in range(20):
            for record in whole_call(f"call{number}"):
                recorder.put(record)
        await asyncio.sleep(0.2)
        assert recorder.waiting == 100
        cluster.start()
        async with within(20):
            while recorder.waiting:  # noqa: ASYNC110 - it has no event for that
                await asyncio.sleep(0.02)
    assert recorder.dropped == 0
    assert await store.read(_calls) == 20
    await store.close()


async def _nothing() -> None:
    """No one remembers anything."""


def _add(db: Database, call: str) -> None:
    calls.add(db, [began(call)])


def _calls(db: Database) -> int:
    (count,) = db.conn.execute("select count(*) from calls").fetchone()
    return int(count)
