"""Every version of a flow that was ever in force, with its text."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment


class Version(Struct, frozen=True):
    """A version of a flow: when it was first in force and how (start, reload, SIGHUP, watch)."""

    flow: str
    version: str
    first: datetime
    how: str


class VersionUsage(Struct, frozen=True):
    """A version and the calls that began in it: how many, the first and the last."""

    version: Version
    calls: int
    began: tuple[datetime, datetime] | None


def record(db: Database, versions: Iterable[tuple[Version, str]]) -> None:
    """Store versions with their texts; those that exist stay as they are."""
    db.conn.executemany(
        "insert into versions (flow, version, first, how, text) values (?, ?, ?, ?, ?)"
        " on conflict do nothing",
        [(one.flow, one.version, micros(one.first), one.how, text) for one, text in versions],
    )


def usage(db: Database, flow: str | None = None) -> list[VersionUsage]:
    """The versions of a flow, or of all of them by name, the newest first."""
    rows = db.conn.execute(
        "select v.flow, v.version, v.first, v.how, count(c.id), min(c.began), max(c.began)"
        " from versions v left join calls c on c.flow = v.flow and c.version = v.version"
        " where ? is null or v.flow = ? group by v.flow, v.version"
        " order by v.flow, v.first desc, v.rowid desc",
        (flow, flow),
    )
    return [
        VersionUsage(
            Version(name, version, moment(first), how),
            calls,
            (moment(began), moment(last)) if calls else None,
        )
        for name, version, first, how, calls, began, last in rows
    ]


def text(db: Database, flow: str, version: str) -> str | None:
    """The text of a version, None if it was never in force."""
    found = db.conn.execute(
        "select text from versions where flow = ? and version = ?", (flow, version)
    ).fetchone()
    return str(found[0]) if found else None
