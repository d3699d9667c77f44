"""Hashes of code words, and the audit of every attempt at one.

An attempt is stored as ``open`` before the word is checked, and counts as wrong until it ends. So
neither a hang-up nor a crash nor many calls at once give a guess that is not counted.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment
from ivr.identity.lockout import OF_NUMBER, OF_SUBSCRIBER, Policy, Strikes, locked, locked_until

Outcome = Literal["open", "ok", "wrong", "locked", "failed", "set", "unlocked"]
"""The outcome of an attempt. ``set`` and ``unlocked`` are no attempts, but changes by the operator
or by the subscriber. ``failed``: it could not be checked, and does not count."""

TRIES_A_CALL = 3
"""How many wrong attempts a caller has in one call, at all words together."""

_COLUMNS = "at, subscriber, number, call, agent, outcome, why"


class CodeWord(Struct, frozen=True):
    """The hashes of a subscriber's code word: as it is spoken ("" if it was only ever keyed), and
    as it is keyed; of the PIN beside it ("" for none); who set the word and when."""

    subscriber: int
    spoken: str
    keyed: str
    at: datetime
    by: str
    pin: str = ""


class Attempt(Struct, frozen=True, kw_only=True):
    """An attempt by a caller in a ``call`` from a ``number`` ("" if withheld), or by an ``agent``.

    ``subscriber`` is whose word it must be, None if unknown; a negative one stands for a number
    that no subscriber has. The same ``key`` twice is the same attempt.
    """

    subscriber: int | None
    number: str = ""
    call: str = ""
    agent: str = ""
    key: str | None = None
    way: str = ""
    """The gateway or trunk over which it came."""


class AuditEntry(Struct, frozen=True):
    """A line of the audit."""

    at: datetime
    subscriber: int | None
    number: str
    call: str
    agent: str
    outcome: Outcome
    why: str


class StartedAttempt(Struct, frozen=True):
    """A stored attempt: ``open`` to be checked against ``word``, or its outcome."""

    id: int
    outcome: Outcome
    word: CodeWord | None = None


def put(db: Database, word: CodeWord, number: str = "", call: str = "") -> None:
    """Set a subscriber's code word; wrong attempts before count no more. The PIN stays."""
    db.conn.execute(
        "insert into code_words (subscriber, spoken, keyed, at, author) values (?, ?, ?, ?, ?)"
        " on conflict (subscriber) do update set spoken = excluded.spoken, keyed = excluded.keyed,"
        " at = excluded.at, author = excluded.author",
        (word.subscriber, word.spoken, word.keyed, micros(word.at), word.by),
    )
    _note(db, AuditEntry(word.at, word.subscriber, number, call, word.by, "set", ""))


def put_pin(
    db: Database, subscriber: int, pin: str, by: str, at: datetime, number: str = "", call: str = ""
) -> bool:
    """Set the PIN of a subscriber who has a code word; False if there is none."""
    done = db.conn.execute("update code_words set pin = ? where subscriber = ?", (pin, subscriber))
    if done.rowcount:
        _note(db, AuditEntry(at, subscriber, number, call, by, "set", "PIN"))
    return done.rowcount == 1


def of(db: Database, subscriber: int) -> CodeWord | None:
    """The code word of a subscriber, if there is one."""
    row = db.conn.execute(
        "select spoken, keyed, at, author, pin from code_words where subscriber = ?", (subscriber,)
    ).fetchone()
    if row is None:
        return None
    spoken, keyed, at, by, pin = row
    return CodeWord(subscriber, spoken, keyed, moment(at), by, pin)


def start(db: Database, attempt: Attempt, at: datetime) -> StartedAttempt:
    """Store an attempt, which counts from now on; returns its outcome at once if the word or the
    number is locked, the call had its :data:`TRIES_A_CALL`, or the key was used before."""
    if attempt.key is not None:
        before = db.conn.execute(
            "select id, outcome from code_word_tries where key = ?", (attempt.key,)
        ).fetchone()
        if before is not None:
            return StartedAttempt(before[0], "failed" if before[1] == "open" else before[1])
    locked_now = (
        locked(OF_SUBSCRIBER, strikes(db, attempt.subscriber, at), at)
        or locked(OF_NUMBER, _strikes_of_number(db, attempt.number, at), at)
        or wrongs_in_call(db, attempt.call) >= TRIES_A_CALL
    )
    outcome: Outcome = "locked" if locked_now else "open"
    entry = AuditEntry(
        at, attempt.subscriber, attempt.number, attempt.call, attempt.agent, outcome, ""
    )
    id = _note(db, entry, attempt.key, attempt.way)
    found = None if locked_now or attempt.subscriber is None else of(db, attempt.subscriber)
    return StartedAttempt(id, outcome, found)


