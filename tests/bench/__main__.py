"""The bench: `tests/bench/ivr`.

The same call (answer, first prompt, key by barge-in, second prompt, key by barge-in, third prompt,
hang-up) goes in turn to a plain dialplan (Background and WaitExten) and to Firstline with its
engine, store and log, on one Asterisk, with the same sound files. What a call costs is measured of
a bare loop, too: the least ARI application that serves it. Needs sipp (sip-tester) and root.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click
from msgspec import Struct
from rich.console import Console

from tests.bench import ear, load, report
from tests.bench.ear import Delays
from tests.bench.handset import Tape
from tests.bench.load import Cost
from tests.bench.report import Measured
from tests.bench.rig import (
    BARE,
    CHECKED,
    KEYED,
    NATIVE,
    OURS,
    ROOT,
    WORD,
    Rig,
    RigError,
    running,
)

T = TypeVar("T")


class Extent(Struct, frozen=True):
    """How much is measured."""

    calls: int
    rounds: int
    rate: int
    idle: int
    busy: int
    concurrent: int
    rates: tuple[int, ...]
    seconds: int
    words: int


@click.command(help=__doc__)
@click.option("--calls", default=1500, show_default=True, help="Calls for the CPU per call.")
@click.option("--rounds", default=3, show_default=True, help="Turns in which they are made.")
@click.option("--rate", default=40, show_default=True, help="Calls a second for CPU and delays.")
@click.option("--idle", default=50, show_default=True, help="Calls one by one for the delays.")
@click.option("--busy", default=150, show_default=True, help="Calls under load for the delays.")
@click.option("--concurrent", default=500, show_default=True, help="Calls at once for the memory.")
@click.option("--rates", default="20,40,60,80,100,120", show_default=True, help="To be tried.")
@click.option("--seconds", default=15, show_default=True, help="How long each of them.")
@click.option("--words", default=10, show_default=True, help="Code words checked a second.")
@click.option("--port-offset", default=2000, show_default=True)
@click.option(
    "--asterisk",
    type=click.Path(exists=True, path_type=Path),
    help="An unpacked Asterisk. [default: that of .firstline, the system's, or a new one]",
)
def main(  # noqa: PLR0913 - one for each option
    calls: int,
    rounds: int,
    rate: int,
    idle: int,
    busy: int,
    concurrent: int,
    rates: str,
    seconds: int,
    words: int,
    port_offset: int,
    asterisk: Path | None,
) -> None:
    """See the module."""
    console = Console(stderr=True)
    tried = tuple(int(one) for one in rates.split(","))
    extent = Extent(calls, rounds, rate, idle, busy, concurrent, tried, seconds, words)
    unpacked = ROOT / ".firstline" / "asterisk" / "root"
    root = asterisk or (unpacked if unpacked.is_dir() else None)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="firstline-bench-") as directory,
            running(Path(directory), root, port_offset) as rig,
        ):
            measured = measure(rig, extent, console)
    except RigError as error:
        raise click.ClickException(str(error)) from error
    Console(width=report.WIDTH).print(report.table(measured, rate, concurrent, words))


def measure(rig: Rig, extent: Extent, console: Console) -> Measured:
    """Measure all, the plain dialplan and Firstline in turn; figures are printed as they come."""

    def both(what: str, measured: Callable[[str], T]) -> tuple[T, T]:
        pair = measured(NATIVE), measured(OURS)
        console.print(f"{what}: dialplan {pair[0]}, Firstline {pair[1]}")
        return pair

    rate = extent.rate
    tapes = {number: ear.learn(rig, number) for number in (NATIVE, OURS)}
    idle = both(
        "key to sound, one call at a time",
        lambda number: ear.delays(rig, number, tapes[number], extent.idle, 1),
    )
    cost = _costs(rig, extent, console)
    busy = both(
        f"key to sound under {rate} calls/s",
        lambda number: _under_load(rig, number, tapes[number], extent, Load(number, rate)),
    )
    words = _beside_words(rig, tapes[OURS], extent, console)
    # Before more calls than these are tried: it is the peak since the start.
    memory = load.peak(rig, OURS, extent.concurrent, rate)
    console.print(f"peak memory with {extent.concurrent} calls at once:", memory)
    held = both(
        "calls a second held", lambda number: load.held(rig, number, extent.rates, extent.seconds)
    )
    return Measured(held=held, cost=cost, idle=idle, busy=busy, words=words, memory=memory)


def _beside_words(
    rig: Rig, tapes: tuple[Tape, Tape], extent: Extent, console: Console
) -> tuple[Delays, Delays]:
    """Key to sound while others key code words: that are not checked, and that are."""
    keyed, checked = (
        _under_load(rig, OURS, tapes, extent, Load(number, extent.words, f"{WORD}#"))
        for number in (KEYED, CHECKED)
    )
    what = f"key to sound beside {extent.words} code words/s"
    console.print(f"{what}: not checked {keyed}, checked {checked}")
    return keyed, checked


def _costs(rig: Rig, extent: Extent, console: Console) -> dict[str, Cost]:
    """What a call costs, in turns: what else the machine does then meets all alike."""
    costs: dict[str, list[Cost]] = {NATIVE: [], BARE: [], OURS: []}
    for _ in range(extent.rounds):
        for number, measured in costs.items():
            calls = extent.calls // extent.rounds
            measured.append(load.cost(rig, number, extent.rate, calls))
            console.print(f"CPU of {calls} calls to {number} at {extent.rate}/s:", measured[-1])
    return {number: load.mean(measured) for number, measured in costs.items()}


PARALLEL = 8
"""Measuring calls at a time under load: some three a second more."""


class Load(Struct, frozen=True):
    """What else calls meanwhile: whom, how often a second, and what answers the first prompt."""

    number: str
    rate: int
    keys: str = "1"


def _under_load(
    rig: Rig, number: str, tapes: tuple[Tape, Tape], extent: Extent, other: Load
) -> Delays:
    seconds = extent.busy / PARALLEL * 2.5 + 5
    calls = int(other.rate * seconds)
    with load.calling(rig, other.number, other.rate, calls, load.HOLD, other.keys) as runs:
        found = ear.delays(rig, number, tapes, extent.busy, PARALLEL)
    if runs[0].failed:
        raise RigError(f"{runs[0].failed} of {runs[0].calls} calls failed under load")
    return found


if __name__ == "__main__":
    main(prog_name="tests/bench/ivr")
