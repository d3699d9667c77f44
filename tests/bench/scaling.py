"""From 10 to 1,000 calls a second, by a model: `tests/bench/scale [--picture FILE]`.

For each rate: how many machines keep every part below the share of its time that is allowed, what
saturates first, what a call costs, and what a key waits for its answer. Then the model beside what
was measured.
"""

from collections.abc import Iterator
from math import ceil
from pathlib import Path

import click
from msgspec import structs
from rich.console import Console
from rich.table import Table

from tests.bench.log_log import picture as log_log
from tests.bench.scale_model import Callers, Costs, Result, Sizes, cores, simulate

RATES = (10, 20, 50, 100, 200, 500, 1000)
PARTS = ("proxies", "pods", "queue", "database")

BENCH = Costs()
SHIPPED = structs.replace(BENCH, asterisk=19.0, claim=0.0, application=9.0, proxy=1.46)
"""CPU of a call with the shipped menus and PostgreSQL, one key, 2.5 s on the line, on two cores
with twenty other processes that wanted to run: the slopes of :data:`TRIED`."""

TRIED = {
    4: {"proxies": 0.0045, "pods": 0.1775},
    8: {"proxies": 0.0115, "pods": 0.304},
    16: {"proxies": 0.0221, "pods": 0.5141},
}
"""Cores of the proxy, and of both pods with all that they do without calls, by calls a second, over
`firstline cluster demo`: 80, 160 and 320 calls by sipp, of which none failed."""
IDLE = {"proxies": 0.0, "pods": 0.065}
"""Cores without any call: where the line through those points begins."""

SIPP = 1.25
"""CPU of sipp, in milliseconds a call: 400 calls at once, of five seconds, on 10 % of a core."""
HELD, LATE, LATE_MS = 80, 120, 76
"""Calls a second on two cores with sipp: so many were held; at so many a key's answer took long."""
COMMITS = {1: 220, 20: 2575}
"""Calls a second that PostgreSQL stored with one writer, by how many a commit had."""


@click.command(help=__doc__)
@click.option("--shipped", is_flag=True, help="Costs of the shipped menus on a busy machine.")
@click.option("--cores", "pod_cores", default=8, show_default=True, help="Cores of a pod.")
@click.option("--busy", default=70, show_default=True, help="Most percent of a part's time.")
@click.option("--seconds", default=12.0, show_default=True, help="Simulated, for each rate.")
@click.option("--picture", type=click.Path(path_type=Path, dir_okay=False), help="An SVG file.")
def main(shipped: bool, pod_cores: int, busy: int, seconds: float, picture: Path | None) -> None:
    costs = SHIPPED if shipped else BENCH
    console = Console(width=110)
    heads = ("calls/s", "pods", "proxies", "queue cores", *PARTS, "first", "ms a call", "key p95")
    rows = Table(*heads)
    for rate in RATES:
        rows.add_row(*_row(costs, rate, pod_cores, busy / 100, seconds))
    console.print(rows)
    beside = Table("measured on two cores", "measured", "model")
    for words in measured(seconds):
        beside.add_row(*words)
    console.print(beside)
    if picture is not None:
        picture.write_text(drawn())


def _row(costs: Costs, rate: int, pod_cores: int, busy: float, seconds: float) -> tuple[str, ...]:
    callers = Callers(rate=rate)
    sizes = sized(costs, callers, pod_cores, busy)
    found: Result = simulate(costs, sizes, callers, seconds)
    spent = sum(cores(costs, sizes, callers).values()) * 1000 / rate
    return (
        *map(str, (rate, sizes.pods, sizes.proxies, sizes.queue_cores)),
        *(f"{found.busy[part]:.0%}" for part in PARTS),
        found.first,
        f"{spent:.1f}",
        f"{found.delay(0.95) * 1000:.0f} ms",
    )


def sized(costs: Costs, callers: Callers, pod_cores: int, busy: float) -> Sizes:
    """The least machines of which none works more than the share ``busy`` of its time."""
    need = cores(costs, Sizes(), callers)
    return Sizes(
        proxies=ceil(need["proxies"] / busy),
        pods=ceil(need["pods"] / pod_cores / busy),
        pod_cores=pod_cores,
        queue_cores=ceil(need["queue"] / busy),
    )


def measured(seconds: float) -> Iterator[tuple[str, str, str]]:
    """What was measured, beside what the model says of the same."""
    costs = structs.replace(BENCH, asterisk=BENCH.asterisk + SIPP, claim=0.0, proxy=0.0)
    most = 2 / cores(costs, Sizes(), Callers(rate=1.0))["pods"]
    yield "calls/s that two cores hold, with sipp", f"{HELD} to {LATE}", f"{most:.0f}"
    callers = Callers(rate=LATE, queued=0.0)
    late = simulate(costs, Sizes(pod_cores=2), callers, seconds).delay(0.5) * 1000
    yield f"a key's answer at {LATE} calls/s: median", f"{LATE_MS} ms", f"{late:.0f} ms"
    for batch, rate in COMMITS.items():
        yield f"calls/s stored, {batch} in a commit", str(rate), f"{stored(batch):.0f}"
    for rate, parts in TRIED.items():
        for part, found in parts.items():
            yield f"cores of {part} at {rate} calls/s", f"{found:.3f}", f"{tried(rate)[part]:.3f}"


def tried(rate: float) -> dict[str, float]:
    """The cores of the proxy and the pods in the trial, by the model."""
    need = cores(SHIPPED, Sizes(), Callers(rate=rate))
    return {part: need[part] + idle for part, idle in IDLE.items()}


def stored(batch: int) -> float:
    """Calls a second that a database stores when more come than it can."""
    return 1000 * batch / (BENCH.commit + batch * BENCH.stored)


def drawn() -> str:
    """The cores that each part needs by calls a second, with the shipped menus, and what was
    measured."""
    rates = (4, 8, *RATES)
    needs = {rate: {**cores(SHIPPED, Sizes(), Callers(rate=rate)), **tried(rate)} for rate in rates}
    lines = {part: [(rate, need[part]) for rate, need in needs.items()] for part in PARTS}
    points = {part: [(rate, parts[part]) for rate, parts in TRIED.items()] for part in IDLE}
    title = "Cores by calls a second: lines of the model, points measured"
    return log_log(title, "calls a second; cores", lines, points)


if __name__ == "__main__":
    main()
