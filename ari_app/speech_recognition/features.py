"""Speech as features: mel-frequency cepstra of the telephone band, and their changes.

They are made of :func:`powers`, to which the noise of a line may be added: a template is compared
as it would sound there.
"""

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

_QUIET_PART, _SPARE, _HEARD_NOISE = 15, 0.3, 10**-3.2
"""Percent of the rows of a piece that are taken for noise; the least part of its loudness that is
speech; and the noise, as a part of the speech, below which there is none."""

Powers = NDArray[np.float32]
"""A row for each 10 ms: the power in each band."""

Features = NDArray[np.float32]
"""A row for each 10 ms."""

Noise = NDArray[np.float32]
"""The power of a line's noise in each band, as a part of the speech's."""


def powers(samples: NDArray[np.int16], warp: float = 1.0) -> Powers:
    """The powers of a piece of sound.

    ``warp``: by how much its frequencies are taken to be higher, as of another throat. No rows if
    it is shorter than a window (25 ms).
    """
    sound = samples.astype(np.float32)
    if len(sound) < _WINDOW:
        return np.zeros((0, _BANDS), np.float32)
    sound = np.append(sound[:1], sound[1:] - 0.95 * sound[:-1])
    frames = np.lib.stride_tricks.sliding_window_view(sound, _WINDOW)[::_STEP]
    power = np.abs(np.fft.rfft(frames * np.hamming(_WINDOW), _FFT)) ** 2
    return np.asarray(power @ _filters(warp).T).astype(np.float32)


def loudness(rows: Powers) -> float:
    """The mean power of the bands where speech is loud."""
    return float(np.percentile(rows.mean(axis=1), 90))


def noise(piece: Powers, speech: Powers) -> Noise | None:
    """The noise of a piece of sound, by its quietest rows; None if there is next to none."""
    loud = piece.mean(axis=1)
    steady = piece[loud <= np.percentile(loud, _QUIET_PART)].mean(axis=0)
    level = loudness(speech)
    found: Noise = steady / max(level - float(steady.mean()), _SPARE * level, 1.0)
    return found if found.max() > _HEARD_NOISE else None


def features(speech: Powers) -> Features:
    """The features of a piece of speech; what is the same all the time, as a line or a microphone
    is, is taken out, and so is what is :data:`_MASK` below the speech."""
    level = np.array([loudness(speech)], np.float32)
    rows: Features = stacked_features(speech[None], np.array([len(speech)]), level)[0]
    return rows


def stacked_features(
    speech: Powers, lengths: NDArray[np.int_], levels: NDArray[np.float32], of: Noise | None = None
) -> Features:
    """The features of many pieces of speech, each filled up with its last row, in the noise ``of``
    a line; ``levels``: the :func:`loudness` of each."""
    masks = 10 ** (-_MASK / 10) + (np.zeros(_BANDS, np.float32) if of is None else of)
    bands = np.log(speech + levels[:, None, None] * masks.astype(np.float32) + np.float32(1e3))
    cepstra = bands @ _cosines().T
    within = np.arange(speech.shape[1]) < lengths[:, None]
    cepstra -= cepstra.mean(axis=1, keepdims=True, where=within[:, :, None])
    changes = _changes(np.concatenate((cepstra, bands.mean(axis=2, keepdims=True)), axis=2))
    return np.concatenate((cepstra, 2 * changes), axis=2)


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


def _changes(rows: Features) -> Features:
    """The slope over five rows of each piece."""
    edge = np.pad(rows, ((0, 0), (2, 2), (0, 0)), mode="edge")
    wide, narrow = edge[:, 4:] - edge[:, :-4], edge[:, 3:-1] - edge[:, 1:-3]
    return np.asarray((2 * wide + narrow) / 10, np.float32)


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
def _cosines() -> NDArray[np.float32]:
    """The discrete cosine transform, with the usual lift of the higher cepstra."""
    order = np.arange(1, _CEPSTRA + 1)[:, None]
    lift = 1 + 11 * np.sin(np.pi * order / 22)
    waves = np.cos(np.pi * order * (np.arange(_BANDS) + 0.5) / _BANDS)
    return np.asarray(lift * waves * np.sqrt(2 / _BANDS)).astype(np.float32)
