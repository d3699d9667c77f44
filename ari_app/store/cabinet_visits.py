"""Visits to the cabinet, by the hashes of their cookies, so that they outlast the application."""

from collections.abc import Collection, Sequence
from datetime import datetime

from msgspec import Struct

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment


class CabinetVisit(Struct, frozen=True):
    """A subscriber who is signed in: ``token`` is the SHA-256 of the cookie in hex, ``csrf`` the
    token of the forms, ``proven`` whether the code word was right; ``seen``: when last used."""

    token: str
    subscriber: int
    language: str
    csrf: str
    began: datetime
    seen: datetime
    proven: bool


def begin(db: Database, visit: CabinetVisit, number: str) -> bool:
    """Store a new visit; False where the subscriber is gone, whose id may be another's by now."""
    one = visit
    added = db.conn.execute(
        "insert into cabinet_visits (token, subscriber, language, csrf, began, seen, proven)"
        " select ?, id, ?, ?, ?, ?, ? from subscribers where id = ? and msisdn = ?",
        (
            *(one.token, one.language, one.csrf, micros(one.began), micros(one.seen)),
            *(int(one.proven), one.subscriber, number),
        ),
    )
    return added.rowcount == 1


def save(db: Database, visits: Sequence[CabinetVisit], before: datetime) -> Collection[str]:
    """Store what changed of visits, then remove all that were last used ``before``; returns the
    tokens of those that are not there (any more)."""
    gone = []
    for one in visits:
        done = db.conn.execute(
            "update cabinet_visits set language = ?, proven = ?,"
            " seen = iif(seen < ?, ?, seen) where token = ?",
            (one.language, int(one.proven), *(micros(one.seen),) * 2, one.token),
        )
        if not done.rowcount:
            gone.append(one.token)
    db.conn.execute("delete from cabinet_visits where seen < ?", (micros(before),))
    return gone


def find(db: Database, token: str) -> tuple[CabinetVisit, str] | None:
    """The visit of a token, and the present number of its subscriber."""
    rows = db.conn.execute(
        "select token, subscriber, cabinet_visits.language, csrf, began, seen, proven, msisdn"
        " from cabinet_visits join subscribers on subscribers.id = subscriber where token = ?",
        (token,),
    )
    for token, subscriber, language, csrf, began, seen, proven, number in rows:
        times = (moment(began), moment(seen))
        return CabinetVisit(token, subscriber, language, csrf, *times, bool(proven)), number
    return None


def end(db: Database, token: str) -> None:
    """Remove a visit."""
    db.conn.execute("delete from cabinet_visits where token = ?", (token,))
