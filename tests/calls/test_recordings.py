"""What callers said: kept when it is speech, and only then."""

import io
import math
import wave
from array import array
from pathlib import Path

import pytest

from ari_app.calls.recordings import Recordings
from ari_app.session.line import LineError

RATE = 8000


def sound(*parts: tuple[float, int]) -> bytes:
    """A WAV of tones: seconds and amplitude each."""
    samples = array("h")
    for seconds, loud in parts:
        samples.extend(round(loud * math.sin(n / 3)) for n in range(round(seconds * RATE)))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return out.getvalue()


async def test_what_was_said_is_a_file_of_its_owner(tmp_path: Path) -> None:
    content = sound((1.0, 10), (0.5, 3000), (1.0, 10))
    kept = await Recordings(tmp_path / "recorded").keep("call-3", content)
    assert kept is not None
    assert (kept.file, kept.seconds) == (str(tmp_path / "recorded" / "call-3.wav"), 2.5)
    assert Path(kept.file).read_bytes() == content
    assert Path(kept.file).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "recorded").stat().st_mode & 0o777 == 0o700
    assert [file.name for file in (tmp_path / "recorded").iterdir()] == ["call-3.wav"]


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [(0.01, 9000)],
        [(120.0, 0)],
        [(3.0, 50)],  # noise of the line
        [(1.0, 0), (0.1, 9000), (1.0, 0)],  # a click
    ],
)
async def test_silence_is_not_stored(tmp_path: Path, parts: list[tuple[float, int]]) -> None:
    assert await Recordings(tmp_path / "recorded").keep("call-3", sound(*parts)) is None
    assert not list(tmp_path.glob("recorded/*"))


@pytest.mark.parametrize("content", [b"", b"RIFF", b"no sound at all" * 100])
async def test_what_is_no_sound_is_the_operators(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(LineError, match="a recording could not be stored"):
        await Recordings(tmp_path).keep("call-3", content)


async def test_no_room(tmp_path: Path) -> None:
    (tmp_path / "recorded").write_text("a file where the directory should be")
    with pytest.raises(LineError, match="a recording could not be stored"):
        await Recordings(tmp_path / "recorded").keep("call-3", sound((1.0, 3000)))
