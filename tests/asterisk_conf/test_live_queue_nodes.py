"""A pod hands callers over to queue nodes: real Asterisks, and the application is played."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from ari_app.phone.handset import Connected, Incoming, Phone
from asterisk_conf.pbx import Pbx
from asterisk_conf.queue_nodes import QueueNode
from asterisk_conf.site import Queue
from tests.asterisk_conf.app import App, connected
from tests.deadlines import within
from tests.pbx_fixture import running_pbx
from tests.phone.test_live_phone import account

pytestmark = pytest.mark.live

POD, NODE = "127.0.0.11", "127.0.0.21"
QUEUES = (Queue("support", wrapup=0), Queue("small", limit=1, longest_wait=3))
FACTS = "ab12/7/code-word//6d6f6e6579"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Pbx, Pbx]]:
    """A pod and its queue node."""
    given = {"queues": QUEUES}
    directory = tmp_path_factory.mktemp("node")
    with running_pbx(directory, host=NODE, pods=(POD,), **given) as node:
        nodes = (QueueNode("q1", f"{NODE}:{node.site.ports.sip}"),)
        directory = tmp_path_factory.mktemp("pod")
        with running_pbx(directory, host=POD, agents=(), nodes=nodes, **given) as pod:
            yield pod, node


@pytest.fixture
async def app(pair: tuple[Pbx, Pbx]) -> AsyncIterator[App]:
    async with connected(pair[0]) as app:
        yield app


async def comes(app: App, phone: Phone, queue: str, **variables: str) -> str:
    await phone.dial("611")
    channel, _ = await app.began()
    await phone.wait(Connected)
    await app.to_queue(channel, queue, **{"CHANNEL(language)": "be"}, **variables)
    return channel


async def waiting(pbx: Pbx, queue: str, callers: int) -> None:
    async with within(30):
        while f"{queue} has {callers} calls" not in await asyncio.to_thread(pbx.cli, "queue show"):
            pass


async def test_an_agent_at_the_node_takes_a_caller_of_the_pod(
    pair: tuple[Pbx, Pbx], app: App
) -> None:
    pod, node = pair
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


async def test_how_a_wait_ended_comes_back(pair: tuple[Pbx, Pbx], app: App) -> None:
    pod, node = pair
    async with Phone(account(pod)) as me, Phone(account(pod, "1002")) as other:
        await comes(app, me, "small")
        await waiting(node, "small", 1)
        await comes(app, other, "small")
        assert (await app.began())[1] == ["back", "FULL"]
        assert (await app.began())[1] == ["back", "TIMEOUT"]
        await other.hangup()
        await me.hangup()
        await comes(app, me, "support")
        await waiting(node, "support", 1)
        await me.press("*")
        assert (await app.began())[1] == ["back", "LEFT"]
