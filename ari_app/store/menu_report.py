"""What reports count of the calls through the menus: how many needed no agent, and how far they
came. What is over is counted by quarter hours once, so that a month is read in no time.
"""

from collections.abc import Mapping
from typing import Any

from ari_app.store import calls
from ari_app.store.calls import Call
from ari_app.store.lines import ON_SCREENS, listed
from ari_app.store.sqlite import Database
from ivr.acd.figures import QUARTER, SECOND, quarter
from ivr.acd.outcomes import MenuCalls, NodeCalls

_DAY = 86400 * SECOND
_LATE = 60 * SECOND
"""After which time the beginning of a call is recorded."""
_BATCH = 96
"""Quarter hours that are counted in one transaction."""

_QUEUED = "exists (select 1 from queue_calls q where q.call = c.id and q.call <> '')"
_ENDED = (
    "c.began >= :since and c.began < :until and c.ended is not null"
    f" and c.line not in {listed(*ON_SCREENS)}"
)
_COUNTED = f"""
    select c.began - c.began % {QUARTER} as at, c.flow as entry, c.version as version,
        s.flow as flow, s.node as node, count(distinct s.call) as calls,
        sum(s.seq = (select max(seq) from steps where call = c.id) and not {_QUEUED}) as gone
    from calls c cross join steps s on s.call = c.id
    where {_ENDED} group by 1, 2, 3, 4, 5
    union all
    select c.began - c.began % {QUARTER}, c.flow, c.version, '', '', count(*), sum({_QUEUED})
    from calls c where {_ENDED} group by 1, 2, 3
"""
"""Rows of ``menu_quarters``."""


def fill(db: Database, now: int) -> bool:
    """Count the next quarter hours that are over; False if there are none.

    One is over when all calls that began in it have ended, or after a day.
    """
    (counted,) = db.conn.execute("select max(at) from menu_quarters").fetchone()
    if counted is None:
        (first,) = db.conn.execute("select min(began) from calls").fetchone()
        if first is None:
            return False
        counted = quarter(first) - QUARTER
    since = counted + QUARTER
    (open_,) = db.conn.execute(
        "select min(began) from calls where ended is null and began > ?", (now - _DAY,)
    ).fetchone()
    until = min(
        quarter(now - _LATE), now if open_ is None else quarter(open_), since + _BATCH * QUARTER
    )
    if until <= since:
        return False
    db.conn.execute(
        f"insert into menu_quarters (at, entry, version, flow, node, calls, gone) {_COUNTED}",
        {"since": since, "until": until},
    )
    db.conn.execute(
        "insert into menu_quarters (at, entry, version, flow, node, calls, gone)"
        " values (?, '', '', '', '', 0, 0) on conflict do nothing",
        (until - QUARTER,),
    )  # the last one may have no calls, and is counted
    return True


def containment(db: Database, since: int, until: int) -> dict[tuple[str, str], MenuCalls]:
    """The calls by the flow and version that they came to."""
    rows = _rows(db, since, until, "entry, version, sum(calls), sum(gone)", "flow = ''", "1, 2")
    return {
        (flow, version): MenuCalls(ended, queued) for flow, version, ended, queued in rows if ended
    }


def funnel(db: Database, since: int, until: int, flow: str, version: str = "") -> list[NodeCalls]:
    """How calls went through a flow, the nodes that most of them passed first; ``version``: of
    calls that came to the menus in this one."""
    rows = _rows(
        db,
        since,
        until,
        "flow, node, sum(calls) as passed, sum(gone)",
        "flow = :flow and node <> '' and (:version = '' or version = :version)",
        "1, 2 order by 3 desc, 2",
        {"flow": flow, "version": version},
    )
    return [NodeCalls(*row) for row in rows]


def flows(db: Database, since: int, until: int) -> list[str]:
    """The flows that calls went through, the busiest first."""
    rows = _rows(db, since, until, "flow, sum(calls)", "flow <> ''", "1 order by 2 desc, 1")
    return [flow for flow, _ in rows]


def gone_at(
    db: Database,
    since: int,
    until: int,
    flow: str,
    node: str,
    limit: int,
    before: int | None = None,
) -> list[Call]:
    """The last calls that ended at a node and joined no queue."""
    return calls.selected(
        db,
        "c where began >= ? and began < ? and ended is not null"
        f" and line not in {listed(*ON_SCREENS)}"
        f" and not {_QUEUED} and (select flow || '/' || node from steps where call = c.id"
        " order by seq desc limit 1) = ? order by began desc, id desc limit ?",
        *(since, until if before is None else min(until, before), f"{flow}/{node}", limit),
    )


def _rows(
    db: Database,
    since: int,
    until: int,
    what: str,
    where: str,
    by: str,
    given: Mapping[str, object] | None = None,
) -> list[tuple[Any, ...]]:
    """Of the quarter hours that were counted, and of the calls after them."""
    (counted,) = db.conn.execute("select max(at) from menu_quarters").fetchone()
    rest = max(since, 0 if counted is None else counted + QUARTER)
    found: list[tuple[Any, ...]] = db.conn.execute(
        f"with new as ({_COUNTED.replace(':since', ':rest')})"
        f" select {what} from (select * from menu_quarters where at >= :since and at < :until"
        f" union all select * from new) as those where {where} group by {by}",
        {"since": since, "until": until, "rest": rest, **(given or {})},
    ).fetchall()
    return found
