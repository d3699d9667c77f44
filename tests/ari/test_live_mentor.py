"""A mentor's phone in the call of an agent's, on a real Asterisk: who hears whom."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from ari_app.ari.link import Link
from ari_app.ari.mentor import Way, mentor
from ari_app.ari.sending import Settings
from ari_app.ari.texts import NoPhoneError
from ari_app.phone.handset import Connected, Disconnected, Incoming, Phone
from ari_app.phone.listen import heard
from asterisk_conf.pbx import Pbx
from ivr.secret import Secret
from prompts import wav
from tests.ami.floor import OLGA, floor_pbx
from tests.ari.house import asked_nothing
from tests.phone.conftest import babble
from tests.phone.test_live_phone import account

pytestmark = pytest.mark.live

MENTOR = "PJSIP/1001"
NAMES = ("caller", "agent", "mentor")


@pytest.fixture(scope="module")
def pbx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pbx]:
    with floor_pbx(tmp_path_factory.mktemp("pbx")) as started:
        yield started


@pytest.fixture
async def link(pbx: Pbx) -> AsyncIterator[Link]:
    password = Secret(pbx.site.secrets.ari_password)
    url = f"http://127.0.0.1:{pbx.site.ports.http}"
    link = Link(Settings(url=url, user="firstline", password=password))
    task = asyncio.create_task(link.run(lambda _: None, asked_nothing))
    async with asyncio.timeout(10):
        await link.wait_connected()
    yield link
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    ("way", "hear_him"), [("listen", ()), ("whisper", ("agent",)), ("barge", ("caller", "agent"))]
)
async def test_who_hears_a_mentor(
    pbx: Pbx, link: Link, tmp_path: Path, way: Way, hear_him: tuple[str, ...]
) -> None:
    for seed, name in enumerate(NAMES, 21):
        wav.write(tmp_path / f"says-{name}.wav", babble(2.0, seed))

    def hears(who: str, whom: str) -> float:
        return heard(tmp_path / f"{who}.wav", tmp_path / f"says-{whom}.wav").score

    async with (
        Phone(account(pbx, "agent2"), tmp_path / "caller.wav") as caller,
        Phone(account(pbx, "agent1"), tmp_path / "agent.wav") as agent,
        Phone(account(pbx), tmp_path / "mentor.wav") as him,
    ):
        await agent.register()
        await him.register()
        await caller.dial("701")
        await agent.wait(Incoming)
        await agent.answer()
        await caller.wait(Connected)
        await mentor(link.ari, MENTOR, OLGA, way)
        assert (await him.wait(Incoming)).caller == "agent1"
        await him.answer()
        await him.press("5")  # heard by nobody, but now he is in
        for name, phone in zip(NAMES, (caller, agent, him), strict=True):
            await phone.play(tmp_path / f"says-{name}.wav")
        await caller.hangup()
        await him.wait(Disconnected)  # with the call of the agent
        await agent.wait(Disconnected)
    assert min(hears("mentor", "caller"), hears("mentor", "agent")) > 0.5
    assert [name for name in NAMES[:2] if hears(name, "mentor") > 0.4] == list(hear_him)
    assert min(hears("agent", "caller"), hears("caller", "agent")) > 0.5


async def test_a_mentor_without_a_phone_or_without_a_call(pbx: Pbx, link: Link) -> None:
    for phone in (MENTOR, "PJSIP/nobody"):
        with pytest.raises(NoPhoneError, match="is not registered"):
            await mentor(link.ari, phone, OLGA, "listen")
    async with Phone(account(pbx)) as him:
        await him.register()
        for agent in (OLGA, "PJSIP/", "Local/x@y", "PJSIP/agent1-,w)&System(touch x"):
            await mentor(link.ari, MENTOR, agent, "listen")
            await him.wait(Incoming)
            await him.answer()
            await him.wait(Disconnected)
