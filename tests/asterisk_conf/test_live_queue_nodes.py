"""A pod hands callers over to queue nodes: real Asterisks, and the application is played."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import pytest

from ari_app.ami.queue_actions import QueueActions
from ari_app.ari.queue_nodes import LOST, QueueNodeWatch
from ari_app.ari.rest import Ari
from ari_app.ari.verbs import Request
from ari_app.phone.handset import Connected, Incoming, Phone
from asterisk_conf.pbx import Pbx
from asterisk_conf.queue_nodes import QueueNode
from asterisk_conf.site import Queue, Secret, SipAccount
from tests.ami.queue_pbx import watched
from tests.asterisk_conf.app import App, connected
from tests.deadlines import allowed, within
from tests.pbx_fixture import DEMO, make_pbx, running_pbx
from tests.phone.test_live_phone import account

pytestmark = pytest.mark.live

POD, NODE, STANDBY = "127.0.0.11", "127.0.0.21", "127.0.0.22"
QUEUES = (Queue("support", wrapup=0), Queue("small", limit=1, longest_wait=3))
FACTS = "ab12/7/code-word//6d6f6e6579"


CALLERS = (*DEMO.subscribers, SipAccount("1003", Secret("three"), "375291000003", "C", "ru"))

Site = tuple[Pbx, Pbx, Pbx]
"""A pod, its queue node, and the standby."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The standby is not started yet."""
    given: dict[str, Any] = {"queues": QUEUES}
    standby = make_pbx(tmp_path_factory.mktemp("standby"), host=STANDBY, pods=(POD,), **given)
    directory = tmp_path_factory.mktemp("node")
    with running_pbx(directory, host=NODE, pods=(POD,), **given) as node:
        nodes = (
            QueueNode("q1", f"{NODE}:{node.site.ports.sip}"),
            QueueNode("q2", f"{STANDBY}:{standby.site.ports.sip}"),
        )
        given |= {"subscribers": CALLERS, "agents": (), "nodes": nodes}
        with running_pbx(tmp_path_factory.mktemp("pod"), host=POD, **given) as pod:
            try:
                yield pod, node, standby
            finally:
                standby.stop()


@pytest.fixture
async def app(site: Site) -> AsyncIterator[App]:
    async with connected(site[0]) as app:
        yield app


@asynccontextmanager
async def watching(app: App, pod: Pbx) -> AsyncIterator[None]:
    """The pod looks at its queue nodes, until the end of the block."""

    async def send(request: Request) -> bytes:
        query = {one.name: one.value for one in request.query}
        url = f"{app.base}/ari/{request.path}"
        async with app.http.request(request.verb.method, url, params=query) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.read()

    async def ours(_channel: str, _name: str) -> bool:
        return True

    async def leader() -> str:
        return ""

    nodes = {one.name: one.endpoint for one in pod.site.nodes}
    async with watched(pod) as queues:
        take_back = partial(QueueActions(queues.ask).redirect, context=LOST[0], extension=LOST[1])
        watch = QueueNodeWatch(Ari(send, "firstline"), nodes, ours, take_back, leader)
        task = asyncio.create_task(watch.run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def comes(app: App, phone: Phone, queue: str, **variables: str) -> str:
    await phone.dial("611")
    channel, _ = await app.began()
    await phone.wait(Connected)
    await app.to_queue(channel, queue, **{"CHANNEL(language)": "be"}, **variables)
    return channel


async def shows(pbx: Pbx, command: str, what: str) -> None:
    """Return when a command of the console says what a pattern finds."""
    async with within(30):
        while not re.search(what, await asyncio.to_thread(pbx.cli, command)):
            pass


async def test_an_agent_at_the_node_takes_a_caller_of_the_pod(site: Site, app: App) -> None:
    pod, node, _ = site
    async with Phone(account(pod)) as me, Phone(account(node, "agent1")) as olga:
        await olga.register()
        channel = await comes(app, me, "support", FIRSTLINE_FACTS=FACTS, FIRSTLINE_TOPIC="a^b, (c")
        assert (await olga.wait(Incoming)).caller == "375291000001"
        await olga.answer()
        shown = await asyncio.to_thread(node.cli, "core show channels concise")
        name = next(line for line in shown.splitlines() if "!Queue!" in line).split("!")[0]
        shown = await asyncio.to_thread(node.cli, f"core show channel {name}")
        assert f"FIRSTLINE_FACTS={FACTS}/be" in shown
        assert "Language: be" in shown
        await olga.hangup()
        assert await app.began() == (channel, ["back", "CONTINUE"])


async def test_how_a_wait_ended_comes_back(site: Site, app: App) -> None:
    pod, node, _ = site
    async with Phone(account(pod)) as me, Phone(account(pod, "1002")) as other:
        await comes(app, me, "small")
        await shows(node, "queue show small", "small has 1 calls")
        await comes(app, other, "small")
        assert (await app.began())[1] == ["back", "FULL"]
        assert (await app.began())[1] == ["back", "TIMEOUT"]
        await other.hangup()
        await me.hangup()
        await comes(app, me, "support")
        await shows(node, "queue show support", "support has 1 calls")
        await me.press("*")
        assert (await app.began())[1] == ["back", "LEFT"]


async def test_callers_of_a_node_that_is_killed_are_served_by_the_standby_in_their_order(
    site: Site, app: App
) -> None:
    """First who spoke, then who waited, then who came when the node was dead."""
    pod, node, standby = site
    await asyncio.to_thread(standby.start)
    async with (
        watching(app, pod),
        Phone(account(pod)) as speaks,
        Phone(account(pod, "1002")) as waits,
        Phone(account(pod, "1003")) as late,
        Phone(account(node, "agent1")) as olga,
        Phone(account(standby, "agent1")) as another,
    ):
        await olga.register()
        await comes(app, speaks, "support")
        await olga.wait(Incoming, allowed(5))
        await olga.answer()
        await shows(pod, "core show channels concise", r"PJSIP/node-q1-\S*!Up!")
        await comes(app, waits, "support")
        await shows(node, "queue show support", "support has 1 calls")
        await shows(pod, "pjsip show contacts", r"node-q2/\S* +\S+ +Avail")
        pid = node.status().pid
        assert pid
        os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(1)  # callers of one second are equals
        await comes(app, late, "support")
        await shows(standby, "queue show support", "support has 3 calls")
        await another.register()
        for caller in CALLERS:
            assert (await another.wait(Incoming, allowed(5))).caller == caller.number
            await another.answer()
            await another.hangup()
