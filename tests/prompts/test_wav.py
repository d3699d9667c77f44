"""Sound for the telephone, with signals whose right answer is known."""

import wave
from pathlib import Path

import numpy as np
import pytest

from prompts.telephone import RATE, playable
from prompts.wav import LOUDNESS, PEAK, Samples, SoundError, phone, read, write


def tone(hertz: float, seconds: float, rate: int = 22050, loud: float = 0.5) -> Samples:
    at = np.arange(int(seconds * rate)) / rate
    return (loud * np.sin(2 * np.pi * hertz * at)).astype(np.float32)


def silence(seconds: float, rate: int = 22050) -> Samples:
    return np.zeros(int(seconds * rate), dtype=np.float32)


def test_silence_is_trimmed_but_for_a_breath() -> None:
    made = phone(np.concatenate([silence(0.3), tone(400, 1.0), silence(0.5)]), 22050)
    assert len(made) / RATE == pytest.approx(0.030 + 1.0 + 0.080, abs=0.02)


def test_pauses_within_stay() -> None:
    made = phone(np.concatenate([tone(400, 0.5), silence(0.7), tone(400, 0.5)]), 22050)
    assert len(made) / RATE == pytest.approx(1.7, abs=0.02)


@pytest.mark.parametrize("loud", [0.01, 0.3, 1.0])
def test_the_level_is_the_same_however_loud_it_was(loud: float) -> None:
    made = phone(tone(400, 1.0, loud=loud), 22050)
    speech = made[800:7200]
    assert float(np.sqrt(np.mean(speech**2))) == pytest.approx(LOUDNESS, rel=0.05)


def test_peaks_leave_headroom() -> None:
    sound = tone(300, 1.0, loud=0.02)
    sound[::2205] = 1.0
    assert np.abs(phone(sound, 22050)).max() <= PEAK + 1e-3


def test_what_the_telephone_cannot_carry_does_not_come_back_as_noise() -> None:
    sound = tone(1000, 1.2, loud=0.5) + tone(5500, 1.2, loud=0.5)
    spectrum = np.abs(np.fft.rfft(phone(sound, 22050)[400:8400] * np.hanning(8000)))
    assert np.argmax(spectrum) == 1000
    assert spectrum[2500] < spectrum[1000] * 1e-4  # 5500 Hz would fold to 2500 Hz


def test_no_click_at_the_ends() -> None:
    made = phone(tone(400, 0.5, loud=1.0), 22050)
    assert abs(made[0]) < 1e-4
    assert abs(made[-1]) < 1e-2


def test_silence_is_refused() -> None:
    for sound in (silence(1.0), silence(0.0)):
        with pytest.raises(SoundError, match="is silent"):
            phone(sound, 22050)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    sound = tone(400, 0.5, RATE)
    write(path, sound)
    again, rate = read(path)
    assert rate == RATE
    assert np.abs(again - sound).max() < 1 / 32768
    assert playable(path)
    assert [each.name for each in tmp_path.iterdir()] == ["a.wav"]


def test_channels_are_mixed_and_other_forms_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with path.open("wb") as raw, wave.open(raw, "wb") as file:
        file.setparams((2, 2, 44100, 0, "NONE", ""))
        file.writeframes(np.array([[1000, 3000]] * 100, dtype="<i2").tobytes())
    samples, rate = read(path)
    assert (rate, len(samples)) == (44100, 100)
    assert samples[0] == pytest.approx(2000 / 32768)
    assert not playable(path)
    with path.open("wb") as raw, wave.open(raw, "wb") as file:
        file.setparams((1, 1, 8000, 0, "NONE", ""))
        file.writeframes(bytes(100))
    with pytest.raises(SoundError, match="8 bits"):
        read(path)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"no sound at all" * 10])
def test_what_is_no_sound(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    assert not playable(path)
    with pytest.raises(SoundError, match=r"a\.wav"):
        read(path)


def test_a_file_cut_short_is_not_playable(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    write(path, tone(400, 0.5, RATE))
    path.write_bytes(path.read_bytes()[:-100])
    assert not playable(path)


def test_the_pause_at_the_end_is_the_one_that_is_wanted() -> None:
    for there in (0.0, 0.04, 0.5):
        spoken = np.concatenate([tone(400, 0.5), silence(there)])
        for wanted in (0.05, 0.2):
            made = phone(spoken, 22050, tail=wanted)
            assert len(made) / RATE == pytest.approx(0.5 + wanted, abs=0.01)
