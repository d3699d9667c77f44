"""A state of the application with something of everything, and all that is exposed of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from prometheus_client import Metric, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from ari_app.monitoring.checks import Readiness, check
from ari_app.monitoring.metrics import Metrics
from ari_app.monitoring.snapshot import Snapshot, SnapshotCollector
from ari_app.store.backlog import Backlog, Waiting
from ivr.acd.queues import Board, Caller, Member, Queue

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
NUMBER = "375291234567"

CALLERS = tuple(
    Caller(f"call-{n}", f"PJSIP/1001-{n}", NUMBER, "Anna", NOW - timedelta(seconds=n))
    for n in (40, 7)
)
MEMBERS = (
    Member(interface="PJSIP/701", name="Olga", state="not in use"),
    Member(interface="PJSIP/702", name="Boris", state="not in use", paused=True),
    Member(interface="PJSIP/703", name="Igor", state="ringing"),
    Member(interface="PJSIP/704", name="Inna", state="unavailable", paused=True),
)
SNAPSHOT = Snapshot(
    at=NOW,
    version="1.2.3",
    readiness=Readiness.of((check("ari", ""), check("ami", "it is not connected", needed=False))),
    ari_connections=3,
    ari_unanswered=1,
    board=Board({"support": Queue({one.interface: one for one in MEMBERS}, CALLERS)}),
    backlog=Backlog(Waiting(2, NOW - timedelta(minutes=1)), Waiting(0, None)),
    certificates={"[desk] certificate": NOW + timedelta(days=30)},
    records_waiting=5,
    records_dropped=1,
    records_refused=0,
)


def exposed(metrics: Metrics, snapshot: Snapshot = SNAPSHOT) -> Sequence[Metric]:
    """What Prometheus reads: the families in the text."""
    metrics.registry.register(SnapshotCollector(lambda: snapshot))
    return tuple(text_string_to_metric_families(generate_latest(metrics.registry).decode()))


def value(families: Sequence[Metric], sample: str, **labels: str) -> float:
    """The value of a sample."""
    [found] = (
        one.value
        for each in families
        for one in each.samples
        if one.name == sample and one.labels == labels
    )
    return found


def names(families: Sequence[Metric]) -> set[str]:
    """The names as a query writes them: those of counters end in ``_total``."""
    return {f"{one.name}_total" if one.type == "counter" else one.name for one in families}
