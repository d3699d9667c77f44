"""Complaints that callers recorded, and the answers to them."""

from datetime import datetime, timedelta

from msgspec import Struct

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment

DUE = timedelta(days=15)
"""How soon a complaint must be answered; the prompt `complaint-taken` promises it."""

_COLUMNS = "id, call, at, number, subscriber, file, seconds, state, answer"


class Complaint(Struct, frozen=True):
    """A complaint, ``open`` or ``closed``; ``file`` is the recording of it, ``answer`` ``""``
    while there is none."""

    id: int
    call: str
    at: datetime
    number: str
    subscriber: int | None
    file: str
    seconds: float
    state: str
    answer: str

    @property
    def due(self) -> datetime:
        """When it must be answered."""
        return self.at + DUE


def add(
    db: Database,
    key: str,
    call: str,
    number: str,
    subscriber: int | None,
    file: str,
    seconds: float,
    at: datetime,
) -> int:
    """Store a complaint and return its number; the same key twice is the same complaint."""
    db.conn.execute(
        "insert into complaints (key, call, at, number, subscriber, file, seconds, state, answer)"
        " values (?, ?, ?, ?, ?, ?, ?, 'open', '') on conflict (key) do nothing",
        (key, call, micros(at), number, subscriber, file, seconds),
    )
    (id,) = db.conn.execute("select id from complaints where key = ?", (key,)).fetchone()
    return int(id)


def listed(db: Database, closed: bool, limit: int = 1000) -> list[Complaint]:
    """The first open complaints, with ``closed`` the last of all, the oldest first."""
    if closed:
        return _complaints(db, "order by id desc limit ?", limit)[::-1]
    return _complaints(db, "where state = 'open' order by id limit ?", limit)


def of_subscriber(db: Database, subscriber: int, limit: int = 20) -> list[Complaint]:
    """The newest complaints of a subscriber, the newest first."""
    return _complaints(db, "where subscriber = ? order by id desc limit ?", subscriber, limit)


def by_id(db: Database, id: int) -> Complaint | None:
    """A complaint, None if there is none of this number."""
    return next(iter(_complaints(db, "where id = ?", id)), None)


def close(db: Database, id: int, answer: str) -> bool:
    """Close a complaint with the answer that was given; False if it is not open."""
    done = db.conn.execute(
        "update complaints set state = 'closed', answer = ? where id = ? and state = 'open'",
        (answer, id),
    )
    return done.rowcount == 1


def _complaints(db: Database, tail: str, *values: object) -> list[Complaint]:
    rows = db.conn.execute(f"select {_COLUMNS} from complaints {tail}", values)
    return [Complaint(id, call, moment(at), *rest) for id, call, at, *rest in rows]
