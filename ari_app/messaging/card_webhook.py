"""The cards of the desk as JSON to another system, such as a CRM, signed and with retries.

The receiver gets ``POST`` with an event, the card, and what the agent wrote. The header
``X-Firstline-Signature`` is the HMAC of the time in ``X-Firstline-Time``, a dot, and the body: a
request of long ago, replayed, has an old time. The same ``Idempotency-Key`` is the same event.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NoReturn

from msgspec import json
from msgspec.structs import asdict

from ari_app.messaging.outbox import UndeliverableError
from ari_app.messaging.poster import Poster, WebhookError, signature
from ari_app.retry import RetryWorker, Schedule
from ari_app.store import card_events, cards
from ari_app.store.card_events import CardEvent
from ari_app.store.db import Store, StoreError
from ari_app.store.sqlite import Database
from ivr.secret import Secret

log = logging.getLogger(__name__)

PAUSES = tuple(timedelta(seconds=each) for each in (2, 10, 60, 600, 3600, 6 * 3600, 24 * 3600))
"""The pause after each attempt; after the last of them there is one attempt more."""

CONCURRENCY = 4


class CardWebhook(Poster):
    """Sends the events of cards to ``url``; a context."""

    def __init__(self, store: Store, url: str, secret: Secret, now: Callable[[], datetime]) -> None:
        super().__init__(url)
        self._store = store
        self._secret = secret
        self._now = now
        self._schedule = Schedule(PAUSES)
        self._worker = RetryWorker(
            "cards to the webhook",
            self,
            self._schedule,
            now,
            unavailable=StoreError,
            concurrency=CONCURRENCY,
        )

    def wake(self) -> None:
        """Look for events at once."""
        self._worker.wake()

    async def run(self) -> NoReturn:
        """Send for ever."""
        await self._worker.run()

    def lane(self, one: CardEvent) -> str:
        """The events of a card are sent one after the other."""
        return one.card

    def taken(self) -> frozenset[str]:
        """No events are sent elsewhere."""
        return frozenset()

    async def due(self, now: datetime, limit: int) -> Sequence[CardEvent]:
        """The events to send."""
        return await self._store.read(card_events.due, now, limit)

    async def next_due(self, now: datetime) -> datetime | None:
        """When the next event is to be sent."""
        return await self._store.read(card_events.next_due, now)

    async def begin(self, one: CardEvent, now: datetime, next_at: datetime | None) -> bool:  # noqa: ARG002 - of RetryWorker
        """Count the attempt."""
        return await self._store.write(card_events.start_attempt, one, next_at)

    async def attempt(self, one: CardEvent) -> None:
        """Send an event; it is deleted when it was taken, refused for good, or given up."""
        why, last = await self._send(one, await self._store.read(_body, one))
        next_at = self._schedule.next_attempt(one.attempts, self._now())
        if why:
            gone = last or next_at is None
            follows = "given up" if gone else f"retry at {next_at:%H:%M:%S}"
            log.warning("card %s (%s): %s: %s", one.card, one.event, follows, why)
        if not why or last or next_at is None:
            insist = self._worker.insist
            await insist(partial(self._store.write, card_events.end, one))

    async def _send(self, one: CardEvent, body: bytes) -> tuple[str, bool]:
        """Why it was not taken, "" if it was; and whether that is for good."""
        if not body:
            return "the card is gone", True
        try:
            await self.post(one.key, body, self._headers(body))
        except UndeliverableError as error:
            return str(error), True
        except WebhookError as error:
            return str(error), False
        return "", False

    def _headers(self, body: bytes) -> dict[str, str]:
        at = str(int(self._now().timestamp()))
        return {"X-Firstline-Time": at, **signature(self._secret, at.encode() + b"." + body)}


def _body(db: Database, one: CardEvent) -> bytes:
    """An event as JSON, with the card as it is now; empty if the card is gone."""
    card = cards.by_id(db, one.card)
    if card is None:
        return b""
    written = cards.texts(db, one.card) if one.event == "closed" else {}
    return json.encode({"event": one.event, "at": one.at, "card": asdict(card), "written": written})
