"""`firstline subscribers forget`: nothing prints of a person any more, and all is still counted."""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from msgspec.structs import replace

from ari_app.calls.recordings import SPOOL
from ari_app.config.state import State
from ari_app.control.live_feed import LiveFeed
from ari_app.control.server import serve_control
from ari_app.store import (
    announcement_requests,
    calls,
    code_words,
    conversations,
    flow_traffic,
    history,
    search,
)
from ari_app.store.code_words import Attempt
from ari_app.store.conversations import Conversation
from ari_app.store.db import Store
from ari_app.store.directory import Directory
from ari_app.store.schema import MIGRATIONS
from ari_app.store.sqlite import Database
from ari_app.store.times import micros
from tests.commands.conftest import Run
from tests.commands.lives import FORMS, HASHES, ME, NAME, NUMBER, OTHER, SECRET_TEXT, live
from tests.control.fake_handlers import handlers
from tests.operators import BELARUS
from tests.store.samples import NOON, began

T = TypeVar("T")

COUNTED = (
    "calls", "steps", "complaints", "callbacks", "code_word_tries", "cards", "acts", "views",
    "tickets", "ticket_history",
)  # fmt: skip


def counted(db: Database) -> object:
    """What statistics know."""
    topics = "select topic, count(*) from contacts group by 1 order by 1"
    return (
        [db.conn.execute(f"select count(*) from {table}").fetchone() for table in COUNTED],
        db.conn.execute(topics).fetchall(),
        calls.counts(db, NOON - timedelta(days=1)),
        flow_traffic.traffic(db, ""),
        announcement_requests.reach(db, 1),
    )


@pytest.fixture
def lived(demo: State) -> State:
    demo.recorded.mkdir()

    async def living() -> None:
        store = await Store.open(demo.database, BELARUS)
        await store.write(live, demo.recorded)
        await store.close()

    asyncio.run(living())
    return demo


async def written(state: State, fn: Callable[[Database], None]) -> None:
    store = await Store.open(state.database, BELARUS)
    await store.write(fn)
    await store.close()


def looked(state: State, fn: Callable[[Database], T]) -> T:
    async def looking() -> T:
        store = await Store.open(state.database, BELARUS)
        try:
            return await store.read(fn)
        finally:
            await store.close()

    return asyncio.run(looking())


def remains(state: State) -> bytes:
    """All that is in the database's files, and in the names and contents of recordings."""
    files = [*state.directory.glob("firstline.db*"), *state.recorded.iterdir()]
    return b"".join(file.name.encode() + file.read_bytes() for file in files)


def test_nothing_prints_of_a_person_and_all_is_counted(lived: State, run: Run) -> None:
    before, was = looked(lived, counted), remains(lived)
    printed = run("subscribers", "forget", "8 029 123-45-67", "--yes").stdout.splitlines()
    assert printed == [
        "erased: subscriber 1, code word 1, lines of bills 1, bills 1, payments 1, charges 1,"
        " offers 1, account 1, texts typed into cards 1, notes of agents 1, texts 3, recordings 6",
        "anonymised: contacts 2, attempts at code words 5, complaints 3,"
        " callback requests 1, requests for a message 1, keys in calls 4,"
        " values played in calls 6, orders 2, changes of tickets 2, tickets 1,"
        " tasks of agents 1, cards 1, actions of agents 2, views of agents 1,"
        " calls 3, announcements heard 1",
        "Asterisk keeps their phone until `firstline reload`; calls go on",
    ]
    left = remains(lived)
    for secret in (*FORMS, "1234567", NAME, "забудовiч", SECRET_TEXT, *HASHES):
        assert secret.encode() in was
        assert secret.encode() not in left
    assert looked(lived, counted) == before
    others = sorted(file.name for file in lived.recorded.iterdir())
    assert others == ["call3-3.wav", "call3-4.wav"]


