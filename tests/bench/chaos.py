"""Faults by a seed, one after the other, while calls come: `python -m tests.bench.chaos`.

Processes die and hang, Asterisk restarts, the database is locked, menus are reloaded, another
application takes over. After each fault it is measured how long it takes until all is well again.
In the end nothing may be left of the calls: no channel, bridge or session, no call without an end,
no file in Asterisk's spool, no descriptor. What is left is printed, and the exit code is 1.
"""

import asyncio
import os
import random
import signal
import sqlite3
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from pathlib import Path

import click

from ari_app.admin.status import Status, query
from ari_app.config.state import State
from ari_app.control.client import NotRunningError
from ari_app.main.installation import installation
from tests.bench.load import calling
from tests.bench.rig import OURS, RigError, firstline, running

RATE = 3
"""Calls that begin in a second."""
WELL = 60.0
"""Seconds in which all must be well after a fault."""
PATIENCE = 90.0
"""Seconds in which the last calls must have ended."""
SPARE = 8
"""Descriptors that an application may have more at the end than at the beginning."""


class Site:
    """An installation that is broken on purpose."""

    def __init__(self, state: State) -> None:
        self.state = state

    def status(self) -> Status | None:
        """What the application says; None if it does not answer."""
        with suppress(NotRunningError, TimeoutError, OSError):
            status = asyncio.run(query(self.state))
            return status if status.running else None
        return None

    def signal(self, name: str, how: signal.Signals) -> None:
        """Send a process a signal."""
        status = self.status()
        if status is not None and name in status.pids:
            with suppress(ProcessLookupError):
                os.kill(status.pids[name], how)

    def stop_for(self, name: str, seconds: float) -> None:
        """Stop a process for some seconds."""
        self.signal(name, signal.SIGSTOP)
        time.sleep(seconds)
        self.signal(name, signal.SIGCONT)

    def hang(self, name: str) -> None:
        """Stop a process, and wait until it is replaced."""
        status = self.status()
        old = status.pids.get(name) if status else None
        self.signal(name, signal.SIGSTOP)
        until(lambda: (now := self.status()) and now.pids.get(name, old) != old, WELL)

    def lock(self, seconds: float) -> None:
        """Lock the database for some seconds."""
        with closing(sqlite3.connect(self.state.database, timeout=30)) as db:
            db.execute("begin immediate")
            time.sleep(seconds)

    def run(self, *words: str) -> None:
        """Run a command, whatever becomes of it."""
        with suppress(RigError):
            firstline(self.state, *words)

    def well(self) -> bool:
        """Whether callers are served."""
        status = self.status()
        return (
            status is not None
            and status.ari.connected
            and all(name in status.pids for name in ("application", "asterisk", "watcher"))
        )

    def left(self, descriptors: int) -> list[str]:
        """What is left of calls that have all ended."""
        status = self.status()
        if status is None:
            return ["no application"]
        found = []
        if status.calls.now:
            found.append(f"{status.calls.now} sessions")
        console = self.state.directory / "asterisk"
        for command, none in (("core show channels count", "0 active channel"),
                              ("bridge show all", "")):  # fmt: skip
            said = asterisk(self.state, command)
            lines = said.splitlines()[1:] if not none else said.splitlines()[:1]
            if (none and none not in said) or (not none and lines):
                found.append(f"{command}: {' '.join(lines)}")
        with closing(sqlite3.connect(self.state.database)) as db:
            [[open_]] = db.execute("select count(*) from calls where ended is null")
            [[kept]] = db.execute("select count(*) from checkpoints")
        if open_ or kept:
            found.append(f"{open_} calls without an end, {kept} checkpoints")
        if spool := [each.name for each in console.rglob("recording/*")]:
            found.append(f"in the spool: {', '.join(spool)}")
        now = descriptors_of(status.pids["application"])
        if now > descriptors + SPARE:
            found.append(f"{now} descriptors, {descriptors} at the beginning")
        return found


FAULTS: Mapping[str, Callable[[Site], object]] = {
    "application killed": lambda site: site.signal("application", signal.SIGKILL),
    "application aborted": lambda site: site.signal("application", signal.SIGABRT),
    "application hangs": lambda site: site.signal("application", signal.SIGSTOP),
    "application stopped 2 s": lambda site: site.stop_for("application", 2),
    "voice killed": lambda site: site.signal("voice", signal.SIGKILL),
    "watcher killed": lambda site: site.signal("watcher", signal.SIGKILL),
    "Asterisk killed": lambda site: site.signal("asterisk", signal.SIGKILL),
    "Asterisk stopped 3 s": lambda site: site.stop_for("asterisk", 3),
    "Asterisk hangs": lambda site: site.hang("asterisk"),
    "core restart now": lambda site: asterisk(site.state, "core restart now"),
    "database locked 4 s": lambda site: site.lock(4),
    "reload": lambda site: site.run("reload"),
    "upgrade": lambda site: site.run("upgrade"),
}


def asterisk(state: State, command: str) -> str:
    """The output of a line of Asterisk's console."""
    return firstline(state, "pbx", "console", command)


def until(fact: Callable[[], object], seconds: float) -> float:
    """Wait for a fact; returns the seconds it took, or infinity."""
    began = time.monotonic()
    while not fact():
        if time.monotonic() - began > seconds:
            return float("inf")
        time.sleep(0.2)
    return time.monotonic() - began


@click.command()
@click.option("--seed", default=1, show_default=True)
@click.option("--faults", default=12, show_default=True)
@click.option("--root", type=click.Path(path_type=Path), envvar="FIRSTLINE_ASTERISK_PATH")
@click.option("--offset", default=4400, show_default=True, help="Of the ports.")
def main(seed: int, faults: int, root: Path | None, offset: int) -> None:
    """Break an installation FAULTS times, in the order of SEED, under calls."""
    order = _order(random.Random(seed), faults)
    took: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as directory:
        state = installation(Path(directory) / "state")
        with running(state.directory, root, offset, bare=False) as rig:
            site = Site(state)
            descriptors = descriptors_of(rig.application)
            calls = RATE * (faults * 15)
            with suppress(RigError), calling(rig, OURS, RATE, calls, 4.0):
                for name in order:
                    time.sleep(3)
                    FAULTS[name](site)
                    seconds = until(site.well, WELL)
                    took[name].append(seconds)
                    click.echo(f"{name}: well again after {seconds:.1f} s")
                raise RigError("all faults are done: no more calls")
            until(lambda: not site.left(descriptors), PATIENCE)
            left = site.left(descriptors)
            endings = _endings(state)
            tracebacks = state.log.read_text().count("Traceback")
    click.echo(f"calls by their ending: {endings}; {tracebacks} tracebacks in the log")
    for name, seconds_of in sorted(took.items()):
        click.echo(f"{name:26} {statistics.median(seconds_of):5.1f} s")
    for each in left:
        click.echo(f"left: {each}")
    raise SystemExit(1 if left else 0)


def descriptors_of(pid: int) -> int:
    """How many files a process has open."""
    return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())


def _order(chance: random.Random, faults: int) -> list[str]:
    """All faults in turn, each round in another order."""
    order: list[str] = []
    while len(order) < faults:
        order += chance.sample([*FAULTS], len(FAULTS))
    return order[:faults]


def _endings(state: State) -> dict[str, int]:
    with closing(sqlite3.connect(state.database)) as db:
        return dict(db.execute("select coalesce(ending, 'open'), count(*) from calls group by 1"))


if __name__ == "__main__":
    main()
