"""The watch over queue nodes: whose callers it takes back, and which node is called first."""

import asyncio
from typing import Any

import pytest
from msgspec import json

from ari_app.ari import queue_nodes
from ari_app.ari.queue_nodes import ACTIVE, SEEKING, QueueNodeWatch
from ari_app.ari.rest import Ari
from ari_app.ari.verbs import GET_ENDPOINT, LIST_CHANNELS, SET_GLOBAL, Request

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
    await watch.look()
    assert (taken, variables) == ([], [])
    states["node-q1"] = "offline"
    await watch.look()
    assert taken == ["PJSIP/trunk-1", "PJSIP/trunk-2"]
    assert variables == [ACTIVE, "q2"]
    channels.clear()
    for _ in range(2 * SEEKING):
        await watch.look(asks=False)
    assert len(lists) == 1 + SEEKING, "no one comes there any more"
    states["node-q1"] = "online"
    for _ in range(3):
        await watch.look()
    assert len(taken) == 2
    assert variables == [ACTIVE, "q2", ACTIVE, "q2", ACTIVE, "q1"]


async def test_a_database_that_hangs_keeps_no_caller_at_a_node_that_died(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queue_nodes, "LOOK", 0.01)
    taken: list[str] = []

    async def send(request: Request) -> bytes:
        if request.verb is GET_ENDPOINT:
            return json.encode({"state": "offline"})
        return json.encode([listed("1", "PJSIP/trunk-1", "Dial", DIAL % "q1", 1)])

    async def ours(_channel: str, _name: str) -> bool:
        return True

    async def take_back(name: str) -> None:
        taken.append(name)

    async def leader() -> str:
        await asyncio.Event().wait()
        return "q1"

    watch = QueueNodeWatch(Ari(send, "a"), {"q1": "node-q1"}, ours, take_back, leader)
    await watch.look()
    assert taken == ["PJSIP/trunk-1"]
