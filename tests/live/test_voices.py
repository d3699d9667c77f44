"""A caller hears RHVoice, and espeak where RHVoice cannot speak; the only test that fetches it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import json

from ari_app.main import voices
from ari_app.main.installation import installation
from ari_app.phone.handset import Connected, Disconnected, Phone
from prompts import rhvoice_files, wav
from tests.heard import assert_heard
from tests.live.installation import ROOT, Installation
from tests.shipped import texts

pytestmark = [pytest.mark.live, pytest.mark.slow]

FLOW = """
flow: short
numbers: ["611"]
languages: [ru, en]
start: balance
nodes:
  balance: { do: balance, on: { ok: amount }, else: bye }
  amount: { say: balance-is, then: bye }
  bye: { end: thanks-bye }
"""

SAID = (("thanks-bye",), ("balance-is", "balance=12.50"))
YES = {"ru": "Да.", "be": "Так.", "en": "Yes."}
"""What is said in the place of texts that are not listened to: all are spoken ahead."""


@pytest.fixture(scope="module")
def unpacked() -> Path:
    """RHVoice: of ``FIRSTLINE_VOICE_PATH``, or fetched into the repository's state directory."""
    named = os.environ.get("FIRSTLINE_VOICE_PATH")
    state = installation(ROOT / ".firstline")
    root = Path(named) if named else state.rhvoice
    if not (root / "usr").is_dir():
        voices.fetch(state, lambda what, percent: print(f"{what} {percent:.0f} %"))
    return root


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory, unpacked: Path) -> Iterator[Installation]:
    """An installation that RHVoice speaks in. It is up in one test alone: until it is down, it
    speaks all prompts ahead."""
    menus = tmp_path_factory.mktemp("menus")
    (menus / "short.yaml").write_text(FLOW)
    (menus / "prompts").mkdir()
    words, kept = texts(), [name for name, *_ in SAID]
    for language, yes in YES.items():
        short = {name: yes for name in words.texts[language] if not words.slots(name)}
        own = json.encode({name: text for name, text in short.items() if name not in kept})
        (menus / "prompts" / f"{language}.yaml").write_bytes(own)
    settings = f'[voice]\npath = "{unpacked}"\n[menus]\ndirectory = "{menus}"'
    state = tmp_path_factory.mktemp("rhvoice") / "state"
    running = Installation(state, settings, environment={"FIRSTLINE_VOICE_ENGINE": "rhvoice"})
    try:
        yield running
    finally:
        running.away()


def test_only_free_voices_are_there(unpacked: Path) -> None:
    found = rhvoice_files.find(unpacked)
    assert found is not None
    there = set(found.voices())
    assert there == {(lang, each) for lang, names in rhvoice_files.free().items() for each in names}


def test_each_language_is_spoken_by_its_voice(one: Installation) -> None:
    said = one.out("voices", "test").splitlines()
    assert [line.split(" spoke ")[0].rsplit(" ", 1)[0] for line in said] == [
        "ru: rhvoice:Irina",
        "be: espeak:zle/be",
        "en: rhvoice:SLT",
    ]


async def test_a_caller_hears_it(one: Installation, tmp_path: Path) -> None:
    recording = tmp_path / "heard.wav"
    for words in SAID:  # so that they are there before all the other prompts
        one.said(*words)
    one.up()
    async with Phone(one.subscriber(0), recording) as me:
        await me.dial("611")
        await me.wait(Connected)
        await me.wait(Disconnected, timeout=60)
    one.away()
    fixed, value = (one.said(*words) for words in SAID)
    assert_heard(recording, value)
    assert_heard(recording, fixed)
    assert wav.loudness(wav.read(fixed)[0]) == pytest.approx(wav.LOUDNESS, rel=0.1)


def test_a_voice_of_another_language_is_refused(one: Installation) -> None:
    """RHVoice itself would speak with any voice that it has."""
    settings = one.state / "firstline.toml"
    before = settings.read_text()
    try:
        settings.write_text(f'{before}\n[voice.en]\nvoice = "Anna"\n')
        done = one.run("voices", "test", "--lang", "en")
        assert done.returncode == 1
        assert "'Anna' does not speak en but ru: set one of Alan, Bdl, Slt" in done.stdout
        settings.write_text(f'{before}\n[voice.ru]\nvoice = "Missing"\n')
        done = one.run("prompts", "say", "Раз.", "-o", str(one.state / "said.wav"))
        assert done.returncode == 1
        assert "RHVoice has no voice 'Missing'" in done.stderr
    finally:
        settings.write_text(before)
