"""Did the caller hear this prompt? Recordings compared with the files that were played.

The prompt is cut into windows of about a second, and each is looked for in the recording by
normalised cross-correlation, which knows no loudness: 1 is the same wave, 0 is another one. All
windows must be found at their place, give or take :data:`SLIP` (a jitter buffer drops or repeats a
frame now and then), so two sentences that share a word are told apart.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import soxr
from numpy.typing import NDArray

from prompts import wav

Samples: TypeAlias = NDArray[np.float64]

WINDOW = 1.0
"""Length of a window, in seconds."""
SLIP = 0.05
"""How far a window may be from its place, in seconds."""
BLOCK = 0.01
"""The places are compared in steps of so many seconds."""
FLOOR = 1e-3
"""What is more quiet than this (1 is full scale) counts as silence: G.711 adds as much itself."""
HEARD = 0.9
"""From this score on a prompt was heard: through G.711 it is 1.00, another word stays below 0.4."""


@dataclass(frozen=True, slots=True)
class Match:
    """The best place for a prompt in a recording: ``score`` up to 1, ``at_seconds`` its begin."""

    score: float
    at_seconds: float

    @property
    def heard(self) -> bool:
        """Whether that is the prompt."""
        return self.score >= HEARD


def heard(
    recording: Path, prompt: Path, *, first: float | None = None, after: float = 0.0
) -> Match:
    """Look for a prompt's file in a recording; both are WAV of 16 bits, of any rate.

    ``first`` compares only so many seconds of the prompt, for one that a key cut short. ``after``
    skips the begin of the recording, in seconds. Raises :class:`prompts.wav.SoundError` for a file
    that is no such WAV, and for a prompt without sound.
    """
    sought, rate = wav.read(prompt)
    within, recorded_rate = wav.read(recording)
    if recorded_rate < rate:
        sought, rate = soxr.resample(sought, rate, recorded_rate), recorded_rate
    elif recorded_rate > rate:
        within = soxr.resample(within, recorded_rate, rate)
    if first is not None:
        sought = sought[: round(first * rate)]
    if not np.any(np.abs(sought) > FLOOR):
        raise wav.SoundError(f"{prompt}: there is no sound in it that could be looked for")
    found = find(within[round(after * rate) :].astype(float), sought.astype(float), rate)
    return Match(found.score, found.at_seconds + after)


def find(within: Samples, sought: Samples, rate: int) -> Match:
    """The best place of one sound in another; both have ``rate`` samples a second.

    A sound that is cut off by the end of the other is found too, with a lower score.
    """
    block, slip = round(BLOCK * rate), round(SLIP / BLOCK)
    within = np.pad(within, (slip * block, slip * block + len(sought)))
    windows = np.array_split(sought, max(1, round(len(sought) / rate / WINDOW)))
    starts = np.cumsum([0] + [len(window) for window in windows[:-1]])
    curves = _correlate(within, windows)
    weights = np.array([float(window @ window) for window in windows])
    total = np.zeros((len(within) - len(sought)) // block - 2 * slip)
    for curve, start, weight in zip(curves, starts, weights / weights.sum(), strict=True):
        total += weight * _best_around(curve[start:], block, slip)[: len(total)]
    place = int(np.argmax(total))
    loudest = int(np.argmax(weights))
    around = curves[loudest][starts[loudest] + place * block :][: (2 * slip + 1) * block]
    begin = (place - slip) * block + int(np.argmax(around))
    return Match(float(total[place]), max(0, begin) / rate)


def _best_around(curve: Samples, block: int, slip: int) -> Samples:
    """The highest values of a curve in each run of ``2 * slip + 1`` blocks."""
    peaks = curve[: len(curve) // block * block].reshape(-1, block).max(axis=1)
    best: Samples = np.lib.stride_tricks.sliding_window_view(peaks, 2 * slip + 1).max(axis=1)
    return best


def _correlate(within: Samples, windows: list[Samples]) -> list[Samples]:
    """Normalised cross-correlation of each window with each place where it fits."""
    size = 1 << (len(within) + len(windows[0]) - 1).bit_length()
    spectrum = np.fft.rfft(within, size)
    energy = np.concatenate(([0.0], np.cumsum(within**2)))
    curves = []
    for window in windows:
        window = window - window.mean()
        product = np.fft.irfft(spectrum * np.conj(np.fft.rfft(window, size)), size)
        around = energy[len(window) :] - energy[: len(energy) - len(window)]
        floor = len(window) * FLOOR**2
        scale = np.sqrt(np.maximum(around, floor) * max(float(window @ window), floor))
        curves.append(product[: len(around)] / scale)
    return curves
