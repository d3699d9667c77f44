"""Tickets: a key is one action, and all that was done is in the history."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from ari_app.store import tickets
from ari_app.store.db import Store
from ari_app.store.tickets import (
    Entry,
    NewTicket,
    Ticket,
    TicketChange,
    TicketNotFound,
    TransitionNotAllowed,
)
from tests.store.samples import NOON

HOUR = timedelta(hours=1)
NEW = NewTicket(
    key="c1:1",
    by="anna",
    subscriber=1,
    number="375990000001",
    department="technical",
    topic="internet",
    text="Нет интернета",
    due=NOON + timedelta(hours=24),
    call="c1",
)


async def opened(store: Store, **changed: Any) -> Ticket:
    return await store.write(tickets.open_ticket, replace(NEW, **changed), NOON)


async def changed(store: Store, id: int, at: datetime = NOON + HOUR, **what: Any) -> Ticket:
    wanted = TicketChange(key=f"{id}:{what}", by="boris", **what)
    return await store.write(tickets.change, id, wanted, at)


async def test_a_key_is_one_ticket(store: Store) -> None:
    ticket = await opened(store)
    assert ticket == Ticket(
        id=1,
        subscriber=1,
        number="375990000001",
        department="technical",
        topic="internet",
        text="Нет интернета",
        state="open",
        owner="",
        created=NOON,
        by="anna",
        due=NOON + 24 * HOUR,
        closed=None,
        call="c1",
    )
    assert await opened(store, text="Ещё раз") == ticket
    assert await store.read(tickets.by_id, 1) == ticket
    assert await store.read(tickets.by_id, 2) is None
    assert len(await store.read(tickets.history, 1)) == 1


async def test_a_ticket_is_due_as_promised(store: Store) -> None:
    assert (await opened(store, key="p", due=NOON + 3 * HOUR)).due == NOON + 3 * HOUR


async def test_every_change_is_in_the_history(store: Store) -> None:
    await opened(store)
    await changed(store, 1, state="working")
    late = NOON + 30 * HOUR
    await changed(store, 1, department="field", due=late, note="Нужен мастер")
    await changed(store, 1, owner="vera")
    ticket = await changed(store, 1, late, state="solved", note="Заменили кабель")
    assert (ticket.state, ticket.owner, ticket.closed) == ("solved", "vera", late)
    assert ticket == await store.read(tickets.by_id, 1)
    assert await store.read(tickets.history, 1) == [
        Entry(
            NOON,
            "anna",
            {"state": "open", "department": "technical", "due": "2026-03-02T12:00:00.123457+00:00"},
            "",
        ),
        Entry(NOON + HOUR, "boris", {"state": "working", "owner": "boris"}, ""),
        Entry(
            NOON + HOUR,
            "boris",
            {
                "state": "open",
                "owner": "",
                "department": "field",
                "due": "2026-03-02T18:00:00.123457+00:00",
            },
            "Нужен мастер",
        ),
        Entry(NOON + HOUR, "boris", {"owner": "vera"}, ""),
        Entry(late, "boris", {"state": "solved"}, "Заменили кабель"),
    ]


async def test_a_change_is_done_once(store: Store) -> None:
    await opened(store)
    first = await changed(store, 1, state="working")
    await changed(store, 1, state="waiting")
    again = await changed(store, 1, state="working")
    assert (first.state, again.state) == ("working", "waiting")
    assert len(await store.read(tickets.history, 1)) == 3


async def test_what_cannot_be_is_refused_and_nothing_changes(store: Store) -> None:
    await opened(store)
    await changed(store, 1, state="closed")
    with pytest.raises(TransitionNotAllowed, match="ticket 1 is closed: it cannot be open"):
        await changed(store, 1, state="open", owner="vera")
    with pytest.raises(TicketNotFound, match="no ticket 9"):
        await changed(store, 9, state="open")
    assert len(await store.read(tickets.history, 1)) == 2


async def test_what_was_not_solved_is_taken_up_again(store: Store) -> None:
    await opened(store)
    assert (await changed(store, 1, state="solved")).closed == NOON + HOUR
    assert await store.read(tickets.active_of, 1) == []
    assert (await changed(store, 1, state="open")).closed is None
    assert [one.id for one in await store.read(tickets.active_of, 1)] == [1]


async def test_tickets_are_listed(store: Store) -> None:
    await opened(store)
    await opened(store, key="2", department="field", subscriber=2, due=NOON + 48 * HOUR)
    await opened(store, key="3", owner="vera", due=NOON + HOUR)
    await opened(store, key="4")
    await changed(store, 4, state="solved")

    async def ids(**chosen: Any) -> list[int]:
        return [one.id for one in await store.read(lambda db: tickets.listed(db, **chosen))]

    assert await ids() == [3, 1, 2]
    assert await ids(closed=True) == [3, 1, 4, 2]
    assert await ids(state="solved") == [4]
    assert await ids(department="field") == [2]
    assert await ids(owner="vera") == [3]
    assert await ids(owner="", department="technical") == [1]
    assert await ids(late_at=NOON + 25 * HOUR, closed=True) == [3, 1]
    assert await ids(late_at=NOON) == []
    assert await ids(limit=1) == [3]
    assert [one.id for one in await store.read(tickets.of_subscriber, 1)] == [4, 3, 1]
    assert [one.id for one in await store.read(tickets.active_of, 1)] == [3, 1]
