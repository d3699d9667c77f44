"""Speech as features: mel-frequency cepstra of the telephone band, and their changes."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

RATE = 8000
"""Samples a second."""

_WINDOW, _STEP, _FFT = 200, 80, 256  # samples: 25 ms, 10 ms
_LOW, _HIGH = 200.0, 3600.0  # Hz: what a telephone carries
_BANDS, _CEPSTRA = 20, 12
_MASK = 25.0  # dB

_RANGE, _OVER, _EDGE = 30.0, 6.0, 3
"""Speech is at most so many dB below its loudest part, and above the noise; and frames around it
that are kept."""

Features = NDArray[np.float32]
"""A row for each 10 ms."""


def features(samples: NDArray[np.int16], warp: float = 1.0) -> Features:
    """The features of a piece of speech; what is the same all the time, as a line or a microphone
    is, is taken out, and so is what is :data:`_MASK` below the speech.

    ``warp``: by how much its frequencies are taken to be higher, as of another throat. No rows if
    it is shorter than a window (25 ms).
    """
    sound = samples.astype(np.float32)
    if len(sound) < _WINDOW:
        return np.zeros((0, 2 * _CEPSTRA + 1), np.float32)
    sound = np.append(sound[:1], sound[1:] - 0.95 * sound[:-1])
    frames = np.lib.stride_tricks.sliding_window_view(sound, _WINDOW)[::_STEP]
    power = np.abs(np.fft.rfft(frames * np.hamming(_WINDOW), _FFT)) ** 2
    bands = power @ _filters(warp).T
    bands = np.log(bands + np.percentile(bands.mean(axis=1), 90) * 10 ** (-_MASK / 10) + 1e3)
    cepstra = bands @ _cosines().T
    cepstra -= cepstra.mean(axis=0)
    loud = bands.mean(axis=1, keepdims=True)
    changes = _changes(np.hstack((cepstra, loud)))
    return np.hstack((cepstra, 2.0 * changes)).astype(np.float32)


def trimmed(samples: NDArray[np.int16]) -> NDArray[np.int16]:
    """Speech without the silence, or the noise of the line, before and after it."""
    whole = len(samples) // _STEP
    if whole < 2 * _EDGE:
        return samples
    frames = samples[: whole * _STEP].reshape(whole, _STEP).astype(np.float32)
    loud = 10 * np.log10((frames**2).mean(axis=1) + 1)
    least = max(float(loud.max()) - _RANGE, float(np.percentile(loud, 10)) + _OVER)
    found = np.flatnonzero(loud > least)
    if not len(found):
        return samples
    first, last = max(0, found[0] - _EDGE), found[-1] + 1 + _EDGE
    return samples[first * _STEP : last * _STEP]


def _changes(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The slope over five rows."""
    edge = np.pad(rows, ((2, 2), (0, 0)), mode="edge")
    return (2 * (edge[4:] - edge[:-4]) + edge[3:-1] - edge[1:-3]) / 10.0


@cache
def _filters(warp: float) -> NDArray[np.float64]:
    """Triangles over the spectrum, evenly on the mel scale."""
    mels = np.linspace(_mel(_LOW), _mel(_HIGH), _BANDS + 2)
    edges = 700.0 * (10 ** (mels / 2595.0) - 1)
    lines = np.arange(_FFT // 2 + 1) * RATE / _FFT * warp
    low, middle, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising, falling = (lines - low) / (middle - low), (high - lines) / (high - middle)
    return np.maximum(0.0, np.minimum(rising, falling))


def _mel(hertz: float) -> float:
    return 2595.0 * float(np.log10(1 + hertz / 700.0))


@cache
def _cosines() -> NDArray[np.float64]:
    """The discrete cosine transform, with the usual lift of the higher cepstra."""
    order = np.arange(1, _CEPSTRA + 1)[:, None]
    lift = 1 + 11 * np.sin(np.pi * order / 22)
    waves = np.cos(np.pi * order * (np.arange(_BANDS) + 0.5) / _BANDS)
    return np.asarray(lift * waves * np.sqrt(2 / _BANDS))
