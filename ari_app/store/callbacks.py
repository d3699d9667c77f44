"""Callback requests."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from msgspec import Struct

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment

_COLUMNS = (
    "id, call, at, number, subscriber, topic, state, due, agent, note,"
    " queue, language, priority, coalesce(joined, at), attempts, tried, calling, outcome, gave_up"
)


BY_HAND = timedelta(minutes=1)
"""For how long a request is not taken from an agent who began to call."""


class Callback(Struct, frozen=True):
    """A callback request, ``open`` or ``done``; a number has one open request at most.

    ``due``: the time that the caller named, or that an ``agent`` has promised, with a ``note``;
    None for as soon as possible. Without an agent it is made through the ``queue`` (in Asterisk's
    name; "" for the first one), in the place of who waits since ``joined``. ``tried`` is when the
    last of the ``attempts`` began, ``calling`` the phone by which the caller is being called now;
    ``outcome`` is one of :data:`ivr.acd.callbacks.Outcome`, of the last attempt or of the end.
    ``gave_up``: the caller asked for nothing, but hung up while waiting; a person decides.
    """

    id: int
    call: str
    at: datetime
    number: str
    subscriber: int | None
    topic: str
    state: str
    due: datetime | None = None
    agent: str = ""
    note: str = ""
    queue: str = ""
    language: str = ""
    priority: int = 0
    joined: datetime | None = None
    attempts: int = 0
    tried: datetime | None = None
    calling: str = ""
    outcome: str = ""
    gave_up: bool = False


class Wait(Struct, frozen=True):
    """How a caller waited who asks for a call back: in which queue, as Asterisk names it, in which
    language, with which priority, and since when."""

    queue: str
    language: str
    priority: int
    joined: datetime


def request(
    db: Database,
    key: str,
    call: str,
    number: str,
    subscriber: int | None,
    at: datetime,
    topic: str = "",
    due: datetime | None = None,
) -> bool:
    """Store a callback request, to be called at ``due`` or as soon as possible.

    Of a number that has an open request for another time the time is changed, unless an agent has
    promised the call. False if nothing was stored. The same key twice is the same request, and
    True both times.
    """
    number, when = db.numbers.whole(number) or number, due and micros(due)
    asks = db.conn.execute(  # who had given up: now they ask for it
        "update callbacks set gave_up = 0, joined = null, key = ?, call = ?, at = ?, due = ?,"
        " topic = ? where state = 'open' and number = ? and gave_up = 1 and agent = ''"
        " and not exists (select 1 from callbacks where key = ?)",
        (key, call, micros(at), when, topic, number, key),
    )
    if asks.rowcount:
        return True
    db.conn.execute(
        "insert into callbacks (key, call, at, number, subscriber, topic, state, due)"
        " values (?, ?, ?, ?, ?, ?, 'open', ?) on conflict do nothing",
        (key, call, micros(at), number, subscriber, topic, when),
    )
    if db.conn.execute("select 1 from callbacks where key = ?", (key,)).fetchone():
        return True
    again = db.conn.execute(
        "update callbacks set key = ?, outcome = '', due = ? where state = 'open' and number = ?"
        " and agent = '' and outcome = 'expired'",
        (key, micros(at) if due is None else when, number),
    )
    if again.rowcount:
        return True
    changed = db.conn.execute(
        "update callbacks set key = ?, due = ? where state = 'open' and number = ?"
        " and agent = '' and due is not ?",
        (key, when, number, when),
    )
    return changed.rowcount == 1


def keep_place(db: Database, number: str, wait: Wait) -> None:
    """The place of the open request of a number is that of a wait, if it has none yet."""
    db.conn.execute(
        "update callbacks set queue = ?, language = ?, priority = ?, joined = ?"
        " where state = 'open' and number = ? and joined is null",
        (
            wait.queue,
            wait.language,
            wait.priority,
            micros(wait.joined),
            db.numbers.whole(number) or number,
        ),
    )


def note_abandoned(
    db: Database,
    asker: tuple[str, str, int | None],
    at: datetime,
    topic: str,
    wait: Wait,
    ask: bool,
) -> bool:
    """Note a caller who hung up while waiting: call, number and subscriber. With ``ask`` it is for
    people to decide. False if the number is to be called anyway, or cannot be."""
    call, number, subscriber = asker
    plain = db.numbers.whole(number)
    if plain is None:
        return False
    added = db.conn.execute(
        "insert into callbacks (key, call, at, number, subscriber, topic, state, gave_up)"
        " values (?, ?, ?, ?, ?, ?, 'open', ?) on conflict do nothing",
        (f"gave-up:{uuid4().hex}", call, micros(at), plain, subscriber, topic, ask),
    )
    if added.rowcount == 1:
        keep_place(db, plain, wait)
    return added.rowcount == 1


def to_queue(db: Database, id: int, at: datetime) -> bool:
    """Leave an open request to any agent who is free; False if there is none of this id. One that
    had no answer in its time begins again ``at`` a moment."""
    done = db.conn.execute(
        "update callbacks set gave_up = 0, agent = '', outcome = '',"
        " due = iif(outcome = 'expired', ?, null) where id = ? and state = 'open'",
        (micros(at), id),
    )
    return done.rowcount == 1


def listed(db: Database, done: bool, limit: int = 1000) -> list[Callback]:
    """The first open requests, with ``done`` the last of all, the oldest first."""
    some = f"select {_COLUMNS} from callbacks"
    if done:
        some = f"select * from ({some} order by id desc limit ?) as last order by id"
    else:  # by the index of the open ones
        some = f"{some} where state = 'open' order by +id limit ?"
    return [_callback(*row) for row in db.conn.execute(some, (limit,))]


def promised(db: Database, agent: str) -> list[Callback]:
    """The callbacks that an agent has promised, the soonest first."""
    rows = db.conn.execute(
        f"select {_COLUMNS} from callbacks where state = 'open' and agent = ?"
        " order by coalesce(due, at), id",
        (agent,),
    )
    return [_callback(*row) for row in rows]


def promise(db: Database, id: int, agent: str, due: datetime | None, note: str = "") -> bool:
    """Assign an open request to an agent, or with ``""`` to no one; False if no such request is
    open."""
    noted = db.conn.execute(
        "update callbacks set agent = ?, due = ?, note = ? where id = ? and state = 'open'",
        (agent, due and micros(due), note, id),
    )
    return noted.rowcount == 1


def claim(db: Database, id: int, agent: str, due: datetime | None, at: datetime) -> bool:
    """An agent takes an open request, at another time if ``due`` is one. False if none is open, an
    attempt is under way, or another agent has just begun to call by hand; see :func:`by_hand`."""
    claimed = db.conn.execute(
        "update callbacks set agent = ?, due = coalesce(?, due) where id = ? and state = 'open'"
        " and calling = '' and (agent in ('', ?) or coalesce(tried, 0) <= ?)",
        (agent, due and micros(due), id, agent, micros(at - BY_HAND)),
    )
    return claimed.rowcount == 1


def by_hand(db: Database, id: int, agent: str, at: datetime) -> bool:
    """An agent takes an open request and calls; the agent who has claimed it dials, for
    :data:`BY_HAND` no one else."""
    if not claim(db, id, agent, None, at):
        return False
    db.conn.execute("update callbacks set tried = ? where id = ?", (micros(at), id))
    return True


def open_of(db: Database, number: str) -> Callback | None:
    """The open request of a number, if there is one."""
    rows = db.conn.execute(
        f"select {_COLUMNS} from callbacks where state = 'open' and number = ?",
        (db.numbers.whole(number) or number,),
    )
    return next((_callback(*row) for row in rows), None)


def by_id(db: Database, id: int) -> Callback | None:
    """The request of an id."""
    rows = db.conn.execute(f"select {_COLUMNS} from callbacks where id = ?", (id,))
    return next((_callback(*row) for row in rows), None)


def by_ids(db: Database, ids: Sequence[int]) -> list[Callback]:
    """The requests of some hundred ids."""
    return selected(db, f"where id in ({', '.join('?' * len(ids))})", *ids) if ids else []


def selected(db: Database, tail: str, *values: object) -> list[Callback]:
    """The requests that the ``tail`` of a query chooses, which is no text from outside."""
    return [
        _callback(*row)
        for row in db.conn.execute(f"select {_COLUMNS} from callbacks {tail}", values)
    ]


def done(db: Database, id: int) -> bool:
    """Close a request: the caller was called back. False if no such request is open."""
    return closed(db, id, "made")


def closed(db: Database, id: int, outcome: str) -> bool:
    """Close a request with an outcome. False if no such request is open."""
    noted = db.conn.execute(
        "update callbacks set state = 'done', calling = '', outcome = ?"
        " where id = ? and state = 'open'",
        (outcome, id),
    )
    return noted.rowcount == 1


def unclaimed(db: Database) -> list[Callback]:
    """The open requests that no agent has taken: any agent who is free makes them. Also those that
    one has taken during an attempt, until its end is noted."""
    rows = db.conn.execute(
        f"select {_COLUMNS} from callbacks where state = 'open' and (agent = '' or calling <> '')"
        " order by +id limit 1000"
    )
    return [_callback(*row) for row in rows]


def begun(db: Database, id: int, attempt: int, phone: str, at: datetime) -> None:
    """An agent's phone answered, and an attempt begins; the same one twice is once."""
    db.conn.execute(
        "update callbacks set attempts = ?, tried = ?, calling = ?"
        " where id = ? and state = 'open' and attempts = ? - 1",
        (attempt, micros(at), phone, id, attempt),
    )


