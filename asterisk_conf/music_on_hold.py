"""Generates music on hold: Debian ships none, and silence sounds like a dropped call."""

import array
import io
import math
import sys
import wave

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
    length = int(len(notes) * _NOTE * RATE)
    samples = [0.0] * length
    sounds = {pitch: _note(pitch) for pitch in notes}
    for position, pitch in enumerate(notes):
        start = int(position * _NOTE * RATE)
        for tick, sound in enumerate(sounds[pitch], start):
            samples[tick % length] += sound  # the end rings on into the beginning
    peak = max(map(abs, samples))
    pcm = array.array("h", (round(sample / peak * PEAK) for sample in samples))
    if sys.byteorder == "big":
        pcm.byteswap()
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setparams((1, 2, RATE, length, "NONE", "not compressed"))
        out.writeframes(pcm.tobytes())
    return file.getvalue()


def _note(pitch: float) -> list[float]:
    """One note, which dies away."""
    moments = [tick / RATE for tick in range(int(_RING * RATE))]
    return [
        min(1.0, seconds / 0.01)
        * math.exp(-3.0 * seconds)
        * math.sin(2 * math.pi * pitch * seconds)
        for seconds in moments
    ]
