"""Calls go on while the application is stopped, started again, and asked for by another one."""

import asyncio
import shutil
import signal
from pathlib import Path

import pytest

from ari_app.phone.handset import Connected, Disconnected, Incoming, Phone
from asterisk_conf.process import started
from tests.deadlines import until
from tests.live.installation import Installation, installed

pytestmark = pytest.mark.live


def second(one: Installation, directory: Path) -> Installation:
    """Another application for the Asterisk of an installation, under the same name."""
    asterisk = f'[ari]\nurl = "http://127.0.0.1:{one.ports.http}"\n[site]\ndemo = true'
    other = Installation(directory, asterisk)
    shutil.copy(one.state / "secrets.toml", other.state)
    return other


def spelled(one: Installation) -> Path:
    """Another path to the state directory of an installation."""
    (one.state.parent / "aside").mkdir()
    (one.state.parent / "link").symlink_to(one.state)
    return one.state.parent / "aside" / ".." / "link"


async def test_a_conversation_goes_on_whatever_the_application_does(tmp_path: Path) -> None:
    with installed(tmp_path / "state") as one:
        before = one.status().pids
        async with Phone(one.agent(0)) as agent, Phone(one.subscriber(0)) as me:
            await agent.register()
            await me.dial("611")
            await me.wait(Connected)
            await me.press("0")
            await agent.wait(Incoming, timeout=30)
            await agent.answer()
            await asyncio.to_thread(_another_is_refused, one, tmp_path / "other")
            await asyncio.to_thread(one.kill, signal.SIGTERM)
            one.state = spelled(one)
            await asyncio.to_thread(one.up)
            after = await asyncio.to_thread(one.status)
            assert after.pids["asterisk"] == before["asterisk"]
            assert after.pids["application"] != before["application"]
            assert "2 active channels" in await asyncio.to_thread(
                one.ordered, "core show channels count"
            )
            await asyncio.to_thread(_everything_is_reloaded, one)
            await me.hangup()
            await me.wait(Disconnected)
        await _stops_when_its_call_has_ended(one)
        assert not started(after.pids["asterisk"])


def _another_is_refused(one: Installation, directory: Path) -> None:
    done = second(one, directory).run("up")
    assert done.returncode == 3
    assert f"is served by another process (pid {one.status().pids['application']}" in done.stderr
    assert "stop one of the two, or give one of them another name" in done.stderr
    assert one.status().ari.connected


def _everything_is_reloaded(one: Installation) -> None:
    """An agent, a number, a queue and a trunk are added while two speak."""
    one.out("agents", "add", "newcomer", "--full-name", "New Comer", "--extension", "777")
    file = one.state / "firstline.toml"
    more = '[site]\nnumbers = ["611", "111", "612"]\n[queues.vip]\n[desk]\nhttps = true\n'
    file.write_text(f'{file.read_text()}\n{more}[trunk.carrier]\naddress = "127.0.0.9"\n')
    done = one.run("reload", "--by", "anna")
    assert done.returncode == 0, done.stderr
    assert {f"in force: {each}" for each in ("[site] numbers", "[queues]", "[trunk]")} <= {
        *done.stdout.splitlines()
    }
    assert "at the next start of Firstline: [desk]" in done.stderr
    assert "777" in one.ordered("pjsip show endpoints")
    assert "carrier" in one.ordered("pjsip show endpoints")
    assert "Stasis(firstline,612)" in one.ordered("dialplan show 612@firstline")
    assert "New Comer" in one.ordered("queue show vip")
    assert "2 active channels" in one.ordered("core show channels count")
    file.write_text(f"{file.read_text()}[voice]\nrate = 1\n")
    assert one.run("reload").returncode == 1


async def _stops_when_its_call_has_ended(one: Installation) -> None:
    """`firstline stop` waits for who is in a menu; who comes meanwhile is queued."""
    async with Phone(one.subscriber(0)) as me, Phone(one.subscriber(1)) as late:
        await me.dial("611")
        await me.wait(Connected)
        stopping = asyncio.create_task(asyncio.to_thread(one.out, "stop", "--all"))
        await asyncio.to_thread(until, lambda: "no more calls" in one.log.read_text(), 20)
        await late.dial("611")
        await late.wait(Connected)
        await asyncio.to_thread(one.queued, 1)
        assert not stopping.done()
        assert (await asyncio.to_thread(one.status)).calls.now == 1
        for phone in (me, late):
            await phone.hangup()
            await phone.wait(Disconnected)
        said = await stopping
    assert ("Firstline stopped" in said, "Asterisk stopped" in said) == (True, True)
