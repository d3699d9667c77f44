"""What is said of a PostgreSQL server that refuses, hangs or is away, without its secrets."""

import asyncio
import time
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import pytest
from click.testing import CliRunner

from ari_app.cli import main
from ari_app.config.database_settings import DatabaseSettings
from ari_app.main.installation import installation
from ari_app.store.db import Store, StoreError
from ari_app.store.health import HealthMonitor
from ari_app.store.postgres import connections, engine
from ari_app.store.postgres.connections import Gate
from ari_app.store.postgres.engine import ServerEngine
from ari_app.store.postgres.opening import open_writer
from ari_app.store.postgres.session import Session
from ari_app.store.server import Server
from ari_app.store.sqlite import Database
from tests.deadlines import allowed, within
from tests.operators import BELARUS
from tests.postgres import Postgres

SECRET = "Kupala1"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://u:{SECRET}@db.example/firstline",
        f"postgresql://db.example/firstline?user=u&password={SECRET}",
        f"postgresql://u:%4b{SECRET}@db.example/firstline?sslpassword={SECRET}",
        f"postgresql://u:a@{SECRET}@db.example/firstline",
        f"postgresql://u:a/{SECRET}@db.example/firstline",
        f"postgresql://u:%zz{SECRET}@db.example/firstline",
        f"postgresql://db.example/firstline?pass={SECRET}",
    ],
)
def test_no_text_has_a_password(url: str) -> None:
    one = Server(url)
    assert SECRET not in f"{one} {one!r} {one.without_secrets(f'bad {url} of {SECRET}')}"
    try:
        text = repr(DatabaseSettings(url=url))
    except ValueError as error:
        text = str(error)
        with pytest.raises(StoreError) as refused:
            Session(one, 1.0)
        assert refused.value.fault == "refused"
        text += str(refused.value)
    assert SECRET not in text


def test_a_server_is_named_by_where_it_is() -> None:
    for url in ("postgresql://u@db.example:5433/firstline", "postgresql://u@/firstline?host=/run"):
        assert str(Server(url)) == url
    assert str(Server("postgresql://u@a:1,b:2/f")) == "postgresql://u@a,b:1,2/f"


@pytest.mark.parametrize(
    ("account", "database", "remedy"),
    [
        ("guarded:wrong", "postgres", "refuses the password"),
        ("guarded", "postgres", "refuses the password"),
        ("stranger", "postgres", "createuser"),
        ("postgres", "missing", "createdb"),
    ],
)
def test_what_the_operator_has_to_repair_is_named(
    cluster: Postgres, account: str, database: str, remedy: str
) -> None:
    with closing(Session(cluster.server(), 1.0)) as session:
        session.script("drop role if exists guarded; create role guarded login password 'right'")
    server = Server(f"postgresql://{account}@/{database}?host={cluster.directory}")
    with pytest.raises(StoreError, match=remedy) as error:
        Session(server, 1.0)
    assert error.value.fault == "refused"


def test_a_database_of_another_program_is_refused(cluster: Postgres) -> None:
    server = cluster.make("others")
    with closing(Session(server, 1.0)) as session:
        session.script("create table migrations (id integer)")
    with pytest.raises(StoreError) as error:
        open_writer(server, 1.0, BELARUS)
    assert error.value.fault == "refused"


async def test_a_database_is_not_made_where_there_was_one(cluster: Postgres) -> None:
    server = cluster.make("lost")
    with pytest.raises(StoreError, match="this installation had one"):
        await Store.open(server, BELARUS, make=False)
    waits = await Store.open_or_wait(server, BELARUS, make=False)
    assert waits.health.fault == "deleted"
    await waits.close()


def test_a_command_makes_no_schema_where_there_was_one(cluster: Postgres, tmp_path: Path) -> None:
    server, state = cluster.make("emptied"), installation(tmp_path / "state")
    state.make()
    (state.directory / "firstline.toml").write_text(f'[database]\nurl = "{server.url}"\n')
    command = ("--state", str(state.directory), "agents", "list")
    state.database_made.touch()
    refused = CliRunner().invoke(main, command)
    assert refused.exit_code != 0
    assert "this installation had one" in refused.stderr
    with closing(Session(server, 1.0)) as session:
        assert session.execute(
            "select count(*) from pg_class where relkind = 'r' and relnamespace"
            " = 'public'::regnamespace"
        ).fetchone() == (0,)


