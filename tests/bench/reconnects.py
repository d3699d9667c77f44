"""A thousand breaks of the link under a call: `python -m tests.bench.reconnects`.

Against the ARI server of the tests, which keeps to what was measured on Asterisk. What is printed:
the time of a break until the link is ready again, and what is left of tasks and descriptors.
"""

import asyncio
import logging
import random
import statistics
import time
from pathlib import Path

import click

from ivr.events import Keyed
from tests.ari.facts import until
from tests.ari.harness import ask, harness, presenting
from tests.ari.server import Server


async def measured(breaks: int, seed: int) -> None:
    """Break the link again and again, and print what that took and left."""
    chance = random.Random(seed)
    took = []
    async with (
        Server().running() as server,
        harness(server, steady=0.0, back_off=0.0005, back_off_most=0.001) as at,
    ):
        line = await at.call()
        answer = presenting(line, ask("menu"))
        await until(lambda: server.plays)
        tasks, descriptors = len(asyncio.all_tasks()), _descriptors()
        for _ in range(breaks):
            before, began = at.link.connections, time.monotonic()
            server.drop()
            await asyncio.sleep(chance.choice((0.0, 0.001, 0.003)))
            if chance.random() < 0.3:
                server.drop()
            await until(lambda before=before: at.link.connections > before)  # type: ignore[misc]
            took.append(time.monotonic() - began)
        await until(lambda: at.link.connected and not line.player.state.doubtful)
        more = len(asyncio.all_tasks()) - tasks, _descriptors() - descriptors
        server.press("c-1", "2")
        served = await answer == Keyed("2")
    median, worst = statistics.median(took) * 1000, max(took) * 1000
    click.echo(f"{breaks} breaks: ready again after {median:.1f} ms, {worst:.1f} ms at worst")
    click.echo(f"more tasks: {more[0]}, more descriptors: {more[1]}; the key counts: {served}")


def _descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@click.command()
@click.option("--breaks", default=1000, show_default=True)
@click.option("--seed", default=1, show_default=True)
def main(breaks: int, seed: int) -> None:
    """Break the link BREAKS times under a call."""
    logging.disable()  # three lines for each break
    asyncio.run(measured(breaks, seed))


if __name__ == "__main__":
    main()
