"""Callers who asked to be called back."""

from datetime import datetime

from msgspec import Struct

from ari_app.store.numbers import normalise
from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment

_COLUMNS = "id, call, at, number, subscriber, topic, state"


class Callback(Struct, frozen=True):
    """A wish to be called, ``open`` or ``done``; there is one open wish for a number at most."""

    id: int
    call: str
    at: datetime
    number: str
    subscriber: int | None
    topic: str
    state: str


def ask(
    db: Database,
    key: str,
    call: str,
    number: str,
    subscriber: int | None,
    at: datetime,
    topic: str = "",
) -> bool:
    """Note that a number is to be called; False if that is noted already.

    The same key twice is the same wish, and True both times.
    """
    db.conn.execute(
        "insert into callbacks (key, call, at, number, subscriber, topic, state)"
        " values (?, ?, ?, ?, ?, ?, 'open') on conflict do nothing",
        (key, call, micros(at), normalise(number) or number, subscriber, topic),
    )
    found = db.conn.execute("select 1 from callbacks where key = ?", (key,))
    return found.fetchone() is not None


def listing(db: Database, done: bool) -> list[Callback]:
    """The open wishes, those that were done too on demand, the oldest first."""
    where = "" if done else "where state = 'open'"
    rows = db.conn.execute(f"select {_COLUMNS} from callbacks {where} order by id")
    return [Callback(id, call, moment(at), *rest) for id, call, at, *rest in rows]


def done(db: Database, id: int) -> bool:
    """Note that a caller was called back; False if no such wish is open."""
    noted = db.conn.execute(
        "update callbacks set state = 'done' where id = ? and state = 'open'", (id,)
    )
    return noted.rowcount == 1
