"""Announcements: what callers whom it concerns are told, such as a mass outage, until it ends.

An announcement that has ended stays: its hearings and wishes say how many it reached.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct, json
from msgspec.structs import replace

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment
from ivr.values import Spoken

State: TypeAlias = Literal["on", "passed", "cancelled", "mended"]

_COLUMNS = "id, areas, tariffs, texts, recording, since, until, author, cancelled, mended"


class Announcement(Struct, frozen=True, kw_only=True):
    """What is told to the subscribers of ``areas``, or of ``tariffs`` (ids), or to everyone if both
    are empty; see :class:`ivr.values.Spoken` for ``texts`` and ``recording``.

    It ends at ``until``, or earlier when somebody cancels it, because it is ``mended`` or not.
    """

    areas: tuple[str, ...] = ()
    tariffs: tuple[str, ...] = ()
    texts: Mapping[str, str] = {}
    recording: str = ""
    since: datetime
    until: datetime
    by: str
    cancelled: datetime | None = None
    mended: bool = False
    id: int = 0
    """0 until it is in the store."""

    @property
    def spoken(self) -> Spoken:
        """It as the value of a prompt."""
        return Spoken(self.texts, self.recording)

    def state(self, at: datetime) -> State:
        """Whether it is told at a moment, or why it is no longer."""
        if self.cancelled is not None:
            return "mended" if self.mended else "cancelled"
        return "on" if at < self.until else "passed"


def add(db: Database, one: Announcement) -> Announcement:
    """Add an announcement, and return it with its id."""
    added = db.conn.execute(
        "insert into announcements (areas, tariffs, texts, recording, since, until, author)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        (
            _json(one.areas),
            _json(one.tariffs),
            _json(one.texts),
            one.recording,
            micros(one.since),
            micros(one.until),
            one.by,
        ),
    )
    return replace(one, id=added.lastrowid or 0)


def by_id(db: Database, id: int) -> Announcement | None:
    """The announcement of an id."""
    return next(iter(_announcements(db, "where id = ?", id)), None)


def everything(db: Database) -> list[Announcement]:
    """All announcements that ever were, the newest first."""
    return _announcements(db, "order by id desc")


def unended(db: Database, at: datetime) -> list[Announcement]:
    """Those that are told at ``at``, the newest first."""
    return _announcements(db, "where until > ? and cancelled is null order by id desc", micros(at))


def extend(db: Database, id: int, until: datetime, at: datetime) -> bool:
    """Let an announcement last until another moment; False if it has ended, or never was."""
    done = db.conn.execute(
        "update announcements set until = ? where id = ? and until > ? and cancelled is null",
        (micros(until), id, micros(at)),
    )
    return done.rowcount == 1


def cancel(db: Database, id: int, mended: bool, at: datetime) -> bool:
    """End an announcement; False if that changes nothing.

    What was cancelled can still be called ``mended``, so that those are told who wish it.
    """
    done = db.conn.execute(
        "update announcements set cancelled = coalesce(cancelled, ?), mended = ? where id = ?"
        " and iif(cancelled is null, until > ?, mended < ?)",
        (micros(at), mended, id, micros(at), mended),
    )
    return done.rowcount == 1


def concerned(db: Database, one: Announcement) -> frozenset[int] | None:
    """The subscribers whom an announcement concerns; None is everyone, known to us or not."""
    if not one.areas and not one.tariffs:
        return None
    rows = db.conn.execute(
        "select id from subscribers where area in (select value from json_each(?))"
        " union select subscriber from accounts where tariff in (select value from json_each(?))",
        (_json(one.areas), _json(one.tariffs)),
    )
    return frozenset(id for (id,) in rows)


def _announcements(db: Database, tail: str, *values: object) -> list[Announcement]:
    rows = db.conn.execute(f"select {_COLUMNS} from announcements {tail}", values)
    return [
        Announcement(
            id=id,
            areas=json.decode(areas, type=tuple[str, ...]),
            tariffs=json.decode(tariffs, type=tuple[str, ...]),
            texts=json.decode(texts, type=dict[str, str]),
            recording=recording,
            since=moment(since),
            until=moment(until),
            by=author,
            cancelled=None if cancelled is None else moment(cancelled),
            mended=bool(mended),
        )
        for id, areas, tariffs, texts, recording, since, until, author, cancelled, mended in rows
    ]


def _json(value: tuple[str, ...] | Mapping[str, str]) -> str:
    return json.encode(value).decode()
