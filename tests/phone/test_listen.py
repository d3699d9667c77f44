"""What was heard: prompts are distinguished through all that a telephone does to them."""

import wave
from pathlib import Path

import numpy as np
import pytest
import soxr

from ari_app.phone.listen import heard
from prompts import wav
from prompts.telephone import RATE
from tests.phone.conftest import babble

PROMPT = babble(3.0, seed=11)
OTHER = babble(3.0, seed=12)


def silence(seconds: float) -> wav.Samples:
    return np.zeros(round(seconds * RATE), np.float32)


def file(path: Path, *parts: wav.Samples) -> Path:
    wav.write(path, np.concatenate(parts))
    return path


def mu_law(samples: wav.Samples) -> wav.Samples:
    """There and back through a compander of 8 bits, as G.711 is one."""
    code = np.round(np.sign(samples) * np.log1p(255 * np.abs(samples)) / np.log1p(255) * 127) / 127
    wide = np.sign(code) * np.expm1(np.abs(code) * np.log1p(255)) / 255
    return np.asarray(wide, np.float32)


@pytest.fixture
def prompt(tmp_path: Path) -> Path:
    return file(tmp_path / "prompt.wav", PROMPT)


def test_a_prompt_is_found_where_it_was_played(tmp_path: Path, prompt: Path) -> None:
    sound = mu_law(np.concatenate([silence(1.25), PROMPT * 0.3, OTHER]))
    match = heard(file(tmp_path / "r.wav", sound), prompt)
    assert match.score == pytest.approx(1.0, abs=0.01)
    assert match.at_seconds == pytest.approx(1.25, abs=0.001)
    assert match.heard


def test_another_prompt_is_not_found(tmp_path: Path, prompt: Path) -> None:
    match = heard(file(tmp_path / "r.wav", OTHER, silence(1.0), OTHER), prompt)
    assert match.score < 0.2
    assert not match.heard


@pytest.mark.parametrize("recording", [silence(5.0), silence(0.02)])
def test_nothing_is_found_in_silence(tmp_path: Path, prompt: Path, recording: wav.Samples) -> None:
    assert heard(file(tmp_path / "r.wav", recording), prompt).score < 0.05


def test_prompts_with_a_common_beginning_are_distinguished(tmp_path: Path, prompt: Path) -> None:
    alike = np.concatenate([PROMPT[:RATE], OTHER[RATE:]])
    match = heard(file(tmp_path / "r.wav", alike), prompt)
    assert 0.2 < match.score < 0.6


def test_a_frame_that_a_jitter_buffer_dropped_does_no_harm(tmp_path: Path, prompt: Path) -> None:
    jumpy = np.concatenate([PROMPT[: RATE + 40], PROMPT[RATE + 200 :]])
    assert heard(file(tmp_path / "r.wav", jumpy), prompt).heard


def test_a_jitter_buffer_that_grows_and_shrinks_does_no_harm(tmp_path: Path, prompt: Path) -> None:
    late = np.concatenate([PROMPT[:RATE], silence(0.15), PROMPT[RATE : 2 * RATE]])
    hasty = np.concatenate([late, PROMPT[2 * RATE + 1000 :]])
    assert heard(file(tmp_path / "r.wav", hasty), prompt).heard
    apart = np.concatenate([PROMPT[:RATE], silence(1.0), PROMPT[RATE:]])
    assert not heard(file(tmp_path / "r.wav", apart), prompt).heard


def test_a_prompt_cut_by_a_key_is_found_by_its_first_seconds(tmp_path: Path, prompt: Path) -> None:
    cut = file(tmp_path / "r.wav", silence(0.5), PROMPT[: 12 * RATE // 10], OTHER)
    assert not heard(cut, prompt).heard
    assert heard(cut, prompt, first=1.0).heard


def test_a_second_playback_is_found_after_the_first(tmp_path: Path, prompt: Path) -> None:
    twice = file(tmp_path / "r.wav", PROMPT, silence(1.0), PROMPT)
    assert heard(twice, prompt, after=1.0).at_seconds == pytest.approx(4.0, abs=0.001)


def test_the_end_of_the_call_may_cut_a_little(tmp_path: Path, prompt: Path) -> None:
    cut = file(tmp_path / "r.wav", silence(1.0), PROMPT[: -RATE // 20])
    assert heard(cut, prompt).heard


@pytest.mark.parametrize("rate", [16000, 22050])
def test_rates_may_differ(tmp_path: Path, rate: int) -> None:
    sound = np.clip(soxr.resample(PROMPT, RATE, rate) * 32767, -32768, 32767).astype("<i2")
    wide = tmp_path / "wide.wav"
    with wide.open("wb") as raw, wave.open(raw, "wb") as out:
        out.setparams((1, 2, rate, 0, "NONE", ""))
        out.writeframes(sound.tobytes())
    narrow = file(tmp_path / "r.wav", silence(0.5), PROMPT)
    assert heard(narrow, wide).score > 0.98
    assert heard(wide, file(tmp_path / "p.wav", PROMPT)).score > 0.98


def test_files_that_cannot_be_compared_are_refused(tmp_path: Path, prompt: Path) -> None:
    text = tmp_path / "text.wav"
    text.write_text("no sound")
    with pytest.raises(wav.SoundError, match=r"text\.wav is not a readable WAV"):
        heard(text, prompt)
    with pytest.raises(wav.SoundError, match="it is silent"):
        heard(prompt, file(tmp_path / "mute.wav", silence(1.0)))
