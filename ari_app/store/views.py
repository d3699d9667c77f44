"""Which agent looked at whose personal data: the audit of the desk."""

from datetime import datetime

from msgspec import Struct

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment


class View(Struct, frozen=True):
    """An agent looked at something of a subscriber; ``what`` is a word, such as ``card``."""

    at: datetime
    agent: str
    subscriber: int | None
    what: str


def add(db: Database, agent: str, subscriber: int | None, what: str, at: datetime) -> None:
    """Note that an agent looked."""
    db.conn.execute(
        "insert into views (at, agent, subscriber, what) values (?, ?, ?, ?)",
        (micros(at), agent, subscriber, what),
    )


def of_subscriber(db: Database, subscriber: int, limit: int = 50) -> list[View]:
    """Who last looked at a subscriber, the newest first."""
    return _views(db, "subscriber", subscriber, limit)


def of_agent(db: Database, agent: str, limit: int = 50) -> list[View]:
    """At whom an agent looked last, the newest first."""
    return _views(db, "agent", agent, limit)


def _views(db: Database, column: str, value: object, limit: int) -> list[View]:
    rows = db.conn.execute(
        f"select at, agent, subscriber, what from views where {column} = ?"
        " order by at desc, id desc limit ?",
        (value, limit),
    )
    return [View(moment(at), *rest) for at, *rest in rows]
