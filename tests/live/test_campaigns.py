"""A campaign calls: one who answers, one who is busy, one whose machine answers."""

import asyncio
import wave
from pathlib import Path

import numpy as np
import pytest
from msgspec import json

from ari_app.phone.handset import Connected, Disconnected, Incoming, Phone
from ari_app.store.campaigns import Reach
from tests.deadlines import pause, until
from tests.heard import assert_heard
from tests.live.installation import Installation

pytestmark = pytest.mark.live

PERSON, BUSY, MACHINE = 15, 16, 17
RATE = 8000
NOW = ("--tries", "1", "--from", "0:00", "--to", "24:00")


def hello(file: Path) -> Path:
    """A person's word, and the silence in which they wait for an answer."""
    word = np.random.default_rng(1).integers(-9000, 9000, RATE // 2, dtype="<i2")
    with wave.open(str(file), "wb") as out:
        out.setparams((1, 2, RATE, 0, "NONE", ""))
        out.writeframes(word.tobytes() + bytes(2 * RATE * 2))
    return file


def reach(firstline: Installation) -> Reach:
    shown = json.decode(firstline.out("campaigns", "show", "over", "--json"))
    return json.decode(json.encode(shown["reach"]), type=Reach)


async def test_who_answers_hears_it_once_and_may_refuse(
    firstline: Installation, tmp_path: Path
) -> None:
    recording, numbers = tmp_path / "person.wav", tmp_path / "numbers"
    word, greeting = hello(tmp_path / "hello.wav"), firstline.said("campaign-mended")
    accounts = [firstline.subscriber(each) for each in (PERSON, BUSY, MACHINE)]
    numbers.write_text("".join(f"37599000{each + 1:04}\n" for each in (PERSON, BUSY, MACHINE)))
    adding = ("campaigns", "add", "over", "--call", "outage-over", "--numbers", str(numbers))
    assert "would call 3 numbers" in firstline.out(*adding, *NOW, "--dry-run")
    async with (
        Phone(accounts[0], recording) as person,
        Phone(accounts[1]) as busy,
        Phone(accounts[2], tmp_path / "machine.wav") as machine,
    ):
        for phone in (person, busy, machine):
            await phone.register()
        await busy.dial("611")
        await busy.wait(Connected)
        await asyncio.to_thread(firstline.out, *adding, *NOW)
        assert (await machine.wait(Incoming, timeout=20)).caller == "611"
        await machine.answer()
        await machine.play(greeting)
        await person.wait(Incoming, timeout=20)
        await person.answer()
        await person.play(word)
        await asyncio.to_thread(until, lambda: reach(firstline).answered == 1, 20)
        await machine.wait(Disconnected, timeout=20)
        await pause(2)  # of what is said
        await person.press("8")
        await person.wait(Disconnected, timeout=30)
        called = Reach(waiting=1, refused=1, machine=1)  # not who is in a call
        await asyncio.to_thread(until, lambda: reach(firstline) == called, 20)
        await busy.hangup()
        await busy.wait(Incoming, timeout=20)
        await busy.hangup()
        over = Reach(refused=1, busy=1, machine=1)
        await asyncio.to_thread(until, lambda: reach(firstline) == over, 20)
    refused = firstline.said("campaign-refused")
    assert_heard(recording, greeting, first=1)
    assert_heard(recording, refused)
