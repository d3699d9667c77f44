"""Finds out whether a caller heard a prompt: compares a recording with the file that was played.

The prompt is cut into windows, and each is looked for in the recording by normalised
cross-correlation, which ignores loudness: 1 is the same waveform, 0 is unrelated. The windows must
be found one after the other, within :data:`SLIP` (a jitter buffer drops or repeats a frame
now and then), so two sentences that share a word are told apart. The score is the mean over the
windows, each with the weight of its energy.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import soxr
from numpy.typing import NDArray

from prompts import wav

Samples: TypeAlias = NDArray[np.float64]

WINDOW = 0.25
"""Length of a window, in seconds; a frame that is lost costs the window in which it was."""
SLIP = 0.2
"""How far a window may be from its place behind the one before, in seconds: a jitter buffer on a
busy machine grows and shrinks by so much."""
BLOCK = 0.01
"""Step between compared positions, in seconds."""
NOISE = 1e-3
"""Amplitudes below this (1 is full scale) count as silence: G.711 adds as much noise."""
HEARD = 0.8
"""From this score on a prompt was heard: through G.711 it is 1.00, or 0.9 on a machine so busy that
frames come late; another sentence stays below 0.5. One that differs in a word may have 0.77."""


@dataclass(frozen=True, slots=True)
class Match:
    """The best place for a prompt in a recording: ``score`` up to 1, ``at_seconds`` its start."""

    score: float
    at_seconds: float

    @property
    def heard(self) -> bool:
        """Whether the score is high enough to be the prompt."""
        return self.score >= HEARD


def heard(
    recording: Path, prompt: Path, *, first: float | None = None, after: float = 0.0
) -> Match:
    """Look for a prompt's file in a recording; both are WAV of 16 bits, of any rate.

    ``first`` compares only so many seconds of the prompt, for one that a key cut short. ``after``
    skips the start of the recording, in seconds. Raises :class:`prompts.wav.SoundError` for a file
    that is not such a WAV, and for a silent prompt.
    """
    sought, rate = wav.read(prompt)
    within, recorded_rate = wav.read(recording)
    if recorded_rate < rate:
        sought, rate = soxr.resample(sought, rate, recorded_rate), recorded_rate
    elif recorded_rate > rate:
        within = soxr.resample(within, recorded_rate, rate)
    if first is not None:
        sought = sought[: round(first * rate)]
    if not np.any(np.abs(sought) > NOISE):
        raise wav.SoundError(f"{prompt}: it is silent and cannot be looked for")
    found = find(within[round(after * rate) :].astype(float), sought.astype(float), rate)
    return Match(found.score, found.at_seconds + after)


def find(within: Samples, sought: Samples, rate: int) -> Match:
    """The best place of one sound in another; both have ``rate`` samples a second.

    A sound that is cut off by the end of the other is found too, with a lower score.
    """
    block, slip = round(BLOCK * rate), round(SLIP / BLOCK)
    length = round(WINDOW * rate / block) * block
    windows = [sought[at : at + length] for at in range(0, len(sought), length)]
    within = np.pad(within, (0, 2 * length))
    curves = _correlate(within, windows)
    weights = np.array([float(window @ window) for window in windows])
    weights /= weights.sum()
    # From the last window to the first: the best sum of what follows a window at each place.
    places = (len(within) - length) // block
    total = np.zeros(places)
    for curve, weight in zip(reversed(curves), weights[::-1], strict=True):
        behind = np.pad(total, (0, length // block))[length // block :]
        peaks = curve[: places * block].reshape(places, block).max(axis=1)
        total = weight * peaks + _best_around(behind, slip)
    place = int(np.argmax(total)) * block
    begin = place + int(np.argmax(curves[0][place : place + block]))
    return Match(float(total.max()), begin / rate)


def _best_around(values: Samples, slip: int) -> Samples:
    """For each place the highest of the values up to ``slip`` places before and behind it."""
    around = np.lib.stride_tricks.sliding_window_view(np.pad(values, slip), 2 * slip + 1)
    best: Samples = around.max(axis=1)
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
        least = len(window) * NOISE**2
        scale = np.sqrt(np.maximum(around, least) * max(float(window @ window), least))
        curves.append(product[: len(around)] / scale)
    return curves
