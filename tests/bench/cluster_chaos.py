"""What dies in a cluster, and what is noticed of it: `python -m tests.bench.cluster_chaos`.

Two pods, a queue node and its standby, Kamailio and PostgreSQL run on this machine, as by
`firstline cluster demo --standby`. One caller speaks with an agent, one waits for one, and one is
in the menu when something dies; then others call. It is started again before the next fault.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from functools import partial
from pathlib import Path

import click

from ari_app.cluster.description import Cluster
from ari_app.cluster.trial import NODES, PODS, Trial, running
from ari_app.phone.handset import Disconnected, PhoneError
from tests.bench.cluster_bed import (
    CALLS,
    PATIENCE,
    PERSON,
    Bed,
    Started,
    caller,
    children,
    killed,
    sent,
)
from tests.bench.rig import ROOT, firstline

AWAY = 30.0
"""Seconds for which the database is away, and a queue node is not reached."""


async def parts(bed: Bed, name: str, *which: str) -> list[int]:
    """Processes of a pod or a queue node."""
    status = await bed.status(name)
    assert status, f"{name} does not run"
    return [status.pids[each] for each in which]


async def node_killed(bed: Bed) -> None:
    """The active queue node dies."""
    again: list[Callable[[], Started]] = []
    async with bed.in_progress() as (_, _, node, standby):
        pids = await parts(bed, node, "application", "asterisk")
        await bed.at_the_standby(standby, lambda: again.append(killed(pids)))
    await back(bed, again[0], node)


async def node_cut_off(bed: Bed) -> None:
    """The active queue node is not reached for a time (SIGSTOP)."""
    async with bed.in_progress() as (_, _, node, standby):
        pids = await parts(bed, node, "application", "asterisk")
        try:
            await bed.at_the_standby(standby, lambda: sent(pids, signal.SIGSTOP))
            await asyncio.sleep(max(0.0, AWAY - bed.seconds))
        finally:
            sent(pids, signal.SIGCONT)
        bed.say("it is reached again")

    async def empty() -> bool:
        shown = await asyncio.to_thread(
            firstline, bed.state(node), "pbx", "console", "core show channels count"
        )
        return "0 active channels" in shown

    await bed.until("no channel is left there", empty)
    bed.say(f"the desk is at {[one for one in NODES if await bed.desk(one)]}, not at {node}")


async def pod_killed(bed: Bed) -> None:
    """A pod dies."""
    again = killed(await parts(bed, PODS[0], "application", "asterisk"))
    bed.broken()
    await bed.new_calls()
    await back(bed, again, PODS[0])


async def applications_killed(bed: Bed) -> None:
    """The applications of both pods die, and are started again at once."""
    async with bed.in_progress() as (agent, menu, _, _):
        pids = [(await parts(bed, name, "application"))[0] for name in PODS]
        again = [killed([pid]) for pid in pids]
        bed.broken()
        for each in again:
            bed.start(each)
        await bed.new_calls()
        for name in PODS:
            await bed.until(f"{name} serves callers", partial(bed.status, name))
        await menu.press(PERSON)
        for _ in range(2):
            await agent.hangup()
            await bed.rings(agent)


async def database_away(bed: Bed) -> None:
    """PostgreSQL hangs for a time (SIGSTOP)."""
    socket = bed.state(PODS[0]).config().database.url.partition("host=")[2]
    main = int((Path(socket) / "data/postmaster.pid").read_text().split()[0])
    async with bed.in_progress() as (agent, menu, node, _):
        pids = [main, *children(main)]
        sent(pids, signal.SIGSTOP)
        try:
            bed.broken()
            await bed.new_calls()
            await menu.press(PERSON)
            for _ in range(2):
                await agent.hangup()
                await bed.rings(agent)
            bed.say(f"{node} says: {(status := await bed.status(node)) and status.database.fault}")
            await asyncio.sleep(max(0.0, AWAY - bed.seconds))
        finally:
            sent(pids, signal.SIGCONT)
        bed.broken()

    async def well() -> bool:
        states = [await bed.status(name) for name in (*PODS, *NODES)]
        return all(one is not None and not one.database.fault for one in states)

    await bed.until("it is back, and all use it", well)
    bed.say(f"the desk is at {[one for one in NODES if await bed.desk(one)]}, was at {node}")


async def proxy_killed(bed: Bed) -> None:
    """The proxy dies, and is started again."""
    [main] = [
        pid
        for pid in children(os.getpid())
        if b"kamailio" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    async with bed.in_progress() as (agent, _, _, _):
        again = killed([main, *children(main)])
        bed.broken()
        with suppress(PhoneError):
            ended = await agent.wait(Disconnected, timeout=5)
            bed.say(f"the conversation has ended: {ended}")
        bed.start(again)
        bed.broken()
        await bed.new_calls()
        await agent.hangup()
        await bed.rings(agent)


async def back(bed: Bed, again: Callable[[], Started], name: str) -> None:
    """Start it again, and wait until it serves callers."""
    bed.broken()
    bed.start(again)
    await bed.until(f"{name}, started again, serves callers", partial(bed.status, name))


FAULTS = (
    node_killed, node_cut_off, pod_killed, applications_killed, database_away, proxy_killed
)  # fmt: skip


async def measured(trial: Trial, cluster: Cluster, started: list[Started]) -> None:
    """All faults in turn; ``started`` gets what was started again."""
    async with AsyncExitStack() as stack:
        phones = [caller(cluster, 30 + at) for at in range(CALLS)]
        for phone in phones:
            await stack.enter_async_context(phone)
        for fault in FAULTS:
            click.echo(f"{fault.__doc__} (load {os.getloadavg()[0]:.1f})")
            await fault(Bed(trial, cluster, phones, started))


@click.command()
@click.option("--offset", default=4600, show_default=True, help="Of the ports.")
def main(offset: int) -> None:
    """Break a cluster, and print what callers and agents notice."""
    trial = Trial(ROOT / ".firstline/cluster", offset, standby=True)
    with running(trial, click.echo) as cluster:
        started: list[Started] = []
        try:
            asyncio.run(measured(trial, cluster, started))
        finally:
            for process in started:
                process.send_signal(signal.SIGINT)
                process.wait(PATIENCE)
            for name in cluster.asterisks:  # what was started again leaves its Asterisk
                firstline(trial.pod(name), "down")


if __name__ == "__main__":
    main()
