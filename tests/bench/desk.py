"""How soon a card is in the browser: `python -m tests.bench.desk [--rate 50] [--seconds 20]`.

A whole installation with agents whose phones only ring, in a queue that goes from one to the next
each second. Every agent has a WebSocket open, as their browser would. A card's delay is from the
moment that Asterisk stamps on its AgentCalled to the moment at which the card is read; beside it,
in the same run, is the delay to a bare AMI client that does nothing but read. An offer's cost
is CPU of the application, which a busy machine changes less than delays.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import time
from typing import Any, NoReturn

import aiohttp
import click
from msgspec import json
from rich.console import Console
from rich.table import Table

from ari_app.ami import client as ami
from ari_app.control.client import ControlClient
from ari_app.desk.web.sessions import hashed
from ari_app.main.installation import installation
from ari_app.store import agents, desk_sessions
from ari_app.store.agents import Agent
from ari_app.store.db import Store
from ari_app.store.desk_sessions import Session
from ari_app.store.sqlite import Database
from ivr.secret import Secret
from tests.bench.load import cpu
from tests.live.installation import Installation, installed
from tests.operators import BELARUS

FIRST = 7001
"""The extension of the first agent of the bench."""
QUEUE = """
[bench]
strategy = rrmemory
timeout = 1
retry = 1
autofill = yes
ringinuse = yes
"""
DIALPLAN = """
[bench-rings]
exten => _7XXX,1,Ringing()
 same => n,Wait(30)
[bench-waits]
exten => s,1,Answer()
 same => n,Wait(600)
"""
SETTINGS = "[desk]\nmissed_calls = 0\n"
"""Agents whose phones only ring are not to be taken off the queues."""
TARGET = 100.0
"""Milliseconds at p99."""


class Delays:
    """From the stamp of each offer: to a bare AMI client, and to the card."""

    def __init__(self) -> None:
        self.stamps: dict[str, float] = {}
        """Agent's extension: when the phone began to ring last."""
        self.heard: list[float] = []
        self.cards: list[float] = []
        self.cpu = 0.0
        """What the application used meanwhile; seconds."""

    def take(self, headers: ami.Headers) -> None:
        """An event of AMI."""
        now = time()
        if headers.get("Event") == "AgentCalled":
            stamp = float(headers["Timestamp"])
            self.stamps[headers["Interface"].partition("/")[2].partition("@")[0]] = stamp
            self.heard.append(now - stamp)

    def card(self, extension: str, now: float) -> None:
        """A card came to an agent."""
        stamp = self.stamps.get(extension)
        if stamp is not None:
            self.cards.append(now - stamp)


def people(number: int) -> Sequence[Agent]:
    """So many agents."""
    secret = Secret("x" * 12)
    extensions = [str(FIRST + each) for each in range(number)]
    return [Agent(f"a{one}", f"Agent {one}", one, ("ru",), one, secret) for one in extensions]


def cookie(agent: Agent) -> str:
    """What an agent's browser has."""
    return f"cookie of {agent.name}".replace(" ", "-")


def seated(db: Database, staff: Sequence[Agent]) -> None:
    """Add the agents, each signed in."""
    agents.add(db, staff)
    now = datetime.now(UTC)
    ends = now + timedelta(hours=1)
    for one in staff:
        agents.put_password(db, one.name, "set")
        session = Session(hashed(cookie(one)), one.name, "csrf", now, now, now, ends)
        desk_sessions.add(db, session)


async def prepare(one: Installation, staff: Sequence[Agent]) -> None:
    """Agents in the store and in a queue of the bench."""
    store = await Store.open(installation(one.state).database, BELARUS)
    await store.write(seated, staff)
    await store.close()
    await ControlClient(installation(one.state).control).refresh()
    etc = one.state / "asterisk" / "etc"
    for name, text in (("extensions.conf", DIALPLAN), ("queues.conf", QUEUE)):
        with (etc / name).open("a") as file:
            file.write(text)
    for command in ("dialplan reload", "queue reload all"):
        one.ordered(command)
    for agent in staff:
        one.ordered(f"queue add member Local/{agent.extension}@bench-rings/n to bench")


