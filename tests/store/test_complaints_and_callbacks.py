"""Complaints and calls back: a key is one action, and what is done is done once."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from ari_app.store import callbacks, complaints, demo_accounts, demo_bills, subscribers
from ari_app.store.complaints import Complaint
from ari_app.store.db import Store
from ari_app.store.demo_accounts import Account
from ari_app.store.demo_bills import Bill, BillLine
from tests.store.samples import NOON, subscriber
from tests.store.test_demo_accounts import HOME

NUMBER = "375990000001"


async def complain(store: Store, key: str) -> int:
    return await store.write(complaints.add, key, "c1", NUMBER, 1, "/spool/s.wav", 4.5, NOON)


async def test_a_key_is_one_complaint(store: Store) -> None:
    first = await complain(store, "c1:1")
    assert await complain(store, "c1:2") != first
    assert await complain(store, "c1:1") == first
    assert await store.read(complaints.by_id, first) == Complaint(
        first, "c1", NOON, NUMBER, 1, "/spool/s.wav", 4.5, "open", ""
    )
    assert len(await store.read(complaints.listed, True)) == 2


async def test_a_complaint_is_closed_once(store: Store) -> None:
    id = await complain(store, "c1:1")
    assert await store.write(complaints.close, id, "Починили.")
    assert not await store.write(complaints.close, id, "Ещё раз.")
    assert not await store.write(complaints.close, 99, "Никому.")
    assert await store.read(complaints.listed, False) == []
    [closed] = await store.read(complaints.listed, True)
    assert (closed.state, closed.answer) == ("closed", "Починили.")
    assert closed.due == NOON + timedelta(days=15)


async def request(store: Store, key: str, number: str = NUMBER) -> bool:
    return await store.write(callbacks.request, key, "c1", number, None, NOON, "money")


async def test_a_number_waits_for_one_call_at_most(store: Store) -> None:
    assert await request(store, "c1:1")
    assert await request(store, "c1:1"), "the same key is the same request"
    assert not await request(store, "c2:1", "+375 99 000 00 01")
    assert await request(store, "c3:1", "701")
    first, other = await store.read(callbacks.listed, False)
    assert (first.number, first.topic, other.number) == (NUMBER, "money", "701")
    assert await store.write(callbacks.done, first.id)
    assert not await store.write(callbacks.done, first.id)
    assert await store.read(callbacks.listed, False) == [other]
    assert await request(store, "c1:1"), "a late repetition is still the same request"
    assert len(await store.read(callbacks.listed, True)) == 2
    assert await request(store, "c2:1"), "who was called may ask again"


async def at(store: Store, key: str, due: datetime | None) -> bool:
    return await store.write(callbacks.request, key, "c2", NUMBER, None, NOON, "", due)


async def test_the_time_of_a_call_is_changed_until_an_agent_promises_one(store: Store) -> None:
    assert await request(store, "c1:1")
    assert await at(store, "c2:1", NOON + timedelta(hours=2))
    assert await at(store, "c2:1", NOON + timedelta(hours=2)), "the same key is the same request"
    [kept] = await store.read(callbacks.listed, False)
    assert (kept.due, kept.call, kept.at) == (NOON + timedelta(hours=2), "c1", NOON)
    assert not await at(store, "c3:1", NOON + timedelta(hours=2)), "it is so already"
    assert await at(store, "c3:2", None), "as soon as possible, after all"
    assert await store.write(callbacks.promise, kept.id, "anna", NOON + timedelta(hours=3))
    assert not await at(store, "c4:1", NOON + timedelta(hours=4))
    [kept] = await store.read(callbacks.listed, False)
    assert (kept.due, kept.agent) == (NOON + timedelta(hours=3), "anna")


async def test_who_gave_up_is_noted_unless_a_call_is_open_and_left_to_the_queue(
    store: Store,
) -> None:
    wait = callbacks.Wait("support", "ru", 0, NOON - timedelta(minutes=4))

    async def gave_up(number: str) -> bool:
        asker = ("c1", number, None)
        return await store.write(callbacks.note_abandoned, asker, NOON, "money", wait, True)

    assert await gave_up("+375 99 000 00 01")
    assert not await gave_up(NUMBER)
    assert not await gave_up(""), "a withheld number"
    [one] = await store.read(callbacks.listed, False)
    assert (one.gave_up, one.queue, one.joined) == (True, "support", wait.joined)
    assert await request(store, "c3:1"), "who gave up asks now"
    [one] = await store.read(callbacks.unclaimed)
    assert (one.gave_up, one.joined) == (False, NOON)
    assert await store.write(callbacks.closed, one.id, "made")
    assert await gave_up(NUMBER)
    [one] = await store.read(callbacks.listed, False)
    assert await store.write(callbacks.to_queue, one.id, NOON)
    [one] = await store.read(callbacks.unclaimed)
    assert (one.gave_up, one.due) == (False, None)
    assert await store.write(callbacks.closed, one.id, "called-in")
    assert await request(store, "c2:1")
    assert not await gave_up(NUMBER), "they asked for it"


async def test_bills_come_back_as_they_were(store: Store) -> None:
    lines = (BillLine(HOME.names, HOME.fee), BillLine({"en": "TV"}, Decimal("-0.01")))
    sent = [Bill(1, NOON.date().replace(month=m), Decimal("3.75"), lines[:m]) for m in (2, 1)]
    await store.write(subscribers.add, [subscriber()])
    await store.write(demo_accounts.add_tariffs, [HOME])
    await store.write(demo_accounts.add_accounts, [Account(1, Decimal(0), "home", ())])
    await store.write(demo_bills.add, reversed(sent))
    assert await store.read(demo_bills.everyones) == sent


@pytest.mark.parametrize(
    ("number", "user"), [(NUMBER, NUMBER), ("+375 99 000 00 01", NUMBER), ("701", None)]
)
async def test_the_phone_of_a_number(store: Store, number: str, user: str | None) -> None:
    await store.write(subscribers.add, [subscriber()])
    assert await store.read(subscribers.sip_user, number) == user
