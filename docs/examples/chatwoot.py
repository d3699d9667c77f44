#!/usr/bin/env python3
"""Puts the finished cards of Firstline into an inbox of Chatwoot, as conversations.

    FIRSTLINE_SECRET    what Firstline signs with: `chatwoot` under [webhooks] of its secrets.toml
    CHATWOOT_URL        such as https://chatwoot.example.net
    CHATWOOT_TOKEN      an access token (profile settings)
    CHATWOOT_ACCOUNT    the number of the account
    CHATWOOT_INBOX      the number of an inbox of the kind API

It listens on 127.0.0.1:8200. What it cannot hand over is answered 503: Firstline sends it again.
"""

import hmac
import json
import os
import time
from collections import OrderedDict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

LATE = 300
"""Seconds after which a request is taken for one of long ago."""
SEEN: OrderedDict[str, None] = OrderedDict()
"""The ids of the last events, which may come twice."""


def signed(secret: str, at: str, body: bytes, signature: str, now: float) -> bool:
    """Whether Firstline sent it, and lately."""
    right = hmac.digest(secret.encode(), at.encode() + b"." + body, "sha256").hex()
    lately = at.isdigit() and abs(now - int(at)) < LATE
    return lately and hmac.compare_digest(f"sha256={right}", signature)


class Chatwoot:
    """The API of an account (https://developers.chatwoot.com)."""

    def __init__(self, url: str, token: str, account: str, inbox: int) -> None:
        self._root = f"{url.rstrip('/')}/api/v1/accounts/{account}"
        self._token = token
        self._inbox = inbox

    def add(self, card: dict[str, Any]) -> None:
        """Begin a conversation of the caller with what the agent wrote."""
        contact, source = self._contact(card["number"], card["name"])
        made = {"source_id": source, "inbox_id": self._inbox, "contact_id": contact}
        conversation = self._ask("POST", "/conversations", made)["id"]
        message = {"content": text(card), "message_type": "incoming"}
        self._ask("POST", f"/conversations/{conversation}/messages", message)

    def _contact(self, number: str, name: str) -> tuple[int, str]:
        """The contact with a number, made if there is none, and its place in the inbox."""
        phone = f"+{number}"
        for one in self._ask("GET", f"/contacts/search?q={quote(phone)}")["payload"]:
            if one["phone_number"] == phone:
                return one["id"], self._source(one)
        new = {"inbox_id": self._inbox, "name": name or phone, "phone_number": phone}
        contact = self._ask("POST", "/contacts", new)["payload"]["contact"]
        return contact["id"], self._source(contact)

    def _source(self, contact: dict[str, Any]) -> str:
        for each in contact.get("contact_inboxes", ()):
            if each["inbox"]["id"] == self._inbox:
                return str(each["source_id"])
        where = f"/contacts/{contact['id']}/contact_inboxes"
        return str(self._ask("POST", where, {"inbox_id": self._inbox})["source_id"])

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        headers = {"api_access_token": self._token, "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = Request(self._root + path, data, headers, method=method)
        with urlopen(request, timeout=10) as answer:
            return json.load(answer)


def text(card: dict[str, Any]) -> str:
    """A card as the first message of a conversation."""
    written = card["written"]
    lines = (
        f"Call of {card['opened']} with {card['agent_name'] or card['agent']}, {card['topic']}",
        written.get("question", ""),
        written.get("solution", ""),
    )
    return "\n\n".join(filter(None, lines))


def take(event: dict[str, Any], chatwoot: Chatwoot) -> None:
    """Hand an event over, once; cards without a number make no contact."""
    card = event["data"]
    if event["event"] != "card.closed" or not card["number"] or event["id"] in SEEN:
        return
    chatwoot.add(card)
    SEEN[event["id"]] = None
    if len(SEEN) > 10_000:
        SEEN.popitem(last=False)


def serve(secret: str, chatwoot: Chatwoot, port: int) -> ThreadingHTTPServer:
    """A server that takes webhooks."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            at = self.headers.get("X-Firstline-Time", "")
            signature = self.headers.get("X-Firstline-Signature", "")
            status = 401
            if signed(secret, at, body, signature, time.time()):
                try:
                    take(json.loads(body), chatwoot)
                    status = 204
                except (OSError, LookupError, ValueError) as error:
                    self.log_error("not handed over: %s", error)
                    status = 503
            self.send_response(status)
            self.end_headers()

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


if __name__ == "__main__":
    known = os.environ
    inbox = Chatwoot(
        known["CHATWOOT_URL"],
        known["CHATWOOT_TOKEN"],
        known["CHATWOOT_ACCOUNT"],
        int(known["CHATWOOT_INBOX"]),
    )
    serve(known["FIRSTLINE_SECRET"], inbox, 8200).serve_forever()
