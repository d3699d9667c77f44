"""The table of the bench."""

from collections.abc import Mapping
from typing import TypeAlias, TypeVar

from msgspec import Struct
from rich.table import Table

from tests.bench.ear import Delays
from tests.bench.load import Cost, Memory
from tests.bench.rig import BARE, NATIVE, OURS

T = TypeVar("T")
Pair: TypeAlias = tuple[T, T]
"""Of the plain dialplan, and of Firstline."""

WIDTH = 100
"""Columns of the table, also where it is written to a file."""


class Measured(Struct, frozen=True, kw_only=True):
    """All that the bench measures."""

    held: Pair[int]
    cost: Mapping[str, Cost]
    """By the number that was dialled."""
    idle: Pair[Delays]
    busy: Pair[Delays]
    words: Pair[Delays]
    """Of Firstline, beside code words that are keyed but not checked, and that are checked."""
    memory: Memory


def table(measured: Measured, rate: int, concurrent: int, words: int) -> Table:
    """The figures beside what is to be reached."""
    shown = Table("", "dialplan", "bare loop", "Firstline", "to reach", "", title="Firstline's IVR")
    for column in shown.columns[1:5]:
        column.justify = "right"

    def row(
        name: str,
        native: str,
        ours: str,
        target: str = "",
        well: bool | None = None,
        bare: str = "",
    ) -> None:
        reached = {None: "", True: "yes", False: "NO"}[well]
        shown.add_row(name, native, bare, ours, target, reached)

    held, cost = measured.held, measured.cost
    native, bare, ours = cost[NATIVE], cost[BARE], cost[OURS]
    row("calls/s without a failure", f"{held[0]}", f"{held[1]}")
    row("CPU of Asterisk, ms a call", f"{native.asterisk:.2f}", f"{ours.asterisk:.2f}",
        bare=f"{bare.asterisk:.2f}")  # fmt: skip
    row("CPU of ours, ms a call", "-", f"{ours.ours:.2f}", "<= 1.50", ours.ours <= 1.5,
        bare=f"{bare.ours:.2f}")  # fmt: skip
    ratio, least = ((one.asterisk + one.ours) / native.asterisk for one in (ours, bare))
    row("CPU, both / dialplan", "1.00", f"{ratio:.2f}", "<= 1.30", ratio <= 1.3, f"{least:.2f}")
    more = "dialplan + {}"
    one, two = measured.idle
    row("key to sound, median ms", f"{one.median:.1f}", f"{two.median:.1f}",
        more.format(5), two.median <= one.median + 5)  # fmt: skip
    row("key to sound, p99 ms", f"{one.p99:.1f}", f"{two.p99:.1f}")
    one, two = measured.busy
    row(f"… at {rate} calls/s, median ms", f"{one.median:.1f}", f"{two.median:.1f}")
    row(f"… at {rate} calls/s, p99 ms", f"{one.p99:.1f}", f"{two.p99:.1f}",
        more.format(20), two.p99 <= one.p99 + 20)  # fmt: skip
    one, two = measured.words
    row(f"… as {words} code words/s are keyed, p99 ms", "-", f"{one.p99:.1f}")
    row("… as they are checked, too, p99 ms", "-", f"{two.p99:.1f}",
        "keyed + 20", two.p99 <= one.p99 + 20)  # fmt: skip
    memory = measured.memory
    total = memory.application + memory.voice
    row(f"memory, {concurrent} calls, MB", "-",
        f"{memory.application:.0f} + {memory.voice:.0f} voice", "<= 120", total <= 120)  # fmt: skip
    return shown
