"""What an endpoint is: its place, its scope, what it reads and answers; and how it refuses."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

SCOPES: Mapping[str, str] = {
    "calls:read": "Calls, their steps, and stays in queues.",
    "queues:read": "Who waits and who serves now.",
    "tickets:read": "Tickets and their history.",
    "tickets:write": "Open and change tickets.",
    "callbacks:read": "Requests to be called back.",
    "callbacks:write": "Request callbacks, and close them.",
    "subscribers:read": "Names, tickets and contacts of subscribers.",
    "texts:read": "Texts to subscribers, and whether they arrived.",
    "texts:write": "Send texts.",
    "events:read": "Events, and how webhooks stand.",
    "events:write": "Have webhooks send events again.",
}
"""Scope -> what a token with it may do."""


class Asked(Struct, frozen=True):
    """A request: ``who`` asks, as audits name it; ``path``: what stands in braces in the path;
    ``query`` and ``body`` as the endpoint has them; ``key``: the same is the same request."""

    who: str
    at: datetime
    path: Mapping[str, str]
    query: Any
    body: Any
    key: str
    token: Any


class Endpoint(Struct, frozen=True, kw_only=True):
    """An endpoint. ``scope`` is "" where any token will do; ``keyed``: a request with the same
    Idempotency-Key as one before does nothing again."""

    method: str
    path: str
    scope: str
    summary: str
    answer: Any
    handle: Callable[[Asked], Awaitable[object]]
    query: type[Struct] | None = None
    body: type[Struct] | None = None
    status: int = 200
    keyed: bool = False


class Refused(Exception):  # noqa: N818 - named by what is so, not as an error
    """A request is refused with a status; the text says why, and what to do."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.headers = headers or {}