def ended(db: Database, id: int, attempt: int, outcome: str, final: str, at: datetime) -> None:
    """An attempt ended with an outcome, which may not have been heard to begin. The request ends
    with ``final``, or goes on if that is "". One that an agent has taken goes on in any case: the
    agent has promised another call in this conversation."""
    db.conn.execute(
        "update callbacks set attempts = ?, tried = coalesce(iif(calling <> '', tried, null),"
        " ?),"
        " calling = '', outcome = iif(agent = '', ?, ?),"
        " state = iif(? = 1 and agent = '', 'done', state)"
        " where id = ? and state = 'open'"
        " and (attempts = ? - 1 or (attempts = ? and calling <> ''))",
        (attempt, micros(at), final or outcome, outcome, bool(final), id, attempt, attempt),
    )


def set_outcome(db: Database, id: int, outcome: str) -> None:
    """Say of an open request what became of it so far."""
    db.conn.execute(
        "update callbacks set outcome = ? where id = ? and state = 'open' and outcome <> ?",
        (outcome, id, outcome),
    )


def _callback(id: int, call: str, at: int, *rest: Any) -> Callback:
    number, subscriber, topic, state, due, agent, note, *of_queue = rest
    queue, language, priority, joined, attempts, tried, calling, outcome, gave_up = of_queue
    return Callback(
        *(id, call, moment(at), number, subscriber, topic, state, _moment(due), agent, note),
        *(queue, language, priority, moment(joined), attempts, _moment(tried), calling, outcome),
        bool(gave_up),
    )


def _moment(kept: int | None) -> datetime | None:
    return None if kept is None else moment(kept)
