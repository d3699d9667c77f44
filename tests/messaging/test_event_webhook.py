"""Events of calls, tickets and callbacks as JSON to a receiver with faults."""

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from msgspec import json
from msgspec.structs import replace

from ari_app.config.other_systems import WebhookSettings
from ari_app.config.state import ConfigError
from ari_app.main.installation import installation
from ari_app.messaging import event_webhook
from ari_app.messaging.event_webhook import EndpointKeys, EventWebhook, wanted
from ari_app.store import callbacks, calls, cards, erasure, queue_calls, tickets, webhooks
from ari_app.store.calls import CallBegan, CallEnded
from ari_app.store.cards import Card, TypedText
from ari_app.store.db import Store
from ari_app.store.sqlite import Database
from ari_app.store.tickets import NewTicket, TicketChange
from ari_app.store.times import micros
from ivr.acd.figures import Stay
from ivr.secret import Secret
from tests.deadlines import within
from tests.messaging.test_card_webhook import Receiver
from tests.operators import BELARUS

SECRET = "secret of both"
NUMBER = "375990000001"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
BEGAN = CallBegan("c1", "ari", "611", NUMBER, None, "en", "main", "v1", NOON)
ENDED = CallEnded("c1", NOON + timedelta(seconds=90), "bye", 16)
CARD = Card(
    id="a1", agent="anna", channel="1.1", call="c1", number=NUMBER, queue="support", opened=NOON
)
TICKET = NewTicket(
    key="t1", by="anna", subscriber=None, number=NUMBER, department="technical", text="No picture",
    due=NOON + timedelta(days=1),
)  # fmt: skip


class Sending:
    """A store, and the webhook that sends its events to a receiver."""

    def __init__(self, store: Store, webhook: EventWebhook) -> None:
        self.store = store
        self.webhook = webhook

    async def settled(self) -> None:
        """Until nothing waits that is due."""
        async with within(20):
            while True:
                found = await self.store.read(webhooks.recent, 100)
                if not any(one.state == "waiting" for one in found):
                    return
                await asyncio.sleep(0.02)


@asynccontextmanager
async def sending(receiver: Receiver, file: Path, **settings: Any) -> AsyncIterator[Sending]:
    """Events go to the receiver while the context lasts."""
    application = web.Application()
    application.router.add_post("/{any:.*}", receiver.take)
    store = await Store.open(file, BELARUS)
    async with TestServer(application) as server:
        url = str(server.make_url("/")) + settings.pop("path", "")
        known = WebhookSettings(url=url, **settings)
        await store.write(webhooks.subscribe, {"crm": wanted(known)})
        keys = EndpointKeys(Secret(SECRET), Secret("tok/en"))
        webhook = EventWebhook(store, "crm", known, keys, lambda: datetime.now(UTC))
        async with webhook:
            task = asyncio.create_task(webhook.run())
            yield Sending(store, webhook)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    await store.close()


def bodies(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.decode(body) for _, body in receiver.got]


async def test_a_call_is_sent_from_its_beginning_to_its_card(tmp_path: Path) -> None:
    receiver = Receiver(200)
    async with sending(receiver, tmp_path / "a.db") as one:
        write = one.store.write
        await write(calls.add, [BEGAN])
        await write(cards.open, CARD)
        await write(cards.answered, "a1", NOON)
        await write(cards.ended, "a1", NOON)
        await write(calls.add, [ENDED, ENDED])
        await write(cards.save, TypedText("a1", "question", "k1", "No picture", NOON))
        await write(cards.finish, "a1", NOON)
        await receiver.wait(6)
        await one.settled()
        kept = await one.store.read(webhooks.events, 0, 100)
    got = {each["event"]: each for each in bodies(receiver)}
    assert [each.event for each in kept] == [
        *("call.began", "call.offered", "call.answered", "call.completed", "call.ended"),
        "card.closed",
    ]
    assert got.keys() == {each.event for each in kept}
    began = got["call.began"]["data"]
    assert (began["call"], began["dialled"], began["number"]) == ("c1", "611", NUMBER)
    ended = got["call.ended"]["data"]
    assert (ended["ended"], ended["ending"]) == ("2026-11-24T12:01:30.000Z", "bye")
    offered = got["call.offered"]["data"]
    assert (offered["agent"], offered["call"], offered["dialled"]) == ("anna", "c1", "611")
    assert got["card.closed"]["data"]["written"] == {"question": "No picture"}
    assert got["call.ended"]["at"] == "2026-11-24T12:01:30Z"


