"""Figures by quarter hours: of queues, by topic and language, and of agents, by state and reason.

A quarter is counted as a whole, again whenever something in it has changed.
"""

from collections import Counter, defaultdict
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import astuple

from ari_app.store import agent_states, places, queue_calls
from ari_app.store.sqlite import Database
from ivr.acd.figures import QUARTER, SUMS, Figures, Stay, figures, quarter, spent

_CHANGED, _TAKEN = "changed", "changed-taken"
"""Names of :mod:`ari_app.store.places`."""


class QueueQuarter(Struct, frozen=True):
    """The figures of a queue in the quarter hour that begins ``at``."""

    at: int
    queue: str
    topic: str
    language: str
    figures: Figures


class AgentQuarter(Struct, frozen=True):
    """How long an agent was in a state in the quarter hour that begins ``at``."""

    at: int
    agent: str
    state: str
    reason: str
    spent: int


def count(db: Database, at: int, in_time: Callable[[str], int], now: int | None = None) -> None:
    """Count the quarter hour that begins ``at``, also again; ``in_time``: see
    :func:`ivr.acd.figures.figures`, ``now``: if it lasts."""
    until = at + QUARTER if now is None else min(now, at + QUARTER)
    parts: defaultdict[tuple[str, str, str], list[Stay]] = defaultdict(list)
    for stay in queue_calls.between(db, at, until):
        parts[stay.queue, stay.topic, stay.language].append(stay)
    db.conn.execute("delete from queue_quarters where at = ?", (at,))
    db.conn.executemany(
        f"insert into queue_quarters (at, queue, topic, language, {', '.join(SUMS)})"
        f" values ({', '.join('?' * (4 + len(SUMS)))})",
        [(at, *key, *astuple(figures(stays, in_time))) for key, stays in parts.items()],
    )
    did: Counter[tuple[str, str, str]] = spent(agent_states.between(db, at, until), at, until)
    db.conn.execute("delete from agent_quarters where at = ?", (at,))
    db.conn.executemany(
        "insert into agent_quarters (at, agent, state, reason, spent) values (?, ?, ?, ?, ?)",
        [(at, *key, span) for key, span in did.items()],
    )


def changed(db: Database, joined: int) -> None:
    """A stay of then was changed, and perhaps counted before: all from its quarter hour on are to
    be counted again."""
    earlier = places.of(db, _CHANGED)
    if not earlier or quarter(joined) < int(earlier):
        places.put(db, _CHANGED, str(quarter(joined)))


def take_changed(db: Database) -> int | None:
    """The quarter hour from which on all are to be counted again; None for none. It is taken again
    until :func:`counted` says that it was counted."""
    places_of = (places.of(db, each) for each in (_CHANGED, _TAKEN))
    first = min((int(place) for place in places_of if place), default=None)
    if first is not None:
        places.put(db, _CHANGED, "")
        places.put(db, _TAKEN, str(first))
    return first


def counted(db: Database, first: int | None) -> None:
    """All from the ``first`` quarter hour on that :func:`take_changed` gave were counted again."""
    if first is not None and places.of(db, _TAKEN) == str(first):
        places.put(db, _TAKEN, "")


def of_queues(db: Database, since: int, until: int, queue: str | None = None) -> list[QueueQuarter]:
    """The quarter hours of queues from ``since`` to before ``until``, in order."""
    rows = db.conn.execute(
        f"select at, queue, topic, language, {', '.join(SUMS)} from queue_quarters"
        " where at >= ? and at < ? and queue = coalesce(?, queue)"
        " order by at, queue, topic, language",
        (since, until, queue),
    )
    return [
        QueueQuarter(at, name, topic, language, Figures(**dict(zip(SUMS, sums, strict=True))))
        for at, name, topic, language, *sums in rows
    ]


def answered(db: Database, since: int, until: int) -> int | None:
    """How many callers who joined from ``since`` to before ``until`` were answered; None if nothing
    is known of that time. Of the last quarter hour as great a part counts as was over by then."""
    (count,) = db.conn.execute(
        f"select sum(answered * min({QUARTER}, :until - at)) / {QUARTER} from queue_quarters"
        " where at >= :since and at < :until",
        {"since": since, "until": until},
    ).fetchone()
    return None if count is None else int(count)


class Arrivals(Struct, frozen=True):
    """What came in the quarter hour that begins ``at``, without who left at once; ``handling`` is
    conversation and wrap-up, ``waited`` the waits of who was answered or gave up."""

    at: int
    calls: int
    handled: int
    handling: int
    abandoned: int
    waited: int


def arrivals(db: Database, since: int, until: int, queue: str | None = None) -> list[Arrivals]:
    """What came from ``since`` to before ``until``, to a queue or to all of them, in order."""
    rows = db.conn.execute(
        "select at, sum(joined - short), sum(handled), sum(talked + wrapped), sum(abandoned),"
        " sum(waited_answered + waited_abandoned) from queue_quarters"
        " where at >= ? and at < ? and queue = coalesce(?, queue) group by at order by at",
        (since, until, queue),
    )
    return [Arrivals(*row) for row in rows]


def of_agents(db: Database, since: int, until: int, agent: str | None = None) -> list[AgentQuarter]:
    """The quarter hours of agents from ``since`` to before ``until``, in order."""
    rows = db.conn.execute(
        "select at, agent, state, reason, spent from agent_quarters"
        " where at >= ? and at < ? and agent = coalesce(?, agent)"
        " order by at, agent, state, reason",
        (since, until, agent),
    )
    return [AgentQuarter(*row) for row in rows]


def spent_between(db: Database, since: int, until: int) -> list[tuple[str, str, str, int]]:
    """Agent, state, reason, and for how long, in the quarter hours of a time."""
    return db.conn.execute(
        "select agent, state, reason, sum(spent) from agent_quarters where at >= ? and at < ?"
        " group by 1, 2, 3 order by 1, 2, 3",
        (since, until),
    ).fetchall()


def last(db: Database) -> int | None:
    """The beginning of the newest quarter hour that was made."""
    (queues,) = db.conn.execute("select max(at) from queue_quarters").fetchone()
    (agents,) = db.conn.execute("select max(at) from agent_quarters").fetchone()
    return max((at for at in (queues, agents) if at is not None), default=None)
