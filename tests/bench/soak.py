"""Calls for a long time, and the memory meanwhile: `python -m tests.bench.soak`.

What is not given back shows in the slope of the last two thirds, in megabytes an hour; the curve is
written as a picture. In the end nothing may be left of the calls: see :mod:`tests.bench.chaos`.
"""

import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import click

from ari_app.main.installation import installation
from tests.bench.chaos import PATIENCE, Site, descriptors_of, until
from tests.bench.curve import Curve, svg
from tests.bench.load import HOLD, calling
from tests.bench.overload import rest
from tests.bench.rig import OURS, Rig, running

EVERY = 2.0
"""Seconds between two looks at the memory."""

Samples = Mapping[str, Sequence[tuple[float, float]]]


def resident(pid: int) -> float:
    """The memory of a process in megabytes (10**6 bytes): VmRSS of proc_pid_status(5); 0 if it has
    ended, as the process of the voice does for another one when it has spoken much."""
    with suppress(FileNotFoundError, ProcessLookupError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024 / 1e6
    return 0.0


@contextmanager
def sampled(rig: Rig) -> Iterator[dict[str, list[tuple[float, float]]]]:
    """The memory of the processes while the context lasts."""
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    over = threading.Event()
    began = time.monotonic()
    pids = {"application": rig.application, "Asterisk": rig.asterisk, "voice": rig.voice}

    def look() -> None:
        while not over.wait(EVERY):
            for name, pid in pids.items():
                if megabytes := resident(pid):
                    found[name].append((time.monotonic() - began, megabytes))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


def slope(line: Sequence[tuple[float, float]]) -> float:
    """What a line gains in an hour, by least squares over its last two thirds."""
    last = line[len(line) // 3 :]
    mean_at = sum(at for at, _ in last) / len(last)
    mean = sum(value for _, value in last) / len(last)
    spread = sum((at - mean_at) ** 2 for at, _ in last)
    return sum((at - mean_at) * (value - mean) for at, value in last) / spread * 3600


@click.command()
@click.option("--minutes", default=30.0, show_default=True)
@click.option("--rate", default=20, show_default=True, help="Calls that begin in a second.")
@click.option("--root", type=click.Path(path_type=Path), envvar="FIRSTLINE_ASTERISK_PATH")
@click.option("--offset", default=4600, show_default=True, help="Of the ports.")
@click.option("--picture", type=click.Path(path_type=Path, dir_okay=False), help="An SVG to write.")
def main(minutes: float, rate: int, root: Path | None, offset: int, picture: Path | None) -> None:
    """Make calls for MINUTES and print what they leave."""
    calls = round(minutes * 60 * rate)
    with tempfile.TemporaryDirectory() as directory:
        state = installation(Path(directory) / "state")
        with running(state.directory, root, offset, bare=False) as rig:
            rest(rig)
            site, before = Site(state), descriptors_of(rig.application)
            with sampled(rig) as samples, calling(rig, OURS, rate, calls, HOLD) as runs:
                pass
            until(lambda: not site.left(before), PATIENCE)
            left = site.left(before)
    title = f"{runs[0].calls} calls, {rate} a second, {runs[0].failed} failed"
    click.echo(f"{title}, in {runs[0].seconds / 60:.1f} minutes")
    for name, line in samples.items():
        first, last = line[len(line) // 3][1], line[-1][1]
        click.echo(f"{name:12} {first:6.1f} MB to {last:6.1f} MB: {slope(line):+.1f} MB an hour")
    for each in left:
        click.echo(f"left: {each}")
    if picture is not None:
        picture.write_text(svg(Curve(f"Resident memory: {title}", "MB", samples)))
    raise SystemExit(1 if left else 0)


if __name__ == "__main__":
    main()
