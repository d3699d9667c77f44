"""Callers who asked to be called back."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment

_COLUMNS = "id, call, at, number, subscriber, topic, state, due, agent, note"


class Callback(Struct, frozen=True):
    """A wish to be called, ``open`` or ``done``; there is one open wish for a number at most.

    An ``agent`` may have promised a call for a moment (``due``), with a ``note`` of what about.
    """

    id: int
    call: str
    at: datetime
    number: str
    subscriber: int | None
    topic: str
    state: str
    due: datetime | None = None
    agent: str = ""
    note: str = ""


def request(
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
        (key, call, micros(at), db.numbers.msisdn(number) or number, subscriber, topic),
    )
    found = db.conn.execute("select 1 from callbacks where key = ?", (key,))
    return found.fetchone() is not None


def listed(db: Database, done: bool) -> list[Callback]:
    """The open wishes, those that were done too on demand, the oldest first."""
    where = "" if done else "where state = 'open'"
    rows = db.conn.execute(f"select {_COLUMNS} from callbacks {where} order by id")
    return [_callback(*row) for row in rows]


def promised(db: Database, agent: str) -> list[Callback]:
    """Whom an agent promised to call, the soonest first."""
    rows = db.conn.execute(
        f"select {_COLUMNS} from callbacks where state = 'open' and agent = ?"
        " order by coalesce(due, at), id",
        (agent,),
    )
    return [_callback(*row) for row in rows]


def promise(db: Database, id: int, agent: str, due: datetime | None, note: str = "") -> bool:
    """An agent takes an open wish upon himself, or with ``""`` nobody does; False if no such wish
    is open."""
    noted = db.conn.execute(
        "update callbacks set agent = ?, due = ?, note = ? where id = ? and state = 'open'",
        (agent, due and micros(due), note, id),
    )
    return noted.rowcount == 1


def open_of(db: Database, number: str) -> Callback | None:
    """The open wish of a number, if there is one."""
    rows = db.conn.execute(
        f"select {_COLUMNS} from callbacks where state = 'open' and number = ?",
        (db.numbers.msisdn(number) or number,),
    )
    return next((_callback(*row) for row in rows), None)


def done(db: Database, id: int) -> bool:
    """Note that a caller was called back; False if no such wish is open."""
    noted = db.conn.execute(
        "update callbacks set state = 'done' where id = ? and state = 'open'", (id,)
    )
    return noted.rowcount == 1


def _callback(id: int, call: str, at: int, *rest: Any) -> Callback:
    number, subscriber, topic, state, due, agent, note = rest
    when = None if due is None else moment(due)
    return Callback(id, call, moment(at), number, subscriber, topic, state, when, agent, note)
