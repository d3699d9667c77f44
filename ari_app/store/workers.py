"""The workers that share the database.

A worker is one run of an application that has a name. Its ``epoch``, which no other run ever has,
is the owner of the rows that it works on; an owner of 0 is no one. Its lease is good
until a moment that it puts off all the time. What a worker with a lease owns no other takes; what
another took, its owner of before writes to no more, as each of its statements names its epoch.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from ari_app.store.lines import listed
from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment

KEPT = timedelta(days=1)
"""For how long a worker whose lease is over is known. What it owned then is taken by any."""

LIVING = "select epoch from workers where until > ?"
"""The epochs of the workers that have a lease at a moment."""

LEFT = (
    "(owner = 0 or owner not in (select epoch from workers) or owner in"
    " (select other.epoch from workers as other join workers as me on me.epoch = ?"
    " where other.epoch <> me.epoch and (other.name = me.name"
    " or (other.until <= ? and other.pod = me.pod))))"
)
"""What is left to a worker, by its epoch, at a moment: by no one, by a run of it before this one,
and by a worker at the same Asterisk whose lease is over."""


class NameInUseError(Exception):
    """A worker of this name lives elsewhere, at the place that the text names."""


class Worker(Struct, frozen=True):
    """A worker: ``place`` is the machine and the directory that it runs in, ``application`` its
    name in ARI, ``pod`` the Asterisk that it serves; workers of one pod take each other's calls."""

    name: str
    place: str
    application: str
    pod: str = ""
    epoch: int = 0
    began: datetime | None = None
    until: datetime | None = None


class Beat(Struct, frozen=True):
    """What a worker hears when it puts its lease off: whether it ``leads``, and the workers of its
    pod that died and left calls."""

    leads: bool
    dead: Sequence[Worker]


def enter(db: Database, worker: Worker, at: datetime, until: datetime) -> None:
    """A worker begins, with an epoch that no other ever had.

    Raises :class:`NameInUseError` where one of its name lives at another place.
    """
    others = "select place from workers where name = ? and place <> ? and until > ?"
    found = db.conn.execute(others, (worker.name, worker.place, micros(at))).fetchone()
    if found is not None:
        raise NameInUseError(found[0])
    db.conn.execute(
        "delete from workers where until < ? and not exists"
        " (select 1 from duties where owner = epoch)",
        (micros(at - KEPT),),
    )
    db.conn.execute(
        "insert into workers (epoch, name, place, application, pod, began, until)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        (
            *(worker.epoch, worker.name, worker.place, worker.application, worker.pod),
            *(micros(at), micros(until)),
        ),
    )


def beat(
    db: Database, worker: Worker, at: datetime, until: datetime, lines: Collection[str] = ()
) -> Beat:
    """Put the lease of a worker off, and have it lead if no worker does that has a lease.

    The dead are those that left calls over these ``lines``, on which it would go on with them.

    One whose lease was over has it again: what others took meanwhile stays theirs.
    """
    epoch, now = worker.epoch, micros(at)
    db.conn.execute(
        "insert into workers (epoch, name, place, application, pod, began, until)"
        " values (?, ?, ?, ?, ?, ?, ?) on conflict (epoch) do update set until = excluded.until",
        (
            *(epoch, worker.name, worker.place, worker.application, worker.pod, now),
            micros(until),
        ),
    )
    left = f"select 1 from calls where ended is null and owner = epoch and line in {listed(*lines)}"
    tail = f"where until <= ? and pod = ? and epoch <> ? and exists ({left})"
    dead = _selected(db, tail, now, worker.pod, epoch) if lines else ()
    return Beat(hold(db, "lead", epoch, at), dead)


def hold(db: Database, duty: str, epoch: int, at: datetime) -> bool:
    """Have a worker do what one worker alone does; False if another one that lives does it."""
    db.conn.execute(
        "insert into duties (duty, owner) values (?, ?) on conflict (duty) do update"
        " set owner = excluded.owner where duties.owner <> excluded.owner"
        f" and duties.owner not in ({LIVING})",
        (duty, epoch, micros(at)),
    )
    (owner,) = db.conn.execute("select owner from duties where duty = ?", (duty,)).fetchone()
    return bool(owner == epoch)


def leave(db: Database, epoch: int, at: datetime) -> None:
    """A worker ends: its lease is over, and another leads."""
    db.conn.execute("update workers set until = ? where epoch = ?", (micros(at), epoch))
    db.conn.execute("update duties set owner = 0 where owner = ?", (epoch,))


def any_known(db: Database) -> bool:
    """Whether the database was ever shared, as far as is known."""
    return db.conn.execute("select 1 from workers limit 1").fetchone() is not None


def alone(db: Database, at: datetime) -> Sequence[Worker]:
    """The database is one application's again, which has no name; or the workers that live."""
    found = living(db, at)
    if not found:
        for table in ("outbox", "orders"):
            db.conn.execute(f"update {table} set owner = 0 where owner <> 0")
        db.conn.execute("delete from duties")
        db.conn.execute("delete from workers")
    return found


def living(db: Database, at: datetime) -> Sequence[Worker]:
    """The workers that have a lease, by name."""
    return _selected(db, "where until > ? order by name, epoch", micros(at))


def _selected(db: Database, tail: str, *values: object) -> list[Worker]:
    rows = db.conn.execute(
        f"select name, place, application, pod, epoch, began, until from workers {tail}", values
    )
    return [
        Worker(name, place, application, pod, epoch, moment(began), moment(until))
        for name, place, application, pod, epoch, began, until in rows
    ]
