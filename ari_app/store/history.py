"""Contact history: subscribers' questions and how they were solved."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment

_COLUMNS = (
    "subscriber, at, channel, topic, question, solution, agent, first_contact_solved, card, call"
)


class Contact(Struct, frozen=True):
    """One contact: ``channel`` is call, sms, e-mail, web, or desk (of a card that an agent opened
    without a call); ``solution`` is ``""`` while there is none, ``agent`` ``""`` when no human took
    part. ``first_contact_solved``: it took one contact. ``card`` and ``call`` are ``""`` where it
    came of none."""

    subscriber: int
    at: datetime
    channel: str
    topic: str
    question: str
    solution: str
    agent: str
    first_contact_solved: bool
    card: str = ""
    call: str = ""


def add(db: Database, contacts: Iterable[Contact]) -> None:
    """Add contacts of known subscribers."""
    db.conn.executemany(
        f"insert into contacts ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                one.subscriber,
                micros(one.at),
                one.channel,
                one.topic,
                one.question,
                one.solution,
                one.agent,
                one.first_contact_solved,
                one.card,
                one.call,
            )
            for one in contacts
        ],
    )


def of_subscriber(
    db: Database, subscriber: int, limit: int = 20, before: datetime | None = None
) -> list[Contact]:
    """A subscriber's last contacts, of those before a moment if there is one, the newest first."""
    tail = "where subscriber = ? and at < ? order by at desc, id desc limit ?"
    return selected(db, tail, subscriber, 2**63 - 1 if before is None else micros(before), limit)


def of_card(db: Database, card: str) -> Contact | None:
    """The contact of a card; None if there is none."""
    return next(iter(selected(db, "where card = ? and card <> ''", card)), None)


def selected(db: Database, tail: str, *values: object) -> list[Contact]:
    """The contacts that the ``tail`` of a query chooses, which is no text from outside."""
    rows = db.conn.execute(f"select {_COLUMNS} from contacts {tail}", values)
    return [
        Contact(who, moment(at), channel, topic, question, solution, agent, bool(solved), *came)
        for who, at, channel, topic, question, solution, agent, solved, *came in rows
    ]


def count_since(db: Database, subscriber: int, since: datetime) -> int:
    """Contacts of a subscriber since a moment; more than one is a repeated contact."""
    (number,) = db.conn.execute(
        "select count(*) from contacts where subscriber = ? and at >= ?",
        (subscriber, micros(since)),
    ).fetchone()
    return int(number)
