"""The endpoints about events: reading them, how webhooks are, and having them sent again."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Raw, Struct

from ari_app.api.endpoints import Asked, Endpoint, Refused
from ari_app.api.reads import converted
from ari_app.api.values import Limit, Moment
from ari_app.store import webhooks
from ari_app.store.db import Store
from ivr.bounds import Id


class Event(Struct, frozen=True, kw_only=True):
    """An event, as webhooks send it."""

    id: str
    seq: int
    event: str
    at: datetime
    data: Raw


class EventsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The events after one."""

    after: Id = 0
    limit: Limit = 50


class Events(Struct, frozen=True):
    """Events, the oldest first; the last ``seq`` is the next ``after``."""

    items: list[Event]


class Webhook(Struct, frozen=True, kw_only=True):
    """An endpoint: what waits for it since when, and what failed."""

    endpoint: str
    events: tuple[str, ...]
    waiting: int
    oldest: datetime | None
    failed: int


class Webhooks(Struct, frozen=True):
    """All endpoints."""

    items: list[Webhook]


class Replay(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to send again: all since a moment, or what failed."""

    since: Moment | None = None


class Replayed(Struct, frozen=True):
    """How many events are sent again."""

    events: int


class EventEndpoints(Struct, frozen=True):
    """The handlers."""

    store: Store

    def endpoints(self) -> Sequence[Endpoint]:
        """All of them."""
        return (
            Endpoint(
                method="GET",
                path="/events",
                scope="events:read",
                summary="Events, for who cannot take webhooks; they are kept where one subscribed",
                answer=Events,
                handle=self.events,
                query=EventsQuery,
            ),
            Endpoint(
                method="GET",
                path="/webhooks",
                scope="events:read",
                summary="How webhooks are",
                answer=Webhooks,
                handle=self.webhooks,
            ),
            Endpoint(
                method="POST",
                path="/webhooks/{name}/replay",
                scope="events:write",
                summary="Send events again: all since a moment, or those that failed",
                answer=Replayed,
                handle=self.replay,
                body=Replay,
            ),
        )

    async def events(self, asked: Asked) -> Events:
        """Events after one."""
        query: EventsQuery = asked.query
        found = await self.store.read(webhooks.events, query.after, query.limit)
        return Events(
            [
                Event(id=one.key, seq=one.seq, event=one.event, at=one.at, data=one.data)
                for one in found
            ]
        )

    async def webhooks(self, _: Asked) -> Webhooks:
        """How webhooks are."""
        found = await self.store.read(webhooks.statuses)
        return Webhooks([converted(one, Webhook) for one in found])

    async def replay(self, asked: Asked) -> Replayed:
        """Send events again."""
        name = asked.path["name"]
        body: Replay = asked.body
        known = {one.endpoint for one in await self.store.read(webhooks.statuses)}
        if name not in known:
            raise Refused(404, f"there is no webhook {name[:50]}")
        if body.since is None:
            return Replayed(await self.store.write(webhooks.replay_failed, name, asked.at))
        return Replayed(await self.store.write(webhooks.replay, name, body.since, asked.at))
