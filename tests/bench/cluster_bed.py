"""The cluster that :mod:`tests.bench.cluster_chaos` breaks, its callers and its agents."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TypeAlias

import click

from ari_app.admin.status import Status, query
from ari_app.cluster.description import Cluster
from ari_app.cluster.trial import NODES, PROXY, Trial
from ari_app.commands.call_phone import telephones
from ari_app.config.state import State
from ari_app.control.client import NotRunningError
from ari_app.main.installation import installation
from ari_app.phone.handset import Connected, Incoming, Phone, PhoneError
from ari_app.phone.messages import Account
from tests.bench.rig import OURS, firstline

PATIENCE = 120.0
"""Seconds in which a fact must come."""
CALLS, EVERY = 8, 0.5
"""New calls after a fault, and the seconds between them."""
PERSON = "0"
"""The key for an agent in the demo's menus."""

Started: TypeAlias = "subprocess.Popen[bytes]"


class Bed:
    """The cluster, and phones of callers who call after a fault."""

    def __init__(
        self, trial: Trial, cluster: Cluster, later: Sequence[Phone], started: list[Started]
    ) -> None:
        """``started`` gets the processes that are started again."""
        self._trial, self._cluster, self._later, self._started = trial, cluster, later, started
        self._began = time.monotonic()

    def broken(self) -> None:
        """Seconds are counted from here on."""
        self._began = time.monotonic()

    def start(self, again: Callable[[], Started]) -> None:
        """Start what was killed again."""
        self._started.append(again())

    @property
    def seconds(self) -> float:
        """Since the fault."""
        return time.monotonic() - self._began

    def say(self, what: str) -> None:
        """A line of the report."""
        click.echo(f"  {self.seconds:5.1f} s  {what}")

    def state(self, name: str) -> State:
        """The installation of a pod or a queue node."""
        return installation(self._trial.pod(name).directory)

    async def status(self, name: str) -> Status | None:
        """What the application of a pod or a queue node says; None if callers are not served."""
        with suppress(NotRunningError, OSError):
            status = await query(self.state(name))
            return status if status.running and status.ari.connected else None
        return None

    async def until(self, what: str, fact: Callable[[], Awaitable[object]]) -> None:
        """Wait for a fact, and say that it came."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if await fact():
                    break
                await asyncio.sleep(0.1)
        self.say(what)

    async def desk(self, node: str) -> bool:
        """Whether a queue node serves the desk, as the one that leads does."""
        try:
            port = self.state(node).config().ports.desk
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        writer.close()
        return True

    @asynccontextmanager
    async def agent(self, node: str, which: int) -> AsyncIterator[Phone]:
        """An agent's phone, registered at a queue node."""
        status = await self.status(node)
        assert status, f"{node} does not run"
        one = telephones(status)[which]
        account = Account(one.user, one.password, status.sip.host, status.sip.port)
        async with Phone(account) as phone:
            await phone.register()
            yield phone

    @asynccontextmanager
    async def in_progress(self) -> AsyncIterator[tuple[Phone, Phone, str, str]]:
        """One speaks, one waits, one is in the menu: the agent, who is in the menu, the active
        queue node, and the standby."""
        node, standby = NODES if await self.desk(NODES[0]) else reversed(NODES)
        async with AsyncExitStack() as stack:
            agent = await stack.enter_async_context(self.agent(node, -1))
            speaks, waits, menu = [
                await stack.enter_async_context(caller(self._cluster, at)) for at in range(3)
            ]
            await calls(speaks, PERSON)
            await taken(agent)
            await calls(waits, PERSON)
            while "has 1 calls" not in await asyncio.to_thread(
                firstline, self.state(node), "pbx", "console", "queue show"
            ):
                pass
            await calls(menu)
            yield agent, menu, node, standby

    async def new_calls(self) -> None:
        """Others call, one after the other; say how they were answered."""
        took: list[float] = []

        async def call(at: int, phone: Phone) -> None:
            await asyncio.sleep(EVERY * at)
            began = time.monotonic()
            with suppress(PhoneError):
                await calls(phone)
                took.append(time.monotonic() - began)
                await phone.hangup()

        await asyncio.gather(*(call(at, one) for at, one in enumerate(self._later)))
        slowest = f", the slowest after {max(took):.2f} s" if took else ""
        self.say(f"{len(took)} of {CALLS} new calls were answered{slowest}")

    async def rings(self, *agents: Phone) -> None:
        """Agents' phones ring, and are answered."""

        async def ring(agent: Phone) -> None:
            call = await agent.wait(Incoming, timeout=PATIENCE)
            self.say(f"an agent's phone rings: {call.caller}")
            await agent.answer()

        await asyncio.gather(*map(ring, agents))

    async def at_the_standby(self, standby: str, breaks: Callable[[], None]) -> None:
        """The active node breaks: who is there comes to two agents at the standby."""
        async with self.agent(standby, -1) as one, self.agent(standby, -2) as other:
            breaks()
            self.broken()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.until("the desk is there", partial(self.desk, standby)))
                tasks.create_task(self.new_calls())
                tasks.create_task(self.rings(one, other))


def caller(cluster: Cluster, at: int) -> Phone:
    """A caller at the proxy, as over a trunk."""
    proxy = cluster.proxies[PROXY]
    return Phone(Account(f"+3752990000{at:02}", "", proxy.address, proxy.port))


async def calls(phone: Phone, keys: str = "") -> None:
    """Call, and press keys."""
    await phone.dial(OURS)
    await phone.wait(Connected, timeout=40)
    if keys:
        await asyncio.sleep(1)
        await phone.press(keys)


async def taken(agent: Phone) -> None:
    """The agent takes the next caller."""
    await agent.wait(Incoming, timeout=PATIENCE)
    await agent.answer()


def killed(pids: Sequence[int]) -> Callable[[], Started]:
    """Kill processes (SIGKILL); returns what starts the first of them again, as it was."""
    process = Path(f"/proc/{pids[0]}")
    words, environment = [
        (process / name).read_bytes().rstrip(b"\0").split(b"\0") for name in ("cmdline", "environ")
    ]
    sent(pids, signal.SIGKILL)
    return lambda: subprocess.Popen(
        words,
        env=dict(each.split(b"=", 1) for each in environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def sent(pids: Sequence[int], how: signal.Signals) -> None:
    """Send processes a signal."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, how)


def children(pid: int) -> list[int]:
    """The processes that one began."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
