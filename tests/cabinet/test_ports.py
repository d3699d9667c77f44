"""What the cabinet shows of the store."""

from datetime import timedelta
from pathlib import Path

from ari_app.main.cabinet_ports import StoredLetters
from ari_app.store import subscribers, tickets
from ari_app.store.db import Store
from ari_app.store.tickets import NewTicket
from tests.cabinet.fakes import NOW
from tests.operators import BELARUS, DEMO_TICKETS
from tests.store.samples import subscriber


async def test_what_agents_write_in_tickets_is_not_shown(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    await store.write(subscribers.add, [subscriber()])
    for by, text in (("anna", "Shouts. Perhaps a fraud."), ("", "The bill is wrong.")):
        new = NewTicket(
            key=f"by:{by}",
            by=by,
            subscriber=1,
            department="technical",
            topic="money",
            text=text,
            due=NOW + timedelta(days=1),
        )
        await store.write(tickets.open_ticket, new, NOW)
    shown = await StoredLetters(store, DEMO_TICKETS, lambda: NOW).tickets(1)
    await store.close()
    assert {(one.topic, one.state, one.department, one.text) for one in shown} == {
        ("money", "open", "", ""),
        ("money", "open", "technical", "The bill is wrong."),
    }
