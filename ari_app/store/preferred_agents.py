"""The agent to whom a subscriber comes first because a person chose so."""

from datetime import datetime

from msgspec import Struct

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment


class PreferredAgent(Struct, frozen=True):
    """The ``agent`` (login) to whom a subscriber comes first ``until`` a moment; ``by`` chose."""

    agent: str
    until: datetime
    by: str


def choose(db: Database, subscriber: int, agent: str, until: datetime, by: str) -> bool:
    """Choose an agent for a subscriber, instead of the one before; False if there is no such
    agent, or no such subscriber."""
    done = db.conn.execute(
        "insert into preferred_agents (subscriber, agent, until, author)"
        " select subscribers.id, agents.name, ?, ? from subscribers, agents"
        " where subscribers.id = ? and agents.name = ?"
        " on conflict (subscriber) do update set agent = excluded.agent, until = excluded.until,"
        " author = excluded.author",
        (micros(until), by, subscriber, agent),
    )
    return done.rowcount == 1


def remove(db: Database, subscriber: int) -> bool:
    """A subscriber comes to any agent again; False if none was chosen."""
    done = db.conn.execute("delete from preferred_agents where subscriber = ?", (subscriber,))
    return done.rowcount == 1


def of_subscriber(db: Database, subscriber: int, now: datetime) -> PreferredAgent | None:
    """The agent who is chosen now, if there still is such an agent."""
    row = db.conn.execute(
        "select agent, until, author from preferred_agents join agents on agents.name = agent"
        " where subscriber = ? and until > ?",
        (subscriber, micros(now)),
    ).fetchone()
    return None if row is None else PreferredAgent(row[0], moment(row[1]), row[2])
