"""Audit: which agent viewed which subscriber's personal data."""

from datetime import datetime

from msgspec import Struct

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment


class View(Struct, frozen=True):
    """An agent viewed data of a subscriber; ``what`` is a word, such as ``card``."""

    at: datetime
    agent: str
    subscriber: int | None
    what: str


def add(db: Database, agent: str, subscriber: int | None, what: str, at: datetime) -> None:
    """Store a view."""
    db.conn.execute(
        "insert into views (at, agent, subscriber, what) values (?, ?, ?, ?)",
        (micros(at), agent, subscriber, what),
    )


def recent(
    db: Database, limit: int = 50, *, subscriber: int | None = None, agent: str | None = None
) -> list[View]:
    """The last views, the newest first: all, or of a subscriber, or by an agent, or both."""
    given = {"subscriber = ?": subscriber, "agent = ?": agent}
    where = " and ".join(sql for sql, value in given.items() if value is not None) or "true"
    values = [value for value in given.values() if value is not None]
    rows = db.conn.execute(
        f"select at, agent, subscriber, what from views where {where}"
        " order by at desc, id desc limit ?",
        (*values, limit),
    )
    return [View(moment(at), *rest) for at, *rest in rows]
