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
    """Store that a caller heard announcements; once for each call."""
    db.conn.executemany(
        "insert into announcement_hearings (announcement, call, number, at) values (?, ?, ?, ?)"
        " on conflict do nothing",
        [(id, call, db.numbers.msisdn(number) or "", micros(at)) for id in heard],
    )


def heard_since(db: Database, announcements: Collection[int], number: str, at: datetime) -> bool:
    """Whether all of these announcements were played to a number since a moment."""
    msisdn = db.numbers.msisdn(number)
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
    msisdn = db.numbers.msisdn(number)
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
    """Count callers by number, or by call where the number is withheld."""
    (heard,) = db.conn.execute(
        "select count(distinct iif(number = '', call, number)) from announcement_hearings"
        " where announcement = ?",
        (announcement,),
    ).fetchone()
    (requests,) = db.conn.execute(
        "select count(*) from announcement_wishes where announcement = ?", (announcement,)
    ).fetchone()
    return Reach(heard, requests)


def notify_ended(db: Database, at: datetime, post: Post, text: Text) -> int:
    """Post the requested messages of announcements that are restored or expired; returns how
    many. Requests for one that was cancelled without being restored wait."""
    rows = db.conn.execute(
        "select announcement, number, wish.language, call, mended"
        " from announcement_wishes as wish join announcements on announcements.id = announcement"
        " where told is null and (mended or (cancelled is null and until <= ?))"
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