@asynccontextmanager
async def watched(one: Installation, delays: Delays) -> AsyncIterator[None]:
    """A bare AMI client beside ours."""

    async def idle(_: ami.Ask) -> NoReturn:
        await asyncio.Event().wait()
        raise AssertionError

    password = installation(one.state).keys().ami
    settings = ami.Settings(one.ports.ami, "firstline", password, events="agent")
    task = asyncio.create_task(ami.keep(settings, delays.take, idle))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def sit(http: aiohttp.ClientSession, url: str, agent: Agent, delays: Delays) -> None:
    """An agent's browser: reads what comes."""
    headers = {"Origin": url, "Cookie": f"firstline-{url.rpartition(':')[2]}={cookie(agent)}"}
    async with http.ws_connect(f"{url}/wire", headers=headers, max_msg_size=0) as socket:
        async for frame in socket:
            now = time()
            message: Mapping[str, Any] = json.decode(frame.data)
            if message["type"] == "card":
                delays.card(agent.extension, now)


async def call(http: aiohttp.ClientSession, one: Installation, number: int) -> None:
    """A caller who waits in the queue of the bench."""
    where = {
        "endpoint": "Local/s@bench-waits/n",
        "context": "firstline-queue",
        "extension": "bench",
        "priority": "1",
        "formats": "alaw",  # else it is resampled to and fro
        "callerId": str(375990000001 + number % 50),
    }
    login = aiohttp.encode_basic_auth("firstline", installation(one.state).keys().ari.reveal())
    url = f"http://127.0.0.1:{one.ports.http}/ari/channels"
    async with http.post(url, params=where, headers={"Authorization": login}) as answer:
        answer.raise_for_status()


async def measured(one: Installation, rate: int, seconds: float) -> Delays:
    """The delays of so many offers a second."""
    delays = Delays()
    control = ControlClient(installation(one.state).control)
    application = (json.decode(await control.status())["pids"]["application"],)
    staff = people(rate + 10)
    await prepare(one, staff)
    url = f"http://127.0.0.1:{one.ports.desk}"
    async with watched(one, delays), aiohttp.ClientSession() as http:
        tabs = [asyncio.create_task(sit(http, url, agent, delays)) for agent in staff]
        await asyncio.sleep(3.0)
        for number in range(2 * rate):
            await call(http, one, number)
            await asyncio.sleep(2.0 / (2 * rate))
        await asyncio.sleep(3.0)
        delays.heard.clear()
        delays.cards.clear()
        began = cpu(application)
        await asyncio.sleep(seconds)
        delays.cpu = cpu(application) - began
        for tab in tabs:
            tab.cancel()
        await asyncio.gather(*tabs, return_exceptions=True)
    return delays


@click.command()
@click.option("--rate", default=50, show_default=True, help="Offers a second, about.")
@click.option("--seconds", default=20.0, show_default=True)
def main(rate: int, seconds: float) -> None:
    """See the module."""
    with TemporaryDirectory() as name, installed(Path(name) / "state", SETTINGS) as one:
        delays = asyncio.run(measured(one, rate, seconds))
        complaints = [line for line in one.log.read_text().splitlines() if "ERROR" in line]
    table = Table("", "offers/s", "p50 (ms)", "p99 (ms)", "worst (ms)", "to reach")
    for what, found, target in (
        ("bare AMI client", delays.heard, ""),
        ("card in the browser", delays.cards, f"p99 <= {TARGET:g}"),
    ):
        ms = [1000 * each for each in found]
        figures = (median(ms), quantiles(ms, n=100)[98], max(ms))
        row = [f"{each:.1f}" for each in figures]
        table.add_row(what, f"{len(ms) / seconds:.1f}", *row, target)
    console = Console(file=sys.stdout)
    console.print(table)
    console.print(f"{1000 * delays.cpu / len(delays.cards):.1f} ms of CPU for an offer")
    for line in complaints[:10]:
        console.print(line)


if __name__ == "__main__":
    main()
