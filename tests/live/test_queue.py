"""A caller asks for a human."""

import asyncio
from pathlib import Path

import aiohttp
import pytest
from msgspec import json

from ari_app.control.client import ControlClient
from ari_app.doctor.findings import Finding, exit_code
from ari_app.main.installation import installation
from ari_app.phone.handset import Connected, Disconnected, Incoming, Phone
from ari_app.store.callbacks import Callback
from tests.deadlines import pause, until
from tests.heard import assert_heard
from tests.live.installation import Installation
from tests.live.seed import aside

pytestmark = pytest.mark.live


async def test_an_agent_answers_and_the_caller_comes_back(
    firstline: Installation, tmp_path: Path
) -> None:
    recording = tmp_path / "caller.wav"
    async with Phone(firstline.agent(0)) as agent, Phone(firstline.subscriber(5), recording) as me:
        await agent.register()
        await me.dial("611")
        await me.wait(Connected)
        await me.press("0")
        incoming = await agent.wait(Incoming, timeout=20)
        assert incoming.caller == "375990000006"
        await agent.answer()
        await pause(1)  # a conversation
        await agent.hangup()
        await me.wait(Disconnected, timeout=20)
    assert_heard(recording, firstline.said("thanks-bye"), first=2)
    path = await asyncio.to_thread(firstline.last_call)
    assert "support-queue (queue)  -> ended" in path
    assert "ended (cause" in path


async def test_a_caller_may_leave_the_queue(firstline: Installation) -> None:
    """By its key, for a call back at a time of their choice, all in one call."""
    async with (
        ControlClient(installation(firstline.state).control).watch() as events,
        Phone(firstline.subscriber(8)) as me,
    ):
        await me.dial("611")
        await me.wait(Connected)
        await me.press("0")
        await asyncio.to_thread(firstline.queued, 1)
        await me.press("*")
        async for event in events:
            if event.what == "telling" and event.prompts == ("busy-menu",):
                break  # a call back is offered
        await me.press("1")
        for prompt, keys in (
            ("callback-when", "2"),  # tomorrow
            ("callback-hour", "14#"),
            ("callback-sure", "1"),
            ("anything-else", ""),
        ):
            async for event in events:
                if event.what == "telling" and prompt in event.prompts:
                    break
            for key in keys:
                await me.press(key)
        await me.press("6")
        async for event in events:
            if event.key == "6":
                break
        await me.hangup()
        await me.wait(Disconnected)
    path = await asyncio.to_thread(firstline.last_call)
    assert "support-queue (queue)  -> left" in path
    assert "agreed (say)  played callback-noted" in path
    assert "anything-else main-menu-short  key 6  -> lessons" in path


async def test_who_asks_to_be_called_back_keeps_the_place(firstline: Installation) -> None:
    """Before a caller who came later; the agent's phone rings first, then the caller's, once."""
    async with (
        ControlClient(installation(firstline.state).control).watch() as events,
        Phone(firstline.subscriber(10)) as me,
        Phone(firstline.subscriber(11)) as later,
        Phone(firstline.agent(0)) as agent,
    ):
        await me.register()
        for number, phone in enumerate((me, later), 1):
            await phone.dial("611")
            await phone.wait(Connected)
            await phone.press("0")
            await asyncio.to_thread(firstline.queued, number)
        await me.press("*")
        async for event in events:
            if event.prompts == ("busy-menu",):
                break
        await me.press("1")
        async for event in events:
            if "callback-when" in event.prompts:
                break
        await asyncio.to_thread(firstline.queued, 1)
        await me.hangup()
        await me.wait(Disconnected)
        await asyncio.to_thread(firstline.queued, 2)
        await agent.register()
        assert (await agent.wait(Incoming, timeout=20)).caller == "375990000011"
        await agent.answer()
        assert (await me.wait(Incoming, timeout=20)).caller == "611"
        one = callback(firstline)
        assert (one.attempts, one.calling) == (1, "PJSIP/701")
        await me.answer()
        await pause(1)  # a conversation
        await me.hangup()
        await agent.wait(Disconnected)
        assert (await agent.wait(Incoming, timeout=40)).caller == "375990000012"
        await later.hangup()
        await agent.wait(Disconnected)
    await asyncio.to_thread(until, lambda: callback(firstline).outcome == "reached", 20)
    assert callback(firstline).state == "done"


def callback(firstline: Installation) -> Callback:
    """The request of the caller for a call back."""
    listed = firstline.out("callbacks", "list", "--json", "--all")
    every = json.decode(listed, type=list[Callback])
    return next(one for one in every if one.number == "375990000011")


async def test_who_hangs_up_in_the_queue_is_gone(firstline: Installation) -> None:
    """Meanwhile the doctor says that no phone can ring, and finds nothing else."""
    async with Phone(firstline.subscriber(9)) as me:
        await me.dial("611")
        await me.wait(Connected)
        await me.press("0")
        await asyncio.to_thread(firstline.queued, 1)
        found = await asyncio.to_thread(doctor, firstline)
        await me.hangup()
        await me.wait(Disconnected)
    assert [each.where for each in found if each.severity != "note"] == ["the queue support"]
    assert found[0].id == "queue-silent"
    path = await asyncio.to_thread(firstline.last_call)
    assert "support-queue (queue)  -> gone" in path
    assert "gone (cause" in path
    assert await answer(firstline, "readyz", 200)
    until(lambda: 'result="abandoned"' in aside(answer(firstline, "metrics", 200)), 10)


def test_the_doctor_finds_nothing_in_what_runs_until_a_log_is_added(
    firstline: Installation,
) -> None:
    assert [each for each in doctor(firstline) if each.severity != "note"] == []
    firstline.out("pbx", "console", "logger add channel keys dtmf")
    try:
        [found] = [each for each in doctor(firstline) if each.severity != "note"]
        assert (found.id, found.severity) == ("keys-logged", "critical")
    finally:
        firstline.out("pbx", "console", "logger remove channel keys")


def doctor(firstline: Installation) -> list[Finding]:
    """What `firstline doctor` finds; its exit code is that of the worst."""
    done = firstline.run("doctor", "--json")
    found = json.decode(done.stdout, type=list[Finding])
    assert done.returncode == exit_code(found), done.stderr
    return found


async def answer(firstline: Installation, path: str, status: int) -> str:
    """What monitoring is answered."""
    url = f"http://127.0.0.1:{firstline.ports.monitoring}/{path}"
    async with aiohttp.request("GET", url) as found:
        assert found.status == status
        return await found.text()
