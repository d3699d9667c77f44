"""Calls and every step taken in them.

Each record is a fact that has happened, so storing it twice is storing it once. The writing
functions are made for batches: :class:`ari_app.store.recorder.Recorder` feeds them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from msgspec import Struct, json

from ari_app.store import canaries, checkpoints, tapes
from ari_app.store.canaries import CallOnCanary
from ari_app.store.checkpoints import CallStands
from ari_app.store.lines import ON_SCREENS, listed
from ari_app.store.sqlite import Database
from ari_app.store.tapes import CallTaped
from ari_app.store.times import micros, moment
from ivr.model import OUTBOUND
from ivr.values import Value, Values

SECRET = "secret"
PLAYBACK = "playback"
"""The kind of a step that is no node's: a screen was played."""
UNHEARD = "unheard"
"""Its outcome: the caller did not hear all of it."""
RESTART = "restart"
"""The kind of a step that is no node's: the application went on with the call after a restart."""
CONTINUED = "continued"
"""Its outcome."""
PASSING = "passing"
"""The kind of a step that is no node's: an agent transferred the caller; its outcome is what became
of that, and to whom."""
LOST = "lost"
"""The ending of a call whose end was not recorded."""


class CallBegan(Struct, frozen=True):
    """A call began. ``version`` is the hash of the flow's text, ``caller`` the number
    of the caller, ``subscriber`` the id of the one whom the call is about, if known; times are
    aware."""

    call: str
    line: str
    dialled: str
    caller: str
    subscriber: int | None
    language: str
    flow: str
    version: str
    at: datetime


class StepTaken(Struct, frozen=True):
    """One node of the flow was passed; ``seq`` counts them within the call.

    ``key`` is what the caller pressed, or the word ``SECRET`` where digits must be written
    nowhere; ``prompt`` and ``outcome`` are ``""`` where a node has none. ``way`` is the edge of
    the flow by which the node was left, "" if it was not; the steps of old calls have neither.
    ``filled``: the values of the prompts' placeholders.
    """

    call: str
    seq: int
    at: datetime
    node: str
    kind: str
    prompt: str
    key: str
    outcome: str
    flow: str = ""
    way: str = ""
    filled: Values = {}


class CallAbout(Struct, frozen=True):
    """From now on the call is about another subscriber than the one whose line it comes from."""

    call: str
    at: datetime
    subscriber: int


class CallEnded(Struct, frozen=True):
    """The call is over: ``ending`` in a word, ``cause`` as in Q.850 (0 if unknown)."""

    call: str
    at: datetime
    ending: str
    cause: int


Record: TypeAlias = (
    CallBegan | StepTaken | CallAbout | CallStands | CallTaped | CallOnCanary | CallEnded
)


class Call(Struct, frozen=True):
    """A call as the store knows it; ``ended`` is None while it lasts."""

    began: CallBegan
    ended: CallEnded | None


class Path(Struct, frozen=True):
    """A call with its steps."""

    call: Call
    steps: tuple[StepTaken, ...]


class Counts(Struct, frozen=True):
    """Calls begun since a moment, by ending those of them that ended; ``open`` counts all calls
    that have not ended."""

    began: int
    open: int
    endings: Mapping[str, int]


def add(db: Database, records: Sequence[Record], owner: int = 0) -> None:
    """Store records in any order and number. A lost call that does end is no longer lost.

    ``owner`` is the epoch of the worker whose calls these are; what it still says of a call that
    another has taken over is dropped.
    """
    _add(db, _of_owner(db, records, owner), owner)


def _add(db: Database, records: Sequence[Record], owner: int) -> None:
    began: list[tuple[object, ...]] = []
    steps: list[tuple[object, ...]] = []
    about: list[tuple[object, ...]] = []
    stands: list[CallStands] = []
    ended: list[tuple[object, ...]] = []
    for r in records:
        at = micros(r.at)
        match r:
            case StepTaken():
                what = (r.node, r.kind, r.prompt, r.key, r.outcome, r.flow, r.way, _json(r.filled))
                steps.append((r.call, r.seq, at, *what))
            case CallBegan():
                who = (r.caller, r.subscriber, r.language)
                began.append((r.call, r.line, r.dialled, *who, r.flow, r.version, at, owner))
            case CallAbout():
                about.append((r.subscriber, r.call))
            case CallStands():
                stands.append(r)
            case CallEnded():
                ended.append((at, r.ending, r.cause, r.call))
    _many(
        db,
        "insert into calls (id, line, dialled, caller, subscriber, language, flow, version, began,"
        " owner) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing",
        began,
    )
    _many(
        db,
        "insert into steps (call, seq, at, node, kind, prompt, key, outcome, flow, way, filled)"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (call, seq) do nothing",
        steps,
    )
    _many(db, "update calls set subscriber = ? where id = ?", about)
    _many(
        db,
        "update calls set ended = ?, ending = ?, cause = ?"
        f" where id = ? and (ended is null or ending = '{LOST}')",
        ended,
    )
    checkpoints.put(db, stands, [r.call for r in records if isinstance(r, CallEnded)])
    tapes.put(db, [r for r in records if isinstance(r, CallTaped)])
    canaries.put(db, [r for r in records if isinstance(r, CallOnCanary)])


