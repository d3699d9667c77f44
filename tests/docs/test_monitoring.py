"""docs/monitoring.md lists every metric, with its type and labels, and no other; the dashboard and
the alert rules ask for metrics and labels that there are."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import yaml
from msgspec import json

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


def rules() -> list[dict[str, Any]]:
    [group] = yaml.safe_load((MONITORING.with_suffix("") / "alerts.yaml").read_text())["groups"]
    return list(group["rules"])


def panels() -> list[dict[str, Any]]:
    return list(json.decode((MONITORING.with_suffix("") / "dashboard.json").read_bytes())["panels"])


def queries() -> Iterator[str]:
    """All that Prometheus is asked."""
    yield from (one["expr"] for one in rules())
    yield from (target["expr"] for one in panels() for target in one["targets"])


SERIES = re.compile("_(bucket|sum|count)$")
GIVEN = {"instance", "job"}
"""Labels that Prometheus itself puts to each metric."""
KNOWN = measured() | {"up": ("gauge", set())}


def asked(query: str) -> list[tuple[str, set[str]]]:
    """The metrics of a query, each with the labels that it is chosen by."""
    bare = re.sub(r'"[^"]*"', '""', query)
    found = re.findall(r"\b((?:firstline_|process_|up\b)\w*)(?:\{([^}]*)\})?", bare)
    return [(name, set(re.findall(r"(\w+)[=!]", chosen))) for name, chosen in found]


def metric(name: str) -> tuple[str, set[str]]:
    """The type and labels of a metric, or of a series of a histogram."""
    if name in KNOWN:
        return KNOWN[name]
    whole = KNOWN[SERIES.sub("", name)]
    assert whole[0] == "histogram", name
    return whole


def labels_of(names: Iterable[str]) -> set[str]:
    return {label for name in names for label in metric(name)[1]}


@pytest.mark.parametrize("query", tuple(queries()))
def test_a_query_is_of_metrics_and_labels_that_there_are(query: str) -> None:
    found = asked(query)
    assert found
    for name, chosen in found:
        assert chosen <= labels_of([name]) | GIVEN, name
    grouped = re.findall(r"\b(?:by|on) \(([^)]*)\)", query)
    words = {word for each in grouped for word in each.split(", ")}
    assert words <= labels_of(name for name, _ in found) | GIVEN | {"le"}


def test_each_alert_says_what_is_wrong() -> None:
    names = [one["alert"] for one in rules()]
    assert len(set(names)) == len(names) > 10
    for one in rules():
        assert one["labels"]["severity"] in ("critical", "warning")
        said = " ".join(one["annotations"].values())
        labels = labels_of(name for name, _ in asked(one["expr"]))
        assert set(re.findall(r"\$labels\.(\w+)", said)) <= labels | GIVEN


def test_the_panels_lie_side_by_side() -> None:
    taken: set[tuple[int, int]] = set()
    for one in panels():
        at = one["gridPos"]
        columns = range(at["x"], at["x"] + at["w"])
        cells = {(x, y) for x in columns for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, one["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells
    assert len({one["id"] for one in panels()}) == len(panels())


def test_every_metric_is_described() -> None:
    assert described() == measured()
