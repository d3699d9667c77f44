"""Silence between words: in a text, before a menu, and after a key."""

import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from ivr.values import Phrase
from ivr.wants import Screen
from prompts import wav
from prompts.catalogue import merge, read
from prompts.durations import prompt_texts
from prompts.media import PromptMedia
from prompts.plan import phrase_text
from prompts.telephone import playable
from prompts.voice import Settings, Voice
from tests.deadlines import allowed
from tests.operators import DEMO

pytestmark = pytest.mark.slow

CATALOGUE = read(
    {
        "en.yaml": 'owed: "You have five."\nmenu: "Hours, press one."\n'
        'steps: "Switch it off.{pause:1.5s}Wait. {pause:500ms} Switch it on."\n'
        'later: "{pause:2s} Hours, press one."\nover: "Done. {pause:1s}"\n'
    },
    DEMO,
)
INFORMED = Screen((Phrase("owed"), Phrase("menu")), "en", pause_at=1)


@pytest.fixture
async def reading(tmp_path: Path) -> AsyncIterator[PromptMedia]:
    recordings = tmp_path / "recordings"
    async with Voice(Settings(deadline=allowed(4.0)), tmp_path / "cache") as voice:
        yield PromptMedia(voice, CATALOGUE, recordings)


def silences(files: list[str]) -> list[float]:
    """The seconds of silence between the words of files."""
    found: list[float] = []
    for silent, group in itertools.groupby(map(sound, files), lambda samples: not samples.any()):
        if silent:
            found.append(round(sum(map(len, group)) / 8000, 3))
    return found


def sound(file: str) -> wav.Samples:
    return wav.read(Path(f"{file}.wav"))[0]


@pytest.mark.parametrize(
    ("screen", "expected"),
    [
        (Screen((Phrase("owed"), Phrase("menu")), "en"), []),
        (INFORMED, [0.3]),  # and 0.2 s with which a sentence ends
        (Screen(INFORMED.phrases, "en", pause_at=1, pause=1.0), [0.8]),
        (Screen(INFORMED.phrases, "en", pause_at=1, pause=0.0), []),
        (Screen((Phrase("menu"),), "en", pause_at=0), [0.3]),
        (Screen((Phrase("steps"),), "en"), [1.5, 0.5]),
        (Screen((Phrase("owed"), Phrase("later")), "en", pause_at=1), [2.0]),
        (Screen((Phrase("over"), Phrase("menu")), "en", pause_at=1), [1.0]),
    ],
)
async def test_silences_of_a_screen(
    reading: PromptMedia, screen: Screen, expected: list[float]
) -> None:
    files = await reading.screen(screen)
    assert silences(files) == expected
    assert all(playable(Path(f"{file}.wav")) for file in files)


async def test_half_a_second_stands_between_information_and_a_menu(reading: PromptMedia) -> None:
    files = await reading.screen(INFORMED)
    played = np.concatenate([sound(file) for file in files])
    loud = np.flatnonzero(np.abs(played) > 0.01)
    longest = np.diff(loud).max() / 8000
    assert 0.45 <= longest <= 0.6


@pytest.mark.parametrize(
    ("since", "expected"), [(0.01, 0.5), (0.21, 0.3), (0.6, 0.0), (float("inf"), 0.0)]
)
async def test_what_is_left_of_the_pause_after_a_key(
    reading: PromptMedia, since: float, expected: float
) -> None:
    files = reading.silence_after_key(since)
    assert sum(silences(files)) == expected


async def test_a_recording_is_followed_by_the_whole_pause(
    reading: PromptMedia, tmp_path: Path
) -> None:
    target = tmp_path / "recordings" / "en" / "owed.wav"
    target.parent.mkdir(parents=True)
    wav.write(target, np.full(4000, 0.1, dtype=np.float32))
    recorded = PromptMedia(reading.voice, CATALOGUE, tmp_path / "recordings")
    assert silences(await recorded.screen(INFORMED)) == [0.5]


def test_a_text_to_read_has_no_pause() -> None:
    assert phrase_text(CATALOGUE, Phrase("steps"), "en") == "Switch it off. Wait. Switch it on."


def test_a_pause_counts_for_the_length_of_a_menu() -> None:
    texts = prompt_texts(CATALOGUE)
    difference = texts["later"]["en"].seconds - texts["menu"]["en"].seconds
    assert 2.0 <= difference < 2.2


@pytest.mark.parametrize("wrong", ["6s", "0s", "500", "1h", "0.5.1s"])
def test_what_is_no_pause(wrong: str) -> None:
    found = merge(CATALOGUE, {"en.yaml": f'menu: "Hours. {{pause:{wrong}}} Press one."'}).problems
    assert [str(each) for each in found] == [
        f"en.yaml:1:15: {wrong!r} is no pause: write 500ms or 1s, up to 5s"
    ]
