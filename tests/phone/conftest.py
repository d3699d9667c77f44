"""A real Asterisk with a dialplan that tries a phone: prompts, keys, an echo, another phone."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from asterisk_conf.pbx import Pbx
from prompts import wav
from prompts.telephone import RATE
from tests.pbx_fixture import running_pbx

DIALPLAN = """
[firstline-subscribers]
exten => 800,1,Answer()
 same => n,Playback({welcome})
 same => n,Hangup()
exten => 801,1,Answer()
 same => n,Read(DIGITS,{welcome},3,,1,5)
 same => n,Set(GLOBAL(KEYED)=${{DIGITS}})
 same => n,Playback({goodbye})
 same => n,Hangup()
exten => 802,1,Answer()
 same => n,Read(DIGITS,,40,,1,5)
 same => n,Set(GLOBAL(MANY)=${{DIGITS}})
 same => n,Hangup()
exten => 803,1,Dial(PJSIP/agent1,20)
exten => *100#,1,Set(GLOBAL(DIALLED)=${{EXTEN}})
 same => n,Hangup(17)
"""


@pytest.fixture(scope="session")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with ``welcome.wav`` (4 s) and ``goodbye.wav`` (2 s), as different as speech."""
    directory = tmp_path_factory.mktemp("sounds")
    wav.write(directory / "welcome.wav", babble(4.0, seed=1))
    wav.write(directory / "goodbye.wav", babble(2.0, seed=2))
    return directory


@pytest.fixture(scope="package")
def pbx(tmp_path_factory: pytest.TempPathFactory, sounds: Path) -> Iterator[Pbx]:
    with running_pbx(tmp_path_factory.mktemp("pbx")) as started:
        text = DIALPLAN.format(welcome=sounds / "welcome", goodbye=sounds / "goodbye")
        with (started.site.paths.etc / "extensions.conf").open("a") as file:
            file.write(text)
        for module in ("app_read.so", "func_global.so"):
            started.cli(f"module load {module}")
        started.cli("dialplan reload")
        yield started


def babble(seconds: float, seed: int) -> wav.Samples:
    """Something like speech for a correlation: noise of the telephone band that swells and ebbs."""
    count = round(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    hertz = np.fft.rfftfreq(count, 1 / RATE)
    spectrum[(hertz < 300) | (hertz > 3400)] = 0
    syllables = 0.55 - 0.45 * np.cos(2 * np.pi * 4 * np.arange(count) / RATE)
    sound = np.fft.irfft(spectrum, count) * syllables
    return np.asarray(0.5 * sound / np.abs(sound).max(), np.float32)
