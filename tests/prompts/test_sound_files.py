"""Recordings of any format: what is played for them is the same sound, or they are refused."""

import io
import struct
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile

from prompts import wav
from prompts.sound_files import SUFFIXES, command, converted, decode
from prompts.telephone import RATE, playable


def speech(rate: int, seconds: float = 0.8, level: float = 0.2) -> wav.Samples:
    """Something like speech: a tone of the telephone band that swells and ebbs."""
    at = np.arange(int(rate * seconds)) / rate
    tone = np.sin(2 * np.pi * 700 * at + 40 * np.sin(9 * at)) * np.sin(8 * at) ** 2
    return np.asarray(level * tone, dtype=np.float32)


def likeness(one: wav.Samples, other: wav.Samples) -> float:
    """The correlation of two sounds, whatever the delay of a coder is."""
    spectrum = np.fft.rfft(one, 2 * RATE) * np.conj(np.fft.rfft(other, 2 * RATE))
    return float(np.fft.irfft(spectrum).max() / (np.linalg.norm(one) * np.linalg.norm(other)))


def chunked(path: Path, name: bytes, content: bytes) -> None:
    """A WAV file as it should be, with one more chunk before its samples."""
    wav.write(path, speech(RATE))
    data = path.read_bytes()
    chunk = name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
    whole = data[:36] + chunk + data[36:]
    path.write_bytes(whole[:4] + struct.pack("<I", len(whole) - 8) + whole[8:])


HEADED = {
    "studio.wav": (48_000, 2, "PCM_24"),
    "float.wav": (16_000, 1, "FLOAT"),
    "eight.wav": (RATE, 1, "PCM_U8"),
    "law.wav": (RATE, 1, "ALAW"),
    "gsm.wav": (RATE, 1, "GSM610"),
    "music.mp3": (44_100, 1, None),
    "loss.flac": (44_100, 2, None),
    "net.ogg": (16_000, 1, None),
}
RAW = {
    "raw.gsm": (RATE, "GSM610"),
    "raw.alaw": (RATE, "ALAW"),
    "raw.ulaw": (RATE, "ULAW"),
    "raw.sln": (RATE, "PCM_16"),
    "raw.sln16": (16_000, "PCM_16"),
}
CHUNKED = {"odd.wav": (b"LIST", b"INFOx"), "even.wav": (b"bext", bytes(602))}


def make(path: Path) -> None:
    """Write speech in the format that the file's name stands for."""
    if path.name in CHUNKED:
        chunked(path, *CHUNKED[path.name])
    elif path.name in RAW:
        rate, coding = RAW[path.name]
        soundfile.write(path, speech(rate), rate, format="RAW", subtype=coding)
    else:
        rate, channels, subtype = HEADED[path.name]
        samples = np.stack([speech(rate)] * channels, axis=1)
        soundfile.write(path, samples, rate, subtype=subtype)


@pytest.mark.parametrize("name", [*HEADED, *RAW, *CHUNKED])
def test_another_format_is_converted(name: str, tmp_path: Path) -> None:
    make(tmp_path / name)
    assert not playable(tmp_path / name)
    made = converted(tmp_path / name, tmp_path / "made")
    assert playable(made)
    samples, rate = wav.read(made)
    assert rate == RATE
    assert len(samples) / RATE == pytest.approx(0.8, abs=0.06)  # of a coder that fills its frame
    lossy = Path(name).suffix in (".mp3", ".gsm") or name == "gsm.wav"
    assert likeness(samples, speech(RATE)) > (0.9 if lossy else 0.98)
    assert wav.loudness(samples) == pytest.approx(wav.loudness(speech(RATE)), rel=0.15)
    assert converted(tmp_path / name, tmp_path / "made") == made


def test_what_is_right_is_played_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "right.wav"
    wav.write(path, speech(RATE))
    assert playable(path)
    assert converted(path, tmp_path / "made") == path
    assert not (tmp_path / "made").exists()


def test_a_new_take_replaces_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "take.flac"
    soundfile.write(path, speech(16_000), 16_000)
    first = converted(path, tmp_path / "made")
    soundfile.write(path, speech(16_000, 1.2), 16_000)
    second = converted(path, tmp_path / "made")
    assert first != second
    assert len(wav.read(second)[0]) > len(wav.read(first)[0])


def test_one_that_is_too_loud_for_a_resampler_is_not_clipped(tmp_path: Path) -> None:
    square = np.sign(speech(44_100)) * 0.999
    soundfile.write(tmp_path / "loud.flac", square, 44_100)
    samples, _ = wav.read(converted(tmp_path / "loud.flac", tmp_path / "made"))
    assert np.abs(samples).max() <= 1


def silent() -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(bytes(16_000))
    return made.getvalue()


DAMAGED = "it is damaged or of another format: `ffmpeg"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("silent.wav", silent(), "it is silent: record it again"),
        ("empty.wav", b"", "it is empty: copy it again"),
        ("cut.wav", silent()[:30], "its end is missing: copy it again"),
        ("text.mp3", b"no sound", DAMAGED),
        ("wide.g722", bytes(8000), "this format cannot be read: `ffmpeg -i wide.g722"),
        ("a.wav", b"text" * 9, "-bitexact new.wav && mv new.wav a.wav` converts it"),
        ("phone.amr", bytes(800), "this format cannot be read: `ffmpeg -i phone.amr"),
    ],
)
def test_what_cannot_be_played_is_refused(
    name: str, content: bytes, reason: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(wav.SoundError, match=reason):
        converted(tmp_path / name, tmp_path / "made")
    with pytest.raises(wav.SoundError, match=reason):
        decode(tmp_path / name)


@pytest.mark.parametrize("more", [0, 4])
def test_only_samples_that_are_missing_make_a_recording_a_cut_one(
    more: int, tmp_path: Path
) -> None:
    """Some programs write a header's length that is the whole file's, or has four bytes more."""
    path = tmp_path / "a.wav"
    chunked(path, b"LIST", b"INFOx")
    data = path.read_bytes()
    path.write_bytes(data[:4] + struct.pack("<I", len(data) + more) + data[8:])
    assert len(decode(path)[0]) == len(speech(RATE))
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(wav.SoundError, match="its end is missing"):
        decode(path)


def test_the_command_makes_what_is_played() -> None:
    assert "-ar 8000 -ac 1 -c:a pcm_s16le" in command(Path("a/b.g722"))
    assert ".g722" not in SUFFIXES
