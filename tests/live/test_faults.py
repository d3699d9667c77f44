"""Each process of an installation dies once, or hangs, and comes back by itself."""

import asyncio
import os
import re
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from msgspec import json

from ari_app.control.client import ControlClient
from ari_app.main.installation import installation
from ari_app.phone.handset import Connected, Disconnected, Incoming, Phone
from ari_app.store.callbacks import Callback
from asterisk_conf.process import started
from tests.deadlines import until
from tests.live.installation import Installation, installed

pytestmark = pytest.mark.live

GOES_ON = ": the application restarted"
KILLED = "was killed by SIGKILL: it starts again in 0.2 s"


def renewed(one: Installation, name: str, how: signal.Signals = signal.SIGKILL) -> None:
    """Send a signal to a process, and wait until another one has its place and all serves."""
    old = one.status().pids[name]
    os.kill(old, how)
    until(lambda: _in_place_of(one, name, old), 30)


def _in_place_of(one: Installation, name: str, old: int) -> bool:
    return one.ready() and one.status().pids.get(name, old) != old


async def _a_caller_in_a_menu_is_asked_again(one: Installation, caller: Phone, on: int) -> None:
    """Both calls go on, and their records; a key works, as soon as the menu is said again."""
    await asyncio.to_thread(until, lambda: one.log.read_text().count(GOES_ON) == on, 10)
    await caller.press("1")
    await asyncio.to_thread(until, lambda: _one_record_each(one, "money (call)"), 20)
    await caller.hangup()
    await caller.wait(Disconnected)


def _one_record_each(one: Installation, step: str) -> bool:
    """Whether there are two calls, both of which went on, and one took a step."""
    lines = one.out("calls", "list").splitlines()
    assert len(lines) == 2, "no call has two records"
    shown = [one.out("calls", "show", line.split()[0]) for line in lines]
    assert all("application restarted, call continued" in each for each in shown)
    return any(step in each for each in shown)


async def test_each_process_dies_once_and_comes_back(tmp_path: Path) -> None:
    with installed(tmp_path / "state", "[callbacks]\npause = 1\n") as one:
        pids = one.status().pids
        async with Phone(one.subscriber(0)) as me, Phone(one.subscriber(1)) as other:
            await me.dial("611")
            await me.wait(Connected)
            await _in_the_menu(me, asyncio.to_thread(_a_new_application_goes_on, one))
            await other.dial("611")
            await other.wait(Connected)
            await me.press("0")
            await asyncio.to_thread(one.queued, 1)
            before = one.log.read_text().count(GOES_ON)
            await asyncio.to_thread(renewed, one, "application")
            assert one.callers_wait(1), "a caller in a queue notices nothing"
            await _a_caller_in_a_menu_is_asked_again(one, other, before + 2)
            await asyncio.to_thread(_a_hung_application_is_replaced, one)
            assert one.callers_wait(1)
            await me.hangup()
            await me.wait(Disconnected)
        await _an_attempt_to_call_back_dials_one_time(one)
        await asyncio.to_thread(renewed, one, "asterisk")
        await asyncio.to_thread(renewed, one, "voice")
        await asyncio.to_thread(renewed, one, "watcher")
        now = one.status().pids
        assert not {*now.values()} & {*pids.values()}
        one.ordered("core restart now")
        until(lambda: "seconds" in one.ordered("core show uptime"), 20)
        until(one.ready, 20)
        assert one.status().pids["asterisk"] == now["asterisk"]
        assert "main-menu" in await asyncio.to_thread(one.out, "call", "611", "--stay", "0.1")
        log = one.log.read_text()
        assert f"the application (pid {pids['application']}) was replaced by pid " in log
        assert re.search(rf"the application \(pid \d+\) {KILLED}", log)
        assert f"Asterisk (pid {pids['asterisk']}) ended: it starts again in 0.2 s" in log
        assert "Traceback" not in log
        assert "session failed" not in log
        assert one.run("down").returncode == 0
        assert not any(map(started, now.values()))


async def _in_the_menu(caller: Phone, work: Coroutine[Any, Any, None]) -> None:
    """Have the menu said again until something is done: a caller who is silent for as long as that
    takes on a busy machine is sent away."""
    task = asyncio.create_task(work)
    while not task.done():
        await caller.press("9")
        await asyncio.wait({task}, timeout=10)
    await task


def _a_new_application_goes_on(one: Installation) -> None:
    """It is prepared beside the old one, and has its call."""
    old = one.status().pids["application"]
    assert f"was replaced (pid {old})" in one.out("upgrade")
    now = one.status()
    assert (now.pids["application"] != old, now.calls.now) == (True, 1)
    assert "the application before" not in one.log.read_text(), "its call was not handed over"


async def _an_attempt_to_call_back_dials_one_time(one: Installation) -> None:
    """The application dies after the agent has answered, while the caller's phone rings; the caller
    is busy then, and is reached by the second attempt."""
    async with Phone(one.subscriber(2)) as me, Phone(one.agent(0)) as agent:
        await me.register()
        await _asks_to_be_called_back(one, me)
        await agent.register()
        assert (await agent.wait(Incoming, timeout=40)).caller == "375990000003"
        await agent.answer()
        await me.wait(Incoming, timeout=20)
        await asyncio.to_thread(renewed, one, "application")
        await me.hangup()
        await agent.wait(Disconnected, timeout=20)
        assert (await agent.wait(Incoming, timeout=60)).caller == "375990000003"
        await agent.answer()
        await me.wait(Incoming, timeout=20)
        await me.answer()
        await me.hangup()
        await agent.wait(Disconnected, timeout=20)
    await asyncio.to_thread(until, lambda: _call_back(one).state == "done", 20)
    done = _call_back(one)
    assert (done.attempts, done.outcome) == (2, "reached")
    dialled = one.log.read_text().count(f"call back {done.id} of …0003: attempt")
    assert dialled == 2, "each attempt has one end"
    await asyncio.to_thread(until, lambda: "0 results" in one.ordered(MARKS), 10)


MARKS = "database show firstline-callback"


async def _asks_to_be_called_back(one: Installation, me: Phone) -> None:
    """From a queue, by its key; the stand-in waits then."""
    async with ControlClient(installation(one.state).control).watch() as events:
        await me.dial("611")
        await me.wait(Connected)
        await me.press("0")
        await asyncio.to_thread(one.queued, 1)
        await me.press("*")
        for prompt, key in (("busy-menu", "1"), ("callback-when", "")):
            async for event in events:
                if prompt in event.prompts:
                    break
            if key:
                await me.press(key)
        await me.hangup()
        await me.wait(Disconnected)
    await asyncio.to_thread(one.queued, 1)


def _call_back(one: Installation) -> Callback:
    every = json.decode(one.out("callbacks", "list", "--json", "--all"), type=list[Callback])
    [found] = [each for each in every if each.number == "375990000003"]
    return found


def _a_hung_application_is_replaced(one: Installation) -> None:
    """It hears nothing of a new caller, who comes to the fallback when it is killed."""
    renewed(one, "application", signal.SIGSTOP)
    assert "has not answered for 4 s: killed, to be started again" in one.log.read_text()