def finish(
    db: Database, started: StartedAttempt, outcome: Outcome, renewed: CodeWord | None = None
) -> None:
    """Store the outcome of an open attempt, and hashes that were renewed."""
    db.conn.execute(
        "update code_word_tries set outcome = ? where id = ? and outcome = 'open'",
        (outcome, started.id),
    )
    if renewed is not None and started.word is not None:
        db.conn.execute(
            "update code_words set spoken = ?, keyed = ?, pin = ?"
            " where subscriber = ? and spoken = ? and keyed = ? and pin = ?",
            (
                *(renewed.spoken, renewed.keyed, renewed.pin, renewed.subscriber),
                *(started.word.spoken, started.word.keyed, started.word.pin),
            ),
        )


def unlock(db: Database, subscriber: int, by: str, why: str, at: datetime) -> bool:
    """Unlock a subscriber's code word; False if there were no wrong attempts."""
    struck = strikes(db, subscriber, at).wrongs > 0
    _note(db, AuditEntry(at, subscriber, "", "", by, "unlocked", why))
    return struck


def strikes(db: Database, subscriber: int | None, at: datetime) -> Strikes:
    """The wrong attempts at a subscriber's word that count."""
    return (
        Strikes()
        if subscriber is None
        else _strikes(db, OF_SUBSCRIBER, "subscriber", subscriber, at)
    )


def locked_out_until(db: Database, subscriber: int, at: datetime) -> datetime | None:
    """Until when a subscriber's code word is locked; None if it is not."""
    until = locked_until(OF_SUBSCRIBER, strikes(db, subscriber, at))
    return until if until is not None and until > at else None


def entries(db: Database, subscriber: int, limit: int) -> list[AuditEntry]:
    """The last lines of the audit of a subscriber, the newest first."""
    rows = db.conn.execute(
        f"select {_COLUMNS} from code_word_tries where subscriber = ? order by id desc limit ?",
        (subscriber, limit),
    )
    return [AuditEntry(moment(at), *rest) for at, *rest in rows]


def wrongs_in_call(db: Database, call: str) -> int:
    """How many attempts of a call were wrong; 0 for no call."""
    if not call:
        return 0
    (wrongs,) = db.conn.execute(
        "select count(*) from code_word_tries where call = ? and outcome in ('wrong', 'open')",
        (call,),
    ).fetchone()
    return int(wrongs)


def _strikes_of_number(db: Database, number: str, at: datetime) -> Strikes:
    return _strikes(db, OF_NUMBER, "number", number, at) if number else Strikes()


def _strikes(db: Database, policy: Policy, column: str, who: object, at: datetime) -> Strikes:
    """Wrong attempts within the policy's memory, and after the word was last proved, set or
    unlocked."""
    wrongs, last = db.conn.execute(
        "select count(*), max(at) from code_word_tries wrong"
        f" where {column} = ? and at > ? and outcome in ('wrong', 'open') and not exists ("
        " select 1 from code_word_tries later where later.subscriber = wrong.subscriber"
        " and later.at >= wrong.at and later.id > wrong.id"
        " and later.outcome in ('ok', 'set', 'unlocked'))",
        (who, micros(at - policy.memory)),
    ).fetchone()
    return Strikes(wrongs, None if last is None else moment(last))


def wrongs_over_ways(db: Database, since: datetime) -> list[tuple[str, datetime]]:
    """The wrong attempts that came over a gateway or a trunk, oldest first."""
    rows = db.conn.execute(
        "select way, at from code_word_tries where way <> '' and at > ?"
        " and outcome in ('wrong', 'open') order by at",
        (micros(since),),
    )
    return [(way, moment(at)) for way, at in rows]


def wrong_over_way(db: Database, way: str, at: datetime) -> None:
    """Store that a one-time code was wrong over a gateway or a trunk; it counts there alone."""
    _note(db, AuditEntry(at, None, "", "", "", "wrong", "one-time code"), way=way)


def _note(db: Database, entry: AuditEntry, key: str | None = None, way: str = "") -> int:
    done = db.conn.execute(
        f"insert into code_word_tries (key, way, {_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " returning id",
        (
            key,
            way,
            micros(entry.at),
            entry.subscriber,
            entry.number,
            entry.call,
            entry.agent,
            entry.outcome,
            entry.why,
        ),
    )
    (id,) = done.fetchone()
    return int(id)