async def test_each_event_is_signed_and_has_a_key_of_its_own(tmp_path: Path) -> None:
    receiver = Receiver(200)
    async with sending(receiver, tmp_path / "a.db") as one:
        await one.store.write(tickets.open_ticket, TICKET, NOON)
        await receiver.wait(1)
        await one.settled()
        change = TicketChange(key="t2", by="boris", state="working", note="on it")
        await one.store.write(tickets.change, 1, change, NOON)
        await one.store.write(tickets.change, 1, change, NOON)
        await receiver.wait(2)
        await one.settled()
    opened, changed = bodies(receiver)
    assert (opened["event"], changed["event"]) == ("ticket.opened", "ticket.changed")
    data = changed["data"]
    assert (data["state"], data["owner"], data["by"]) == ("working", "boris", "boris")
    assert data["changes"] == {"state": "working", "owner": "boris"}
    assert (data["note"], data["due"]) == ("on it", "2026-11-25T12:00:00.000Z")
    assert len(set(receiver.keys)) == len(receiver.got) == 2
    for (request, body), came in zip(receiver.got, (opened, changed), strict=True):
        at = request.headers["X-Firstline-Time"]
        signed = hmac.digest(SECRET.encode(), at.encode() + b"." + body, "sha256").hex()
        assert request.headers["X-Firstline-Signature"] == f"sha256={signed}"
        assert request.headers["X-Firstline-Event"] == came["event"]
        assert request.headers["Idempotency-Key"] == came["id"]
        assert request.headers["Authorization"] == "Bearer tok/en"


async def test_a_callback_is_sent_when_it_is_requested_taken_and_done(tmp_path: Path) -> None:
    receiver = Receiver(200)
    async with sending(receiver, tmp_path / "a.db", events=("callback.*",)) as one:
        write = one.store.write
        await write(tickets.open_ticket, TICKET, NOON)
        await write(callbacks.request, "k1", "c1", NUMBER, None, NOON, "tv")
        await write(callbacks.promise, 1, "anna", NOON)
        await write(callbacks.promise, 1, "anna", NOON)
        await write(callbacks.done, 1)
        await receiver.wait(3)
        await one.settled()
    came = [(one["event"], one["data"]["state"], one["data"]["agent"]) for one in bodies(receiver)]
    assert came == [
        ("callback.requested", "open", ""),
        ("callback.changed", "open", "anna"),
        ("callback.done", "done", "anna"),
    ]


async def test_it_is_sent_again_in_order_and_others_overtake_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_webhook, "PAUSES", (timedelta(seconds=0.2),) * 3)
    receiver = Receiver(503, 401, 200)
    async with sending(receiver, tmp_path / "a.db", events=("ticket.*", "call.began")) as one:
        await one.store.write(tickets.open_ticket, TICKET, NOON)
        await receiver.wait(1)
        change = TicketChange(key="t2", by="boris", state="working")
        await one.store.write(tickets.change, 1, change, NOON)
        await receiver.wait(4)
        await one.settled()
    came = [each["event"] for each in bodies(receiver)]
    assert came == ["ticket.opened"] * 3 + ["ticket.changed"]
    assert len(set(receiver.keys[:3])) == 1


async def test_what_is_refused_for_good_can_be_sent_again(tmp_path: Path) -> None:
    receiver = Receiver(422, 200)
    async with sending(receiver, tmp_path / "a.db") as one:
        await one.store.write(tickets.open_ticket, TICKET, NOON)
        await receiver.wait(1)
        await one.settled()
        [failed] = await one.store.read(webhooks.recent, 9, "crm", "failed")
        assert failed.error == "the webhook refused it: 422"
        assert await one.store.write(webhooks.replay_failed, "crm", datetime.now(UTC)) == 1
        await receiver.wait(2)
        await one.settled()
        assert await one.store.write(webhooks.replay, "crm", NOON, datetime.now(UTC)) == 1
        await receiver.wait(3)
        await one.settled()
        [status] = await one.store.read(webhooks.statuses)
    assert (status.waiting, status.failed) == (0, 0)
    assert len(set(receiver.keys)) == 1


async def test_zammad_gets_calls_in_its_own_form(tmp_path: Path) -> None:
    receiver = Receiver(200)
    async with sending(
        receiver, tmp_path / "a.db", format="zammad", path="api/v1/cti/{token}"
    ) as one:
        write = one.store.write
        ussd = replace(BEGAN, call="u1", line="ussd")
        await write(calls.add, [BEGAN, ussd])
        await write(cards.open, CARD)
        await write(cards.answered, "a1", NOON)
        await write(tickets.open_ticket, TICKET, NOON)
        await write(calls.add, [ENDED])
        await receiver.wait(3)
        await one.settled()
    call = {"from": NUMBER, "to": "611", "direction": "in", "callId": "c1"}
    answer = {"answeringNumber": "anna", "user": ["anna"], "queue": "support"}
    came = sorted(bodies(receiver), key=lambda one: str(one["event"]))
    assert came == [
        {"event": "answer", **call, **answer},
        {"event": "hangup", **call, "cause": "normalClearing"},
        {"event": "newCall", **call},
    ]
    assert {request.path for request, _ in receiver.got} == {"/api/v1/cti/tok/en"}
    assert {"Authorization"}.isdisjoint(receiver.got[0][0].headers)


