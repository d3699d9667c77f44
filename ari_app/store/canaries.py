"""Canaries: new menus for a share of the calls, who began them, and what became of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment
from ivr.acd.canary import CanaryFigures, SideFigures

CanaryEnd: TypeAlias = Literal["", "whole", "rolled back"]
"""What became of it: all calls go by the new menus, or by the old ones; "" while it lasts."""

_COLUMNS = "id, began, author, share, until, before, tried, ended, ending, why, ended_by"


class Canary(Struct, frozen=True, kw_only=True):
    """A canary: ``share`` per cent of the calls, ``before`` and ``tried`` the sets of menus.

    ``until``: when it ends by itself. ``why`` it ended, and ``ended_by`` whom; "" by itself.
    """

    id: int = 0
    began: datetime
    by: str
    share: int
    until: datetime
    before: int
    tried: int
    ended: datetime | None = None
    end: CanaryEnd = ""
    why: str = ""
    ended_by: str = ""


class CallOnCanary(Struct, frozen=True):
    """A call goes by the new menus of a canary."""

    call: str
    at: datetime
    canary: int


def add(db: Database, new: Canary) -> int:
    """Store a canary that begins; returns its id."""
    (added,) = db.conn.execute(
        "insert into canaries (began, author, share, until, before, tried)"
        " values (?, ?, ?, ?, ?, ?) returning id",
        (micros(new.began), new.by, new.share, micros(new.until), new.before, new.tried),
    ).fetchone()
    return int(added)


def finish(db: Database, id_: int, at: datetime, end: CanaryEnd, why: str, by: str) -> bool:
    """Store the end of a canary; False if it had ended."""
    return (
        db.conn.execute(
            "update canaries set ended = ?, ending = ?, why = ?, ended_by = ?"
            " where id = ? and ended is null",
            (micros(at), end, why, by, id_),
        ).rowcount
        > 0
    )


def running(db: Database) -> Canary | None:
    """The canary that has not ended."""
    return next(iter(_selected(db, "where ended is null order by id desc limit 1")), None)


def listed(db: Database, limit: int = 10) -> list[Canary]:
    """The last canaries, the newest first."""
    return _selected(db, "order by id desc limit ?", limit)


def between(db: Database, since: int, until: int) -> list[Canary]:
    """The canaries that lasted in a time, in microseconds, the newest first."""
    where = "where began < ? and (ended is null or ended > ?) order by id desc"
    return _selected(db, where, until, since)


def put(db: Database, calls: Sequence[CallOnCanary]) -> None:
    """Store which calls go by the new menus."""
    if calls:
        db.conn.executemany(
            "insert into canary_calls (call, canary) values (?, ?) on conflict do nothing",
            [(one.call, one.canary) for one in calls],
        )


def figures(db: Database, canary: Canary) -> CanaryFigures:
    """How the calls of both sides went; sessions in text are not counted."""
    rows = db.conn.execute(
        "with counted as (select k.call is not null as new, c.ended, c.ending, c.began,"
        " (select min(q.joined) from queue_calls q where q.call = c.id and q.call <> '') as queued"
        " from calls c left join canary_calls k on k.call = c.id"
        " where c.began >= ? and c.began < ? and c.line <> 'ussd')"
        " select new, count(*), count(ended), sum(ended is not null and ending = 'fault'),"
        " sum(ended is not null and queued is not null),"
        " sum(ended is not null and ending = 'gone' and queued is null),"
        " avg(iif(ended is null, null, coalesce(queued, ended) - began)) from counted group by new",
        (micros(canary.began), 2**62 if canary.ended is None else micros(canary.ended)),
    )
    sides = {
        bool(new): SideFigures(
            calls, ended, faults, queued, gone, round((spent or 0) / 1_000_000, 1)
        )
        for new, calls, ended, faults, queued, gone, spent in rows
    }
    return CanaryFigures(sides.get(False, SideFigures()), sides.get(True, SideFigures()))


def _selected(db: Database, tail: str, *values: object) -> list[Canary]:
    rows = db.conn.execute(f"select {_COLUMNS} from canaries {tail}", values)
    return [
        Canary(
            id=id_,
            began=moment(began),
            by=by,
            share=share,
            until=moment(until),
            before=before,
            tried=tried,
            ended=None if ended is None else moment(ended),
            end=end,
            why=why,
            ended_by=ended_by,
        )
        for id_, began, by, share, until, before, tried, ended, end, why, ended_by in rows
    ]
