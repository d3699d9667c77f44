"""Another system in a thread of its own: it takes webhooks, verifies them, and asks the API."""

import hmac
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.request import Request, urlopen

from msgspec import json

from tests.deadlines import allowed

SECRET = "secret of both"


class OtherSystem:
    """``events``: those that were signed rightly; ``settings``: how Firstline knows of it."""

    def __init__(self, port: int) -> None:
        self.events: list[dict[str, Any]] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._api: int = free.getsockname()[1]
        self.settings = (
            f'\n[webhooks.crm]\nurl = "http://127.0.0.1:{port}/events"\n'
            f"[api]\nenabled = true\nport = {self._api}\n"
        )
        self.secrets = f'webhook_secret = "{SECRET}"\n'

    def of(self, event: str) -> list[dict[str, Any]]:
        """What was said by the events of a name."""
        return [each["data"] for each in self.events if each["event"] == event]

    def ask(self, path: str, token: str) -> Any:
        """What the API answers."""
        headers = {"Authorization": f"Bearer {token}"}
        url = f"http://127.0.0.1:{self._api}/api/v1{path}"
        with urlopen(Request(url, headers=headers), timeout=allowed(20)) as answer:
            return json.decode(answer.read())

    def take(self, headers: Message, body: bytes) -> int:
        """Take a webhook; the status that it is answered."""
        signed = headers["X-Firstline-Time"].encode() + b"." + body
        right = f"sha256={hmac.digest(SECRET.encode(), signed, 'sha256').hex()}"
        if headers["X-Firstline-Signature"] != right:
            return 401
        self.events.append(json.decode(body))
        return 204


@contextmanager
def other_system() -> Iterator[OtherSystem]:
    """It listens while the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(one.take(self.headers, body))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        one = OtherSystem(server.server_port)
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield one
        finally:
            server.shutdown()
            thread.join()
