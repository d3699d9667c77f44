"""The file format that Asterisk plays to a telephone without transcoding."""

import wave
from pathlib import Path

RATE = 8000
"""Samples a second on the telephone."""


def playable(path: Path) -> bool:
    """Whether a file is whole, 8 kHz, mono and PCM16 (its samples are not read)."""
    try:
        with path.open("rb") as raw, wave.open(raw) as file:
            form = (file.getnchannels(), file.getsampwidth(), file.getframerate())
            expected = file.getnframes() * 2
        return form == (1, 2, RATE) and expected > 0 and path.stat().st_size >= expected + 44
    except (OSError, EOFError, wave.Error):
        return False
