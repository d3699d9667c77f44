"""What the workers that share the database do, and which of them take no new calls.

A node is a worker, by its name, or all workers of an Asterisk, by the name of their pod.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from ari_app.store.backlog import Backlog, backlog
from ari_app.store.lines import ON_SCREENS, listed
from ari_app.store.sqlite import Database
from ari_app.store.times import micros, moment
from ari_app.store.workers import KEPT

_OF_NODE = "owner in (select epoch from workers where name = ? or pod = ?)"
_CALLS = f"from calls where ended is null and line not in {listed(*ON_SCREENS)}"


AGI_RUN = "-agi"
"""After the name of a worker: its `firstline agi`, which takes calls of its own."""


class UnknownNodeError(Exception):
    """There is no worker and no pod of this name."""


class LastNodeError(Exception):
    """No worker that lives would take new calls."""


class WorkerState(Struct, frozen=True):
    """The last run of a worker.

    ``left`` is for how many seconds its lease is still good: it is ``late`` if that is over and
    no other one has called it dead yet. One that was stopped to come back is ``awaited`` for as
    long, and leads meanwhile if it did. ``calls`` are those that it serves, of all its runs.
    """

    name: str
    pod: str
    place: str
    state: Literal["lives", "late", "awaited", "gone"]
    leads: bool
    drained: bool
    since: datetime
    left: float
    calls: int


class ClusterState(Struct, frozen=True):
    """All workers, and what waits to be done by any of them."""

    workers: Sequence[WorkerState]
    backlog: Backlog

    @property
    def faults(self) -> Sequence[str]:
        """What someone must look at; a worker that is gone may have been drained before."""
        well = ("lives", "awaited")
        gone = [one for one in self.workers if one.state not in well and not one.drained]
        faults = [f"the worker {one.name} is {one.state}" for one in gone]
        if not any(one.leads for one in self.workers if one.state in well):
            faults.append("no worker leads")
        return faults


def drain(db: Database, node: str, at: datetime, *, force: bool = False) -> None:
    """Have a node take no new calls, also after it restarted.

    :class:`UnknownNodeError`; without ``force`` also :class:`LastNodeError`.
    """
    if not db.conn.execute("select 1 from workers where ? in (name, pod)", (node,)).fetchone():
        raise UnknownNodeError(node)
    before = _marked(db)
    taking = [one for one in _living(db) if not {*one} & {*before, node}]
    if not (force or taking or node in before):
        raise LastNodeError(node)
    db.conn.execute(
        "insert into drained_nodes (node, since) values (?, ?) on conflict (node) do nothing",
        (node, micros(at)),
    )


def undrain(db: Database, node: str) -> bool:
    """Have a node take new calls again; False if it did."""
    return db.conn.execute("delete from drained_nodes where node = ?", (node,)).rowcount == 1


def drained(db: Database) -> frozenset[str]:
    """The nodes that take no new calls; a pod also if all its workers that live are drained."""
    marked, living = _marked(db), _living(db)
    taking = {pod for name, pod in living if name not in marked}
    return marked | {pod for _, pod in living} - taking


def _marked(db: Database) -> frozenset[str]:
    return frozenset(node for (node,) in db.conn.execute("select node from drained_nodes"))


def _living(db: Database) -> set[tuple[str, str]]:
    """Name and pod of the workers that no one has called dead."""
    rows = db.conn.execute("select name, pod from workers where until > 0 and name <> ''")
    return {(name, pod) for name, pod in rows.fetchall() if not name.endswith(AGI_RUN)}


def calls_of(db: Database, node: str) -> int:
    """How many calls a node serves, those in queues and conversations with them."""
    query = f"select count(*) {_CALLS} and {_OF_NODE}"
    (number,) = db.conn.execute(query, (node, node)).fetchone()
    return int(number)


def _state(until: int, now: int) -> Literal["lives", "late", "awaited", "gone"]:
    """The state of a worker by the end of its lease, which is below 0 once it ended."""
    if until < 0:
        return "awaited" if -until > now else "gone"
    return "late" if until < now else "lives"


def cluster_state(db: Database, at: datetime) -> ClusterState:
    """What all do at a moment; those that are long gone are left out."""
    rows = db.conn.execute(
        "select name, pod, place, began, until, epoch in (select owner from duties"
        " where duty = 'lead') from workers where name <> '' and epoch in"
        " (select max(epoch) from workers group by name) and abs(until) > ? order by pod, name",
        (micros(at - KEPT),),
    )
    calls = dict(
        db.conn.execute(
            f"select name, count(*) from workers join (select owner {_CALLS}) as own"
            " on owner = epoch group by name"
        )
    )
    nodes, now = drained(db), micros(at)
    return ClusterState(
        [
            WorkerState(
                name,
                pod,
                place,
                _state(until, now),
                bool(leads),
                bool({name, pod} & nodes),
                moment(began),
                round((abs(until) - now) / 1e6, 1),
                calls.get(name, 0),
            )
            for name, pod, place, began, until, leads in rows.fetchall()
            if not name.endswith(AGI_RUN)
        ],
        backlog(db),
    )
