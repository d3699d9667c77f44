"""The watch over queue nodes: whose callers it takes back, and which node is called first."""

import asyncio
from collections.abc import Sized
from contextlib import suppress
from typing import Any

import pytest
from msgspec import json

from ari_app.ari import queue_nodes
from ari_app.ari.queue_nodes import ACTIVE, SEEKING, QueueNodeWatch
from ari_app.ari.rest import Ari
from ari_app.ari.verbs import GET_ENDPOINT, LIST_CHANNELS, SET_GLOBAL, Request
from tests.ari.facts import until

DIAL = "PJSIP/support@node-%s,,gib(firstline-hand^s^1)"


def listed(id: str, name: str, app: str, data: str, at: int) -> dict[str, Any]:
    where = {"app_name": app, "app_data": data}
    created = f"2026-11-30T10:00:{at:02}.000+0000"
    return {"id": id, "name": name, "dialplan": where, "creationtime": created}


async def test_callers_of_a_node_that_died_are_taken_back() -> None:
    states = {"node-q1": "online", "node-q2": "online"}
    channels = [
        listed("2", "PJSIP/trunk-2", "Dial", DIAL % "q1", 2),
        listed("1", "PJSIP/trunk-1", "Dial", DIAL % "q1", 1),
        listed("3", "PJSIP/trunk-3", "Dial", DIAL % "q2", 3),
        listed("4", "PJSIP/trunk-4", "Stasis", "firstline,611", 4),
        listed("5", "PJSIP/trunk-5", "Dial", DIAL % "q1", 5),  # another worker's
    ]
    variables: list[str] = []
    lists: list[str] = []

    async def send(request: Request) -> bytes:
        match request.verb:
            case verb if verb is GET_ENDPOINT:
                return json.encode({"state": states[request.path.rpartition("/")[2]]})
            case verb if verb is LIST_CHANNELS:
                lists.append("")
                return json.encode(channels)
            case verb if verb is SET_GLOBAL:
                variables.extend(pair.value for pair in request.query)
        return b""

    taken: list[str] = []

    async def take_back(name: str) -> None:
        taken.append(name)

    leaders = ["", "q2", "elsewhere", "q2", "q1"]

    async def leader() -> str:
        return leaders.pop(0)

    async def ours(channel: str, name: str) -> bool:
        assert name.endswith(channel)
        return channel in "1234"

    endpoints = {"q1": "node-q1", "q2": "node-q2"}
    watch = QueueNodeWatch(Ari(send, "a"), endpoints, ours, take_back, leader)
    await watch.ask()
    await watch.look()
    assert (taken, variables) == ([], [])
    states["node-q1"] = "offline"
    await watch.ask()
    await watch.look()
    assert taken == ["PJSIP/trunk-1", "PJSIP/trunk-2"]
    assert variables == [ACTIVE, "q2"]
    channels.clear()
    for _ in range(2 * SEEKING):
        await watch.look()
    assert len(lists) == 1 + SEEKING, "no one comes there any more"
    states["node-q1"] = "online"
    await watch.look()
    for _ in range(3):
        await watch.ask()
    assert len(taken) == 2
    assert variables == [ACTIVE, "q2", ACTIVE, "q2", ACTIVE, "q1"]


async def test_a_database_that_is_slow_keeps_no_caller_at_a_node_that_died(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And who leads counts whenever it is heard: else callers go to the node without a desk."""
    for seconds in ("LOOK", "ASKING", "LATE"):
        monkeypatch.setattr(queue_nodes, seconds, 0)
    taken: list[str] = []
    variables: list[str] = []
    asked: list[asyncio.Future[str]] = []

    async def send(request: Request) -> bytes:
        if request.verb is GET_ENDPOINT:
            return json.encode({"state": "offline"})
        if request.verb is LIST_CHANNELS:
            return json.encode([listed("1", "PJSIP/trunk-1", "Dial", DIAL % "q1", 1)])
        variables.extend(pair.value for pair in request.query)
        return b""

    async def ours(_channel: str, _name: str) -> bool:
        return True

    async def take_back(name: str) -> None:
        taken.append(name)

    async def leader() -> str:
        asked.append(asyncio.get_running_loop().create_future())
        return await asked[-1]

    async def more(found: Sized, than: int) -> None:
        await until(lambda: len(found) > than)

    watch = QueueNodeWatch(Ari(send, "a"), {"q1": "node-q1"}, ours, take_back, leader)
    running = asyncio.create_task(watch.run())
    for n in range(2):
        await more(asked, n)
        await more(taken, len(taken) + 1)
        asked[n].set_result("q1")
    await until(lambda: len(variables) == 4)
    assert variables == [ACTIVE, "q1"] * 2
    assert caplog.text.count("which queue node leads is not known yet") == 1
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