def test_only_one_waits_for_a_server_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    gate, others = Gate(), list[str]()

    def away() -> NoReturn:
        try:
            gate.check()
            others.append("waits, too")
        except StoreError:
            others.append("refused")
        raise StoreError("away", "unreachable")

    for _ in range(2):
        with pytest.raises(StoreError, match="away"):
            gate.connect(away)
        with pytest.raises(StoreError, match="away"):
            gate.check()
    assert others == ["waits, too", "refused"]
    assert gate.connect(lambda: 1) == 1
    gate.check()
    monkeypatch.setattr(connections, "AWAY", -1.0)
    with pytest.raises(StoreError, match="away"):
        gate.connect(away)
    gate.check()  # the time is over: the next one tries


async def test_a_server_that_hangs_is_reported_and_left(
    cluster: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("LOOK", 0.05), ("SLOW", 0.2)):
        monkeypatch.setattr(engine, name, value)
    monkeypatch.setattr(connections, "GRACE", -4.5)  # the limit of a look-up is 5 s
    store = await Store.open(cluster.make("hangs"), BELARUS, patience=0.2)
    watch = asyncio.create_task(store.watch(_nothing))
    cluster.hang()
    try:
        async with within(20):
            with pytest.raises(StoreError) as error:
                await store.look_up(_one)
            assert error.value.fault in ("unreachable", "slow")
            began = time.monotonic()
            with pytest.raises(StoreError):
                await store.look_up(_one)
            assert time.monotonic() - began < allowed(0.5), "it is refused at once"
            while store.health.fault != "slow":  # noqa: ASYNC110 - the store has no event for it
                await asyncio.sleep(0.02)
    finally:
        cluster.go_on()
        async with within(20):
            while store.health.fault:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        watch.cancel()
        await asyncio.wait({watch}, timeout=allowed(5))
        assert watch.done()
        await store.close()


class _Answers:
    """A writer whose transactions end in the next round of the loop."""

    is_lost, began = False, None

    async def write(self, *_: object, **__: object) -> None:
        await asyncio.sleep(0)


@pytest.mark.parametrize("rounds", range(12))
async def test_the_watch_is_cancelled_whenever_that_comes(
    rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also while its look has its answer already."""
    monkeypatch.setattr(engine, "LOOK", 0.0)
    one = ServerEngine(Server("postgresql://db.example/firstline"))
    monkeypatch.setattr(one, "writer", _Answers())
    looks = one.watch(HealthMonitor(), _unused, lambda: True, lambda: False)
    watch = asyncio.create_task(looks)
    for _ in range(rounds):
        await asyncio.sleep(0)
    watch.cancel()
    for _ in range(20):
        await asyncio.sleep(0)
    ended = watch.done()
    while not watch.done():
        watch.cancel()
        await asyncio.sleep(0)
    assert ended


async def _unused(_: object) -> None:
    raise AssertionError("nothing is exchanged")


async def test_a_statement_has_a_limit(cluster: Postgres) -> None:
    with closing(Session(cluster.server(), 1.0, limit=0.05)) as session:
        with pytest.raises(StoreError, match="takes too long") as error:
            session.execute("select pg_sleep(5)")
        assert error.value.fault == "slow"


def test_an_escaped_nul_in_a_json_text_is_read(cluster: Postgres) -> None:
    with closing(open_writer(cluster.make("nul"), 1.0, BELARUS)) as db:
        for written, found in ((r"a\u0000", "a\ufffd"), (r"a\\u0000", r"a\u0000")):
            text = f'["{written}"]'
            rows = db.conn.execute("select value from json_each(?)", (text,)).fetchall()
            assert rows == [(found,)]
        (valid,) = db.conn.execute("select json_valid(?)", (r'{"a": "\u0000"}',)).fetchone()
        assert valid


def _one(db: Database) -> int:
    (one,) = db.conn.execute("select 1").fetchone()
    return int(one)


async def _nothing() -> None:
    """No one remembers anything."""
