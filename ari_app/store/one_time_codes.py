"""One-time codes that were sent: hashes, and how often each was tried.

A try is counted before the code is compared, so that neither a hang-up nor many calls at once give
one that is not counted.
"""

from datetime import datetime

from msgspec import Struct

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment
from ivr.identity.one_time import FROM_NUMBER, IN_CALL, LASTS, LONGEST, TO_SUBSCRIBER, exceeded
from ivr.identity.one_time import TRIES as TRIES_A_CODE


class OneTimeCode(Struct, frozen=True):
    """A code for a subscriber (a negative id stands for a number that no subscriber has), which a
    ``call`` from a ``number`` ("" if withheld) asked for. The same ``key`` is the same code."""

    key: str
    subscriber: int
    number: str
    call: str
    hash: str
    at: datetime


class StartedTry(Struct, frozen=True):
    """A try that was counted: the code's key and hash; both "" if there is no code to compare.
    ``spent``: the code had its tries."""

    key: str = ""
    hash: str = ""
    spent: bool = False


def add(db: Database, code: OneTimeCode) -> bool:
    """Store a new code; False if a limit is reached. For a known key nothing changes.

    Those that no number asked for, as in a browser, count apart: a stranger there uses up none of
    those in calls.
    """
    known = db.conn.execute("select 1 from one_time_codes where key = ?", (code.key,)).fetchone()
    if known is not None:
        return True
    (in_call,) = db.conn.execute(
        "select count(*) from one_time_codes where call = ?", (code.call,)
    ).fetchone()
    if in_call >= IN_CALL:
        return False
    shown = "number <> ''" if code.number else "number = ''"
    to_subscriber = _sent(db, f"{shown} and subscriber", code.subscriber, code.at)
    from_number = _sent(db, "number", code.number, code.at) if code.number else []
    if exceeded(TO_SUBSCRIBER, to_subscriber, code.at) or exceeded(
        FROM_NUMBER, from_number, code.at
    ):
        return False
    db.conn.execute(
        "insert into one_time_codes (key, subscriber, number, call, hash, at)"
        " values (?, ?, ?, ?, ?, ?)",
        (code.key, code.subscriber, code.number, code.call, code.hash, micros(code.at)),
    )
    return True


def start_try(db: Database, subscriber: int, call: str, at: datetime) -> StartedTry:
    """Count a try at the last code that a call asked for, for a subscriber."""
    found = db.conn.execute(
        "select key, hash, at, tries, used from one_time_codes where call = ? and subscriber = ?"
        " order by at desc, rowid desc limit 1",
        (call, subscriber),
    ).fetchone()
    if found is None:
        return StartedTry()
    key, hash, sent, tries, used = found
    if tries >= TRIES_A_CODE:
        return StartedTry(spent=True)
    if used or at >= moment(sent) + LASTS:
        return StartedTry()
    db.conn.execute("update one_time_codes set tries = tries + 1 where key = ?", (key,))
    return StartedTry(key, hash)


def use(db: Database, key: str) -> bool:
    """Use a code that was right; False if it was used meanwhile."""
    done = db.conn.execute("update one_time_codes set used = 1 where key = ? and used = 0", (key,))
    return done.rowcount == 1


def _sent(db: Database, whose: str, who: object, at: datetime) -> list[datetime]:
    rows = db.conn.execute(
        f"select at from one_time_codes where {whose} = ? and at > ?",
        (who, micros(at - LONGEST)),
    )
    return [moment(one) for (one,) in rows]
