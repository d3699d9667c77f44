"""An agent's phone without a hand, beside a caller."""

import asyncio
import re
import signal
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ari_app.phone.handset import Connected, Disconnected, Phone
from ari_app.phone.listen import heard
from tests.deadlines import within
from tests.live.installation import ROOT, Installation

pytestmark = pytest.mark.live

PATIENCE = 40
"""Seconds in which an agent is rung, who may rest from a call before."""


@asynccontextmanager
async def agent(house: Installation, *options: str) -> AsyncIterator[Process]:
    """`firstline agent`, ready for calls."""
    command = house.command("agent", "--as", "anna", *options)
    one = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=STDOUT, cwd=ROOT)
    try:
        assert await told(one) == "phone 701 of anna is ready; Ctrl-C ends it"
        yield one
    finally:
        if one.returncode is None:
            one.kill()
        await one.wait()


async def told(one: Process) -> str:
    """The next line, without the time of day."""
    assert one.stdout is not None
    async with within(PATIENCE):
        line = (await one.stdout.readline()).decode()
    at, text = line.rstrip().split("  ", 1)
    assert re.fullmatch(r"\d\d:\d\d:\d\d", at)
    return text


async def test_he_picks_up_speaks_and_puts_down(firstline: Installation, tmp_path: Path) -> None:
    words, recording = firstline.said("thanks-bye"), tmp_path / "caller.wav"
    options = ("--answer-after", "1s", "--say", str(words), "--hang-up-after", "5s", "--once")
    async with agent(firstline, *options) as anna, Phone(firstline.subscriber(10), recording) as me:
        await me.dial("611")
        await me.wait(Connected)
        await me.press("0")
        assert (await told(anna)).startswith("rings: 375990000011 ")
        assert await told(anna) == "answered"
        assert await told(anna) == "ended after 0:05"
        async with within(PATIENCE):
            assert await anna.wait() == 0
        await me.hangup()
        await me.wait(Disconnected)
    assert heard(recording, words).heard


async def test_he_only_rings_until_he_is_sent_home(firstline: Installation) -> None:
    async with agent(firstline) as anna:
        async with Phone(firstline.subscriber(11)) as me:
            await me.dial("611")
            await me.wait(Connected)
            await me.press("0")
            assert (await told(anna)).startswith("rings: 375990000012 ")
            await me.hangup()
        assert re.fullmatch(r"stopped ringing after 0:0\d", await told(anna))
        anna.send_signal(signal.SIGINT)
        assert anna.stdout is not None
        async with within(PATIENCE):
            assert await anna.stdout.read() == b""
            assert await anna.wait() == 0
