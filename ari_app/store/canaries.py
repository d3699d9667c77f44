"""Canaries: new menus for a share of the calls, who began them, and what became of them."""

from collections.abc import Sequence
from datetime import datetime
from math import sqrt
from typing import Literal, TypeAlias

from msgspec import Struct, json
from msgspec.structs import replace

from ari_app.store import webhooks
from ari_app.store.lines import AGI, ON_SCREENS
from ari_app.store.lines import listed as sql_list
from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment
from ivr.acd.canary import CanaryFigures, SideFigures

CanaryEnd: TypeAlias = Literal["", "whole", "rolled back"]
"""What became of it: all calls go by the new menus, or by the old ones; "" while it lasts."""

_COLUMNS = "id, began, author, share, until, before, tried, ended, ending, why, ended_by, figures"


class Canary(Struct, frozen=True, kw_only=True):
    """A canary: ``share`` per cent of the calls, ``before`` and ``tried`` the sets of menus.

    ``until``: when it ends by itself. ``why`` it ended, and ``ended_by`` whom; "" by itself.
    ``figures`` are those at its end; None while it lasts, and of one that an older version ended.
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
    figures: CanaryFigures | None = None


class CallOnCanary(Struct, frozen=True):
    """A call goes by the new menus of a canary."""

    call: str
    at: datetime
    canary: int


def add(db: Database, new: Canary) -> int | None:
    """Store a canary that begins; returns its id, or None if another one has not ended."""
    added = db.conn.execute(
        "insert into canaries (began, author, share, until, before, tried)"
        " select cast(? as integer), ?, cast(? as integer), cast(? as integer),"
        " cast(? as integer), cast(? as integer)"
        " where not exists (select 1 from canaries where ended is null) returning id",
        (micros(new.began), new.by, new.share, micros(new.until), new.before, new.tried),
    ).fetchone()
    if added is None:
        return None
    number = int(added[0])
    data = {"canary": number, "share": new.share, "until": new.until, "by": new.by}
    webhooks.post(db, "canary.began", f"canary {number}", new.began, data)
    return number


def finish(db: Database, id_: int, at: datetime, end: CanaryEnd, why: str, by: str) -> bool:
    """Store the end of a canary, with the figures of then; False if it had ended."""
    found = _selected(db, "where id = ? and ended is null", id_)
    for one in found:
        counted = json.encode(figures(db, replace(one, ended=at))).decode()
        db.conn.execute(
            "update canaries set ended = ?, ending = ?, why = ?, ended_by = ?, figures = ?"
            " where id = ?",
            (micros(at), end, why, by, counted, id_),
        )
        data = {"canary": id_, "end": end, "why": why, "by": by}
        webhooks.post(db, "canary.ended", f"canary {id_}", at, data)
    return bool(found)


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


def both_sides(db: Database, canary: Canary) -> CanaryFigures:
    """How the calls of both sides went: at the end of a canary, or now while it lasts."""
    return figures(db, canary) if canary.figures is None else canary.figures


def figures(db: Database, canary: Canary) -> CanaryFigures:
    """Count how the calls of both sides went. Sessions in text are not counted, nor calls while the
    application was down: these go by menus of their own."""
    rows = db.conn.execute(
        "with counted as (select k.call is not null as new, c.ended, c.ending, c.began,"
        " (select min(q.joined) from queue_calls q where q.call = c.id and q.call <> '') as queued"
        " from calls c left join canary_calls k on k.call = c.id"
        " where c.began >= ? and c.began < ? and c.line not in "
        f"{sql_list(*ON_SCREENS, AGI)}), timed as (select *, iif(ended is null, null,"
        " (coalesce(queued, ended) - began) / 1000000.0) as spent from counted)"
        " select new, count(*), count(ended), sum(ended is not null and ending = 'fault'),"
        " sum(ended is not null and queued is not null),"
        " sum(ended is not null and ending = 'gone' and queued is null),"
        " avg(spent), avg(spent * spent) from timed group by new",
        (micros(canary.began), 2**62 if canary.ended is None else micros(canary.ended)),
    )
    sides = {
        bool(new): SideFigures(
            calls, ended, faults, queued, gone, round(float(spent or 0), 1), _spread(spent, squares)
        )
        for new, calls, ended, faults, queued, gone, spent, squares in rows
    }
    return CanaryFigures(sides.get(False, SideFigures()), sides.get(True, SideFigures()))


def _spread(mean: float | None, squares: float | None) -> float:
    """The standard deviation, of a mean and the mean of the squares."""
    return round(sqrt(max(0.0, float(squares or 0) - float(mean or 0) ** 2)), 1)


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
            figures=json.decode(counted, type=CanaryFigures) if counted else None,
        )
        for id_, began, by, share, until, before, tried, ended, end, why, ended_by, counted in rows
    ]
