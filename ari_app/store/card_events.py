"""The events of cards that wait to be sent to another system; one that is sent is deleted."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment

EventKind: TypeAlias = Literal["opened", "closed"]


class CardEvent(Struct, frozen=True):
    """An event of a card; ``attempts`` is how often it was tried to send it."""

    card: str
    event: EventKind
    at: datetime
    attempts: int = 0

    @property
    def key(self) -> str:
        """The same key is the same event."""
        return f"{self.card}:{self.event}"


def post(db: Database, card: str, event: EventKind, at: datetime) -> None:
    """Have an event sent, inside the current transaction; the same one twice is one."""
    db.conn.execute(
        "insert into card_events values (?, ?, ?, 0, ?) on conflict do nothing",
        (card, event, micros(at), micros(at)),
    )


def due(db: Database, now: datetime, limit: int) -> Sequence[CardEvent]:
    """The events to send: that a card was closed comes after that it opened."""
    rows = db.conn.execute(
        "select card, event, at, attempts from card_events where next_at <= ? and not"
        " (event = 'closed' and exists (select 1 from card_events before"
        " where before.card = card_events.card and before.event = 'opened'"
        " and before.next_at is not null))"  # an application ended in its last attempt
        " order by next_at limit ?",
        (micros(now), limit),
    )
    return [CardEvent(card, event, moment(at), attempts) for card, event, at, attempts in rows]


def next_due(db: Database, now: datetime) -> datetime | None:
    """When the next event that is not due yet will be."""
    [next_at] = db.conn.execute(
        "select min(next_at) from card_events where next_at > ?", (micros(now),)
    ).fetchone()
    return None if next_at is None else moment(next_at)


def start_attempt(db: Database, one: CardEvent, next_at: datetime | None) -> bool:
    """Count an attempt; False if the event is gone."""
    done = db.conn.execute(
        "update card_events set attempts = attempts + 1, next_at = ? where card = ? and event = ?",
        (next_at and micros(next_at), one.card, one.event),
    )
    return done.rowcount == 1


def end(db: Database, one: CardEvent) -> None:
    """It was sent, or is given up."""
    db.conn.execute("delete from card_events where card = ? and event = ?", (one.card, one.event))
