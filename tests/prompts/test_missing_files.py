"""Sound files that are not there, or cannot be played: texts are spoken in their place."""

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from ivr.values import Phrase, Rows, Spoken
from ivr.wants import Screen
from prompts import wav
from prompts.catalogue import read
from prompts.media import PromptMedia
from prompts.telephone import seconds
from prompts.voice import Settings, Voice
from tests.deadlines import allowed
from tests.operators import DEMO

CATALOGUE = read(
    {
        "en.yaml": 'menu: "Hours, press one."\nnews: "{news:each line}"\nline: "{said:spoken}"\n'
        'hours: "From nine to five."\n'
    },
    DEMO,
)
MENU = Screen((Phrase("menu"), Phrase("hours")), "en", pause_at=1)


@pytest.fixture
async def reading(tmp_path: Path) -> AsyncIterator[PromptMedia]:
    recorded(tmp_path / "recordings" / "en" / "menu.wav")
    recorded(tmp_path / "announced.wav")
    async with Voice(Settings(deadline=allowed(4.0)), tmp_path / "cache") as voice:
        yield PromptMedia(voice, CATALOGUE, tmp_path / "recordings")


def recorded(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    wav.write(path, np.full(4000, 0.1, dtype=np.float32))


def removed(files: list[str]) -> None:
    for file in files:
        Path(f"{file}.wav").unlink()


async def test_missing_files_are_made_again(
    reading: PromptMedia, caplog: pytest.LogCaptureFixture
) -> None:
    before = await reading.screen(MENU)
    removed(before)
    after = await reading.screen(MENU)
    assert all(map(seconds, after))
    assert after[0] != before[0], "the text is spoken in place of the recording"
    assert after[-1] == before[-1], "words are spoken again"
    assert before[0] in caplog.text
    assert await reading.screen(MENU) == after
    assert caplog.text.count("sound files are missing") == 1


async def test_a_missing_announcement_is_spoken(reading: PromptMedia, tmp_path: Path) -> None:
    said = Spoken({"en": "We repair the network."}, str(tmp_path / "announced"))
    news = Screen((Phrase("news", {"news": Rows(({"said": said},))}),), "en")
    assert await reading.screen(news) == [str(tmp_path / "announced")]
    removed([str(tmp_path / "announced")])
    [spoken] = await reading.screen(news)
    assert seconds(spoken) > 0.5


async def test_only_what_is_damaged_is_replaced(reading: PromptMedia) -> None:
    before = await reading.screen(MENU)
    Path(f"{before[-1]}.wav").write_bytes(b"RIFF of another kind" * 9)
    reading.unplayable(before)
    after = await reading.screen(MENU)
    assert after[0] == before[0], "the recording is whole, and stays"
    assert wav.read(Path(f"{after[-1]}.wav"))[0].any()


async def test_what_is_whole_and_cannot_be_played_is_replaced(reading: PromptMedia) -> None:
    before = await reading.screen(MENU)
    reading.unplayable(before)
    assert (await reading.screen(MENU))[0] != before[0]


async def test_how_long_files_last(reading: PromptMedia, tmp_path: Path) -> None:
    files = await reading.screen(MENU)
    samples = sum(len(wav.read(Path(f"{file}.wav"))[0]) for file in files)
    assert reading.lasts(files) == samples / 8000
    assert reading.lasts([str(tmp_path / "missing")]) == 0
