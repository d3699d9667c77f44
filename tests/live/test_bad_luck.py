"""What goes wrong around a call, in an installation that runs again after each test."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from ari_app.phone.handset import Connected, Disconnected, Incoming, Phone
from tests.deadlines import until
from tests.heard import assert_heard
from tests.live.installation import Installation, installed
from tests.live.queue_records import differences, stays

pytestmark = pytest.mark.live

DEAD_MAN = 4
"""Seconds until the dialplan takes back the callers of a dead application, in these tests."""
SCREEN = 30
"""The longest screen that may be played to its end before that."""


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation that may be broken, and must be repaired."""
    with installed(tmp_path_factory.mktemp("broken") / "state") as one:
        yield one


async def test_the_application_is_stopped_in_a_call(mine: Installation) -> None:
    """Calls of a stopping application are given back before Asterisk stops."""
    async with Phone(mine.subscriber(0)) as me:
        await me.dial("611")
        await me.wait(Connected)
        assert await asyncio.to_thread(mine.end) == 0
        await me.wait(Disconnected)
    assert "Traceback" not in mine.log.read_text()
    await asyncio.to_thread(mine.up)


async def test_the_application_is_killed(mine: Installation, tmp_path: Path) -> None:
    """New callers reach an agent at once, after an apology; who comes back later finds us again."""
    account, agent_account = mine.subscriber(0), mine.agent(0)
    apology = mine.said("sorry-problem")
    recording = tmp_path / "sorry.wav"
    await asyncio.to_thread(mine.kill)
    async with Phone(agent_account) as agent, Phone(account, recording) as me:
        await agent.register()
        await me.dial("611")
        await me.wait(Connected)
        await agent.wait(Incoming, timeout=20)
        await agent.answer()
        await me.hangup()
        await me.wait(Disconnected)
    assert_heard(recording, apology)
    await asyncio.to_thread(mine.up)
    assert "main-menu" in await asyncio.to_thread(mine.out, "call", "611", "--stay", "0.1")
    await asyncio.to_thread(until, lambda: stays(mine) and not differences(mine), 40)
    [stay] = await asyncio.to_thread(stays, mine)
    assert (stay.how, stay.number, stay.ended is not None) == ("answered", "375990000001", True)


async def test_a_caller_outlives_the_application(tmp_path: Path) -> None:
    """Killed in the middle of a prompt: the dialplan takes the caller back, with an apology."""
    short = {"FIRSTLINE_SITE_DEAD_MAN": f"{DEAD_MAN}"}
    with installed(tmp_path / "state", environment=short) as mine:
        apology = mine.said("sorry-problem")
        recording = tmp_path / "heard.wav"
        async with Phone(mine.subscriber(0), recording) as me:
            await me.dial("611")
            await me.wait(Connected)
            await asyncio.to_thread(mine.kill)
            await asyncio.to_thread(until, lambda: mine.callers_wait(1), SCREEN + 20)
            await me.hangup()
            await me.wait(Disconnected)
        assert_heard(recording, apology)


async def test_asterisk_restarts_under_load(mine: Installation) -> None:
    """The application finds the new Asterisk by itself, and new calls work."""
    async with Phone(mine.subscriber(0)) as one, Phone(mine.subscriber(1)) as two:
        for me in (one, two):
            await me.dial("611")
            await me.wait(Connected)
        await asyncio.to_thread(mine.out, "pbx", "stop")
        await asyncio.to_thread(mine.out, "pbx", "start")
    await asyncio.to_thread(until, mine.ready, 30)
    await asyncio.to_thread(until, lambda: mine.status().calls.now == 0, 20)
    assert "main-menu" in await asyncio.to_thread(mine.out, "call", "611", "--stay", "0.1")
    assert "Traceback" not in mine.log.read_text()


def test_two_installations_side_by_side_and_requests_over_http(
    mine: Installation, tmp_path: Path
) -> None:
    """An Asterisk without REST over WebSocket serves as well."""
    with installed(tmp_path / "second", '[ari]\ntransport = "http"') as second:
        assert [one.status().ari.transport for one in (mine, second)] == ["websocket", "http"]
        for one in (mine, second):
            before = one.status().calls.today
            assert "balance-is" in one.out("call", "611", "--press", "1", "--stay", "0.5")
            until(lambda one=one, n=before: one.status().calls.today == n + 1, 5)  # type: ignore[misc]
