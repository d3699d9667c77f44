"""Orders that open or close against a schedule: a log to which is only added.

The newest order counts that has not passed; freeing a schedule puts an end to all before it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from ari_app.store.db import Store
from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment
from ivr.hours.schedule import Forced

_FREE = "free"


class Override(Struct, frozen=True):
    """A line of the log: ``forced`` is None where somebody freed the schedule."""

    schedule: str
    at: datetime
    by: str
    forced: Forced | None


def force(db: Database, schedule: str, forced: Forced, at: datetime) -> None:
    """Note an order, given at ``at``."""
    _add(db, schedule, forced.state, forced.until, at, forced.by, forced.why)


def free(db: Database, schedule: str, by: str, at: datetime) -> bool:
    """Let the schedule count again; False if it does already, and then nothing is noted."""
    if in_force(log(db, schedule), at) is None:
        return False
    _add(db, schedule, _FREE, at, at, by, "")
    return True


def log(db: Database, schedule: str) -> list[Override]:
    """All orders for a schedule, the newest first."""
    return _orders(db, "where schedule = ? order by id desc", schedule)


def unexpired(db: Database, at: datetime) -> Mapping[str, list[Override]]:
    """Schedule to the orders for it that may still count at ``at`` or later, the newest first."""
    found: dict[str, list[Override]] = {}
    newer_than_freed = (
        "id > coalesce((select max(id) from forced_hours as freed where state = ?"
        " and freed.schedule = forced_hours.schedule), 0)"
    )
    tail = f"where until > ? and {newer_than_freed} order by id desc"
    for one in _orders(db, tail, micros(at), _FREE):
        found.setdefault(one.schedule, []).append(one)
    return found


def in_force(orders: Iterable[Override], at: datetime) -> Forced | None:
    """What counts at a moment, of the orders for one schedule, the newest first."""
    for one in orders:
        if one.at > at:
            continue
        if one.forced is None:
            return None
        if at < one.forced.until:
            return one.forced
    return None


class ForcedHours:
    """The orders, from memory: a call that asks for them waits for nothing."""

    def __init__(self, store: Store) -> None:
        """Use :meth:`load`."""
        self._store = store
        self._orders: Mapping[str, list[Override]] = {}

    @classmethod
    async def load(cls, store: Store, at: datetime) -> "ForcedHours":
        """All orders that may count from ``at`` on."""
        one = cls(store)
        await one.refresh(at)
        return one

    async def refresh(self, at: datetime) -> None:
        """Read again what other processes may have written."""
        self._orders = await self._store.read(unexpired, at)

    def forced(self, schedule: str, at: datetime) -> Forced | None:
        """What counts against a schedule at a moment, if anything does."""
        return in_force(self._orders.get(schedule, ()), at)


def _add(
    db: Database, schedule: str, state: str, until: datetime, at: datetime, by: str, why: str
) -> None:
    db.conn.execute(
        "insert into forced_hours (schedule, state, until, at, author, why)"
        " values (?, ?, ?, ?, ?, ?)",
        (schedule, state, micros(until), micros(at), by, why),
    )


def _orders(db: Database, tail: str, *values: object) -> list[Override]:
    rows = db.conn.execute(
        f"select schedule, state, until, at, author, why from forced_hours {tail}", values
    )
    return [
        Override(
            schedule,
            moment(at),
            by,
            None if state == _FREE else Forced(state, moment(until), by, why),
        )
        for schedule, state, until, at, by, why in rows
    ]
