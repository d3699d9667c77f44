"""Notes of agents about a subscriber, for the next agent who speaks with them."""

from datetime import datetime

from msgspec import Struct

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment

_COLUMNS = "id, subscriber, at, agent, text"


class Note(Struct, frozen=True):
    """A note of an agent."""

    id: int
    subscriber: int
    at: datetime
    agent: str
    text: str


def add(db: Database, key: str, subscriber: int, agent: str, text: str, at: datetime) -> int:
    """Store a note and return its id; the same key twice is the same note."""
    db.conn.execute(
        "insert into colleague_notes (key, subscriber, at, agent, text) values (?, ?, ?, ?, ?)"
        " on conflict (key) do nothing",
        (key, subscriber, micros(at), agent, text),
    )
    (id,) = db.conn.execute("select id from colleague_notes where key = ?", (key,)).fetchone()
    return int(id)


def of_subscriber(db: Database, subscriber: int, limit: int = 20) -> list[Note]:
    """The last notes of a subscriber, the newest first."""
    rows = db.conn.execute(
        f"select {_COLUMNS} from colleague_notes where subscriber = ?"
        " order by at desc, id desc limit ?",
        (subscriber, limit),
    )
    return [Note(id, who, moment(at), *rest) for id, who, at, *rest in rows]


def remove(db: Database, id: int) -> bool:
    """Delete a note; False if there is none."""
    return db.conn.execute("delete from colleague_notes where id = ?", (id,)).rowcount == 1
