"""Tickets, notes and promised calls of a card, in a real store."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from ari_app.desk.ports import DeskUnavailable
from ari_app.store import callbacks, colleague_notes, subscribers, tickets
from ari_app.store.db import Store
from ari_app.workplace.notes_and_tickets import StoredNotesAndTickets
from tests.operators import BELARUS, DEMO_TICKETS
from tests.store.samples import subscriber
from tests.workplace.test_cards import AT, card

HOUR = timedelta(hours=1)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    one = await Store.open(tmp_path / "firstline.db", BELARUS, patience=0.2)
    await one.write(subscribers.add, [subscriber()])
    yield one
    await one.close()


@pytest.fixture
def notes(store: Store) -> StoredNotesAndTickets:
    return StoredNotesAndTickets(store, DEMO_TICKETS, lambda: AT)


@pytest.mark.parametrize(("department", "hours"), [("finance", 24), ("field", 48)])
async def test_the_due_time_depends_on_the_department(
    store: Store, notes: StoredNotesAndTickets, department: str, hours: int
) -> None:
    made = [await notes.open_ticket(card(), "k1", department, "Нет звука", None) for _ in range(2)]
    assert [one.due for one in made] == [AT + hours * HOUR] * 2
    [kept] = await store.read(tickets.active_of, 1)
    assert (kept.by, kept.number, kept.call, kept.topic, kept.text) == (
        "anna", "375990000001", "c1", "money", "Нет звука",
    )  # fmt: skip


async def test_the_agent_may_set_the_due_time_also_for_an_unknown_caller(
    notes: StoredNotesAndTickets,
) -> None:
    stranger = replace(card(), arrival=replace(card().arrival, subscriber=None))
    made = await notes.open_ticket(stranger, "k1", "technical", "Хочет подключиться", AT + HOUR)
    assert (made.due, made.late) == (AT + HOUR, False)


async def test_a_note_needs_a_subscriber(store: Store, notes: StoredNotesAndTickets) -> None:
    for _ in range(2):
        await notes.add_note(card(), "k1", "Говорить громче")
    [note] = await store.read(colleague_notes.of_subscriber, 1)
    assert (note.agent, note.text) == ("anna", "Говорить громче")
    stranger = replace(card(), arrival=replace(card().arrival, subscriber=None))
    with pytest.raises(DeskUnavailable):
        await notes.add_note(stranger, "k2", "x")


async def test_a_promise_takes_over_the_open_callback_of_the_number(
    store: Store, notes: StoredNotesAndTickets
) -> None:
    await store.write(callbacks.request, "c1:1", "c1", "375990000001", 1, AT - HOUR, "money")
    for _ in range(2):
        await notes.promise_callback(card(), "k1", AT + HOUR, "про счёт")
    [one] = await store.read(callbacks.listed, True)
    assert (one.at, one.due, one.agent, one.note) == (AT - HOUR, AT + HOUR, "anna", "про счёт")
    anonymous = replace(card(), arrival=replace(card().arrival, number="anonymous"))
    with pytest.raises(DeskUnavailable):
        await notes.promise_callback(anonymous, "k2", AT + HOUR, "")


async def test_a_closed_store_is_reported(store: Store, notes: StoredNotesAndTickets) -> None:
    await store.close()
    with pytest.raises(DeskUnavailable):
        await notes.add_note(card(), "k1", "x")
