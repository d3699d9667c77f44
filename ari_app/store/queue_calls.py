"""The stays of callers in queues: one row for each, from joining to the end of the wrap-up.

Times are whole microseconds since 1970, as in :class:`ivr.acd.figures.Stay`.
"""

from collections.abc import Sequence

from msgspec.structs import astuple, fields

from ari_app.store.sqlite import Database
from ivr.acd.figures import How, Stay

_FIELDS = tuple(one.name for one in fields(Stay))
_ALL = ", ".join(f"queue_calls.{name}" for name in _FIELDS)
_LONGEST = 86_400_000_000
"""How long before its step in a queue a call may have begun."""
_STORED = _FIELDS[1:]
_KEY = ("channel", "queue", "joined")
_PUT = (
    f"insert into queue_calls ({', '.join(_STORED)}) values ({', '.join('?' * len(_STORED))})"
    f" on conflict ({', '.join(_KEY)}) do update set "
    + ", ".join(
        "how = iif(queue_calls.how = 'callback', 'callback', excluded.how)"
        if name == "how"
        else f"{name} = excluded.{name}"
        for name in _STORED
        if name not in (*_KEY, "number", "subscriber")
    )
)
_UNFINISHED = "(left is null or (answered is not null and ended is null))"
_LAST = "id = (select id from queue_calls where channel = ? order by joined desc, id desc limit 1)"


def put(db: Database, stays: Sequence[Stay]) -> None:
    """Store stays as they are now; the same channel, queue and time of joining is the same stay.

    One for which a call back was agreed (:func:`set_how`) remains such a one, and whose caller was
    erased remains without the caller.
    """
    number = db.numbers.msisdn
    rows = []
    for stay in stays:
        row = dict(zip(_FIELDS, astuple(stay), strict=True))
        row["number"] = number(stay.number) or stay.number
        rows.append([row[name] for name in _STORED])
    db.conn.executemany(_PUT, rows)


def unfinished(db: Database) -> list[Stay]:
    """The stays whose wait or conversation has not ended, the oldest first."""
    return selected(db, f"where {_UNFINISHED} order by joined, id")


def between(db: Database, since: int, until: int, queue: str | None = None) -> list[Stay]:
    """The stays of callers who joined from ``since`` to before ``until``, the oldest first."""
    if queue is None:
        return selected(db, "where joined >= ? and joined < ? order by joined, id", since, until)
    where = "where joined >= ? and joined < ? and queue = ? order by joined, id"
    return selected(db, where, since, until, queue)


def by_id(db: Database, id: int) -> Stay | None:
    """A stay; None if there is none of this id (any more)."""
    return next(iter(selected(db, "where id = ?", id)), None)


def of_call(db: Database, call: str) -> list[Stay]:
    """The stays of a call of ours, the oldest first."""
    return selected(db, "where call = ? and call <> '' order by joined, id", call)


def of_channel(db: Database, channel: str) -> list[Stay]:
    """The stays of a caller's channel, the oldest first."""
    return selected(db, "where channel = ? order by joined, id", channel)


def answered_by(db: Database, since: int) -> list[tuple[str, int]]:
    """Agents with how many callers they answered who joined from ``since`` on."""
    rows = db.conn.execute(
        "select agent, count(*) from queue_calls indexed by queue_calls_joined"
        " where agent <> '' and joined >= ? and how = 'answered' group by agent",
        (since,),
    )
    return rows.fetchall()


def of_number(db: Database, number: str, limit: int = 20) -> list[Stay]:
    """The last stays of callers with a number, the newest first."""
    where = "where number = ? and number <> '' order by joined desc, id desc limit ?"
    return selected(db, where, db.numbers.msisdn(number) or number, limit)


def set_how(db: Database, channel: str, how: How) -> None:
    """How the last stay of a channel ended, known later: a call back was agreed."""
    db.conn.execute(f"update queue_calls set how = ? where {_LAST}", (how, channel))


def unmatched(db: Database, since: int, until: int) -> list[tuple[str, int, int, int]]:
    """Calls of our own line that were more often in a queue, by their steps, than there are stays:
    call, time of the first such step, how often by the steps, and by the stays."""
    rows = db.conn.execute(
        "select call, at, steps, stays from (select steps.call, min(steps.at) as at,"
        " count(*) as steps, (select count(*) from queue_calls where call = steps.call"
        " and call <> '') as stays"
        " from calls cross join steps on steps.call = calls.id"  # begins at the calls of the time
        " where calls.began >= ? and calls.began < ? and calls.line = 'ari'"
        " and steps.at >= ? and steps.at < ? and steps.kind = 'queue'"
        " and steps.outcome in ('ended', 'timeout', 'full', 'closed', 'left')"
        " group by steps.call) as counted where stays < steps order by at",
        (since - _LONGEST, until, since, until),
    )
    return rows.fetchall()


def outside(db: Database, since: int, until: int, near: int) -> list[Stay]:
    """The stays from ``since`` to before ``until`` that began before their call, or whose wait
    ended after it, by more than ``near``. A lost call has no end that is known."""
    return selected(
        db,
        "join calls on calls.id = queue_calls.call where joined >= ? and joined < ?"
        " and (joined < began - ? or (ending <> 'lost' and queue_calls.left > calls.ended + ?))"
        " order by joined",
        *(since, until, near, near),
    )


def selected(db: Database, tail: str, *values: object) -> list[Stay]:
    """The stays that the ``tail`` of a query chooses, which is no text from outside."""
    rows = db.conn.execute(f"select {_ALL} from queue_calls {tail}", values)
    return [Stay(**dict(zip(_FIELDS, row, strict=True))) for row in rows]
