"""What the cabinet shows of the store."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

from ari_app.cabinet.errors import CabinetUnavailable
from ari_app.cabinet.visits import IDLE, KeptVisit
from ari_app.main.cabinet_ports import StoredLetters, StoredVisits
from ari_app.store import erasure, subscribers, tickets
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


async def test_a_visit_is_kept_only_of_a_subscriber_who_is_there(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    await store.write(subscribers.add, [subscriber()])
    kept = StoredVisits(store, lambda: NOW)
    one = await store.read(subscribers.by_id, 1)
    assert one is not None
    visit = KeptVisit(1, one.msisdn, "en", "csrf", NOW - IDLE, NOW - 2 * IDLE, False)
    await kept.begin("hash", visit)
    assert await kept.save({"hash": structs.replace(visit, seen=NOW)}) == []
    assert await kept.save({"hash": visit}) == []
    found = await kept.find("hash")
    assert found is not None
    assert found.seen == NOW, "no worker takes back what another one saved"
    person = await store.read(erasure.find, one.msisdn)
    assert person is not None
    await store.write(erasure.erase, person, NOW)
    assert await kept.save({"hash": visit}) == ["hash"]
    with pytest.raises(CabinetUnavailable, match="gone"):
        await kept.begin("hash", visit)
    await store.close()
