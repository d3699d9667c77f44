"""More calls than can be served: what those who are let in notice, and how many they are.

    python -m tests.bench.overload [--rates 10,30,60] [--seconds 20]

At each rate sipp calls Firstline, and beside it phones of :mod:`tests.bench.handset` measure from
the release of a key to the first sound of the next prompt. A phone may be led to the apology or be
rejected; what counts is what a phone hears that is let in. Beside each figure is how long an idle
thread of this process waits for the processor: when that is long, the machine is the limit, and
no admission helps. Needs sipp and root.
"""

import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from tests.bench import ear, load
from tests.bench.ear import percentile
from tests.bench.handset import HandsetError, Tape, dialled
from tests.bench.rig import OURS, Rig, RigError, running

PARALLEL = 4
"""Phones that measure at a time."""

_HEARD = 10  # packets that show whether it is the first prompt


class Phones:
    """Phones that call one after the other until they are stopped."""

    def __init__(self, rig: Rig, tapes: tuple[Tape, Tape]) -> None:
        self._rig = rig
        self._tapes = tapes
        self._stopping = threading.Event()
        self.found: list[float] = []
        """Milliseconds from key to sound."""
        self.ended: Counter[str] = Counter()

    def run(self) -> None:
        """Call until :meth:`stop`."""
        while not self._stopping.is_set():
            how = self._call()
            self.ended[how] += 1
            self._stopping.wait(random.uniform(0.1, 0.3))

    def stop(self) -> None:
        """Have each end after its call."""
        self._stopping.set()

    def _call(self) -> str:
        try:
            with dialled(self._rig, OURS) as phone:
                first, _ = self._tapes
                try:
                    phone.ear.follow(first, _HEARD)
                except HandsetError:
                    return "apology"
                try:
                    self.found.append(ear.key_to_sound(phone, 1, first, _HEARD))
                except HandsetError:
                    return "lost"
        except HandsetError:
            return "rejected"
        return "served"


@contextmanager
def lag() -> Iterator[list[float]]:
    """How much later than asked a sleeping thread goes on; milliseconds, while it lasts."""
    found: list[float] = []
    over = threading.Event()

    def sleep() -> None:
        while not over.is_set():
            began = time.monotonic()
            time.sleep(0.01)
            found.append((time.monotonic() - began - 0.01) * 1000)

    thread = threading.Thread(target=sleep)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


def measure(rig: Rig, tapes: tuple[Tape, Tape], rate: int, seconds: int) -> str:
    """A line of the report."""
    phones = Phones(rig, tapes)
    with (
        ThreadPoolExecutor(PARALLEL) as pool,
        lag() as waits,
        load.calling(rig, OURS, rate, rate * seconds, load.HOLD) as runs,
    ):
        for _ in range(PARALLEL):
            pool.submit(phones.run)
        time.sleep(seconds)
        phones.stop()
    run, found, how = runs[0], phones.found or [0.0], phones.ended
    p50, p95, p99 = (percentile(found, percent) for percent in (50, 95, 99))
    return (
        f"{rate:>4} calls/s: {run.calls - run.failed} of {run.calls} served whole in"
        f" {run.seconds:.0f} s; phones: {', '.join(f'{n} {what}' for what, n in how.items())};"
        f" key to sound p50 {p50:.0f}, p95 {p95:.0f}, p99 {p99:.0f} ms of {len(found)};"
        f" waits for the processor p99 {percentile(waits, 99):.0f} ms"
    )


def rest(rig: Rig) -> None:
    """Wait until no prompts are spoken ahead any more: that takes a processor for some minutes."""
    with suppress(FileNotFoundError):  # the process of the voice ends with that, for another one
        spent, before = load.cpu((rig.voice,)), -1.0
        while spent - before > 0.1:
            time.sleep(2)
            spent, before = load.cpu((rig.voice,)), spent


@click.command(help=__doc__)
@click.option("--rates", default="10,30,60", show_default=True, help="Calls a second.")
@click.option("--seconds", default=20, show_default=True, help="How long each of them.")
@click.option("--port-offset", default=2000, show_default=True)
@click.option("--asterisk", type=click.Path(exists=True, path_type=Path))
def main(rates: str, seconds: int, port_offset: int, asterisk: Path | None) -> None:
    """See the module."""
    try:
        with (
            tempfile.TemporaryDirectory(prefix="firstline-bench-") as directory,
            running(Path(directory), asterisk, port_offset, bare=False) as rig,
        ):
            rest(rig)
            tapes = ear.learn(rig, OURS)
            for rate in map(int, rates.split(",")):
                click.echo(measure(rig, tapes, rate, seconds))
                time.sleep(5)  # callers of the apology hang up, and the machine comes to rest
            log = (Path(directory) / "firstline.log").read_text()
            click.echo("\n".join(line for line in log.splitlines() if "overload" in line))
    except RigError as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main(prog_name="python -m tests.bench.overload")
