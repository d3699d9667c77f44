"""A supervisor's phone in an agent's call, on a real Asterisk: who hears whom."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from ari_app.ari.link import Link
from ari_app.ari.sending import Settings
from ari_app.ari.sip_messages import PhoneNotRegisteredError
from ari_app.ari.supervisor import SupervisionMode, supervise
from ari_app.phone.handset import Connected, Disconnected, Incoming, Phone
from asterisk_conf.pbx import Pbx
from ivr.secret import Secret
from prompts import wav
from prompts.telephone import RATE
from tests.ami.queue_pbx import OLGA, queue_pbx
from tests.ari.harness import reconcile_nothing
from tests.deadlines import within
from tests.phone.test_live_phone import account

pytestmark = pytest.mark.live

SUPERVISOR = "PJSIP/1001"
VOICES = {"caller": 600, "agent": 1000, "supervisor": 1600}
"""What each says is a tone of so many hertz: that is heard through lost frames, too."""


def spoken(hertz: int) -> wav.Samples:
    """A tone of two seconds."""
    times = np.arange(2 * RATE) / RATE
    return np.asarray(0.5 * np.sin(2 * np.pi * hertz * times), np.float32)


def hears(recording: Path, hertz: int) -> bool:
    """Whether a tone is most of what is heard in some part of a second."""
    sound, rate = wav.read(recording)
    size = rate // 4
    parts = np.abs(np.fft.rfft(sound[: len(sound) // size * size].reshape(-1, size))) ** 2
    place = round(hertz * size / rate)
    loud = parts.sum(axis=1) > 1.0
    share = parts[loud, place - 2 : place + 3].sum(axis=1) / parts[loud].sum(axis=1)
    return bool(share.size) and float(share.max()) > 0.5


@pytest.fixture(scope="module")
def pbx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pbx]:
    with queue_pbx(tmp_path_factory.mktemp("pbx")) as started:
        yield started


@pytest.fixture
async def link(pbx: Pbx) -> AsyncIterator[Link]:
    password = Secret(pbx.site.secrets.ari_password)
    url = f"http://127.0.0.1:{pbx.site.ports.http}"
    link = Link(Settings(url=url, user="firstline", password=password))
    task = asyncio.create_task(link.run(lambda _: None, reconcile_nothing))
    async with within(10):
        await link.wait_connected()
    yield link
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def comes(link: Link, supervisor: Phone) -> None:
    """The supervisor's phone registers, and Asterisk has taken note of it."""
    await supervisor.register()
    async with within(10):
        while (await link.ari.endpoints.get("PJSIP", "1001")).state != "online":
            pass


@pytest.mark.parametrize(
    ("way", "heard_by"), [("listen", ()), ("whisper", ("agent",)), ("barge", ("caller", "agent"))]
)
async def test_who_hears_a_supervisor(
    pbx: Pbx, link: Link, tmp_path: Path, way: SupervisionMode, heard_by: tuple[str, ...]
) -> None:
    for name, hertz in VOICES.items():
        wav.write(tmp_path / f"says-{name}.wav", spoken(hertz))
    async with (
        Phone(account(pbx, "agent2"), tmp_path / "caller.wav") as caller,
        Phone(account(pbx, "agent1"), tmp_path / "agent.wav") as agent,
        Phone(account(pbx), tmp_path / "supervisor.wav") as supervisor,
    ):
        await agent.register()
        await comes(link, supervisor)
        await caller.dial("701")
        await agent.wait(Incoming)
        await agent.answer()
        await caller.wait(Connected)
        await supervise(link.ari, SUPERVISOR, OLGA, way)
        assert (await supervisor.wait(Incoming)).caller == "agent1"
        await supervisor.answer()
        await supervisor.press("5")  # not heard by the others, but the supervisor has joined
        for name, phone in zip(VOICES, (caller, agent, supervisor), strict=True):
            await phone.play(tmp_path / f"says-{name}.wav")
        await caller.hangup()
        await supervisor.wait(Disconnected)  # with the call of the agent
        await agent.wait(Disconnected)
    for who, others in (
        ("supervisor", ("caller", "agent")),
        ("agent", ("caller", "supervisor") if "agent" in heard_by else ("caller",)),
        ("caller", ("agent", "supervisor") if "caller" in heard_by else ("agent",)),
    ):
        recording = tmp_path / f"{who}.wav"
        assert {one for one, hertz in VOICES.items() if hears(recording, hertz)} == set(others), who


async def test_a_supervisor_without_a_phone_or_without_a_call(pbx: Pbx, link: Link) -> None:
    for phone in (SUPERVISOR, "PJSIP/unknown"):
        with pytest.raises(PhoneNotRegisteredError, match="is not registered"):
            await supervise(link.ari, phone, OLGA, "listen")
    async with Phone(account(pbx)) as supervisor:
        await comes(link, supervisor)
        for agent in (OLGA, "PJSIP/", "Local/x@y", "PJSIP/agent1-,w)&System(touch x"):
            await supervise(link.ari, SUPERVISOR, agent, "listen")
            await supervisor.wait(Incoming)
            await supervisor.answer()
            await supervisor.wait(Disconnected)
