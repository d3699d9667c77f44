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
from tests.operators import BELARUS
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
def clerk(store: Store) -> StoredNotesAndTickets:
    return StoredNotesAndTickets(store, lambda: AT)


@pytest.mark.parametrize(("department", "hours"), [("finance", 24), ("field", 48)])
async def test_a_ticket_is_due_as_its_department_promises(
    store: Store, clerk: StoredNotesAndTickets, department: str, hours: int
) -> None:
    made = [await clerk.ticket(card(), "k1", department, "Нет звука", None) for _ in range(2)]
    assert [one.due for one in made] == [AT + hours * HOUR] * 2
    [kept] = await store.read(tickets.active_of, 1)
    assert (kept.by, kept.number, kept.call, kept.topic, kept.text) == (
        "anna", "375990000001", "c1", "money", "Нет звука",
    )  # fmt: skip


async def test_a_ticket_is_due_when_the_agent_says_so_and_may_be_a_strangers(
    clerk: StoredNotesAndTickets,
) -> None:
    stranger = replace(card(), arrival=replace(card().arrival, subscriber=None))
    made = await clerk.ticket(stranger, "k1", "technical", "Хочет подключиться", AT + HOUR)
    assert (made.due, made.late) == (AT + HOUR, False)


async def test_a_note_is_of_a_subscriber(store: Store, clerk: StoredNotesAndTickets) -> None:
    for _ in range(2):
        await clerk.note(card(), "k1", "Говорить громче")
    [note] = await store.read(colleague_notes.of_subscriber, 1)
    assert (note.agent, note.text) == ("anna", "Говорить громче")
    stranger = replace(card(), arrival=replace(card().arrival, subscriber=None))
    with pytest.raises(DeskUnavailable):
        await clerk.note(stranger, "k2", "x")


async def test_a_call_is_promised_once_for_a_number(
    store: Store, clerk: StoredNotesAndTickets
) -> None:
    await store.write(callbacks.request, "c1:1", "c1", "375990000001", 1, AT - HOUR, "money")
    for _ in range(2):
        await clerk.call_back(card(), "k1", AT + HOUR, "про счёт")
    [one] = await store.read(callbacks.listed, True)
    assert (one.at, one.due, one.agent, one.note) == (AT - HOUR, AT + HOUR, "anna", "про счёт")
    nobody = replace(card(), arrival=replace(card().arrival, number="anonymous"))
    with pytest.raises(DeskUnavailable):
        await clerk.call_back(nobody, "k2", AT + HOUR, "")


async def test_a_store_that_is_away_is_told(store: Store, clerk: StoredNotesAndTickets) -> None:
    await store.close()
    with pytest.raises(DeskUnavailable):
        await clerk.note(card(), "k1", "x")