def test_no_voice_is_left_in_the_spool_of_our_asterisk(lived: State, run: Run) -> None:
    """It is there if the application died while a caller was recorded."""
    spool = lived.directory / SPOOL
    spool.mkdir(parents=True)
    for name in ("call1-7", "call3-7"):
        (spool / f"{name}.wav").write_bytes(b"words")
    run("subscribers", "forget", "8 029 123-45-67", "--yes")
    assert [file.name for file in spool.iterdir()] == ["call3-7.wav"]


def test_no_conversation_is_left(lived: State, run: Run) -> None:
    """By subscriber, number or call, or because a card of the call was linked to them."""
    directory = lived.recorded / "conversations"
    directory.mkdir()

    def talked(db: Database) -> None:
        for file, number, who, call, channel in (
            ("1_1.wav", "", 77, "", "1"),
            ("2_1.wav", NUMBER, None, "", "2"),
            ("3_1.wav", "", None, "call0", "3"),
            ("4_1.wav", "", None, "", "a"),
            ("5_1.wav", OTHER, 2, "call3", "5"),
        ):
            (directory / file).write_bytes(b"words")
            new = Conversation(
                file=file,
                at=NOON,
                channel=channel,
                call=call,
                agent="anna",
                queue="support",
                number=number,
                subscriber=who,
            )
            conversations.add(db, new)

    asyncio.run(written(lived, talked))
    printed = run("subscribers", "forget", "8 029 123-45-67", "--yes").stdout
    assert "recorded conversations 4" in printed
    assert [file.name for file in directory.iterdir()] == ["5_1.wav"]
    assert [one.file for one in looked(lived, lambda db: conversations.oldest(db, 9))] == [
        "5_1.wav"
    ]


def test_others_keep_what_is_theirs(lived: State, run: Run) -> None:
    def theirs(db: Database) -> list[object]:
        of = "number = ?"
        return [
            db.conn.execute(f"select * from {table} where {where}", (OTHER,)).fetchall()
            for table, where in (
                ("subscribers", "msisdn = ?"),
                ("calls", "caller = ?"),
                ("outbox", of),
                ("complaints", of),
                ("callbacks", of),
                ("announcement_wishes", of),
                ("announcement_hearings", of),
                ("code_word_tries", of),
                ("cards", of),
                ("tickets", of),
                ("ticket_history", "? <> '' and ticket = 2"),
                ("card_texts", "? <> '' and card = 'b'"),
                ("contacts", "? <> '' and card = 'b'"),
                ("colleague_notes", "? <> '' and subscriber = 2"),
                ("views", "? <> '' and subscriber = 2"),
            )
        ]

    before = looked(lived, theirs)
    assert all(before)
    run("subscribers", "forget", NUMBER, "--yes")
    assert looked(lived, theirs) == before


def test_a_subscriber_is_forgotten_once_and_strangers_too(lived: State, run: Run) -> None:
    run("subscribers", "forget", NUMBER, "--yes")
    again = run("subscribers", "forget", NUMBER, "--yes", "--state", str(lived.directory))
    assert (again.exit_code, again.stdout) == (0, "nothing is stored about this number\n")
    assert run("subscribers", "show", NUMBER).exit_code == 1
    assert run("subscribers", "forget", "611", "--yes").exit_code == 1


def test_it_is_asked_before(lived: State, run: Run) -> None:
    before = looked(lived, counted)
    refused = run("subscribers", "forget", NUMBER)
    assert refused.exit_code == 1
    what = "subscriber 77 with …4567, 3 calls, 3 recordings of complaints, 0 of conversations"
    assert f"Erase {what}?" in refused.output
    assert looked(lived, counted) == before
    assert NAME.encode() in remains(lived)


def test_who_is_in_a_call_is_to_be_forgotten_again(lived: State, run: Run) -> None:
    async def calling() -> None:
        store = await Store.open(lived.database, BELARUS)
        await store.write(calls.add, [replace(began("now"), caller=NUMBER)])
        await store.close()

    asyncio.run(calling())
    printed = run("subscribers", "forget", NUMBER, "--yes").stdout
    assert printed.endswith(
        "a call of theirs is in progress: repeat the command when it has ended\n"
    )


