"""The events of a callback, as they are stored."""

from datetime import timedelta
from pathlib import Path

from msgspec import json

from ari_app.config.other_systems import WebhookSettings
from ari_app.messaging.event_webhook import wanted
from ari_app.store import callbacks, webhooks
from ari_app.store.db import Store
from tests.messaging.test_event_webhook import NOON, NUMBER
from tests.operators import BELARUS


async def test_events_of_a_callback_have_its_place_its_attempts_and_their_outcome(
    tmp_path: Path,
) -> None:
    store = await Store.open(tmp_path / "a.db", BELARUS)
    await store.write(webhooks.subscribe, {"crm": wanted(WebhookSettings())})
    due, waiting = NOON + timedelta(hours=1), NOON - timedelta(minutes=9)
    await store.write(callbacks.request, "k1", "c1", NUMBER, None, NOON, "tv", due)
    await store.write(callbacks.keep_place, NUMBER, callbacks.Wait("support", "en", 0, waiting))
    await store.write(callbacks.begun, 1, 1, "PJSIP/701", due)
    await store.write(callbacks.ended, 1, 1, "busy", "", due)
    await store.write(callbacks.set_outcome, 1, "busy")
    await store.write(callbacks.done, 1)
    sent = [json.decode(one.data) for one in await store.read(webhooks.events, 0, 9)]
    fields = ("queue", "joined", "attempts", "tried", "calling", "outcome")
    began, joined = f"{due:%Y-%m-%dT%H:%M:%S.000Z}", f"{waiting:%Y-%m-%dT%H:%M:%S.000Z}"
    assert [tuple(one[name] for name in fields) for one in sent] == [
        ("", f"{NOON:%Y-%m-%dT%H:%M:%S.000Z}", 0, None, "", ""),
        ("support", joined, 0, None, "", ""),
        ("support", joined, 1, began, "PJSIP/701", ""),
        ("support", joined, 1, began, "", "busy"),
        ("support", joined, 1, began, "", "made"),
    ]
    assert {one["due"] for one in sent} == {began}
    await store.close()
