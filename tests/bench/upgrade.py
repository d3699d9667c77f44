"""Replace the application under calls, and see whether a caller notices: `python -m
tests.bench.upgrade`.

sipp makes calls, each with three screens and two keys; meanwhile `firstline upgrade` runs again and
again. A call whose key was lost fails; one whose screen was said again has more than three
playbacks, as Asterisk reports them.
"""

import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import click

from ari_app.main.installation import installation
from tests.bench.adoption import watching
from tests.bench.load import calling
from tests.bench.rig import OURS, firstline, running

HOLD = 3.0
"""Seconds from the answer to the first key; so an upgrade meets calls in all of their screens."""


@click.command()
@click.option("--rate", default=20, show_default=True, help="Calls that begin in a second.")
@click.option("--upgrades", default=3, show_default=True)
@click.option("--seconds", default=60, show_default=True, help="In which calls begin.")
@click.option("--root", type=click.Path(path_type=Path), envvar="FIRSTLINE_ASTERISK_PATH")
@click.option("--offset", default=4200, show_default=True, help="Of the ports.")
def main(rate: int, upgrades: int, seconds: int, root: Path | None, offset: int) -> None:
    """Upgrade under RATE calls a second and print what callers noticed."""
    with tempfile.TemporaryDirectory() as directory:
        state = installation(Path(directory) / "state")
        with (
            running(state.directory, root, offset, bare=False) as rig,
            watching(state) as watch,
        ):
            took: list[float] = []

            def upgrade() -> None:
                time.sleep(2 * HOLD)
                for _ in range(upgrades):
                    began = time.monotonic()
                    firstline(state, "upgrade")
                    took.append(time.monotonic() - began)

            beside = threading.Thread(target=upgrade)
            beside.start()
            with calling(rig, OURS, rate, rate * seconds, HOLD) as runs:
                pass
            beside.join()
            time.sleep(1.0)
            played = Counter(channel for channel, _ in watch.playbacks)
            handed = [
                line.partition("handed over")[0].rsplit(maxsplit=3)[-3]
                for line in state.log.read_text().splitlines()
                if "calls were handed over" in line
            ]
            log = state.log.read_text()
    again = sum(1 for playbacks in played.values() if playbacks > 3)
    click.echo(
        f"{runs[0].calls} calls, {rate} a second, {len(took)} upgrades "
        f"({', '.join(f'{one:.1f} s' for one in took)}); calls handed over: {', '.join(handed)}"
    )
    click.echo(
        f"{runs[0].failed} calls failed, {again} heard a screen again; "
        f"{log.count('Traceback')} tracebacks"
    )
    for line in log.splitlines():
        if ("WARNING" in line and ".yaml:" not in line) or "ERROR" in line:
            click.echo(line)


if __name__ == "__main__":
    main()
