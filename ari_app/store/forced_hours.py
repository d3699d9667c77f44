"""Overrides that open or close a schedule by hand: an append-only log.

The newest override that has not expired counts; freeing a schedule ends all before it.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from ari_app.store.db import Store, StoreError
from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment
from ivr.hours.schedule import Forced

_log = logging.getLogger(__name__)

_FREE = "free"


class Override(Struct, frozen=True):
    """An entry of the log: ``forced`` is None where the schedule was freed."""

    schedule: str
    at: datetime
    by: str
    forced: Forced | None


def force(db: Database, schedule: str, forced: Forced, at: datetime) -> None:
    """Add an override, given at ``at``."""
    _add(db, schedule, forced.state, forced.until, at, forced.by, forced.why)


def free(db: Database, schedule: str, by: str, at: datetime) -> bool:
    """Let the schedule count again; False if no override is in force."""
    if in_force(log(db, schedule), at) is None:
        return False
    _add(db, schedule, _FREE, at, at, by, "")
    return True


def log(db: Database, schedule: str) -> list[Override]:
    """All overrides of a schedule, the newest first."""
    return _overrides(db, "where schedule = ? order by id desc", schedule)


def unexpired(db: Database, at: datetime) -> Mapping[str, list[Override]]:
    """Schedule to its overrides that may count at ``at`` or later, the newest first."""
    found: dict[str, list[Override]] = {}
    newer_than_freed = (
        "id > coalesce((select max(id) from forced_hours as freed where state = ?"
        " and freed.schedule = forced_hours.schedule), 0)"
    )
    tail = f"where until > ? and {newer_than_freed} order by id desc"
    for one in _overrides(db, tail, micros(at), _FREE):
        found.setdefault(one.schedule, []).append(one)
    return found


def in_force(overrides: Iterable[Override], at: datetime) -> Forced | None:
    """The override in force at a moment, of those of one schedule, the newest first."""
    for one in overrides:
        if one.at > at:
            continue
        if one.forced is None:
            return None
        if at < one.forced.until:
            return one.forced
    return None


class ForcedHours:
    """The overrides, answered from memory, so that calls do not wait for the store."""

    def __init__(self, store: Store) -> None:
        """Use :meth:`load`."""
        self._store = store
        self._overrides: Mapping[str, list[Override]] = {}

    @classmethod
    async def load(cls, store: Store, at: datetime) -> "ForcedHours":
        """Load the overrides that may count from ``at`` on; none until :meth:`refresh` if the store
        is unavailable."""
        one = cls(store)
        try:
            await one.refresh(at)
        except StoreError as error:
            _log.error("schedules hold without overrides until they can be read: %s", error)
        return one

    async def refresh(self, at: datetime) -> None:
        """Read again what other processes may have written."""
        self._overrides = await self._store.read(unexpired, at)

    def forced(self, schedule: str, at: datetime) -> Forced | None:
        """The override of a schedule in force at a moment, if there is one."""
        return in_force(self._overrides.get(schedule, ()), at)


def _add(
    db: Database, schedule: str, state: str, until: datetime, at: datetime, by: str, why: str
) -> None:
    db.conn.execute(
        "insert into forced_hours (schedule, state, until, at, author, why)"
        " values (?, ?, ?, ?, ?, ?)",
        (schedule, state, micros(until), micros(at), by, why),
    )


def _overrides(db: Database, tail: str, *values: object) -> list[Override]:
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
