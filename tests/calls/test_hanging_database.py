"""Where the database hangs, no caller waits long for what is read or written there."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest
from msgspec.structs import replace

from ari_app.calls.actions import Actions
from ari_app.config.settings import Config
from ari_app.fulfilment.numbers import StoredNumbers
from ari_app.main.build_placing import build_placing
from ari_app.messaging.outbox import Outbox
from ari_app.outbound.answered import AnsweredCalls, CalledOut
from ari_app.selfcare.backends import NumbersUnavailable
from ari_app.store import announcements, outbox, patience
from ari_app.store.announcements import Announcement
from ari_app.store.campaign_calls import Attempt, Outcome
from ari_app.store.db import Store
from ari_app.store.errors import StoreError
from ari_app.store.live_announcements import LiveAnnouncements
from ari_app.store.sqlite import Database
from ivr.events import Gone
from ivr.model import Book
from ivr.session import Caller, Session
from ivr.values import Phrase, Rows
from ivr.wants import Done, Enqueue, LineWant, Screen, Send
from tests.deadlines import within
from tests.operators import BELARUS
from tests.store.samples import NOON

SESSION = Session(
    id="c1", dialled="611", caller=Caller("375990000001", 7), language="ru", flow="f", node="n"
)
WANT = Enqueue("support", "money", "ru", 3)
NOTHING = cast(Any, None)
HOUR = timedelta(hours=1)
WITHIN = 3.0
"""Seconds, with look-ups and writes given up after 0.02 s."""


@pytest.fixture
async def answering(tmp_path: Path) -> AsyncIterator[Store]:
    """One with an announcement for an area, and one for all."""
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    fire = Announcement(texts={"ru": "…"}, since=NOON, until=NOON + HOUR, by="anna")
    await store.write(announcements.add, fire)
    await store.write(announcements.add, replace(fire, areas=("Минск",)))
    yield store
    await store.close()


@pytest.fixture
async def bulletin(answering: Store) -> LiveAnnouncements:
    return await LiveAnnouncements.load(answering, NOON)


@pytest.fixture
def answers() -> Event:
    """That the database answers again."""
    return Event()


@pytest.fixture
async def store(
    answering: Store,
    bulletin: LiveAnnouncements,
    answers: Event,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Store]:
    """One in which each thread hangs; the announcements were read before."""
    assert len(await bulletin.concerning(None, NOON)) == 1

    def hang(_: Database) -> None:
        answers.wait()

    uses = (answering.read, answering.read, answering.write, answering.look_up)
    stuck = [asyncio.create_task(use(hang)) for use in uses]
    await asyncio.sleep(0)
    monkeypatch.setattr(patience, "PATIENCE", 0.02)
    yield answering
    answers.set()
    await asyncio.gather(*stuck, return_exceptions=True)


class Phone:
    """The line of a call."""

    def __init__(self) -> None:
        self.wants: list[LineWant] = []

    async def present(self, want: LineWant) -> Gone:
        self.wants.append(want)
        return Gone()


def actions(store: Store, bulletin: LiveAnnouncements = NOTHING) -> Actions:
    outbox = Outbox(store, NOTHING, lambda: NOON)
    return Actions(
        selfcare=NOTHING, store=store, announcements=bulletin, forced=NOTHING, outbox=outbox,
        now=lambda: NOON, zone="UTC", start=lambda one: one.close(),
    )  # fmt: skip


async def test_a_text(store: Store, answers: Event) -> None:
    """As of an action that fails, the flow goes on at ``on-error``: it is not sent later."""
    send = Send(Screen((Phrase("welcome"),), "ru"), "c1:1")
    async with within(WITHIN):
        with pytest.raises(StoreError, match="did not answer"):
            await actions(store).perform(Book({}, {}), lambda _: ("Hello",), send, SESSION)
    answers.set()
    await store.write(lambda _: None)  # after all that was to be written
    assert await store.read(outbox.due, NOON + HOUR, 10) == []


async def test_announcements(store: Store, bulletin: LiveAnnouncements) -> None:
    """Those for all callers are known, and count as not heard."""
    async with within(WITHIN):
        found = await actions(store, bulletin).find_announcements(SESSION)
    rows = found.values["announcements"]
    assert (found.outcome, isinstance(rows, Rows) and len(rows.rows)) == ("some", 1)


async def test_a_place_in_a_queue(store: Store) -> None:
    config = Config()
    settings = SimpleNamespace(config=config)
    shared = SimpleNamespace(
        config=config, store=store, foundation=SimpleNamespace(settings=settings)
    )
    calls = SimpleNamespace(channel=lambda _: "")
    async with within(WITHIN):
        assert await build_placing(cast(Any, shared), cast(Any, calls))(SESSION, WANT) == WANT


async def test_a_number_that_was_keyed(store: Store) -> None:
    async with within(WITHIN):
        with pytest.raises(NumbersUnavailable):
            await StoredNumbers(store).by_number("375990000001")


@pytest.mark.parametrize("outcome", ["answered", "machine"])
async def test_who_answers_a_call_of_a_campaign(store: Store, outcome: Outcome) -> None:
    """What is not stored may be said again, so nothing is said."""
    phone, served = Phone(), asyncio.Event()

    async def session() -> None:
        served.set()

    calls = AnsweredCalls(store, lambda: NOON, ("ru",), lambda: {"f"})
    called = CalledOut("campaign:f", Attempt(1, "375990000001", 1), outcome)
    async with within(WITHIN):
        await calls.serve(called, "c1", cast(Any, phone), session)
    assert (phone.wants, served.is_set()) == ([Done("ended")], False)
