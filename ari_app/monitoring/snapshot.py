"""What is read at each scrape: a value of this moment, as metrics."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from msgspec import Struct
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ari_app.monitoring.checks import Readiness
from ari_app.store.backlog import Backlog, Waiting
from ivr.acd.board import Board, Member


class Health(Struct, frozen=True, kw_only=True):
    """How a process is at a moment; ``certificates`` is when each ends, by the setting that names
    it."""

    version: str
    readiness: Readiness
    certificates: Mapping[str, datetime] = {}


class Snapshot(Health, frozen=True, kw_only=True):
    """The state of the application at a moment."""

    at: datetime
    ari_connections: int
    ari_unanswered: int
    board: Board
    backlog: Backlog | None
    """None while the database cannot be read."""
    records_waiting: int
    records_dropped: int
    records_refused: int


class SnapshotCollector(Collector):
    """Makes metrics of what ``newest`` returns."""

    def __init__(self, newest: Callable[[], Health]) -> None:
        self._newest = newest

    def describe(self) -> list[Metric]:
        """None before the first scrape."""
        return []

    def collect(self) -> Iterator[Metric]:
        """See the class."""
        now = self._newest()
        yield from _health(now)
        if not isinstance(now, Snapshot):
            return
        yield from _ari(now)
        yield from _queues(now)
        yield from _backlog(now)
        yield from _records(now)


def _health(now: Health) -> Iterator[Metric]:
    info = GaugeMetricFamily(
        "firstline_info", "Always 1; the version is its label.", labels=["version"]
    )
    info.add_metric([now.version], 1)
    yield info
    ready = now.readiness
    yield GaugeMetricFamily("firstline_ready", "Whether /readyz answers 200.", float(ready.ready))
    checks = GaugeMetricFamily(
        "firstline_check", "Whether a check of /readyz is well.", labels=["check"]
    )
    for one in ready.checks:
        checks.add_metric([one.name], float(one.ok))
    yield checks
    ends = GaugeMetricFamily(
        "firstline_certificate_ends_seconds",
        "When a certificate ends, in seconds since 1970, by the setting that names it.",
        labels=["setting"],
    )
    for setting, until in now.certificates.items():
        ends.add_metric([setting], until.timestamp())
    yield ends


def _ari(now: Snapshot) -> Iterator[Metric]:
    yield CounterMetricFamily(
        "firstline_ari_connections",
        "Connections to ARI that were made; each further one followed a break.",
        now.ari_connections,
    )
    yield GaugeMetricFamily(
        "firstline_ari_requests_waiting", "Requests without an answer yet.", now.ari_unanswered
    )


def _queues(now: Snapshot) -> Iterator[Metric]:
    waiting = GaugeMetricFamily(
        "firstline_queue_callers_waiting", "Callers who wait now.", labels=["queue"]
    )
    longest = GaugeMetricFamily(
        "firstline_queue_longest_wait_seconds",
        "How long the caller has waited who waits longest; 0 if none does.",
        labels=["queue"],
    )
    members = GaugeMetricFamily(
        "firstline_queue_members", "Agents' phones of a queue, by state.", labels=["queue", "state"]
    )
    for name, queue in now.board.queues.items():
        waiting.add_metric([name], len(queue.waiting))
        waits = ((now.at - one.since).total_seconds() for one in queue.waiting)
        longest.add_metric([name], max(0.0, *waits, 0.0))
        states = [_state(one) for one in queue.members.values()]
        for state in STATES:
            members.add_metric([name, state], states.count(state))
    yield from (waiting, longest, members)


STATES = ("free", "busy", "paused", "unavailable")


def _state(member: Member) -> str:
    if member.state in ("unavailable", "invalid", "unknown"):
        return "unavailable"
    if member.paused:
        return "paused"
    return "free" if member.state == "not in use" else "busy"


def _backlog(now: Snapshot) -> Iterator[Metric]:
    if now.backlog is None:
        return
    texts, orders = now.backlog.texts, now.backlog.orders
    yield GaugeMetricFamily(
        "firstline_outbox_texts", "Texts to subscribers that wait to be sent.", texts.count
    )
    yield GaugeMetricFamily(
        "firstline_outbox_oldest_seconds",
        "The age of the oldest text that waits; 0 if none does.",
        _age(texts, now),
    )
    yield GaugeMetricFamily(
        "firstline_orders_open", "Orders whose outcome is not known yet.", orders.count
    )
    yield GaugeMetricFamily(
        "firstline_orders_oldest_seconds",
        "The age of the oldest open order; 0 if there is none.",
        _age(orders, now),
    )


def _age(waiting: Waiting, now: Snapshot) -> float:
    return (now.at - waiting.since).total_seconds() if waiting.since else 0.0


def _records(now: Snapshot) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "firstline_records_waiting", "Records of calls that wait for the disk.", now.records_waiting
    )
    lost = CounterMetricFamily(
        "firstline_records_lost",
        "Records of calls that were dropped for want of room, or refused by the database.",
        labels=["why"],
    )
    lost.add_metric(["dropped"], now.records_dropped)
    lost.add_metric(["refused"], now.records_refused)
    yield lost
