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
    within = np.pad(within, (0, len(sought)))
    windows = np.array_split(sought, max(1, round(len(sought) / rate / WINDOW)))
    starts = np.cumsum([0] + [len(window) for window in windows[:-1]])
    curves = _correlate(within, windows)
    weights = np.array([float(window @ window) for window in windows])
    block, slip = round(BLOCK * rate), round(SLIP / BLOCK)
    places = (len(within) - len(sought)) // block + 1
    total = np.zeros(places)
    for curve, start, weight in zip(curves, starts, weights / weights.sum(), strict=True):
        total += weight * _best_around(curve[start:], block, slip)[:places]
    place = int(np.argmax(total))
    return Match(float(total[place]), _begin(curves, starts, weights, place * block, rate) / rate)


def _begin(
    curves: list[Samples], starts: NDArray[np.intp], weights: Samples, near: int, rate: int
) -> int:
    """The sample at which the prompt begins, as its loudest window has it."""
    loudest = int(np.argmax(weights))
    reach = round((SLIP + BLOCK) * rate)
    low = max(0, near + int(starts[loudest]) - reach)
    peak = int(np.argmax(curves[loudest][low : low + 2 * reach]))
    return max(0, low + peak - int(starts[loudest]))


def _best_around(curve: Samples, block: int, slip: int) -> Samples:
    """For each block of a curve, its highest value in the blocks around, ``slip`` to each side."""
    short = -len(curve) % block
    peaks = np.pad(curve, (0, short), constant_values=-1.0).reshape(-1, block).max(axis=1)
    padded = np.pad(peaks, slip, constant_values=-1.0)
    best: Samples = np.lib.stride_tricks.sliding_window_view(padded, 2 * slip + 1).max(axis=1)
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
