"""Subscribers, their numbers, languages and SIP phones."""

from collections.abc import Collection, Iterable
from datetime import datetime

from msgspec import Struct, json

from ari_app.store import name_words
from ari_app.store.sqlite import Database, distinct
from ari_app.store.times import micros, moment
from ivr.secret import Secret

_COLUMNS = "id, msisdn, name, language, area, sip_user, sip_password, created"


class Subscriber(Struct, frozen=True):
    """A subscriber. ``msisdn`` is normalised, ``language`` the one last chosen, ``area`` the place
    of residence; ``sip_user`` and ``sip_password`` are the SIP account, if there is one."""

    id: int
    msisdn: str
    name: str
    language: str
    area: str
    sip_user: str | None
    sip_password: Secret | None
    created: datetime


def add(db: Database, subscribers: Iterable[Subscriber]) -> frozenset[int]:
    """Add new subscribers and return their ids.

    One whose id, number or SIP user is taken is left out. A number that is not normalised is a
    ``ValueError``, and then none is added.
    """
    added = [one for one in subscribers if _add(db, one)]
    name_words.learn(db, (one.name for one in added))
    return frozenset(one.id for one in added)


def _add(db: Database, one: Subscriber) -> bool:
    if db.numbers.whole(one.msisdn) != one.msisdn:
        raise ValueError(f"subscriber {one.id}: the number is no MSISDN ({db.numbers.example})")
    password = None if one.sip_password is None else one.sip_password.reveal()
    who = (one.id, one.msisdn, one.name, one.language, one.area)
    added = db.conn.execute(
        f"insert into subscribers ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?)"
        " on conflict do nothing",
        (*who, one.sip_user, password, micros(one.created)),
    )
    return added.rowcount == 1


def count(db: Database) -> int:
    """How many subscribers there are."""
    (number,) = db.conn.execute("select count(*) from subscribers").fetchone()
    return int(number)


def page(db: Database, after: int, limit: int) -> list[Subscriber]:
    """The next subscribers after an id, in the order of their ids."""
    return _subscribers(db, "where id > ? order by id limit ?", after, limit)


def with_phones(db: Database) -> list[Subscriber]:
    """The subscribers who have a SIP account here, in the order of their ids."""
    return _subscribers(db, "where sip_user > '' order by +id")


def by_number(db: Database, number: str) -> Subscriber | None:
    """The subscriber with a number, in whatever form it is written."""
    return next(iter(_subscribers(db, "where msisdn = ?", db.numbers.whole(number))), None)


def by_id(db: Database, id: int) -> Subscriber | None:
    """The subscriber of an id."""
    return next(iter(_subscribers(db, "where id = ?", id)), None)


def names(db: Database, ids: Collection[int]) -> dict[int, str]:
    """The names of these subscribers, by id."""
    rows = db.conn.execute(
        "select id, name from subscribers where id in"
        " (select cast(value as integer) from json_each(?))",
        (json.encode(sorted(ids)).decode(),),
    )
    return dict(rows.fetchall())


def number_of_phone(db: Database, sip_user: str) -> str | None:
    """The number of the subscriber whose phone has a SIP user; None if there is none."""
    one = next(iter(_subscribers(db, "where sip_user = ?", sip_user)), None)
    return None if one is None else one.msisdn


def sip_user(db: Database, number: str) -> str | None:
    """The SIP user of the phone of a number's subscriber, None if there is no such phone."""
    one = by_number(db, number)
    return None if one is None else one.sip_user


def second_contact(db: Database, subscriber: int) -> str:
    """The number that is notified beside a subscriber's own, "" if there is none."""
    row = db.conn.execute(
        "select number from second_contacts where subscriber = ?", (subscriber,)
    ).fetchone()
    return "" if row is None else str(row[0])


def set_second_contact(db: Database, subscriber: int, number: str) -> None:
    """Store the number of the second contact, normalised; "" for none. ``ValueError`` for what is
    no number, or the subscriber's own."""
    msisdn = db.numbers.whole(number) if number else ""
    one = by_id(db, subscriber)
    if msisdn is None or one is None or msisdn == one.msisdn:
        raise ValueError(f"{number} is no number of somebody else ({db.numbers.example})")
    db.conn.execute("delete from second_contacts where subscriber = ?", (subscriber,))
    if msisdn:
        db.conn.execute("insert into second_contacts values (?, ?)", (subscriber, msisdn))


def areas(db: Database) -> list[str]:
    """The areas of all subscribers."""
    return distinct(db, "subscribers", "area")


def remember_language(db: Database, subscriber: int, language: str) -> bool:
    """Store the language that a subscriber chose; False if there is no such subscriber."""
    done = db.conn.execute(
        "update subscribers set language = ? where id = ?", (language, subscriber)
    )
    return done.rowcount == 1


def _subscribers(db: Database, tail: str, *values: object) -> list[Subscriber]:
    rows = db.conn.execute(f"select {_COLUMNS} from subscribers {tail}", values)
    return [
        Subscriber(
            id,
            msisdn,
            name,
            language,
            area,
            sip_user,
            None if sip_password is None else Secret(sip_password),
            moment(created),
        )
        for id, msisdn, name, language, area, sip_user, sip_password, created in rows
    ]
