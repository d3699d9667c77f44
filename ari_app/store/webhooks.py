"""Events for other systems, and their deliveries to the endpoints that subscribed to them.

Triggers of the database write the events, in the transaction that causes them. A delivery is
``waiting`` until it was ``sent``, or ``failed`` when no attempt is left; it can be sent again
(:func:`replay`) as long as its event is kept.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Literal, TypeAlias, get_args

from msgspec import Raw, Struct, json

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment

EventName: TypeAlias = Literal[
    "call.began", "call.queued", "call.offered", "call.answered", "call.completed", "call.left",
    "call.ended", "card.closed", "ticket.opened", "ticket.changed", "callback.requested",
    "callback.changed", "callback.done", "alarm.began", "alarm.ended", "canary.began",
    "canary.ended",
]  # fmt: skip
EVENTS: tuple[EventName, ...] = get_args(EventName)

State: TypeAlias = Literal["waiting", "sent", "failed"]

_DELIVERY = (
    "d.endpoint, d.seq, e.key, e.event, e.about, e.at, e.data, d.state, d.attempts, d.next_at,"
    " d.sent_at, d.error"
)
_FROM = "from webhook_deliveries d join webhook_events e on e.seq = d.seq"


class Event(Struct, frozen=True):
    """An event: ``key`` is the same at each attempt, ``about`` what it is about, ``data`` JSON."""

    seq: int
    key: str
    event: str
    about: str
    at: datetime
    data: Raw


class Delivery(Struct, frozen=True, kw_only=True):
    """The delivery of an event to an endpoint; ``error`` is why the last attempt failed."""

    endpoint: str
    event: Event
    state: State
    attempts: int
    next_at: datetime | None
    sent_at: datetime | None
    error: str


class EndpointStatus(Struct, frozen=True):
    """How an endpoint stands: its events, what waits since when, and what failed."""

    endpoint: str
    events: tuple[str, ...]
    waiting: int
    oldest: datetime | None
    failed: int


def subscribe(db: Database, wanted: Mapping[str, Collection[str]]) -> None:
    """Set which events each endpoint gets from now on. What waits for another one is dropped."""
    db.conn.execute("delete from webhook_subscriptions")
    db.conn.executemany(
        "insert into webhook_subscriptions (event, endpoint) values (?, ?)",
        [(event, endpoint) for endpoint, events in wanted.items() for event in events],
    )
    db.conn.execute(
        "update webhook_deliveries set state = 'failed', next_at = null, error = 'the settings do"
        " not name it any more' where state = 'waiting'"
        " and endpoint not in (select value from json_each(?))",
        (json.encode(list(wanted)).decode(),),
    )


def post(
    db: Database, event: EventName, about: str, at: datetime, data: Mapping[str, object]
) -> None:
    """Write an event of which the database knows nothing, if anybody subscribed to it."""
    db.conn.execute(
        "insert into webhook_events (key, event, about, at, number, subscriber, call, data)"
        " select lower(hex(randomblob(16))), ?, ?, ?, '', null, '', ?"
        " where exists (select 1 from webhook_subscriptions where event = ?)",
        (event, about, micros(at), json.encode(data).decode(), event),
    )


def due(db: Database, endpoint: str, now: datetime, limit: int) -> list[Delivery]:
    """What is to be sent to an endpoint; of each call, ticket or callback the first event."""
    return _deliveries(
        db,
        "where d.endpoint = ? and d.state = 'waiting' and d.next_at <= ? and not exists (select 1"
        " from webhook_deliveries b indexed by webhook_deliveries_about"  # not by the primary key
        " where b.endpoint = d.endpoint and b.about = d.about"
        " and b.state = 'waiting' and b.seq < d.seq) order by d.next_at, d.seq limit ?",
        endpoint,
        micros(now),
        limit,
    )


def next_due(db: Database, endpoint: str, now: datetime) -> datetime | None:
    """When the next delivery to an endpoint that is not due yet will be."""
    [next_at] = db.conn.execute(
        "select min(next_at) from webhook_deliveries where endpoint = ? and state = 'waiting'"
        " and next_at > ?",
        (endpoint, micros(now)),
    ).fetchone()
    return None if next_at is None else moment(next_at)


def start_attempt(db: Database, one: Delivery, next_at: datetime | None) -> bool:
    """Count an attempt; the next one is at ``next_at``, None if this is the last one. False if it
    does not wait any more."""
    done = db.conn.execute(
        "update webhook_deliveries set attempts = attempts + 1, error = 'no answer yet',"
        " next_at = ?, state = ? where endpoint = ? and seq = ? and state = 'waiting'",
        (
            *(next_at and micros(next_at), "waiting" if next_at else "failed"),
            *(one.endpoint, one.event.seq),
        ),
    )
    return done.rowcount == 1


def sent(db: Database, one: Delivery, at: datetime) -> None:
    """The endpoint took it."""
    _end(db, one, "sent", "", micros(at))


def attempt_failed(db: Database, one: Delivery, error: str, last: bool) -> None:
    """The attempt failed; after the ``last`` one no other follows."""
    if last:
        _end(db, one, "failed", error, None)
        return
    db.conn.execute(
        "update webhook_deliveries set error = ? where endpoint = ? and seq = ?",
        (error, one.endpoint, one.event.seq),
    )


def _end(db: Database, one: Delivery, state: State, error: str, sent_at: int | None) -> None:
    db.conn.execute(
        "update webhook_deliveries set state = ?, error = ?, sent_at = ?, next_at = null"
        " where endpoint = ? and seq = ?",
        (state, error, sent_at, one.endpoint, one.event.seq),
    )


def replay(db: Database, endpoint: str, since: datetime, now: datetime) -> int:
    """Send all kept events since a moment again that the endpoint subscribed to; returns how many.

    Also those of before it subscribed. The key of each is the same as before.
    """
    done = db.conn.execute(
        "insert into webhook_deliveries (endpoint, seq, about, state, next_at)"
        " select ?, seq, about, 'waiting', ? from webhook_events where at >= ? and event in"
        " (select event from webhook_subscriptions where endpoint = ?)"
        " on conflict (endpoint, seq) do update set state = 'waiting', attempts = 0,"
        " next_at = excluded.next_at, error = ''",
        (endpoint, micros(now), micros(since), endpoint),
    )
    return done.rowcount


def replay_failed(db: Database, endpoint: str, now: datetime) -> int:
    """Send again what failed; returns how many."""
    done = db.conn.execute(
        "update webhook_deliveries set state = 'waiting', attempts = 0, next_at = ?, error = ''"
        " where endpoint = ? and state = 'failed'",
        (micros(now), endpoint),
    )
    return done.rowcount


def statuses(db: Database) -> list[EndpointStatus]:
    """How each endpoint stands, in the order of their names."""
    rows = db.conn.execute(
        "select endpoint, group_concat(event) from webhook_subscriptions group by endpoint"
    ).fetchall()
    return [_status(db, endpoint, events) for endpoint, events in rows]


def _status(db: Database, endpoint: str, events: str) -> EndpointStatus:
    waiting, oldest = db.conn.execute(
        "select count(*), min(e.at) from webhook_deliveries d join webhook_events e"
        " on e.seq = d.seq where d.endpoint = ? and d.state = 'waiting'",
        (endpoint,),
    ).fetchone()
    (failed,) = db.conn.execute(
        "select count(*) from webhook_deliveries where endpoint = ? and state = 'failed'",
        (endpoint,),
    ).fetchone()
    named = tuple(each for each in EVENTS if each in events.split(","))
    return EndpointStatus(
        endpoint, named, waiting, None if oldest is None else moment(oldest), failed
    )


def recent(
    db: Database, limit: int, endpoint: str | None = None, state: State | None = None
) -> list[Delivery]:
    """The last deliveries, the newest first."""
    given = {"d.endpoint = ?": endpoint, "d.state = ?": state}
    where = " and ".join(sql for sql, value in given.items() if value is not None) or "true"
    values = [value for value in given.values() if value is not None]
    return _deliveries(db, f"where {where} order by d.seq desc limit ?", *values, limit)


def events(db: Database, after: int, limit: int) -> Sequence[Event]:
    """The kept events after one, in the order in which they came to be stored."""
    rows = db.conn.execute(
        "select seq, key, event, about, at, data from webhook_events where seq > ?"
        " order by seq limit ?",
        (after, limit),
    )
    return [_event(*row) for row in rows]


def _event(seq: int, key: str, event: str, about: str, at: int, data: str) -> Event:
    return Event(seq, key, event, about, moment(at), Raw(data.encode()))


def _deliveries(db: Database, tail: str, *values: object) -> list[Delivery]:
    rows = db.conn.execute(f"select {_DELIVERY} {_FROM} {tail}", values)
    return [
        Delivery(
            endpoint=endpoint,
            event=_event(seq, key, event, about, at, data),
            state=state,
            attempts=attempts,
            next_at=None if next_at is None else moment(next_at),
            sent_at=None if sent_at is None else moment(sent_at),
            error=error,
        )
        for (
            endpoint, seq, key, event, about, at, data, state, attempts, next_at, sent_at, error,
        ) in rows
    ]  # fmt: skip
