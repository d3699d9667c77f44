"""The script of a studio, and what is wrong with what comes back from it."""

import csv
import html
import io
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

from prompts import wav
from prompts.catalogue import read
from prompts.record_check import check, clipped
from prompts.recorded_values import vocabulary
from prompts.studio import as_csv, as_html, script
from prompts.telephone import RATE
from tests.prompts.test_sound_files import speech

CATALOGUE = read(
    {
        "ru.yaml": "hello: Добрый день & <привет>.\nowed: На счёте {x:money}, это {y:money}.\n"
        "language-ru: По-русски.\ntext-sent: Сообщение.\nhello-written: Привет.\n",
        "en.yaml": "hello: Hello.\n",
    }
)
LEVEL = wav.loudness(speech(RATE))


def kinds(directory: Path) -> dict[str, str]:
    """What is wrong, besides words of values that are missing."""
    return {
        each.name: each.kind
        for each in check(directory, CATALOGUE, "ru")
        if not (each.kind == "missing" and each.name.startswith("numbers/"))
    }


def recorded(directory: Path, name: str, decibels: float = 0.0, rate: int = RATE) -> Path:
    """Speech of the level that prompts have, and so many decibels more."""
    path = directory / "ru" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    factor = wav.LOUDNESS / LEVEL * 10 ** (decibels / 20)
    soundfile.write(path, speech(rate) * factor, rate, subtype="PCM_16")
    return path


def test_the_script_has_every_recording_with_its_text() -> None:
    lines = script(CATALOGUE, "ru")
    assert [(each.file, each.text) for each in lines[:4]] == [
        ("hello.wav", "Добрый день & <привет>."),
        ("owed.1.wav", "На счёте"),
        ("owed.2.wav", ", это"),
        ("language-ru.wav", "По-русски."),
    ]
    words = vocabulary("ru", CATALOGUE.operator.currency)
    assert [each.name for each in lines[4:]] == [f"numbers/{name}" for name in words]
    assert [each.text for each in lines[4:]] == [*words.values()]
    table = list(csv.reader(io.StringIO(as_csv(lines))))
    assert table[0] == ["file", "text", "stands in", "section"]
    assert [row[:2] for row in table[1:]] == [[each.file, each.text] for each in lines]
    page = as_html(lines, "ru")
    assert re.findall(r"<code>(.*?)</code>", page) == [each.file for each in lines]
    assert html.escape("Добрый день & <привет>.") in page


def test_what_comes_back_whole_is_in_order(tmp_path: Path) -> None:
    for line in script(CATALOGUE, "ru"):
        recorded(tmp_path, line.file)
    assert not list(check(tmp_path, CATALOGUE, "ru"))


def test_each_fault_is_found(tmp_path: Path) -> None:
    recorded(tmp_path, "owed.1.wav", -12.0)
    recorded(tmp_path, "owed.2.wav", 9.0)
    recorded(tmp_path, "language-ru.wav", rate=44_100)
    recorded(tmp_path, "owed.wav")
    recorded(tmp_path, "owed.7.wav")
    recorded(tmp_path, "helo.wav")
    recorded(tmp_path, "numbers/12.wav")
    recorded(tmp_path, "numbers/dozen.wav")
    recorded(tmp_path, "numbers/13.wav").write_bytes(b"no sound")
    assert kinds(tmp_path) == {
        "hello": "missing",
        "owed.1": "quiet",
        "owed.2": "loud",
        "language-ru": "converted",
        "owed": "unknown",
        "owed.7": "unknown",
        "helo": "unknown",
        "numbers/dozen": "unknown",
        "numbers/13": "unreadable",
    }
    texts = {each.name: each.text for each in check(tmp_path, CATALOGUE, "ru")}
    assert "raise it by 12 dB" in texts["owed.1"]
    assert "lower it by 9 dB" in texts["owed.2"]
    assert "….1.wav (На счёте), ….2.wav (, это)" in texts["owed"]
    assert texts["numbers/14"] == "четырнадцать"
    assert "numbers/12" not in texts


def test_a_clipped_recording_and_one_with_long_silence(tmp_path: Path) -> None:
    path = recorded(tmp_path, "hello.wav")
    samples, _ = wav.read(path)
    soundfile.write(path, np.clip(samples * 20, -1, 1), RATE, subtype="PCM_16")
    assert "clipped" in [each.kind for each in check(tmp_path, CATALOGUE, "ru")]
    soundfile.write(path, np.concatenate([np.zeros(RATE), samples]), RATE, subtype="PCM_16")
    [pause] = [each for each in check(tmp_path, CATALOGUE, "ru") if each.name == "hello"]
    assert pause.text.startswith("1.")


@pytest.mark.parametrize(
    ("samples", "expected"),
    [([0.0, 1.0, 1.0, 0.0], False), ([0.0, 1.0, 1.0, 1.0], True), ([-1.0, 1.0, -1.0], True)],
)
def test_clipping_is_several_samples_at_full_scale(samples: list[float], expected: bool) -> None:
    assert clipped(np.array(samples, dtype=np.float32)) is expected
