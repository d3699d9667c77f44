"""Visits to the cabinet, by the hashes of their cookies, so that they outlast the application."""

from collections.abc import Sequence
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


def put(db: Database, visits: Sequence[CabinetVisit], before: datetime) -> None:
    """Store visits, or what changed of them; remove those that were last used ``before``."""
    db.conn.execute("delete from cabinet_visits where seen < ?", (micros(before),))
    db.conn.executemany(
        "insert into cabinet_visits (token, subscriber, language, csrf, began, seen, proven)"
        " values (?, ?, ?, ?, ?, ?, ?) on conflict (token) do update set"
        " language = excluded.language, seen = excluded.seen, proven = excluded.proven",
        [
            (
                *(one.token, one.subscriber, one.language, one.csrf),
                *(micros(one.began), micros(one.seen), one.proven),
            )
            for one in visits
        ],
    )


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
