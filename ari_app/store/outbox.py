"""The outbox: text messages to subscribers, stored in the transaction that causes them.

A message is ``waiting`` until it is ``sent``, or ``failed`` when no attempt is left.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, json

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment
from ari_app.store.workers import LIVING

_COLUMNS = (
    "key, number, text, call, created, state, attempts, next_at, sent_at, error, secret, until"
)
_UNANSWERED = "no answer yet"

EXPIRED = "expired before it was delivered"
"""The error of a text that was not sent any more, because it would have come too late."""


REFUSED = "it is not wanted any more"
"""The error of a text that was taken back before it was sent."""


class Text(Struct, frozen=True):
    """A text: ``call`` is the id of the call that caused it, ``attempts`` how often it was tried,
    ``next_at`` when it is tried next (None: never), ``error`` why the last attempt failed. A text
    with a ``secret`` is shown nowhere, and kept until it is sent. It is not sent after ``until``.
    """

    key: str
    number: str
    text: str
    call: str
    created: datetime
    state: str
    attempts: int
    next_at: datetime | None
    sent_at: datetime | None
    error: str
    secret: bool = False
    until: datetime | None = None


def post(
    db: Database,
    key: str,
    number: str,
    text: str,
    call: str,
    at: datetime,
    until: datetime | None = None,
) -> bool:
    """Put a text to a number into the outbox, inside the current transaction.

    The same key twice is the same text: then nothing happens, and False is returned. ``until``:
    it is not sent after that moment.
    """
    to, begun = db.numbers.whole(number) or number, micros(at)
    added = db.conn.execute(
        f"insert into outbox ({_COLUMNS}) values (?, ?, ?, ?, ?, 'waiting', 0, ?, null, '', 0, ?)"
        " on conflict (key) do nothing",
        (key, to, text, call, begun, begun, until and micros(until)),
    )
    return added.rowcount == 1


def post_secret(
    db: Database, key: str, number: str, text: str, call: str, at: datetime, until: datetime
) -> bool:
    """Post a text with a secret, such as a one-time code, which is worth nothing after ``until``
    and then not sent any more."""
    new = post(db, key, number, text, call, at, until)
    if new:
        db.conn.execute("update outbox set secret = 1 where key = ?", (key,))
    return new


def drop_waiting(db: Database, keys: str, number: str = "") -> None:
    """Send no text any more that waits with a key like a glob, to a number or to any."""
    db.conn.execute(
        "update outbox set state = 'failed', next_at = null, error = ? where state = 'waiting'"
        " and key glob ? and (? = '' or number = ?)",
        (REFUSED, keys, number, number),
    )


def has_expired(db: Database, at: datetime) -> bool:
    """Whether texts wait that came too late."""
    row = db.conn.execute(
        "select 1 from outbox where state = 'waiting' and until <= ? limit 1", (micros(at),)
    ).fetchone()
    return row is not None


def drop_expired(db: Database, at: datetime) -> list[str]:
    """Give up waiting texts that would come too late; returns the number of each."""
    rows = db.conn.execute(
        "update outbox set state = 'failed', next_at = null, error = ?,"
        " text = iif(secret, '', text) where state = 'waiting' and until <= ? returning number",
        (EXPIRED, micros(at)),
    )
    return [number for (number,) in rows]


def due(db: Database, at: datetime, limit: int, owner: int = 0) -> list[Text]:
    """What is to be sent at a moment, the oldest first, at most one text for each number; none to
    a number to which another living worker than ``owner`` is sending."""
    # Without the name of the index SQLite would sort all texts of the outbox by number.
    each = (
        "select rowid as chosen,"
        " row_number() over (partition by number order by created, rowid) as place"
        " from outbox indexed by outbox_waiting where state = 'waiting'"
        " and next_at <= ? and (until is null or until > ?) and number not in"
        f" (select number from outbox where owner <> 0 and owner <> ? and owner in ({LIVING}))"
    )
    rows = db.conn.execute(
        f"select {_COLUMNS} from ({each}) as waiting join outbox on outbox.rowid = chosen"
        " where place = 1 order by created limit ?",
        (micros(at), micros(at), owner, limit),
    )
    return [_text(*row) for row in rows]


def claim(db: Database, at: datetime, limit: int, owner: int) -> list[Text]:
    """What is :func:`due`, now that of a worker alone: it sends it while it lives.

    What another worker claims at this moment is left to it.
    """
    found = due(db, at, limit, owner)
    keys = json.encode([one.key for one in found]).decode()
    free = f"key in (select value from json_each(?)) and (owner = ? or owner not in ({LIVING}))"
    rows = db.conn.execute(
        f"update outbox set owner = ? where key in (select key from outbox where {free}"
        " /* skip locked */) returning key",
        (owner, keys, owner),
    )
    ours = {key for (key,) in rows.fetchall()}
    return [one for one in found if one.key in ours]


def next_due(db: Database, after: datetime) -> datetime | None:
    """When the next text that is not due yet is to be sent, if there is one."""
    (at,) = db.conn.execute(
        "select min(next_at) from outbox where state = 'waiting' and next_at > ?", (micros(after),)
    ).fetchone()
    return None if at is None else moment(at)


def make_due(db: Database, number: str, at: datetime) -> int:
    """Send what waits for a number at once; returns how many texts wait."""
    done = db.conn.execute(
        "update outbox set next_at = ? where state = 'waiting' and number = ?",
        (micros(at), db.numbers.whole(number) or number),
    )
    return done.rowcount


def start_attempt(db: Database, key: str, next_at: datetime | None, owner: int = 0) -> bool:
    """Count an attempt that begins; the next one is at ``next_at``, None if this is the last one.
    False if the text is not waiting any more, or is another worker's than ``owner``.

    Stored before the text is handed over, so that a crash loses count of no attempt and shortens
    no pause.
    """
    done = db.conn.execute(
        "update outbox set attempts = attempts + 1, error = ?, next_at = ?, state = ?"
        " where key = ? and state = 'waiting' and owner = ?",
        (_UNANSWERED, next_at and micros(next_at), "waiting" if next_at else "failed", key, owner),
    )
    return done.rowcount == 1


def mark_sent(db: Database, key: str, at: datetime, owner: int = 0) -> None:
    """A message was handed over by the worker ``owner``; nothing if another has it now."""
    db.conn.execute(
        "update outbox set state = 'sent', sent_at = ?, next_at = null, error = '', owner = 0,"
        " text = iif(secret, '', text) where key = ? and owner = ?",
        (micros(at), key, owner),
    )


def attempt_failed(db: Database, key: str, error: str, last: bool = False, owner: int = 0) -> None:
    """The attempt of the worker ``owner`` failed; after the ``last`` one no other follows."""
    db.conn.execute(
        "update outbox set error = ?, owner = 0, state = iif(? = 1, 'failed', state),"
        " next_at = iif(? = 1, null, next_at), text = iif(? = 1 and secret = 1, '', text)"
        " where key = ? and owner = ?",
        (error, last, last, last, key, owner),
    )


def by_key(db: Database, key: str) -> Text | None:
    """The text of a key."""
    rows = db.conn.execute(f"select {_COLUMNS} from outbox where key = ?", (key,))
    return next((_text(*row) for row in rows), None)


def of_call(db: Database, call: str) -> Sequence[Text]:
    """The texts that a call caused, the oldest first."""
    where = "where call = ? order by created, rowid"
    rows = db.conn.execute(f"select {_COLUMNS} from outbox {where}", (call,))
    return [_text(*row) for row in rows]


def undelivered(db: Database, number: str, limit: int) -> Sequence[Text]:
    """The last texts to a number that failed or expired, the newest first, without secrets."""
    rows = db.conn.execute(
        f"select {_COLUMNS} from outbox where number = ? and state = 'failed' and secret = 0"
        " order by created desc limit ?",
        (number, limit),
    )
    return [_text(*row) for row in rows]


def recent(db: Database, limit: int, number: str | None = None) -> Sequence[Text]:
    """The last texts, to one number if it is given, the newest first."""
    where = "where number = ?" if number else ""
    given = (db.numbers.whole(number) or number, limit) if number else (limit,)
    rows = db.conn.execute(
        f"select {_COLUMNS} from outbox {where} order by created desc, rowid desc limit ?", given
    )
    return [_text(*row) for row in rows]


def _text(  # noqa: PLR0913 - the columns of a row
    key: str,
    number: str,
    text: str,
    call: str,
    created: int,
    state: str,
    attempts: int,
    next_at: int | None,
    sent_at: int | None,
    error: str,
    secret: int,
    until: int | None,
) -> Text:
    return Text(
        key,
        number,
        text,
        call,
        moment(created),
        state,
        attempts,
        None if next_at is None else moment(next_at),
        None if sent_at is None else moment(sent_at),
        error,
        bool(secret),
        None if until is None else moment(until),
    )
