"""Cards of the desk as JSON to a receiver with faults."""

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from msgspec import json

from ari_app.desk.cards.caller_profile import Arrival
from ari_app.desk.cards.card_store import CardRecord
from ari_app.messaging.card_webhook import CardWebhook
from ari_app.store import card_events
from ari_app.store.db import Store
from ari_app.workplace.cards import StoredCards
from ivr.secret import Secret
from tests.deadlines import within
from tests.operators import BELARUS

SECRET = "secret of both"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ARRIVAL = Arrival(channel="1.1", number="375990000001", call="c1", queue="support")
CARD = CardRecord(id="a1", agent="anna", arrival=ARRIVAL, opened=NOON)


class Receiver:
    """Answers in turn, the last one for ever; it keeps what it was sent."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.got: list[tuple[web.BaseRequest, bytes]] = []
        self.came = asyncio.Event()

    async def take(self, request: web.Request) -> web.Response:
        self.got.append((request, await request.read()))
        self.came.set()
        return web.Response(
            status=self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        )

    async def wait(self, many: int) -> None:
        """Until so many requests came."""
        async with within(20):
            while len(self.got) < many:
                self.came.clear()
                await self.came.wait()

    @property
    def keys(self) -> list[str]:
        return [request.headers["Idempotency-Key"] for request, _ in self.got]


@asynccontextmanager
async def sending(receiver: Receiver, file: Path) -> AsyncIterator[tuple[Store, StoredCards]]:
    """A store whose cards go to the receiver while the context lasts."""
    application = web.Application()
    application.router.add_post("/", receiver.take)
    store = await Store.open(file, BELARUS)
    async with TestServer(application) as server:
        url = str(server.make_url("/"))
        async with CardWebhook(store, url, Secret(SECRET), lambda: datetime.now(UTC)) as webhook:
            task = asyncio.create_task(webhook.run())
            yield store, StoredCards(store, webhook.wake)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    await store.close()


async def gone(store: Store) -> None:
    """Until no event waits any more."""
    async with within(20):
        while await store.read(_waiting):  # noqa: ASYNC110 - no event comes from there
            await asyncio.sleep(0.02)


def _waiting(db: object) -> int:
    count: int = db.conn.execute("select count(*) from card_events").fetchone()[0]  # type: ignore[attr-defined]
    return count


async def test_a_card_is_sent_when_it_opens_and_when_it_is_closed(tmp_path: Path) -> None:
    receiver = Receiver(200)
    async with sending(receiver, tmp_path / "a.db") as (store, cards):
        await cards.open(CARD)
        await receiver.wait(1)
        await cards.save("a1", "anna", "question", "k1", "No picture", NOON)
        await cards.finish("a1", NOON)
        await cards.finish("a1", NOON)
        await receiver.wait(2)
        await gone(store)
    opened, closed = (json.decode(body) for _, body in receiver.got)
    assert (opened["event"], opened["written"]) == ("opened", {})
    assert opened["card"]["number"] == "375990000001"
    assert (closed["event"], closed["written"]) == ("closed", {"question": "No picture"})
    assert receiver.keys == ["a1:opened", "a1:closed"]
    for request, body in receiver.got:
        at = request.headers["X-Firstline-Time"]
        signed = hmac.digest(SECRET.encode(), at.encode() + b"." + body, "sha256").hex()
        assert request.headers["X-Firstline-Signature"] == f"sha256={signed}"
        assert abs(int(at) - datetime.now(UTC).timestamp()) < 600


async def test_it_is_sent_again_until_it_is_taken_and_in_order(tmp_path: Path) -> None:
    receiver = Receiver(503, 200)
    async with sending(receiver, tmp_path / "a.db") as (store, cards):
        await cards.open(CARD)
        await receiver.wait(1)
        await cards.finish("a1", NOON)
        await receiver.wait(3)
        await gone(store)
    assert receiver.keys == ["a1:opened", "a1:opened", "a1:closed"]


async def test_what_is_refused_for_good_is_given_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    receiver = Receiver(410)
    async with sending(receiver, tmp_path / "a.db") as (store, cards):
        await cards.open(CARD)
        await receiver.wait(1)
        await gone(store)
    assert len(receiver.got) == 1
    assert "given up: the webhook refused it: 410" in caplog.text


async def test_what_waited_at_a_crash_goes_at_the_next_start(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "a.db", BELARUS)
    await StoredCards(store, lambda: None).open(CARD)
    await store.close()
    receiver = Receiver(200)
    async with sending(receiver, tmp_path / "a.db") as (store, _):
        await receiver.wait(1)
        await gone(store)
    assert receiver.keys == ["a1:opened"]


async def test_nothing_is_kept_where_no_one_receives(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "a.db", BELARUS)
    cards = StoredCards(store)
    await cards.open(CARD)
    await cards.finish("a1", NOON)
    assert await store.read(card_events.due, datetime.now(UTC), 9) == []
    await store.close()
