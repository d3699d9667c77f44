"""docs/monitoring.md lists every metric, with its type and labels, and no other."""

from ari_app.monitoring.metrics import Metrics
from ari_app.monitoring.snapshot import SnapshotCollector
from tests.docs.markdown import MONITORING, code, section, tables
from tests.monitoring.samples import SNAPSHOT


def described() -> dict[str, tuple[str, set[str]]]:
    """Metric -> its type and labels, as the page says."""
    [table] = tables(section(MONITORING.read_text(), "Metrics"))
    return {code(row[0])[0]: (row[1], set(code(row[2]))) for row in table}


def measured() -> dict[str, tuple[str, set[str]]]:
    """The same, as the application has them; histograms without the labels of their buckets."""
    metrics = Metrics()
    for each in vars(metrics).values():  # what has labels has samples when one was counted
        if getattr(each, "_labelnames", ()):
            each.labels(*["some"] * len(each._labelnames))
    metrics.registry.register(SnapshotCollector(lambda: SNAPSHOT))
    return {
        f"{one.name}_total" if one.type == "counter" else one.name: (
            one.type,
            {label for sample in one.samples for label in sample.labels} - {"le"},
        )
        for one in metrics.registry.collect()
    }


def test_every_metric_is_described() -> None:
    assert described() == measured()