def _of_owner(db: Database, records: Sequence[Record], owner: int) -> Sequence[Record]:
    """The records of calls that no other worker has taken over."""
    if not owner:
        return records
    rows = db.conn.execute(
        "select id from calls where id in (select value from json_each(?)) and owner not in (0, ?)",
        (json.encode(sorted({r.call for r in records})).decode(), owner),
    )
    taken = {id for (id,) in rows}
    return [r for r in records if r.call not in taken] if taken else records


def _many(db: Database, sql: str, rows: Sequence[tuple[object, ...]]) -> None:
    if rows:
        db.conn.executemany(sql, rows)


def is_over(db: Database, call: str) -> bool:
    """Whether there was such a call and it has ended."""
    row = db.conn.execute("select ended is not null from calls where id = ?", (call,)).fetchone()
    return row is not None and bool(row[0])


def path(db: Database, call: str) -> Path | None:
    """A call with its steps, None if there is no such call."""
    found = selected(db, "where id = ?", call)
    if not found:
        return None
    rows = db.conn.execute(
        "select call, seq, at, node, kind, prompt, key, outcome, flow, way, filled from steps"
        " where call = ? order by seq",
        (call,),
    )
    steps = (
        StepTaken(call, seq, moment(at), *what) for call, seq, at, *what in map(_with_values, rows)
    )
    return Path(found[0], tuple(steps))


def recent(db: Database, limit: int) -> list[Call]:
    """The last calls, the newest first."""
    return selected(db, "order by began desc, id desc limit ?", limit)


def counts(db: Database, since: datetime) -> Counts:
    """How many calls began since a moment, how they ended, and how many last."""
    rows = db.conn.execute(
        "select coalesce(ending, ''), count(*) from calls where began >= ? group by 1",
        (micros(since),),
    )
    endings: dict[str, int] = dict(rows.fetchall())
    began = sum(endings.values())
    endings.pop("", None)
    (still,) = db.conn.execute("select count(*) from calls where ended is null").fetchone()
    return Counts(began, still, endings)


def count_of(db: Database, subscriber: int | None, since: datetime, but: str) -> int:
    """How many calls of a subscriber began since a moment, but for one; text sessions are none, nor
    are calls that a campaign made."""
    (number,) = db.conn.execute(
        "select count(*) from calls where subscriber = ? and began >= ? and id != ?"
        f" and line not in {listed(*ON_SCREENS)} and dialled not like ?",
        (subscriber, micros(since), but, f"{OUTBOUND}%"),
    ).fetchone()
    return int(number)


def going_on(db: Database, subscriber: int, at: datetime) -> CallBegan | None:
    """The call of a subscriber that went on at a moment; the last one that began, if several."""
    tail = (
        "where subscriber = ? and began <= ? and (ended is null or ended >= ?)"
        f" and line not in {listed(*ON_SCREENS)} order by began desc limit 1"
    )
    found = selected(db, tail, subscriber, micros(at), micros(at))
    return found[0].began if found else None


def unfinished(db: Database) -> list[Call]:
    """Calls without an end, the oldest first: those under way, and after a crash the lost ones."""
    return selected(db, "where ended is null order by +began, id")


def selected(db: Database, tail: str, *values: object) -> list[Call]:
    """The calls that the ``tail`` of a query chooses, which is no text from outside."""
    rows = db.conn.execute(
        "select id, line, dialled, caller, subscriber, language, flow, version,"
        f" began, ended, ending, cause from calls {tail}",
        values,
    )
    return [_call(*row) for row in rows]


def _call(  # noqa: PLR0913 - the columns of a row
    call: str,
    line: str,
    dialled: str,
    caller: str,
    subscriber: int | None,
    language: str,
    flow: str,
    version: str,
    began: int,
    ended: int | None,
    ending: str,
    cause: int,
) -> Call:
    at = moment(began)
    return Call(
        CallBegan(call, line, dialled, caller, subscriber, language, flow, version, at),
        None if ended is None else CallEnded(call, moment(ended), ending, cause),
    )


def _json(filled: Values) -> str:
    return json.encode(filled).decode() if filled else ""


def _with_values(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row whose last column are values."""
    *what, filled = row
    return (*what, json.decode(filled, type=dict[str, Value]) if filled else {})
