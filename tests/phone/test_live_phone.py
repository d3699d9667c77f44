"""The phone against a real Asterisk, which says what it got; and what a dying phone says."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from ari_app.phone.handset import (
    Account,
    Connected,
    Disconnected,
    Incoming,
    Phone,
    PhoneError,
    Pressed,
    Ringing,
    Transport,
)
from ari_app.phone.listen import heard
from ari_app.phone.messages import Dial, Ready, Start, event, to_line
from asterisk_conf.pbx import Pbx
from tests.deadlines import allowed
from tests.heard import assert_heard

pytestmark = pytest.mark.live


def account(pbx: Pbx, user: str = "1001") -> Account:
    passwords = {one.user: one.password for one in pbx.site.subscribers}
    passwords |= {one.user: one.password for one in pbx.site.agents}
    return Account(user, passwords[user], pbx.site.host, pbx.site.ports.sip)


def asterisk_got(pbx: Pbx, name: str) -> str:
    found = re.search(rf"^\s*{name}=(.*)$", pbx.cli("dialplan show globals"), re.MULTILINE)
    return found[1].strip() if found else ""


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_prompt_is_recorded_as_it_was_played(
    pbx: Pbx, sounds: Path, tmp_path: Path, transport: Transport
) -> None:
    async with Phone(account(pbx), tmp_path / "heard.wav", transport=transport) as phone:
        await phone.dial("800")
        await phone.wait(Connected)
        ended = await phone.wait(Disconnected)
        assert ended.recording == str(tmp_path / "heard.wav")
        welcome = assert_heard(tmp_path / "heard.wav", sounds / "welcome.wav")
        assert welcome.at_seconds < allowed(0.4)
        assert heard(tmp_path / "heard.wav", sounds / "goodbye.wav").score < 0.4


async def test_keys_are_pressed_into_a_prompt(pbx: Pbx, sounds: Path, tmp_path: Path) -> None:
    async with Phone(account(pbx), tmp_path / "heard.wav") as phone:
        await phone.dial("801")
        await phone.wait(Connected)
        await phone.press("4")
        first = await phone.wait(Pressed)
        await phone.press("2#")
        await phone.wait(Disconnected)
    assert first.key == "4"
    assert asterisk_got(pbx, "KEYED") == "42"
    assert not heard(tmp_path / "heard.wav", sounds / "welcome.wav").heard
    assert_heard(tmp_path / "heard.wav", sounds / "goodbye.wav")


async def test_many_keys_arrive_in_order(pbx: Pbx) -> None:
    async with Phone(account(pbx)) as phone:
        await phone.dial("802")
        await phone.wait(Connected)
        await phone.press("0123456789" * 4)
        await phone.wait(Disconnected)
    assert asterisk_got(pbx, "MANY") == "0123456789" * 4


async def test_a_code_is_dialled_as_it_is(pbx: Pbx) -> None:
    async with Phone(account(pbx)) as phone:
        await phone.dial("*100#")
        assert (await phone.wait(Disconnected)).code == 486
    assert asterisk_got(pbx, "DIALLED") == "*100#"


async def test_two_phones_talk(pbx: Pbx, sounds: Path, tmp_path: Path) -> None:
    async with (
        Phone(account(pbx), tmp_path / "caller.wav") as caller,
        Phone(account(pbx, "agent1"), tmp_path / "agent.wav", answer_after=0.2) as agent,
    ):
        await agent.register()
        await caller.dial("803")
        await caller.wait(Ringing)
        assert (await agent.wait(Incoming)).caller == pbx.site.subscribers[0].number
        await caller.wait(Connected)
        await agent.wait(Connected)
        await caller.play(sounds / "goodbye.wav")
        await agent.play(sounds / "goodbye.wav")
        await agent.hangup()
        assert (await caller.wait(Disconnected)).code == 200
        await caller.hangup()
    assert_heard(tmp_path / "agent.wav", sounds / "goodbye.wav")
    assert_heard(tmp_path / "caller.wav", sounds / "goodbye.wav")


async def test_a_ringing_phone_can_answer_or_refuse(pbx: Pbx) -> None:
    async with Phone(account(pbx)) as caller, Phone(account(pbx, "agent1")) as agent:
        await agent.register()
        await caller.dial("803")
        await agent.wait(Incoming)
        await agent.hangup()
        with pytest.raises(PhoneError, match=r"Connected: the call has ended: 486"):
            await caller.wait(Connected)
        await caller.dial("803")
        await agent.wait(Incoming)
        await agent.answer()
        await caller.wait(Connected)
        await caller.hangup()
        await agent.wait(Disconnected)


async def test_later_calls_are_recorded_beside_the_first(pbx: Pbx, tmp_path: Path) -> None:
    async with Phone(account(pbx), tmp_path / "heard.wav") as phone:
        for name in ("heard.wav", "heard-2.wav"):
            await phone.dial("800")
            await phone.wait(Connected)
            await phone.hangup()
            assert (await phone.wait(Disconnected)).recording == str(tmp_path / name)


async def test_what_the_server_refuses_is_said(pbx: Pbx) -> None:
    async with Phone(Account("1001", "wrong", port=pbx.site.ports.sip)) as phone:
        with pytest.raises(PhoneError, match="register: 401"):
            await phone.register()
        await phone.dial("800")
        with pytest.raises(PhoneError, match="the call has ended: 401"):
            await phone.wait(Connected)
    async with Phone(account(pbx)) as phone:
        await phone.dial("5550000")
        with pytest.raises(PhoneError, match="the call has ended: 404"):
            await phone.wait(Connected)


async def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    async with Phone(Account("1001", "one", port=9)) as phone:
        with pytest.raises(PhoneError, match="press: there is no call"):
            await phone.press("1")
        with pytest.raises(PhoneError, match="press: 'x' are no keys"):
            await phone.press("x")
        with pytest.raises(PhoneError, match="answer: there is no incoming call"):
            await phone.answer()
        with pytest.raises(PhoneError, match="No such file"):
            await phone.play(tmp_path / "missing.wav")
        with pytest.raises(PhoneError, match="Connected: nothing in 0 s"):
            await phone.wait(Connected, timeout=0)
        await phone.hangup()
    with pytest.raises(PhoneError, match="the phone cannot start"):
        async with Phone(Account("1001", "one", host="no-such-host.invalid")):
            pass


async def test_a_wait_fails_when_the_phone_process_dies() -> None:
    async with Phone(Account("1001", "one", port=9)) as phone:
        os.kill(phone.pid, signal.SIGKILL)
        with pytest.raises(PhoneError, match="the phone has ended: its process ended with -9"):
            await phone.wait(Connected)
        with pytest.raises(PhoneError, match="dial: the phone has ended"):
            await phone.dial("611")


async def test_the_process_ends_with_the_phone() -> None:
    async with Phone(Account("1001", "one", port=9)) as phone:
        pid = phone.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_process_ends_with_its_parent() -> None:
    start = to_line(Start(Account("1001", "one", port=9)))
    command = [sys.executable, "-m", "ari_app.phone.softphone"]
    with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(start)
        process.stdin.flush()
        assert isinstance(event(process.stdout.readline()), Ready)
        process.stdout.close()
        process.stdin.write(to_line(Dial("800")))
        process.stdin.close()
        assert process.wait(timeout=allowed(5)) == 0


def test_a_password_shows_in_no_repr() -> None:
    assert "secret" not in repr(Account("1001", "secret"))
