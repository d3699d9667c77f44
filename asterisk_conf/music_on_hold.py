"""Generates music on hold: Debian ships none, and silence sounds like a dropped call."""

import io
import math
import wave

import numpy as np

RATE = 8000
PEAK = 2500
"""How loud it is: 12 dB below words, which stay clear when they are mixed with it (measured)."""
_CHORDS = (
    (220.0, 277.18, 329.63),
    (185.0, 220.0, 277.18),
    (146.83, 220.0, 293.66),
    (164.81, 246.94, 329.63),
)
_NOTE = 0.5  # seconds per note
_RING = 2.0  # seconds a note takes to die away; longer than a note, so that they overlap


def music_wav() -> bytes:
    """Broken chords of 24 s as a WAV file (8 kHz, mono, 16 bit) that loops."""
    order = (0, 1, 2, 1)
    notes = [chord[order[step % 4]] * 2 for chord in _CHORDS for step in range(12)]
    length, ring = int(len(notes) * _NOTE * RATE), int(_RING * RATE)
    sounds = {pitch: _note(pitch) for pitch in notes}
    samples = np.zeros(length + ring)
    for position, pitch in enumerate(notes):
        start = int(position * _NOTE * RATE)
        samples[start : start + ring] += sounds[pitch]
    samples[:ring] += samples[length:]  # the end rings on into the beginning
    samples = samples[:length]
    pcm = np.rint(samples / np.abs(samples).max() * PEAK).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, RATE, length, "NONE", "not compressed"))
        out.writeframes(pcm.tobytes())
    return file.getvalue()


def _note(pitch: float) -> "np.typing.NDArray[np.float64]":
    """One note, which dies away."""
    seconds = np.arange(int(_RING * RATE)) / RATE
    begun = np.minimum(1.0, seconds / 0.01)
    sound: np.typing.NDArray[np.float64] = np.sin(2 * math.pi * pitch * seconds)
    return begun * np.exp(-3.0 * seconds) * sound
