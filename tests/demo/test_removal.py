"""The demo operator is taken out, and everything that is the installation's own stays."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from ari_app.demo.operator import demo_number, seed
from ari_app.demo.removal import find, remove
from ari_app.store import (
    agents,
    callbacks,
    calls,
    code_words,
    complaints,
    history,
    outbox,
    subscribers,
    tasks,
    tickets,
)
from ari_app.store.agents import Agent
from ari_app.store.calls import CallBegan
from ari_app.store.code_words import Attempt, CodeWord
from ari_app.store.db import Store
from ari_app.store.history import Contact
from ari_app.store.sqlite import Database
from ari_app.store.tasks import NewTask
from ari_app.store.tickets import NewTicket
from ivr.secret import Secret
from tests.operators import BELARUS
from tests.store.samples import NOON, subscriber

OWN = "375291234567"


@pytest.fixture
async def other(tmp_path: Path) -> AsyncIterator[Store]:
    other = await Store.open(tmp_path / "other.db", BELARUS)
    yield other
    await other.close()


def live(db: Database, id: int, number: str, name: str) -> None:
    """What a subscriber's day leaves in the store."""
    call = f"call-of-{name}"
    calls.add(db, [CallBegan(call, "pbx", "611", number, id, "ru", "611", "v1", NOON)])
    code_words.put(db, CodeWord(id, "spoken", "keyed", NOON, name), number, call)
    started = code_words.start(
        db, Attempt(subscriber=id, number=number, call=call, key=f"{call}:1"), NOON
    )
    code_words.finish(db, started, "wrong")
    callbacks.request(db, f"{call}:2", call, number, id, NOON)
    complaints.add(db, f"{call}:3", call, number, id, f"/recorded/{name}.wav", 2.0, NOON)
    outbox.post(db, f"{call}:4", number, "text", call, NOON)
    history.add(db, [Contact(id, NOON, "call", "tv", "?", "!", name, True)])
    new = NewTicket(
        key=f"{call}:5", by=name, subscriber=id, number=number, department="technical",
        topic="tv", text="text", due=NOON + timedelta(days=1), call=call,
    )  # fmt: skip
    tickets.open_ticket(db, new, NOON)
    task = NewTask(key=call, text="text", owner="", author=name, due=NOON, number=number)
    tasks.add(db, task, NOON)


def begin(db: Database) -> None:
    subscribers.add(db, [subscriber(60, OWN)])
    agents.add(db, [Agent("vera", "Vera", "801", ("ru",), "801", Secret("word"))])
    live(db, 60, OWN, "vera")


async def rows(store: Store) -> list[str]:
    """All rows of all tables, without the indexes of words and without numbers of rows."""
    lines = await store.read(lambda db: list(db.conn.iterdump()))
    return sorted(
        line
        for line in lines
        if line.startswith("INSERT") and "_words_" not in line[:50] and "_migrations" not in line
    )


async def test_all_of_the_demo_is_gone_and_all_else_stays(store: Store, other: Store) -> None:
    for each in (store, other):
        await each.write(begin)
    await seed(store, NOON)
    await store.write(live, 1, demo_number(1), "anna")
    data = await store.read(find)
    assert (len(data.subscribers), data.agents) == (50, ("anna", "boris"))
    assert (data.calls, data.files) == (("call-of-anna",), ("/recorded/anna.wav",))
    gone = dict(await store.write(remove, data, NOON))
    assert (gone["subscribers"], gone["agents"], gone["calls"]) == (50, 2, 1)
    assert await rows(store) == await rows(other)
    assert not await store.read(find)
    assert await store.write(remove, data, NOON) == ()


async def test_who_took_the_place_of_a_demo_subscriber_or_agent_stays(store: Store) -> None:
    await store.write(subscribers.add, [subscriber(7, OWN)])
    await store.write(
        agents.add, [Agent("anna", "Anna Nowak", "801", ("ru",), "801", Secret("word"))]
    )
    await seed(store, NOON)
    data = await store.read(find)
    assert 7 not in data.subscribers
    assert data.agents == ("boris",)
    await store.write(remove, data, NOON)
    assert [one.msisdn for one in await store.read(subscribers.page, 0, 1000)] == [OWN]
    assert [one.name for one in await store.read(agents.everyone)] == ["anna"]
