"""Announcements played to the callers they concern, such as a mass outage, until they end.

An announcement that has ended stays stored: who heard it and who asked to be notified is counted.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct, field, json
from msgspec.structs import replace

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment
from ivr.values import Spoken

State: TypeAlias = Literal["on", "passed", "cancelled", "mended"]

_COLUMNS = "id, areas, tariffs, texts, recording, since, until, author, cancelled, mended"


class Announcement(Struct, frozen=True, kw_only=True):
    """Played to the subscribers of ``areas``, or of ``tariffs`` (ids), or to all callers if both
    are empty; see :class:`ivr.values.Spoken` for ``texts`` and ``recording``.

    It ends at ``until``, or earlier when it is cancelled, because service is ``restored`` or not.
    """

    areas: tuple[str, ...] = ()
    tariffs: tuple[str, ...] = ()
    texts: Mapping[str, str] = {}
    recording: str = ""
    since: datetime
    until: datetime
    by: str
    cancelled: datetime | None = None
    restored: bool = field(default=False, name="mended")
    id: int = 0
    """0 until it is in the store."""

    @property
    def spoken(self) -> Spoken:
        """The announcement as the value of a prompt."""
        return Spoken(self.texts, self.recording)

    @property
    def for_everyone(self) -> bool:
        """Whether it is played to all callers, known or not."""
        return not self.areas and not self.tariffs

    def state(self, at: datetime) -> State:
        """Whether it is played at a moment, or why not."""
        if self.cancelled is not None:
            return "mended" if self.restored else "cancelled"
        return "on" if at < self.until else "passed"


def add(db: Database, one: Announcement) -> Announcement:
    """Add an announcement, and return it with its id."""
    added = db.conn.execute(
        "insert into announcements (areas, tariffs, texts, recording, since, until, author)"
        " values (?, ?, ?, ?, ?, ?, ?)"
        " returning id",
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
    (id,) = added.fetchone()
    return replace(one, id=id)


def by_id(db: Database, id: int) -> Announcement | None:
    """The announcement of an id."""
    return next(iter(_announcements(db, "where id = ?", id)), None)


def recent(db: Database, limit: int) -> list[Announcement]:
    """The last announcements, the newest first."""
    return _announcements(db, "order by id desc limit ?", limit)


def unended(db: Database, at: datetime) -> list[Announcement]:
    """Those in force at ``at``, the newest first."""
    return _announcements(db, "where until > ? and cancelled is null order by id desc", micros(at))


def extend(db: Database, id: int, until: datetime, at: datetime) -> bool:
    """Move the end of an announcement; False if it has ended or does not exist."""
    done = db.conn.execute(
        "update announcements set until = ? where id = ? and until > ? and cancelled is null",
        (micros(until), id, micros(at)),
    )
    return done.rowcount == 1


def cancel(db: Database, id: int, restored: bool, at: datetime) -> bool:
    """End an announcement; False if that changes nothing.

    A cancelled one can still be set ``restored``: those who asked for it are then notified.
    """
    done = db.conn.execute(
        "update announcements set cancelled = coalesce(cancelled, ?), mended = ? where id = ?"
        " and iif(cancelled is null, until > ?, mended < ?)",
        (micros(at), restored, id, micros(at), restored),
    )
    return done.rowcount == 1


def area_and_tariff(db: Database, subscriber: int) -> tuple[str, str]:
    """By what announcements concern a subscriber; "" where there is none."""
    found = db.conn.execute(
        "select area, coalesce(tariff, '') from subscribers"
        " left join accounts on subscriber = subscribers.id where subscribers.id = ?",
        (subscriber,),
    ).fetchone()
    return found or ("", "")


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
            restored=bool(restored),
        )
        for id, areas, tariffs, texts, recording, since, until, author, cancelled, restored in rows
    ]


def _json(value: tuple[str, ...] | Mapping[str, str]) -> str:
    return json.encode(value).decode()
