"""An agent's phone without a hand, beside a caller."""

import asyncio
import os
import re
import signal
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ari_app.phone.handset import Connected, Disconnected, Phone, PhoneError
from tests.asterisk_conf import phone as sip
from tests.deadlines import until, within
from tests.heard import assert_heard
from tests.live.installation import ROOT, Installation

pytestmark = pytest.mark.live

PATIENCE = 40
"""Seconds in which an agent is rung, who may be in wrap-up before."""


@asynccontextmanager
async def agent(one: Installation, *options: str) -> AsyncIterator[Process]:
    """`firstline agent`, ready for calls."""
    command = one.command("agent", "--as", "anna", *options)
    environment = {**os.environ, "PYTHONFAULTHANDLER": "1"}
    process = await asyncio.create_subprocess_exec(
        *command, stdout=PIPE, stderr=STDOUT, cwd=ROOT, env=environment
    )
    try:
        assert await next_line(process) == "phone 701 of anna is ready; Ctrl-C ends it"
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGABRT)  # it says where it stands
            assert process.stdout is not None
            print((await process.stdout.read()).decode())
        await process.wait()


async def next_line(process: Process) -> str:
    """The next line that it prints, without the time of day."""
    assert process.stdout is not None
    async with within(PATIENCE):
        line = (await process.stdout.readline()).decode()
    at, text = line.rstrip().split("  ", 1)
    assert re.fullmatch(r"\d\d:\d\d:\d\d", at)
    return text


async def test_an_agent_speaks_with_a_caller(firstline: Installation, tmp_path: Path) -> None:
    words, recording = firstline.said("thanks-bye"), tmp_path / "caller.wav"
    options = ("--answer-after", "1s", "--say", str(words), "--hang-up-after", "5s", "--once")
    async with agent(firstline, *options) as anna, Phone(firstline.subscriber(10), recording) as me:
        await me.dial("611")
        await me.wait(Connected)
        await me.press("0")
        assert (await next_line(anna)).startswith("rings: 375990000011 ")
        assert await next_line(anna) == "answered"
        assert re.fullmatch(r"ended after 0:(0[5-9]|\d\d)", await next_line(anna))
        async with within(PATIENCE):
            assert await anna.wait() == 0
        await me.hangup()
        await me.wait(Disconnected)
    assert_heard(recording, words)


async def test_the_phone_of_a_suspended_agent_is_refused_at_once(firstline: Installation) -> None:
    account = firstline.agent(1)
    said = await asyncio.to_thread(firstline.out, "agents", "suspend", "boris")
    assert "Asterisk knows of it" in said
    async with Phone(account) as boris:
        with pytest.raises(PhoneError):
            await boris.register()
    await asyncio.to_thread(firstline.out, "agents", "resume", "boris")
    async with Phone(account) as boris:
        await boris.register()


async def test_a_code_that_there_is_not_is_answered_and_occupies_no_agent(
    firstline: Installation, tmp_path: Path
) -> None:
    said, recording = firstline.said("ussd-unknown"), tmp_path / "caller.wav"
    russian = next(each for each in firstline.status().subscribers if each.language == "ru")
    async with Phone(firstline.account(russian), recording) as me:
        await me.dial("*999*1#")
        await me.wait(Connected)
        await me.wait(Disconnected, timeout=30)
    assert_heard(recording, said)
    assert "dialled *999*1#, a code that no flow has" in firstline.log.read_text()


async def test_who_guesses_passwords_of_phones_is_shut_out(firstline: Installation) -> None:
    """With the right one, too, for now; another address goes on."""
    boris = firstline.agent(1)

    def register(address: str, password: str) -> int:
        with sip.Phone(boris.port, boris.user, password, address=address) as phone:
            return phone.register()

    def shut_out() -> bool:
        return register("127.0.0.9", "guess") == 403

    await asyncio.to_thread(until, shut_out, 40)
    assert await asyncio.to_thread(register, "127.0.0.9", boris.password) == 403
    assert await asyncio.to_thread(register, "127.0.0.8", boris.password) == 200
    assert "SIP: 127.0.0.9 is shut out for 600 s" in firstline.log.read_text()


async def test_a_phone_only_rings_until_it_is_ended(firstline: Installation) -> None:
    async with agent(firstline) as anna:
        async with Phone(firstline.subscriber(11)) as me:
            await me.dial("611")
            await me.wait(Connected)
            await me.press("0")
            assert (await next_line(anna)).startswith("rings: 375990000012 ")
            await me.hangup()
        assert re.fullmatch(r"stopped ringing after \d:\d\d", await next_line(anna))
        anna.send_signal(signal.SIGINT)
        assert anna.stdout is not None
        async with within(PATIENCE):
            assert await anna.stdout.read() == b""
            assert await anna.wait() == 0
