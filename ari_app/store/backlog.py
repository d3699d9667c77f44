"""What waits to be done: texts to send, and orders whose outcome is unknown."""

from datetime import datetime

from msgspec import Struct

from ari_app.store.sqlite import Database
from ari_app.store.times import moment


class Waiting(Struct, frozen=True):
    """How many wait, and since when the oldest does; None if none does."""

    count: int
    since: datetime | None


class Backlog(Struct, frozen=True):
    """Texts that are still to be sent, and open orders."""

    texts: Waiting
    orders: Waiting


def backlog(db: Database) -> Backlog:
    """What waits now. Both are read from the indexes of what is open."""
    return Backlog(
        _waiting(db, "select count(*), min(created) from outbox where state = 'waiting'"),
        _waiting(db, "select count(*), min(created) from orders where state = 'open'"),
    )


def _waiting(db: Database, query: str) -> Waiting:
    count, oldest = db.conn.execute(query).fetchone()
    return Waiting(count, None if oldest is None else moment(oldest))