async def test_who_is_erased_is_in_no_event(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "a.db", BELARUS)
    await store.write(webhooks.subscribe, {"crm": wanted(WebhookSettings())})
    await store.write(calls.add, [BEGAN])
    await store.write(tickets.open_ticket, TICKET, NOON)
    await store.write(callbacks.request, "k1", "c1", NUMBER, None, NOON)
    person = await store.read(erasure.find, NUMBER)
    assert person is not None
    await store.write(erasure.erase, person, NOON)
    assert await store.read(webhooks.events, 0, 100) == []
    assert await store.read(webhooks.recent, 100) == []
    await store.close()


async def test_a_wait_that_is_over_when_it_is_stored_has_both_events_in_order(
    tmp_path: Path,
) -> None:
    store = await Store.open(tmp_path / "a.db", BELARUS)
    await store.write(webhooks.subscribe, {"crm": ("call.left", "call.queued")})
    now = micros(datetime.now(UTC))
    stay = Stay(channel="1.1", queue="support", joined=now, left=now, how="full")
    await store.write(queue_calls.put, [stay])
    await store.write(webhooks.subscribe, {"crm": ("call.left",)})
    await store.write(queue_calls.put, [replace(stay, channel="1.2")])
    found = [(one.event, one.about) for one in await store.read(webhooks.events, 0, 9)]
    assert found == [("call.queued", "1.1"), ("call.left", "1.1"), ("call.left", "1.2")]
    await store.close()


async def test_who_gave_up_waiting_has_requested_nothing(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "a.db", BELARUS)
    await store.write(webhooks.subscribe, {"crm": wanted(WebhookSettings())})
    wait = callbacks.Wait("support", "en", 0, NOON)
    await store.write(callbacks.note_abandoned, ("c1", NUMBER, None), NOON, "tv", wait, True)
    assert await store.read(webhooks.events, 0, 9) == []
    await store.write(callbacks.request, "k1", "c2", NUMBER, None, NOON)
    await store.write(callbacks.done, 1)
    found = [one.event for one in await store.read(webhooks.events, 0, 9)]
    assert found == ["callback.requested", "callback.done"]
    await store.close()


async def test_what_is_due_is_found_by_what_it_is_about(tmp_path: Path) -> None:
    """By the other index each delivery would be compared with all before it."""
    store = await Store.open(tmp_path / "a.db", BELARUS)
    plans = await store.read(_plans)
    assert any("webhook_deliveries_about" in plan and " b " in plan for plan in plans), plans
    await store.close()


def _plans(db: Database) -> list[str]:
    asked: list[str] = []
    db.conn.set_trace_callback(asked.append)
    webhooks.due(db, "crm", NOON, 9)
    db.conn.set_trace_callback(None)
    return [row[3] for row in db.conn.execute(f"explain query plan {asked[-1]}")]


async def test_without_a_subscription_nothing_is_kept(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "a.db", BELARUS)
    await store.write(calls.add, [BEGAN, ENDED])
    await store.write(webhooks.subscribe, {"crm": ("call.ended",)})
    await store.write(calls.add, [replace(BEGAN, call="c2"), replace(ENDED, call="c2")])
    assert [one.event for one in await store.read(webhooks.events, 0, 9)] == ["call.ended"]
    await store.write(webhooks.subscribe, {"other": ("call.ended",)})
    [left] = await store.read(webhooks.recent, 9)
    assert (left.endpoint, left.state) == ("crm", "failed")
    await store.close()


def test_an_endpoint_has_its_own_secret_or_that_of_all(tmp_path: Path) -> None:
    state = installation(tmp_path)
    state.make()
    crm, token = WebhookSettings(url="https://a.example"), "https://a.example/{token}"
    with pytest.raises(ConfigError, match=r"write crm = .* under \[webhooks\]"):
        EndpointKeys.of(state, "crm", crm)
    file = state.directory / "secrets.toml"
    with file.open("a") as more:
        more.write(
            'webhook_secret = "all"\n[webhooks]\ncrm = "own"\n[webhook_tokens]\nshop = "t"\n'
        )
    assert EndpointKeys.of(state, "crm", crm) == EndpointKeys(Secret("own"), None)
    assert EndpointKeys.of(state, "shop", crm) == EndpointKeys(Secret("all"), Secret("t"))
    with pytest.raises(ConfigError, match=r"has \{token\}"):
        EndpointKeys.of(state, "crm", WebhookSettings(url=token))
    with pytest.raises(ConfigError, match=r"no event call\.lost"):
        wanted(WebhookSettings(events=("call.lost",)))
