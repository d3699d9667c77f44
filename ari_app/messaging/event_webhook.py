"""Events as JSON to other systems, signed, in order, and with retries.

Each endpoint has a worker of its own, so that one that is down delays no other. The events of one
call, ticket or callback are sent one after the other; others overtake them.
"""

import logging
import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NoReturn
from urllib.parse import quote

from msgspec import Raw, Struct, json

from ari_app.config.other_systems import WebhookSettings
from ari_app.config.state import PREFIX, ConfigError, State
from ari_app.messaging import zammad
from ari_app.messaging.outbox import UndeliverableError
from ari_app.messaging.poster import LATER, Poster, WebhookError, signature
from ari_app.retry import RetryWorker, Schedule
from ari_app.store import webhooks
from ari_app.store.db import Store, StoreError
from ari_app.store.webhooks import EVENTS, Delivery, Event
from ivr.secret import Secret

log = logging.getLogger(__name__)

PAUSES = tuple(timedelta(seconds=each) for each in (2, 10, 60, 600, 3600, 6 * 3600, 24 * 3600))
"""The pause after each attempt; after the last of them there is one attempt more."""
CONCURRENCY = 4
LOOK = 1.0
"""Seconds between two looks for events, which the triggers of the database write."""
REPAIRED = LATER | {401, 403, 404, 407, 423, 425}
"""Status codes after which it is sent again: what they complain of, an operator repairs."""
TOKEN = "{token}"
"""The place in an address where a token of ``secrets.toml`` goes."""


class EndpointKeys(Struct, frozen=True):
    """What the events of an endpoint are signed with, and its token; None where there is none."""

    secret: Secret | None
    token: Secret | None

    @classmethod
    def of(
        cls,
        state: State,
        name: str,
        settings: WebhookSettings,
        environment: Mapping[str, str] = os.environ,
    ) -> "EndpointKeys":
        """Those of ``secrets.toml``; :class:`ConfigError` if one that is needed is missing."""
        state.keys()  # makes the file, or says what is wrong with it
        file = state.directory / "secrets.toml"
        table = tomllib.loads(file.read_text())
        of_all = environment.get(f"{PREFIX}WEBHOOK_SECRET") or table.get("webhook_secret")
        secret = _named(table, "webhooks", name) or _text(of_all)
        token = _named(table, "webhook_tokens", name)
        if secret is None and settings.format == "json":
            raise ConfigError(
                f"what goes to [webhooks.{name}] is signed, with a secret that the receiver has, "
                f'too: write {name} = "…" under [webhooks] in {file}'
            )
        if token is None and TOKEN in settings.url:
            raise ConfigError(
                f"the url of [webhooks.{name}] has {TOKEN}: write {name} = "
                f'"…" under [webhook_tokens] in {file}'
            )
        return cls(Secret(secret) if secret else None, Secret(token) if token else None)

    def url(self, url: str) -> str:
        """The address, with the token in its place."""
        return url.replace(TOKEN, quote(self.token.reveal(), "")) if self.token else url


def wanted(settings: WebhookSettings) -> tuple[str, ...]:
    """The events that an endpoint gets: ``call.*`` are those that begin with ``call.``.

    :class:`ConfigError` if there are none of a name.
    """
    known = zammad.EVENTS if settings.format == "zammad" else EVENTS
    found: set[str] = set()
    for each in settings.events:
        start = each.removesuffix("*")
        named = {one for one in EVENTS if one == each or (start != each and one.startswith(start))}
        if not named:
            raise ConfigError(f"there is no event {each}: write some of {', '.join(EVENTS)}")
        found |= named
    return tuple(one for one in known if one in found)


class EventWebhook(Poster):
    """Sends the events of an endpoint; a context."""

    def __init__(
        self,
        store: Store,
        name: str,
        settings: WebhookSettings,
        keys: EndpointKeys,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(keys.url(settings.url), later=REPAIRED)
        self.name = name
        self._store = store
        self._zammad = settings.format == "zammad"
        self._keys = keys
        self._bearer = keys.token if TOKEN not in settings.url else None
        self._now = now
        self._schedule = Schedule(PAUSES)
        self._worker = RetryWorker(
            f"events to [webhooks.{name}]",
            self,
            self._schedule,
            now,
            unavailable=StoreError,
            concurrency=CONCURRENCY,
            look=LOOK,
        )

    async def run(self) -> NoReturn:
        """Send for ever."""
        await self._worker.run()

    def lane(self, one: Delivery) -> str:
        """Events about the same are sent one after the other."""
        return one.event.about

    def taken(self) -> frozenset[str]:
        """No events are sent elsewhere."""
        return frozenset()

    async def due(self, now: datetime, limit: int) -> Sequence[Delivery]:
        """The events to send."""
        return await self._store.read(webhooks.due, self.name, now, limit)

    async def next_due(self, now: datetime) -> datetime | None:
        """When the next event is to be sent."""
        return await self._store.read(webhooks.next_due, self.name, now)

    async def begin(self, one: Delivery, now: datetime, next_at: datetime | None) -> bool:  # noqa: ARG002 - of RetryWorker
        """Count the attempt."""
        return await self._store.write(webhooks.start_attempt, one, next_at)

    async def attempt(self, one: Delivery) -> None:
        """Send an event and store what came of it."""
        next_at = self._schedule.next_attempt(one.attempts, self._now())
        why, last = await self.send(one.event)
        write, insist = self._store.write, self._worker.insist
        if not why:
            await insist(partial(write, webhooks.sent, one, self._now()))
            return
        gone = last or next_at is None
        follows = "given up" if gone else f"retry at {next_at:%H:%M:%S}"
        log.warning("%s to [webhooks.%s]: %s: %s", one.event.event, self.name, follows, why)
        await insist(partial(write, webhooks.attempt_failed, one, why, gone))

    async def send(self, one: Event) -> tuple[str, bool]:
        """Send an event once: why it was not taken, "" if it was; and whether that is for good."""
        body = zammad.body(one) if self._zammad else as_json(one)
        if not body:
            return "", False
        try:
            await self.post(one.key, body, self._headers(one, body))
        except UndeliverableError as error:
            return str(error), True
        except WebhookError as error:
            return str(error), False
        return "", False

    def _headers(self, one: Event, body: bytes) -> dict[str, str]:
        at = str(int(self._now().timestamp()))
        headers = {"X-Firstline-Event": one.event, "X-Firstline-Time": at}
        if self._keys.secret is not None:
            headers |= signature(self._keys.secret, at.encode() + b"." + body)
        if self._bearer is not None:
            headers["Authorization"] = f"Bearer {self._bearer.reveal()}"
        return headers


class Sent(Struct, frozen=True):
    """An event as other systems read it. ``seq`` grows from one stored event to the next."""

    id: str
    seq: int
    event: str
    at: datetime
    data: Raw


def as_json(one: Event) -> bytes:
    """The body of an event."""
    return json.encode(Sent(one.key, one.seq, one.event, one.at.astimezone(UTC), one.data))


def _named(table: dict[str, object], section: str, name: str) -> str | None:
    part = table.get(section)
    return _text(part.get(name)) if isinstance(part, dict) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
