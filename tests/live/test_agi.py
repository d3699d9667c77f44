"""Callers who come while the application has enough to do, or is down: the same menus, over
FastAGI."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from ari_app.phone.handset import Connected, Disconnected, Incoming, Phone
from asterisk_conf.process import started
from tests.deadlines import allowed, pause, until
from tests.heard import assert_heard
from tests.live.installation import Installation, installed

pytestmark = pytest.mark.live

FLOW = """
flow: short
numbers: ["611"]
languages: [ru]
start: main
nodes:
  main: { menu: services-none, keys: { "1": leave, "2": agent }, gave-up: bye }
  leave: { record: language-set, into: message, longest: 30s, quiet: 15s, then: bye, empty: bye }
  agent: { queue: support, on: { ended: bye }, else: bye }
  bye: { end: thanks-bye }
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation that serves one call at a time."""
    menus = tmp_path_factory.mktemp("menus")
    (menus / "short.yaml").write_text(FLOW)
    settings = f'[site]\ncalls = 1\n[menus]\ndirectory = "{menus}"\n[agi]\nenabled = true'
    with installed(tmp_path_factory.mktemp("small") / "state", settings) as one:
        yield one


async def test_more_calls_than_can_be_served_hear_an_apology(
    small: Installation, tmp_path: Path
) -> None:
    recording = tmp_path / "heard.wav"
    async with Phone(small.subscriber(0)) as me, Phone(small.subscriber(1), recording) as you:
        await me.dial("611")
        await me.wait(Connected)
        await asyncio.to_thread(until, lambda: "overload: 1 calls" in small.log.read_text(), 10)
        await you.dial("611")
        await you.wait(Connected)
        await asyncio.to_thread(small.queued, 1)
        await you.hangup()
        await you.wait(Disconnected)
        await me.press("2")  # who is here is served
        await asyncio.to_thread(small.queued, 1)
        await me.hangup()
        await me.wait(Disconnected)
    assert_heard(recording, small.said("sorry-problem"))
    await asyncio.to_thread(until, lambda: "no overload any more" in small.log.read_text(), 20)


@pytest.fixture(scope="module")
def down(small: Installation) -> Installation:
    """The same when its application was stopped, and what `up` had started beside it."""
    beside = small.status().pids["agi"]
    small.out("stop", "--now")
    assert started(beside), "it serves while the application is down"
    os.kill(beside, signal.SIGTERM)
    until(lambda: not started(beside), 20)
    return small


async def test_without_it_a_caller_is_queued_after_an_apology(
    down: Installation, tmp_path: Path
) -> None:
    recording = tmp_path / "heard.wav"
    async with Phone(down.subscriber(0), recording) as me:
        await me.dial("611")
        await me.wait(Connected)
        await asyncio.to_thread(down.queued, 1)
        await me.hangup()
        await me.wait(Disconnected)
    assert_heard(recording, down.said("sorry-problem"))


@pytest.fixture(scope="module")
def served(down: Installation) -> Iterator[None]:
    """`firstline agi`, until SIGTERM."""
    down.log = log = down.state / "agi.log"
    process = down.started("agi", log)
    try:
        until(lambda: "AGI: serving" in log.read_text() or process.poll() is not None, 60)
        yield
    finally:
        process.terminate()
        assert process.wait(allowed(20)) == 0, log.read_text()
    assert "Traceback" not in log.read_text()


@pytest.mark.usefixtures("served")
async def test_a_caller_is_served_by_key_and_queued_for_an_agent(
    down: Installation, tmp_path: Path
) -> None:
    recording = tmp_path / "heard.wav"
    async with Phone(down.agent(0)) as anna, Phone(down.subscriber(0), recording) as me:
        await anna.register()
        await me.dial("611")
        await me.wait(Connected)
        await pause(3)  # some of the menu
        await me.press("2")
        await anna.wait(Incoming, timeout=20)
        await anna.answer()
        await anna.wait(Connected)
        await anna.hangup()
        await me.wait(Disconnected, timeout=20)
    path = await asyncio.to_thread(down.last_call)
    assert "dialled 611 over agi" in path
    assert "key 2  -> agent" in path
    assert "agent (queue)  -> ended" in path
    assert assert_heard(recording, down.said("services-none")).at_seconds < allowed(1)
    assert_heard(recording, down.said("thanks-bye"))
    url = f"http://127.0.0.1:{down.ports.agi_monitoring}/metrics"
    async with aiohttp.request("GET", url) as answer:
        figures = await answer.text()
    assert 'firstline_calls_total{ending="ended",line="agi"} 1.0' in figures
    assert 'firstline_check{check="store"} 1.0' in figures


@pytest.mark.usefixtures("served")
async def test_what_a_caller_says_is_kept(down: Installation) -> None:
    async with Phone(down.subscriber(0)) as me:
        await me.dial("611")
        await me.wait(Connected)
        await me.press("1")
        await asyncio.to_thread(until, lambda: any((down.state / "agi").iterdir()), 20)
        await me.play(down.said("services-none"))
        await me.hangup()
        await me.wait(Disconnected)
    recorded = down.state / "recorded"
    await asyncio.to_thread(until, lambda: recorded.is_dir() and any(recorded.glob("*.wav")), 20)
    assert list((down.state / "agi").iterdir()) == []
