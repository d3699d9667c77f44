"""How recorded calls went through a flow: calls for each node and each edge."""

from datetime import datetime

from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment
from ivr.diagram.picture import Traffic

# Only a call's first flow has its version in the record. A call that came from another flow is of
# this version if it began since that was released.
_COUNTED = """
    with counted as (
        select c.id, c.began from calls c
        where c.began >= :since and (:version = '' or (
            c.began >= (select first from versions where flow = :flow and version = :version)
            and (c.flow <> :flow or c.version = :version)))
    ), passed as (
        select s.call, c.began, s.node, s.way
        from counted c cross join steps s on s.call = c.id where s.flow = :flow
    )
"""


def traffic(db: Database, flow: str, version: str = "", since: datetime | None = None) -> Traffic:
    """How many calls passed each node and each edge of a flow, each call counted once.

    With a ``version``, of that one alone; else of all. ``since``: of calls begun from then on.
    """
    given = {"flow": flow, "version": version, "since": micros(since) if since else 0}
    calls, first, last = db.conn.execute(
        f"{_COUNTED} select count(distinct call), min(began), max(began) from passed", given
    ).fetchone()
    nodes = db.conn.execute(
        f"{_COUNTED} select node, count(distinct call) from passed group by node", given
    )
    ways = db.conn.execute(
        f"{_COUNTED} select node, way, count(distinct call) from passed"
        " where way <> '' group by node, way",
        given,
    )
    return Traffic(
        calls,
        dict(nodes.fetchall()),
        {(node, way): count for node, way, count in ways},
        (moment(first), moment(last)) if calls else None,
    )
