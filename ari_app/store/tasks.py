"""Tasks of agents: what is to be done by when, by one of them or by anyone."""

from datetime import datetime
from typing import Any

from msgspec import Struct

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment

_SELECT = (
    "select tasks.id, text, owner, author, due, tasks.subscriber, number, tasks.created,"
    " coalesce(subscribers.name, '') from tasks"
    " left join subscribers on subscribers.id = tasks.subscriber"
)


class Task(Struct, frozen=True, kw_only=True):
    """An open task: its ``owner`` ("": anyone), who wrote it, when it is ``due``; the subscriber
    whom it is about, by ``name``, and the number."""

    id: int
    text: str
    owner: str
    author: str
    due: datetime
    subscriber: int | None
    number: str
    created: datetime
    name: str


class NewTask(Struct, frozen=True, kw_only=True):
    """A task to be added by its ``author``."""

    key: str
    text: str
    owner: str
    author: str
    due: datetime
    subscriber: int | None = None
    number: str = ""


def add(db: Database, new: NewTask, at: datetime) -> None:
    """Add a task; the same key twice is the same task."""
    db.conn.execute(
        "insert into tasks (key, text, owner, author, due, subscriber, number, created)"
        " values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (key) do nothing",
        (
            *(new.key, new.text, new.owner, new.author, micros(new.due)),
            *(new.subscriber, new.number, micros(at)),
        ),
    )


def listed(db: Database, owner: str | None = None, limit: int = 1000) -> list[Task]:
    """The open tasks, the soonest due first; with ``owner`` those of an agent, "" of anyone."""
    if owner is None:
        return _tasks(db, "where done is null order by due limit ?", limit)
    return _tasks(db, "where done is null and owner = ? order by due limit ?", owner, limit)


def of_agent(db: Database, agent: str, limit: int = 1000) -> list[Task]:
    """The open tasks of an agent, of anyone, or that the agent wrote, the soonest due first."""
    where = "where done is null and (owner in ('', ?) or author = ?) order by due limit ?"
    return _tasks(db, where, agent, agent, limit)


def due(db: Database, at: datetime) -> list[Task]:
    """The open tasks that are due at a moment, the soonest first."""
    return _tasks(db, "where done is null and due <= ? order by due", micros(at))


def of_subscriber(db: Database, subscriber: int) -> list[Task]:
    """The open tasks about a subscriber, the soonest due first."""
    return _tasks(db, "where tasks.subscriber = ? and done is null order by due", subscriber)


def by_id(db: Database, id: int) -> Task | None:
    """An open task; None for one that is done, or that there never was."""
    return next(iter(_tasks(db, "where tasks.id = ? and done is null", id)), None)


def change(db: Database, id: int, owner: str, due: datetime) -> None:
    """Give an open task an owner and a due time."""
    db.conn.execute(
        "update tasks set owner = ?, due = ? where id = ? and done is null",
        (owner, micros(due), id),
    )


def close(db: Database, id: int, by: str, at: datetime) -> None:
    """An open task is done."""
    db.conn.execute(
        "update tasks set done = ?, done_by = ? where id = ? and done is null",
        (micros(at), by, id),
    )


def _tasks(db: Database, tail: str, *values: object) -> list[Task]:
    return [_task(*row) for row in db.conn.execute(f"{_SELECT} {tail}", values)]


def _task(id: int, text: str, owner: str, author: str, due: int, *rest: Any) -> Task:
    subscriber, number, created, name = rest
    return Task(
        id=id,
        text=text,
        owner=owner,
        author=author,
        due=moment(due),
        subscriber=subscriber,
        number=number,
        created=moment(created),
        name=name,
    )
