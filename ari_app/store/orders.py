"""Orders of subscribers, stored before billing is asked, and their outcomes.

An order is ``open`` until its outcome is known: ``done``, ``refused`` (by billing), ``failed`` (it
was not done and never will be) or ``limit`` (over the limit of a day or a month). ``order``,
``transfer`` and ``answer`` are JSON that the store does not interpret.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment
from ari_app.store.workers import LIVING

State: TypeAlias = Literal["open", "done", "refused", "failed", "limit"]

_COLUMNS = (
    "key, subscriber, operation, wanted, deal, agreed, call, language, created, state, answer,"
    " attempts, next_at, ended"
)


class OrderRecord(Struct, frozen=True):
    """An order: ``agreed`` is what the subscriber agreed to be charged, ``attempts`` how often
    billing left it unknown, ``next_at`` when it is asked again (None: never)."""

    key: str
    subscriber: int
    operation: str
    order: str
    transfer: str
    agreed: str
    call: str
    language: str
    created: datetime
    state: State = "open"
    answer: str = ""
    attempts: int = 0
    next_at: datetime | None = None
    ended: datetime | None = None


_FREE = f"(owner in (0, ?) or owner not in ({LIVING}))"
"""Not that of another living worker."""


def add(db: Database, one: OrderRecord, owner: int = 0) -> None:
    """Store an order of a worker, due at once if it is open."""
    at = micros(one.created)
    ended = None if one.state == "open" else at
    db.conn.execute(
        f"insert into orders ({_COLUMNS}, owner)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)",
        (
            *(one.key, one.subscriber, one.operation, one.order, one.transfer, one.agreed),
            *(one.call, one.language, at, one.state, one.answer),
            *(at if ended is None else None, ended, owner),
        ),
    )


def of(db: Database, key: str) -> OrderRecord | None:
    """The order of a key."""
    return next(iter(_orders(db, "where key = ?", key)), None)


def counted(db: Database, subscriber: int, operation: str, since: datetime) -> int:
    """How many orders of an operation a subscriber has, done or open, since a moment."""
    (number,) = db.conn.execute(
        "select count(*) from orders where subscriber = ? and operation = ? and created >= ?"
        " and state in ('open', 'done')",
        (subscriber, operation, micros(since)),
    ).fetchone()
    return int(number)


def refused(db: Database, subscriber: int, operation: str, since: datetime) -> int:
    """How many orders of an operation were refused to a subscriber since a moment."""
    (number,) = db.conn.execute(
        "select count(*) from orders where subscriber = ? and operation = ? and created >= ?"
        " and state = 'refused'",
        (subscriber, operation, micros(since)),
    ).fetchone()
    return int(number)


def replace_order(db: Database, key: str, order: str) -> None:
    """Store an order in another form: one without what no one needs after its end."""
    db.conn.execute(
        "update orders set wanted = ? where key = ? and wanted <> ?",
        (order, key, order),
    )


def due(db: Database, at: datetime, limit: int, owner: int = 0) -> list[OrderRecord]:
    """The open orders about which billing is to be asked again, the oldest first; none of another
    living worker than ``owner``."""
    tail = f"where state = 'open' and next_at <= ? and {_FREE} order by +created limit ?"
    return _orders(db, tail, micros(at), owner, limit)


def next_due(db: Database, after: datetime) -> datetime | None:
    """When billing is next to be asked about an order that is not due yet, if there is one."""
    (at,) = db.conn.execute(
        "select min(next_at) from orders where state = 'open' and next_at > ?", (micros(after),)
    ).fetchone()
    return None if at is None else moment(at)


def make_due(db: Database, at: datetime, owner: int = 0) -> None:
    """Make all open orders due at a moment, after a restart, but those of other living workers."""
    db.conn.execute(
        f"update orders set next_at = ? where state = 'open' and {_FREE}",
        (micros(at), owner),
    )


def postpone(db: Database, key: str, at: datetime, next_at: datetime, owner: int = 0) -> bool:
    """Count an attempt of an order whose outcome is unknown, which is of the worker ``owner`` from
    then on; billing is asked again at ``next_at``. False if the order has ended, is not due at
    ``at``, or is another worker's."""
    done = db.conn.execute(
        "update orders set attempts = attempts + 1, next_at = ?, owner = ? where key in"
        f" (select key from orders where key = ? and state = 'open' and next_at <= ? and {_FREE}"
        " /* skip locked */)",
        (micros(next_at), owner, key, micros(at), owner),
    )
    return done.rowcount == 1


def end(db: Database, key: str, state: State, answer: str, at: datetime, owner: int = 0) -> bool:
    """Store the outcome of an order; False if it has one, or another worker than ``owner`` has
    taken it over."""
    done = db.conn.execute(
        "update orders set state = ?, answer = ?, next_at = null, ended = ?"
        " where key = ? and state = 'open' and owner in (0, ?)",
        (state, answer, micros(at), key, owner),
    )
    return done.rowcount == 1


def recent(db: Database, limit: int, subscriber: int | None = None) -> Sequence[OrderRecord]:
    """The last orders, of one subscriber if given, the newest first."""
    last = "order by created desc, rowid desc limit ?"
    if subscriber is None:
        return _orders(db, last, limit)
    return _orders(db, f"where subscriber = ? {last}", subscriber, limit)


def _orders(db: Database, tail: str, *values: object) -> list[OrderRecord]:
    rows = db.conn.execute(f"select {_COLUMNS} from orders {tail}", values)
    return [
        OrderRecord(
            *(key, subscriber, operation, order, transfer, agreed, call, language),
            moment(created),
            state,
            answer,
            attempts,
            None if next_at is None else moment(next_at),
            None if ended is None else moment(ended),
        )
        for key, subscriber, operation, order, transfer, agreed, call, language, created, state,
            answer, attempts, next_at, ended in rows
    ]  # fmt: skip
