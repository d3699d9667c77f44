"""What callers leave to people is in the store, or a prompt says that it is not."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from ari_app.fulfilment.requests import StoredRequests
from ari_app.selfcare.request_port import Asker, OpenTicket, RequestsUnavailable
from ari_app.store import announcements, callbacks, calls, complaints, subscribers, tickets
from ari_app.store.announcements import Announcement
from ari_app.store.calls import CallBegan
from ari_app.store.db import Store
from ari_app.store.live_announcements import LiveAnnouncements
from ari_app.store.tickets import NewTicket, TicketChange
from ivr.values import Recording
from tests.operators import BELARUS, DEMO_TICKETS
from tests.store.samples import NOON, subscriber

ASKER = Asker("c1", "375990000001", 1)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    yield store
    await store.close()


@pytest.fixture
def said(tmp_path: Path) -> Recording:
    file = tmp_path / "said.wav"
    file.touch()
    return Recording(str(file), 4.5)


async def test_a_complaint_has_a_number_under_which_it_is_found(
    store: Store, said: Recording
) -> None:
    staff = StoredRequests(store, LiveAnnouncements(store), DEMO_TICKETS, lambda: NOON)
    number = await staff.complain(ASKER, said, "c1:3")
    assert await staff.complain(ASKER, said, "c1:3") == number
    [kept] = await store.read(complaints.listed, True)
    assert str(kept.id) == number
    assert (kept.call, kept.number, kept.subscriber, kept.at) == ("c1", ASKER.number, 1, NOON)
    assert Recording(kept.file, kept.seconds) == said


async def test_a_complaint_that_no_one_can_hear_is_none(store: Store) -> None:
    with pytest.raises(RequestsUnavailable, match="no recording"):
        await StoredRequests(store, LiveAnnouncements(store), DEMO_TICKETS, lambda: NOON).complain(
            ASKER, Recording("/no.wav", 1.0), "c1:3"
        )
    assert await store.read(complaints.listed, True) == []


async def test_a_request_to_be_called_needs_a_number(store: Store) -> None:
    staff = StoredRequests(store, LiveAnnouncements(store), DEMO_TICKETS, lambda: NOON)
    for number in ("", "anonymous", "+", "0", "00000000", "9" * 60, "611"):
        assert await staff.call_back(Asker("c1", number, None), "c1:1", None) == "nowhere"
    assert await staff.call_back(Asker("c1", "+375-99-000-00-01", None), "c1:1", None) == "noted"
    assert await staff.call_back(ASKER, "c2:1", None) == "already"
    [kept] = await store.read(callbacks.listed, False)
    assert (kept.number, kept.subscriber) == (ASKER.number, None)


async def test_a_call_back_keeps_the_topic_that_the_menu_named(store: Store) -> None:
    staff = StoredRequests(store, LiveAnnouncements(store), DEMO_TICKETS, lambda: NOON)
    await staff.call_back(ASKER, "c1:1", None, "complaint")
    [kept] = await store.read(callbacks.listed, False)
    assert kept.topic == "complaint"


async def test_a_store_that_is_closed_is_said_to_be_unavailable(
    tmp_path: Path, said: Recording
) -> None:
    store = await Store.open(tmp_path / "closed.db", BELARUS)
    await store.close()
    staff = StoredRequests(store, LiveAnnouncements(store), DEMO_TICKETS, lambda: NOON)
    with pytest.raises(RequestsUnavailable, match="closed"):
        await staff.complain(ASKER, said, "c1:1")
    with pytest.raises(RequestsUnavailable, match="closed"):
        await staff.call_back(ASKER, "c1:1", None)


async def test_who_heard_an_announcement_may_request_a_message(store: Store) -> None:
    later = NOON + timedelta(hours=1)
    said = Announcement(texts={"ru": "Пожар."}, since=NOON, until=later, by="anna")
    bulletin = await LiveAnnouncements.load(store, NOON)
    staff = StoredRequests(store, bulletin, DEMO_TICKETS, lambda: NOON)
    assert await staff.notify_when_restored(ASKER) == "nothing"
    await store.write(announcements.add, said)
    await bulletin.refresh(NOON)
    assert await staff.notify_when_restored(ASKER) == "noted"
    assert await staff.notify_when_restored(ASKER) == "already"
    elsewhere = replace(ASKER, number="375170000009", about=ASKER.number)
    assert await staff.notify_when_restored(elsewhere) == "already", "it is that number's request"
    assert await staff.notify_when_restored(Asker("c2", "anonymous", None)) == "nowhere"


async def test_calls_of_a_week_are_counted_but_for_this_one_and_texts(store: Store) -> None:
    staff = StoredRequests(store, LiveAnnouncements(store), DEMO_TICKETS, lambda: NOON)
    for call, line, days in (("a", "ari", 1), ("b", "ari", 6), ("c", "ari", 8), ("d", "ussd", 1)):
        at = NOON - timedelta(days=days)
        began = CallBegan(call, line, "611", ASKER.number, 1, "ru", "611", "f00dfeed", at)
        await store.write(calls.add, [began])
    assert await staff.recent_calls(replace(ASKER, subscriber=1, call="e")) == 2
    assert await staff.recent_calls(replace(ASKER, subscriber=1, call="a")) == 1
    assert await staff.recent_calls(replace(ASKER, subscriber=2)) == 0


async def test_the_ticket_that_is_due_first_is_found(store: Store) -> None:
    staff = StoredRequests(store, LiveAnnouncements(store), DEMO_TICKETS, lambda: NOON)
    assert await staff.first_due_ticket(1) is None
    promises: tuple[tuple[str, str, int], ...] = (
        ("a", "technical", 20),
        ("b", "field", 10),
        ("c", "claims", 5),
    )
    for key, department, hours in promises:
        new = NewTicket(
            key=key,
            by="anna",
            subscriber=1,
            department=department,
            text="?",
            due=NOON + timedelta(hours=hours),
        )
        await store.write(tickets.open_ticket, new, NOON)
    await store.write(tickets.change, 3, TicketChange(key="c:1", by="anna", state="solved"), NOON)
    assert await staff.first_due_ticket(1) == OpenTicket(
        "field", NOON, NOON + timedelta(hours=10), DEMO_TICKETS.departments["field"]
    )
    assert await staff.first_due_ticket(2) is None
    await store.close()
    with pytest.raises(RequestsUnavailable, match="closed"):
        await staff.first_due_ticket(1)


async def test_no_network_is_one_ticket_with_the_area_or_the_post_code(store: Store) -> None:
    await store.write(subscribers.add, [subscriber()])
    staff = StoredRequests(store, LiveAnnouncements(store), DEMO_TICKETS, lambda: NOON)
    due, new = await staff.report_no_network(ASKER, "", "no-network", "c1:1")
    assert (new, due) == (True, NOON + timedelta(hours=24))
    again = await staff.report_no_network(ASKER, "220030", "no-network", "c1:2")
    assert again == (due, False)
    stranger = Asker("c2", "375170000009", None)
    assert await staff.report_no_network(stranger, "220030", "no-network", "c2:1") == (due, True)
    kept = await store.read(tickets.listed)
    assert [(one.topic, one.department, one.text) for one in kept] == [
        ("no-network", "technical", subscriber().area),
        ("no-network", "technical", "220030"),
    ]
    await staff.report_no_network(ASKER, "", "gifts", "c1:3")
    last = (await store.read(tickets.of_subscriber, 1))[0]
    assert (last.topic, last.department) == ("gifts", "information"), "the first of the site"
