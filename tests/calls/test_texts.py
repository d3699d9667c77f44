"""Texts that sessions send: one with a balance has its time, and expires."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec.structs import replace

from ari_app.calls.actions import Actions
from ari_app.messaging.outbox import Outbox
from ari_app.store import outbox, subscribers
from ari_app.store.db import Store
from ari_app.workplace.caller_profile import StoredProfiles
from ivr.events import Answered
from ivr.model import Book
from ivr.session import Caller, Session
from ivr.values import Money, Phrase
from ivr.wants import Screen, Send
from prompts.catalogue import shipped
from prompts.plan import screen_texts
from tests.operators import BELARUS, DEMO
from tests.store.samples import NOON, subscriber

BALANCE = Phrase("balance-is", {"balance": Money(Decimal("4.10"), "BYN")})
SEND = Send(Screen((BALANCE,), "en"), "call:1", valid=3600.0)
HOUR = timedelta(hours=1)
NUMBER = "375990000001"


class Bench:
    """A store, an outbox whose phone is away, and a clock."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = NOON
        self.outbox = Outbox(store, self.away, lambda: self.now)

    async def away(self, _key: str, _number: str, _text: str) -> None:
        raise ConnectionError("no phone is registered")

    async def send(self, send: Send) -> Answered:
        nothing = cast(Any, None)
        actions = Actions(
            selfcare=nothing, store=self.store, announcements=nothing, forced=nothing,
            outbox=self.outbox, now=lambda: self.now, zone="Europe/Minsk", start=nothing,
        )  # fmt: skip
        session = Session(
            id="c1", dialled="611", caller=Caller(NUMBER), language="en", flow="f", node="n"
        )
        text = partial(screen_texts, shipped(DEMO), form="written")
        return await actions.perform(Book({}, {}), text, send, session)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    yield Bench(store)
    await store.close()


async def test_a_balance_has_its_time_and_is_not_sent_after_an_hour(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    assert await bench.send(SEND) == Answered("sent")
    [text] = await bench.outbox.due(NOON, 9)
    assert text.text == "As of 1 March, 15:00. You have 4.10 BYN on your account."
    assert text.until == NOON + HOUR
    assert await bench.outbox.due(NOON + HOUR - timedelta(seconds=1), 9) == [text]
    assert await bench.outbox.due(NOON + HOUR, 9) == []
    [expired] = await bench.store.read(outbox.recent, 9)
    assert (expired.state, expired.error) == ("failed", outbox.EXPIRED)
    assert "text to …0001: expired before it was delivered" in caplog.text


async def test_a_text_that_does_not_age_has_no_end(bench: Bench) -> None:
    await bench.send(replace(SEND, valid=0.0))
    [text] = await bench.outbox.due(NOON + 48 * HOUR, 9)
    assert (text.text, text.until) == ("You have 4.10 BYN on your account.", None)


async def test_the_card_shows_what_was_not_delivered(bench: Bench) -> None:
    def failing(db: Any) -> None:
        subscribers.add(db, [subscriber()])
        outbox.post(db, "2", NUMBER, "Заявка закрыта", "c0", NOON - HOUR)
        outbox.attempt_failed(db, "2", "no phone is registered", last=True)
        outbox.post_secret(db, "3", NUMBER, "123456", "c0", NOON, NOON)

    await bench.store.write(failing)
    await bench.send(SEND)
    assert await bench.outbox.due(NOON + HOUR, 9) == []
    unused = cast(Any, None)
    profiles = StoredProfiles(bench.store, unused, unused, unused, unused, lambda: NOON, "UTC")
    seen = [(one.channel, one.question, one.undelivered) for one in await profiles.history(1)]
    assert seen == [
        ("sms", "As of 1 March, 15:00. You have 4.10 BYN on your account.", "expired"),
        ("sms", "Заявка закрыта", "failed"),
    ]
