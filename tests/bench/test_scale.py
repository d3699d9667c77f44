"""The model of a cluster keeps the laws of queues, and what was measured lies on its curve."""

import pytest

from tests.bench.scale_model import Callers, Costs, Sizes, cores, simulate
from tests.bench.scaling import COMMITS, TRIED, drawn, stored, tried

SIZES = Sizes(pods=1, pod_cores=2, queue_cores=1)


def test_each_part_works_as_long_as_what_comes_needs() -> None:
    callers = Callers(rate=60.0)
    found = simulate(Costs(), SIZES, callers, 30.0)
    need = cores(Costs(), SIZES, callers)
    assert found.busy["pods"] == pytest.approx(need["pods"] / 2, rel=0.1)
    assert found.busy["proxies"] == pytest.approx(need["proxies"], rel=0.1)
    assert found.busy["database"] == pytest.approx(need["database"], rel=0.1)
    assert found.busy["queue"] == pytest.approx(need["queue"], rel=0.4)  # few wait, and differ


def test_more_calls_make_every_part_busier_and_keys_later() -> None:
    few, more, many = (
        simulate(Costs(), SIZES, Callers(rate=rate), 9.0) for rate in (30.0, 90.0, 150.0)
    )
    for part in few.busy:
        assert few.busy[part] < more.busy[part], part
    assert few.delay(0.5) < more.delay(0.5) < many.delay(0.5)
    assert more.first == many.first == "pods"
    assert many.busy["pods"] == pytest.approx(1.0, abs=0.02)  # and no more than all of its time


def test_what_was_measured_lies_on_the_curve() -> None:
    for batch, rate in COMMITS.items():
        assert stored(batch) == pytest.approx(rate, rel=0.01)
    for rate, parts in TRIED.items():
        for part, found in parts.items():
            assert tried(rate)[part] == pytest.approx(found, rel=0.3), (rate, part)
    assert drawn().count("<circle") == sum(map(len, TRIED.values()))
