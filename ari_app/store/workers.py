"""The workers that share the database.

A worker is one run of an application that has a name. Its ``epoch``, which no other run ever has,
is the owner of the rows that it works on; an owner of 0 is no one. Its lease is good
until a moment that it puts off all the time. Once that has passed, it is dead as soon as another
one calls it so, which may do so only if it could put its own lease off all that time; ``until`` is
negative then, for all to see. What a living worker owns no other takes; what another took, its
owner of before writes to no more, as each of its statements names its epoch.

One that ended and comes back, as by a restart, is dead with a moment to come: until then its next
run is awaited, and what it did alone is no other's.

An application without a name owns nothing by an epoch, and has a lease, so that no worker begins
beside it.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from ari_app.store.lines import listed
from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment

KEPT = timedelta(days=1)
"""For how long a worker whose lease is over is known. What it owned then is taken by any."""

LIVING = "select epoch from workers where until > 0"
"""The epochs of the workers that no one has called dead."""

LEFT = (
    "(owner = 0 or owner not in (select epoch from workers) or owner in"
    " (select other.epoch from workers as other join workers as me on me.epoch = ?"
    " where other.epoch <> me.epoch and (other.name = me.name"
    " or (other.until < 0 and other.pod = me.pod))))"
)
"""What is left to a worker, by its epoch: by no one, by a run of it before this one, and by a dead
worker at the same Asterisk."""


class NameInUseError(Exception):
    """A worker of this name, or an application without one, lives elsewhere, at the place that the
    text names; ``named`` says which of them."""

    def __init__(self, place: str, *, named: bool) -> None:
        super().__init__(place)
        self.named = named


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


def enter(
    db: Database,
    worker: Worker,
    at: datetime,
    until: datetime,
    *,
    succeeds: bool = False,
    leading: bool = True,
) -> None:
    """A worker begins, with an epoch that no other ever had. Its runs before this one are dead if
    it ``succeeds`` them. What one of them did alone that ended to come back (:func:`leave`) is
    its, with a lease for as long as it is awaited; not without ``leading``.

    Raises :class:`NameInUseError` where one of its name, or one without a name, lives at another
    place.
    """
    others = (
        "select place, name <> '' from workers"
        " where name in ('', ?) and place <> ? and until > ? order by name limit 1"
    )
    found = db.conn.execute(others, (worker.name, worker.place, micros(at))).fetchone()
    if found is not None:
        raise NameInUseError(found[0], named=bool(found[1]))
    db.conn.execute(
        "delete from workers where abs(until) < ? and not exists"
        " (select 1 from duties where owner = epoch)",
        (micros(at - KEPT),),
    )
    if succeeds:
        now = micros(at)
        awaited = "name = ? and until < ? and epoch in (select owner from duties)"
        query = f"select epoch, until from workers where {awaited}"
        for epoch, awaited_until in db.conn.execute(query, (worker.name, -now)).fetchall():
            owner = worker.epoch if leading else 0
            db.conn.execute("update duties set owner = ? where owner = ?", (owner, epoch))
            until = max(until, moment(-awaited_until))
        died = "update workers set until = ? where name = ? and until > 0"
        db.conn.execute(died, (-now, worker.name))
    put_off(db, worker, at, until)


def put_off(db: Database, worker: Worker, at: datetime, until: datetime) -> None:
    """Put the lease of a worker off; one that was called dead lives again."""
    db.conn.execute(
        "insert into workers (epoch, name, place, application, pod, began, until)"
        " values (?, ?, ?, ?, ?, ?, ?) on conflict (epoch) do update set until = excluded.until",
        (
            *(worker.epoch, worker.name, worker.place, worker.application, worker.pod),
            *(micros(at), micros(until)),
        ),
    )


def beat(
    db: Database,
    worker: Worker,
    at: datetime,
    until: datetime,
    lines: Collection[str] = (),
    *,
    leading: bool = True,
    judges: bool = True,
) -> Beat:
    """Put the lease of a worker off, and have it lead if no living worker does; not without
    ``leading``. If it ``judges``, those whose lease is over are dead from now on.

    The dead are those that left calls over these ``lines``, on which it would go on with them.

    One whose lease was over has it again: what others took meanwhile stays theirs.
    """
    epoch = worker.epoch
    put_off(db, worker, at, until)
    if judges:
        db.conn.execute(
            "update workers set until = -until where until between 1 and ? and epoch <> ?",
            (micros(at), epoch),
        )
    left = f"select 1 from calls where ended is null and owner = epoch and line in {listed(*lines)}"
    tail = f"where until < 0 and pod = ? and epoch <> ? and exists ({left})"
    dead = _selected(db, tail, worker.pod, epoch) if lines else ()
    return Beat(leading and hold(db, "lead", epoch, at), dead)


def hold(db: Database, duty: str, epoch: int, at: datetime) -> bool:
    """Have a worker do what one worker alone does; False if another one does it that lives or is
    awaited."""
    db.conn.execute(
        "insert into duties (duty, owner) values (?, ?) on conflict (duty) do update"
        " set owner = excluded.owner where duties.owner <> excluded.owner"
        " and duties.owner not in (select epoch from workers where until > 0 or until < ?)",
        (duty, epoch, -micros(at)),
    )
    (owner,) = db.conn.execute("select owner from duties where duty = ?", (duty,)).fetchone()
    return bool(owner == epoch)


def leading_pod(db: Database) -> str:
    """The Asterisk that the worker serves that leads; "" if none does."""
    found = db.conn.execute(
        "select pod from workers join duties on owner = epoch where duty = 'lead'"
    ).fetchone()
    return found[0] if found else ""


def leave(db: Database, epoch: int, at: datetime, awaited: datetime | None = None) -> None:
    """A worker ends: it is dead, and another leads: that of its name that comes after it, if one
    has begun already. One without a name is forgotten.

    One that is ``awaited`` until a moment leaves what it did alone to its next run until then.
    """
    db.conn.execute("delete from workers where epoch = ? and name = ''", (epoch,))
    db.conn.execute("update workers set until = ? where epoch = ?", (-micros(awaited or at), epoch))
    db.conn.execute(
        "update duties set owner = coalesce((select max(later.epoch) from workers as later"
        " join workers as me on later.name = me.name where me.epoch = ? and me.name <> ''"
        " and later.until > 0), ?) where owner = ?",
        (epoch, epoch if awaited else 0, epoch),
    )


def alone(db: Database, one: Worker, at: datetime, until: datetime) -> Sequence[Worker]:
    """The database is that of one application, which has no name, with a lease; or the others
    that live at other places, with names or without."""
    others = "where place <> ? and until > ? order by name, epoch"
    if found := _selected(db, others, one.place, micros(at)):
        return found
    gone = db.conn.execute("delete from workers where name <> '' or until <= ?", (micros(at),))
    if gone.rowcount:
        for table in ("outbox", "orders"):
            db.conn.execute(f"update {table} set owner = 0 where owner <> 0")
        db.conn.execute("delete from duties")
    put_off(db, one, at, until)
    return ()


def _selected(db: Database, tail: str, *values: object) -> list[Worker]:
    rows = db.conn.execute(
        f"select name, place, application, pod, epoch, began, until from workers {tail}", values
    )
    return [
        Worker(name, place, application, pod, epoch, moment(began), moment(abs(until)))
        for name, place, application, pod, epoch, began, until in rows
    ]
