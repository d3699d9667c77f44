"""An operator of another country, from `firstline init` to a call."""

import asyncio
import re
import wave
from functools import partial
from pathlib import Path

import pytest

from ari_app.phone.handset import Connected, Disconnected, Phone
from ari_app.phone.listen import heard
from tests.deadlines import pause
from tests.live.installation import Installation, root

pytestmark = pytest.mark.live


def begun(state: Path, *options: str) -> Installation:
    """An installation of `firstline init`, moved to free ports."""
    one = Installation(state, fresh=True, environment={"FIRSTLINE_ASTERISK_PATH": str(root())})
    file = state / "firstline.toml"
    file.unlink()
    one.as_shipped = False  # its own operator is named in its prompts
    one.out("init", *options)
    text = file.read_text()
    for name in one.ports.__struct_fields__:
        text = re.sub(rf"(?m)^{name} = .*$", f"{name} = {getattr(one.ports, name)}", text)
    file.write_text(text)
    return one


def seconds(wav: Path) -> float:
    with wave.open(str(wav)) as file:
        return float(file.getnframes() / file.getframerate())


def test_an_empty_installation_starts(tmp_path: Path) -> None:
    """No subscriber, no agent: Asterisk has no endpoint that could be subscribed to."""
    one = begun(
        tmp_path / "state", *["--name", "Example", "--country", "PL", "--currency", "EUR"],
        "--timezone", "Europe/Warsaw",
    )  # fmt: skip
    try:
        one.up()
        status = one.status()
        assert status.running
        assert status.ari.connected
        assert not status.subscribers
        assert not status.agents
        assert "demo" not in one.log.read_text()
    finally:
        one.end()


async def test_a_stranger_calls_an_operator_of_another_country(tmp_path: Path) -> None:
    one = begun(
        tmp_path / "state", "--name", "en=Jaryq", "--name", "ru=Жарык", "--country", "Kazakhstan",
        "--currency", "USD", "--timezone", "Asia/Almaty", "--department", "care",
    )  # fmt: skip
    one.out("agents", "add", "aigul", "--full-name", "Aigul", "--extension", "701")
    people = tmp_path / "people.csv"
    people.write_text("number;name;language;area\n87012345678;Daniyar;ru;Almaty\n")
    one.out("subscribers", "import", str(people))
    try:
        await asyncio.to_thread(one.up)
        assert "77012345678, Daniyar" in one.out("subscribers", "show", "+7 701 234 56 78")
        recording = tmp_path / "call.wav"
        welcome = await asyncio.to_thread(partial(one.said, "welcome", lang="en"))
        plain = await asyncio.to_thread(partial(one.said, "plain-menu", lang="en"))
        account = await asyncio.to_thread(one.agent)
        async with Phone(account, recording) as phone:
            await phone.dial("611")
            await phone.wait(Connected)
            await pause(seconds(welcome) + seconds(plain) + 1.5)
            await phone.hangup()
            await phone.wait(Disconnected)
        assert heard(recording, welcome).heard, "the first language of the name is the site's"
        assert heard(recording, plain).heard, "there is no billing, so agents do the rest"
        assert "dialled 611" in await asyncio.to_thread(one.last_call)
    finally:
        one.end()
