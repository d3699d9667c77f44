"""docs/examples/chatwoot.py between our webhook and an imitation of Chatwoot."""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any

import pytest
from msgspec import Raw, json

from ari_app.config.other_systems import WebhookSettings
from ari_app.messaging.event_webhook import EndpointKeys, EventWebhook
from ari_app.store.db import Store
from ari_app.store.webhooks import Event
from ivr.secret import Secret
from tests.operators import BELARUS

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "chatwoot.py"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
CARD = {
    "number": "375990000001", "name": "", "agent": "anna", "agent_name": "Anna Ray",
    "topic": "tv", "opened": "2026-11-24T12:00:00.000Z",
    "written": {"question": "No picture", "solution": "Restarted the box"},
}  # fmt: skip


class Imitation:
    """The part of Chatwoot's API that is used; ``asked`` is what came."""

    def __init__(self) -> None:
        self.contacts: list[dict[str, Any]] = []
        self.asked: list[tuple[str, str, Any]] = []
        self.down = False

    def answer(self, method: str, path: str, body: Any) -> object:
        self.asked.append((method, path, body))
        place = path.removeprefix("/api/v1/accounts/3")
        if place == "/contacts/search?q=%2B375990000001":
            return {"payload": self.contacts}
        if place == "/contacts":
            made = {"id": 7, "phone_number": body["phone_number"], "contact_inboxes": []}
            self.contacts.append(made)
            return {"payload": {"contact": made}}
        if place == "/contacts/7/contact_inboxes":
            self.contacts[0]["contact_inboxes"] = [{"source_id": "s7", "inbox": {"id": 5}}]
            return {"source_id": "s7"}
        return {"id": 11}


@contextmanager
def listening(server: ThreadingHTTPServer) -> Iterator[str]:
    with server:
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def serving(chatwoot: Imitation) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            known = self.headers["api_access_token"] == "token" and not chatwoot.down
            self.send_response(200 if known else 500)
            self.end_headers()
            if known:
                found = chatwoot.answer(self.command, self.path, json.decode(body or b"null"))
                self.wfile.write(json.encode(found))

        do_GET = do_POST  # noqa: N815 - the names of http.server

        def log_message(self, *_: object) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Handler)


@pytest.fixture
def example() -> ModuleType:
    described = importlib.util.spec_from_file_location("chatwoot", EXAMPLE)
    assert described is not None
    assert described.loader is not None
    module = importlib.util.module_from_spec(described)
    described.loader.exec_module(module)
    return module


async def test_a_card_becomes_a_conversation_once(example: ModuleType, tmp_path: Path) -> None:
    chatwoot, store = Imitation(), await Store.open(tmp_path / "a.db", BELARUS)
    with listening(serving(chatwoot)) as url:
        inbox = example.Chatwoot(url, "token", "3", 5)
        with listening(example.serve("ours", inbox, 0)) as here:
            settings, keys = WebhookSettings(url=here), EndpointKeys(Secret("ours"), None)
            wrong = EndpointKeys(Secret("theirs"), None)
            event = Event(1, "e1", "card.closed", "1.1", NOON, Raw(json.encode(CARD)))
            second = Event(2, "e2", "card.closed", "1.1", NOON, Raw(json.encode(CARD)))

            def now() -> datetime:
                return datetime.now(UTC)

            async with (
                EventWebhook(store, "crm", settings, keys, now) as webhook,
                EventWebhook(store, "crm", settings, wrong, now) as other,
            ):
                assert await other.send(event) == ("the webhook answered 401", False)
                chatwoot.down = True
                assert await webhook.send(event) == ("the webhook answered 503", False)
                chatwoot.down = False
                for each in (event, event, second):
                    assert await webhook.send(each) == ("", False)
    await store.close()
    conversation = {"source_id": "s7", "inbox_id": 5, "contact_id": 7}
    said = "Call of 2026-11-24T12:00:00.000Z with Anna Ray, tv\n\nNo picture\n\nRestarted the box"
    made = [(path.rpartition("/3")[2], body) for method, path, body in chatwoot.asked if body]
    assert made == [
        (
            "/contacts",
            {"inbox_id": 5, "name": "+375990000001", "phone_number": "+375990000001"},
        ),
        ("/contacts/7/contact_inboxes", {"inbox_id": 5}),
        *(("/conversations", conversation), ("/conversations/11/messages", message(said))),
        *(("/conversations", conversation), ("/conversations/11/messages", message(said))),
    ]


def message(text: str) -> dict[str, str]:
    return {"content": text, "message_type": "incoming"}
