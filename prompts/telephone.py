"""The file format that Asterisk plays to a telephone without transcoding."""

import struct
from pathlib import Path

RATE = 8000
"""Samples a second on the telephone."""


_HEADER = 44


def seconds(file: str) -> float:
    """How long a sound file lasts, of its path without extension; 0 if it is missing or empty."""
    try:
        return max(0, Path(f"{file}.wav").stat().st_size - _HEADER) / (2 * RATE)
    except OSError:
        return 0.0


def playable(path: Path) -> bool:
    """Whether a file is whole, 8 kHz, mono and PCM16, with nothing but that in its header.

    Its samples are not read. Asterisk plays nothing of a file that has other chunks of odd length.
    """
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER)
        size = path.stat().st_size
    except OSError:
        return False
    if len(header) < _HEADER:
        return False
    riff, _, kind, form, length, *shape, data, expected = struct.unpack(_FORM, header)
    named = (riff, kind, form, length, data) == (b"RIFF", b"WAVE", b"fmt ", 16, b"data")
    return named and tuple(shape) == _SHAPE and 0 < expected <= size - _HEADER


_FORM = "<4sI4s4sIHHIIHH4sI"
_SHAPE = (1, 1, RATE, 2 * RATE, 2, 16)
"""PCM, mono, samples and bytes a second, bytes and bits a sample."""
