"""Subscribers, agents, their contacts, and the directory that answers calls."""

import asyncio
import threading
from collections.abc import Iterable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from ari_app.fulfilment.numbers import StoredNumbers
from ari_app.selfcare.backends import NumbersUnavailable
from ari_app.store import agents, history, subscribers
from ari_app.store.agents import Agent
from ari_app.store.db import Store
from ari_app.store.directory import Caller, Directory
from ari_app.store.history import Contact
from ari_app.store.sqlite import Database
from ari_app.store.subscribers import Subscriber
from ivr.secret import Secret
from tests.deadlines import within
from tests.store.samples import NOON, subscriber


async def test_subscriber_comes_back_by_any_form_of_their_number(store: Store) -> None:
    assert await store.write(subscribers.add, [subscriber()]) == {1}
    for written in ("375990000001", "+375 99 000-00-01", "80990000001"):
        assert await store.read(subscribers.by_number, written) == subscriber()
    assert await store.read(subscribers.by_number, "375990000002") is None
    assert await store.read(subscribers.by_number, "anonymous") is None


async def test_a_number_is_found_by_its_phone(store: Store) -> None:
    await store.write(subscribers.add, [subscriber()])
    assert subscriber().sip_user
    for phone, number in ((subscriber().sip_user, subscriber().msisdn), ("trunk", None)):
        assert await store.read(subscribers.number_of_phone, str(phone)) == number


async def test_adding_leaves_existing_subscribers_as_they_are(store: Store) -> None:
    await store.write(subscribers.add, [subscriber()])
    same_number = replace(subscriber(2, language="en"), sip_user=None)
    same_id = subscriber(1, "375990000009")
    new = replace(subscriber(3, "375990000003"), sip_user=None, sip_password=None)
    assert await store.write(subscribers.add, [same_number, same_id, new]) == {3}
    assert await store.read(subscribers.page, 0, 1000) == [subscriber(), new]


async def test_number_that_is_none_adds_no_one(store: Store) -> None:
    with pytest.raises(ValueError, match="subscriber 2"):
        await store.write(subscribers.add, [subscriber(), subscriber(2, "+375990000002")])
    assert await store.read(subscribers.page, 0, 1000) == []


def test_password_is_not_shown() -> None:
    hidden = replace(subscriber(), sip_password=Secret("hunter2"))
    assert "hunter2" not in f"{hidden} {hidden!r} {hidden.sip_password}"
    assert hidden.sip_password is not None
    assert hidden.sip_password.reveal() == "hunter2"
    assert Secret("a") == Secret("a") != Secret("b")


async def test_directory_answers_what_is_stored_now(store: Store) -> None:
    directory = Directory(store)
    assert await directory.caller("375990000002") is None
    await store.write(subscribers.add, [subscriber(), subscriber(2, "375990000002", "be")])
    assert await directory.caller("8 099 000-00-02") == Caller(2, "be", "Минск")
    assert await directory.caller("375990000003") is None
    assert await directory.caller("anonymous") is None
    await directory.remember_language(1, "en")
    await directory.remember_language(77, "en")
    assert await directory.caller("375990000001") == Caller(1, "en", "Минск")


async def test_a_long_read_delays_no_look_up(store: Store) -> None:
    await store.write(subscribers.add, [subscriber()])
    begun, over = threading.Event(), threading.Event()

    def report(_: Database) -> None:
        begun.set()
        over.wait()

    reading = asyncio.create_task(store.read(report))
    try:
        await asyncio.to_thread(begun.wait)
        async with within(5.0):
            assert await Directory(store).caller("375990000001")
        assert not reading.done()
    finally:
        over.set()
        await reading


async def test_a_call_does_not_wait_for_a_disk_that_does_not_answer(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await store.write(subscribers.add, [subscriber()])
    begun, over = threading.Event(), threading.Event()

    def hang(_: Database) -> None:
        begun.set()
        over.wait()

    stuck = asyncio.create_task(store.look_up(hang))
    try:
        await asyncio.to_thread(begun.wait)
        with monkeypatch.context() as patch:
            patch.setattr("ari_app.store.directory.PATIENCE", 0.05)
            assert await Directory(store).caller("375990000001") is None
    finally:
        over.set()
        await stuck
    assert "did not answer in 0.05 s" in caplog.text
    assert await Directory(store).caller("375990000001")


async def test_a_caller_is_unknown_while_the_store_is_unavailable(store: Store) -> None:
    await store.write(subscribers.add, [subscriber()])
    await store.close()
    assert await Directory(store).caller("375990000001") is None
    with pytest.raises(NumbersUnavailable, match="closed"):
        await StoredNumbers(store).by_number("375990000001")


async def test_agents_come_back_in_the_order_of_their_extensions(store: Store) -> None:
    boris = Agent("boris", "Борис", "702", ("ru", "en"), "702", Secret("b"))
    anna = Agent("anna", "Анна", "701", (), "701", Secret("a"))
    assert await store.write(agents.add, [boris, anna]) == {"anna", "boris"}
    assert await store.write(agents.add, [replace(anna, full_name="Другая")]) == frozenset()
    assert await store.read(agents.everyone) == [anna, boris]


def contacts_of(id: int, days_ago: Iterable[int]) -> list[Contact]:
    return [
        Contact(id, NOON - timedelta(days=days), "call", "tv", "Нет звука", "", "anna", False)
        for days in days_ago
    ]


async def test_history_is_the_newest_first_and_of_one_subscriber(store: Store) -> None:
    people: list[Subscriber] = [subscriber(), subscriber(2, "375990000002")]
    await store.write(subscribers.add, people)
    await store.write(history.add, contacts_of(1, (9, 1, 3)) + contacts_of(2, (0,)))
    assert await store.read(history.of_subscriber, 1) == contacts_of(1, (1, 3, 9))
    assert await store.read(history.of_subscriber, 1, limit=1) == contacts_of(1, (1,))
    assert await store.read(history.count_since, 1, NOON - timedelta(days=7)) == 2


async def test_a_keyed_number_may_lack_its_country(store: Store) -> None:
    await store.write(subscribers.add, [subscriber(7)])
    numbers = StoredNumbers(store)
    for keyed in ("375990000001", "80990000001", "990000001", "00375990000001", "810375990000001"):
        assert await numbers.by_number(keyed) == 7
    for keyed in ("", "0", "611", "990000002", "9" * 5000, "*"):
        assert await numbers.by_number(keyed) is None
    assert (await numbers.number(7), await numbers.number(8)) == ("375990000001", "")
