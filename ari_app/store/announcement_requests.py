"""Who heard announcements, and who asked for a message when service is restored."""

from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct, field

from ari_app.store.sqlite import Database
from ari_app.store.times import micros

RequestResult: TypeAlias = Literal["noted", "already", "no-number"]
"""``no-number``: the caller's number is withheld, or no message can be sent to it."""

Post: TypeAlias = Callable[[Database, str, str, str, str], None]
"""Puts a message into the outbox, in the transaction: its key, the number, the text, the call."""

Text: TypeAlias = Callable[[str, str], str]
"""The text of a prompt in a language."""

RESTORED, EXPIRED = "text-mended", "text-passed"
"""The prompts of the messages."""


class Reach(Struct, frozen=True):
    """How many callers heard an announcement, and how many asked for a message."""

    heard: int
    requests: int = field(name="wishes")


def record_heard(db: Database, heard: Iterable[int], number: str, call: str, at: datetime) -> None:
    """Store that a caller heard announcements; once for each call. They are counted by number, or
    by call where the number is withheld."""
    msisdn = db.numbers.whole(number) or ""
    for id in heard:
        new = _is_new(db, id, msisdn)
        added = db.conn.execute(
            "insert into announcement_hearings (announcement, call, number, at)"
            " values (?, ?, ?, ?) on conflict do nothing",
            (id, call, msisdn, micros(at)),
        )
        if new and added.rowcount == 1:
            db.conn.execute("update announcements set heard = heard + 1 where id = ?", (id,))


def _is_new(db: Database, announcement: int, msisdn: str) -> bool:
    """Whether no call of a number heard an announcement; "" is never known."""
    # The plus keeps SQLite from reading all who heard the announcement.
    before = db.conn.execute(
        "select 1 from announcement_hearings where number = ? and +announcement = ? limit 1",
        (msisdn, announcement),
    )
    return not msisdn or before.fetchone() is None


def heard_since(db: Database, announcements: Collection[int], number: str, at: datetime) -> bool:
    """Whether all of these announcements were played to a number since a moment."""
    msisdn = db.numbers.whole(number)
    if msisdn is None:
        return False
    marks = ", ".join("?" * len(announcements))
    (heard,) = db.conn.execute(
        "select count(distinct announcement) from announcement_hearings"
        f" where number = ? and at >= ? and announcement in ({marks})",
        (msisdn, micros(at), *announcements),
    ).fetchone()
    return bool(heard == len(announcements))


def request_notification(
    db: Database,
    announcement: int,
    number: str,
    subscriber: int | None,
    call: str,
    at: datetime,
    language: str = "",
) -> RequestResult:
    """Store that a caller asked for a message when service is restored: once for each number.

    Without a ``language`` it is sent in the one that the subscriber last chose, else in the first
    of the site.
    """
    msisdn = db.numbers.whole(number)
    if msisdn is None:
        return "no-number"
    noted = db.conn.execute(
        "insert into announcement_wishes (announcement, number, subscriber, language, call, at)"
        " values (?, ?, ?, coalesce(nullif(?, ''),"
        " (select language from subscribers where id = ?), ''), ?, ?) on conflict do nothing",
        (announcement, msisdn, subscriber, language, subscriber, call, micros(at)),
    )
    return "noted" if noted.rowcount == 1 else "already"


def reach(db: Database, announcement: int) -> Reach:
    """How many callers heard an announcement, and how many asked for a message."""
    found = db.conn.execute(
        "select heard, (select count(*) from announcement_wishes where announcement = id)"
        " from announcements where id = ?",
        (announcement,),
    ).fetchone()
    return Reach(*found) if found else Reach(0, 0)


def notify_ended(db: Database, at: datetime, post: Post, text: Text) -> int:
    """Post the requested messages of announcements that are restored or expired; returns how
    many. Requests for one that was cancelled without being restored wait."""
    rows = db.conn.execute(
        "select announcement, number, wish.language, call, mended"
        " from announcement_wishes as wish join announcements on announcements.id = announcement"
        " where told is null and (mended > 0 or (cancelled is null and until <= ?))"
        " order by announcement, wish.at",
        (micros(at),),
    ).fetchall()
    for announcement, number, language, call, restored in rows:
        words = text(RESTORED if restored else EXPIRED, language)
        post(db, f"mended:{announcement}:{number}", number, words, call)
    db.conn.executemany(
        "update announcement_wishes set told = ? where announcement = ? and number = ?",
        [(micros(at), announcement, number) for announcement, number, *_ in rows],
    )
    return len(rows)