async def test_a_running_application_forgets_too(lived: State, run: Run) -> None:
    store = await Store.open(lived.database, BELARUS)
    directory, refreshed = Directory(store), asyncio.Event()
    assert await directory.caller(NUMBER)

    async def asked() -> None:
        refreshed.set()

    async with serve_control(lived.control, handlers(refresh=asked), LiveFeed()):
        done = await asyncio.to_thread(run, "subscribers", "forget", NUMBER, "--yes")
    assert (done.exit_code, done.stderr) == (0, "")
    assert refreshed.is_set()
    assert await directory.caller(NUMBER) is None
    assert NUMBER.encode() not in remains(lived), "the other program's connections hid nothing"
    await store.close()


async def test_a_try_is_changed_or_deleted_only_as_nobodys(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    trial = Attempt(subscriber=1, number=NUMBER, call="c1")
    await store.write(lambda db: code_words.finish(db, code_words.start(db, trial, NOON), "wrong"))
    for sql in (
        "update code_word_tries set outcome = 'ok'",
        "update code_word_tries set why = 'because'",
        "update code_word_tries set subscriber = 2",
        "update code_word_tries set number = '375990000002'",
        "delete from code_word_tries",
        "update code_word_tries set number = ''; delete from code_word_tries",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            await store.write(each, sql)
    gone = "update code_word_tries set number = '', subscriber = null; delete from code_word_tries"
    await store.write(each, gone)
    await store.close()


def each(db: Database, sql: str) -> None:
    for one in sql.split(";"):
        db.conn.execute(one)


def test_contacts_and_tries_of_before_stay(tmp_path: Path) -> None:
    db = Database(sqlite3.connect(tmp_path / "old.db"), BELARUS)
    MIGRATIONS.apply(db, stop_before="forgettable")
    me = (ME.id, ME.msisdn, ME.name, ME.language, ME.area, 0)
    db.conn.execute(
        "insert into subscribers (id, msisdn, name, language, area, created)"
        f" values ({', '.join('?' * 6)})",
        me,
    )
    contact = (77, 0, "call", "money", "Роутер чихает", "", "anna", 1)
    db.conn.execute(f"insert into contacts values (1, {', '.join('?' * 8)})", contact)
    tried = (micros(NOON), 77, "", "", "anna", "unlocked", "passport")
    db.conn.execute(
        "insert into code_word_tries (at, subscriber, number, call, agent, outcome, why)"
        f" values ({', '.join('?' * 7)})",
        tried,
    )
    before = code_words.entries(db, 77, 5)
    MIGRATIONS.apply(db)
    [kept] = history.of_subscriber(db, 77)
    assert (kept.question, kept.card, code_words.entries(db, 77, 5)) == (
        "Роутер чихает",
        "",
        before,
    )
    assert search.chronology(db, 77, "роутеры") == [kept]
    for typed in ("забудов", "zabudov"):
        assert [one.by for one in search.find(db, typed, 5)] == ["name"]
    db.close()


async def test_orders_are_kept_as_nobodys(lived: State, run: Run) -> None:
    assert (await asyncio.to_thread(run, "subscribers", "forget", NUMBER, "--yes")).exit_code == 0
    store = await Store.open(lived.database, BELARUS)
    kept = await store.read(
        lambda db: list(
            db.conn.execute("select key, subscriber, wanted, deal from orders order by key")
        )
    )
    await store.close()
    assert kept == [
        ("c1:1", 0, '{"type":"give","recipient":2}', '{"giver":0,"taker":2}'),
        ("c1:2", 2, '{"type":"give","recipient":0}', '{"giver":2,"taker":0}'),
        ("c1:3", 2, '{"type":"resume"}', ""),
    ]
