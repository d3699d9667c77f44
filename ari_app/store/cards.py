"""Cards (screen pop): what an agent sees of a call, and all text typed into it, as it is typed."""

from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from ari_app.store import history, subscribers
from ari_app.store.history import Contact
from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment
from ivr.terms import Need


class CardNotFound(Exception):  # noqa: N818 - named by what is so, not as an error
    """There is no card of this id; nothing was stored."""


class Card(Struct, frozen=True, kw_only=True):
    """A caller on an agent's screen. ``id`` is ours, made when the agent's phone begins to ring;
    ``channel`` is the caller's channel in Asterisk, ``call`` the call's id in the menus (``""`` if
    it went through none); ``number`` and ``name`` are untrusted text; ``about`` is the number of
    the subscriber, if it is not the one that calls; ``identified`` how an agent knows that it is
    theirs. ``came_from`` is the card of the agent who transferred the call, or ``""``. A card that
    was opened without a call has no ``channel``."""

    id: str
    agent: str
    channel: str
    call: str = ""
    number: str = ""
    name: str = ""
    subscriber: int | None = None
    queue: str = ""
    topic: str = ""
    language: str = ""
    identity: Need = "none"
    about: str = ""
    identified: str = ""
    opened: datetime
    answered: datetime | None = None
    ended: datetime | None = None
    closed: datetime | None = None
    came_from: str = ""


_FIELDS = Card.__struct_fields__
_TIMES = ("opened", "answered", "ended", "closed")


class TypedText(Struct, frozen=True):
    """The text of a field of a card after some typing. The same ``key`` twice is stored once."""

    card: str
    field: str
    key: str
    text: str
    at: datetime


def open(db: Database, card: Card) -> bool:
    """Store a new card; False if there is one with its id, which stays as it is."""
    row = asdict(card)
    row.update({name: row[name] and micros(row[name]) for name in _TIMES})
    done = db.conn.execute(
        f"insert into cards ({', '.join(_FIELDS)})"
        f" values ({', '.join(f':{name}' for name in _FIELDS)}) on conflict do nothing",
        row,
    )
    return done.rowcount == 1


def answered(db: Database, id: str, at: datetime) -> None:
    """The agent answered the call; only the first time counts. ``CardNotFound``."""
    _set(db, id, "answered = coalesce(answered, ?)", micros(at))


def ended(db: Database, id: str, at: datetime) -> None:
    """The conversation ended; only the first time counts. ``CardNotFound``."""
    _set(db, id, "ended = coalesce(ended, ?)", micros(at))


def goes_on(db: Database, id: str) -> None:
    """The conversation goes on: its caller came back. ``CardNotFound``."""
    _set(db, id, "ended = ?", None)


def set_identity(db: Database, id: str, identity: Need) -> None:
    """Set how the caller is identified. ``CardNotFound``."""
    _set(db, id, "identity = ?", identity)


def set_subscriber(
    db: Database, id: str, subscriber: int, about: str = "", identified: str = ""
) -> None:
    """Set which subscriber the caller is, the number of theirs if it is not the one that calls, and
    how an agent knows. ``CardNotFound``."""
    _set(db, id, "subscriber = ?, about = ?, identified = ?", subscriber, about, identified)


def by_id(db: Database, id: str) -> Card | None:
    """A card, None if there is none of this id."""
    return next(iter(_cards(db, "where id = ?", id)), None)


def unfinished(db: Database, agent: str) -> list[Card]:
    """An agent's open cards, the newest first."""
    return _cards(db, "where agent = ? and closed is null order by opened desc, id", agent)


def all_unfinished(db: Database) -> list[Card]:
    """The cards of all agents that are not closed yet, the oldest first."""
    return _cards(db, "where closed is null order by +opened, id")


def by_channel(db: Database, channel: str) -> list[Card]:
    """The cards of a caller's channel, one for each agent whose phone rang, the newest first."""
    return _cards(db, "where channel = ? order by opened desc, id", channel)


def of_subscriber(db: Database, subscriber: int, limit: int = 20) -> list[Card]:
    """A subscriber's last cards, the newest first."""
    tail = "where subscriber = ? order by opened desc, id limit ?"
    return _cards(db, tail, subscriber, limit)


def save(db: Database, typed: TypedText) -> None:
    """Store typed text, also after the card was closed. ``CardNotFound``."""
    card = _required(db, typed.card)
    done = db.conn.execute(
        "insert into card_texts (card, field, key, text, at) values (?, ?, ?, ?, ?)"
        " on conflict (key) do nothing",
        (typed.card, typed.field, typed.key, typed.text, micros(typed.at)),
    )
    if done.rowcount and card.closed:
        _write(db, card)


def texts(db: Database, id: str) -> dict[str, str]:
    """The texts of the fields of a card."""
    rows = db.conn.execute(
        "select field, text from card_texts where seq in"
        " (select max(seq) from card_texts where card = ? group by field) order by seq",
        (id,),
    )
    return dict(rows.fetchall())


def finish(db: Database, id: str, at: datetime) -> bool:
    """Close a card and add its contact to the subscriber's history; False if it was closed before.

    A card that was not answered and has no text makes no contact, nor does an unknown caller's.
    ``CardNotFound``.
    """
    card = _required(db, id)
    if card.closed:
        return False
    _set(db, id, "closed = ?", micros(at))
    _write(db, card)
    return True


def _write(db: Database, card: Card) -> None:
    """Store the contact of a card, from the texts of its fields."""
    fields = texts(db, card.id)
    if not (card.answered or any(fields.values())):
        return
    if card.subscriber is None or subscribers.by_id(db, card.subscriber) is None:
        return
    db.conn.execute("delete from contacts where card = ? and card <> ''", (card.id,))
    contact = Contact(
        card.subscriber,
        card.opened,
        "call" if card.channel else "desk",
        fields.get("topic") or card.topic,
        fields.get("question", ""),
        fields.get("solution", ""),
        card.agent,
        fields.get("solved") == "yes",
        card.id,
        card.call,
    )
    history.add(db, [contact])


def _required(db: Database, id: str) -> Card:
    card = by_id(db, id)
    if card is None:
        raise CardNotFound(f"there is no card {id}")
    return card


def _set(db: Database, id: str, what: str, *values: object) -> None:
    done = db.conn.execute(f"update cards set {what} where id = ?", (*values, id))
    if not done.rowcount:
        raise CardNotFound(f"there is no card {id}")


def _cards(db: Database, tail: str, *values: object) -> list[Card]:
    rows = db.conn.execute(f"select {', '.join(_FIELDS)} from cards {tail}", values)
    return [_card(dict(zip(_FIELDS, row, strict=True))) for row in rows]


def _card(row: dict[str, Any]) -> Card:
    times = {name: row[name] and moment(row[name]) for name in _TIMES}
    return Card(**{**row, **times})
