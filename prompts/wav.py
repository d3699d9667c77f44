"""Telephone sound: an engine's samples to 8 kHz mono PCM16, trimmed and levelled."""

import os
import wave
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from prompts.telephone import RATE

PEAK = 0.8
"""The loudest sample, of full scale: G.711 and the phone still have headroom."""

LOUDNESS = 0.12
"""Root mean square of the speech, of full scale (-18 dBFS), unless :data:`PEAK` forbids it."""

LEVEL = -18.4
"""The same in dBFS."""

_AUDIBLE = 0.005  # of the loudest sample: what is below this at either end is silence
_SPEECH = 0.01  # of the power of the loudest frame: frames below it are pauses
_HEAD, _TAIL, _FADE = 0.030, 0.080, 0.005  # seconds

Samples = NDArray[np.float32]


class SoundError(Exception):
    """A file is not playable sound; the text says why."""


def read(path: Path) -> tuple[Samples, int]:
    """Samples from -1 to 1 and their rate; several channels are mixed into one."""
    try:
        with path.open("rb") as raw, wave.open(raw) as file:
            if file.getsampwidth() != 2:
                raise SoundError(f"{path.name}: {file.getsampwidth() * 8} bits a sample, not 16")
            channels, rate = file.getnchannels(), file.getframerate()
            data = file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise SoundError(f"{path.name} is not a readable WAV file: {error}") from error
    whole = len(data) // (2 * channels) * channels
    mixed = np.frombuffer(data, dtype="<i2", count=whole).reshape(-1, channels).mean(axis=1)
    return (mixed / 32768).astype(np.float32), rate


def write(path: Path, samples: Samples) -> None:
    """Write 8 kHz mono PCM16; the file appears whole or not at all. Raises OSError."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    data = np.clip(np.round(samples * 32768), -32768, 32767).astype("<i2").tobytes()
    try:
        with aside.open("wb") as raw, wave.open(raw, "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(data)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def phone(samples: Samples, rate: int, volume: float = 1.0, tail: float | None = None) -> Samples:
    """Resample an engine's samples without aliases, trim, level and fade them.

    ``volume`` is a factor of :data:`LOUDNESS`; :data:`PEAK` holds in any case. ``tail`` is the
    silence at the end, in seconds; by default what there is of it, up to 0.08.
    """
    resampled = soxr.resample(samples, rate, RATE, quality="VHQ") if rate != RATE else samples
    return _faded(_level(_trimmed(np.asarray(resampled, dtype=np.float32), tail), volume))


def _trimmed(samples: Samples, tail: float | None) -> Samples:
    loud = np.abs(samples)
    peak = float(loud.max(initial=0.0))
    if peak < 1e-4:
        raise SoundError("the file is silent")
    heard = np.flatnonzero(loud > peak * _AUDIBLE)
    start = max(0, int(heard[0]) - int(_HEAD * RATE))
    end = int(heard[-1]) + 1
    fading = _TAIL if tail is None else min(tail, _TAIL)
    kept = samples[start : end + int(fading * RATE)]
    wanted = 0 if tail is None else end - start + int(tail * RATE)
    return np.pad(kept, (0, max(0, wanted - len(kept))))


def _level(samples: Samples, volume: float) -> Samples:
    """Level the loudness, measured in speech, not in pauses."""
    peak = float(np.abs(samples).max())
    return samples * np.float32(min(PEAK / peak, volume * LOUDNESS / loudness(samples)))


def loudness(samples: Samples, rate: int = RATE) -> float:
    """Root mean square of the speech, of full scale: what is measured in pauses does not count."""
    frame = rate // 50
    whole = np.pad(samples.astype(np.float64), (0, -len(samples) % frame)).reshape(-1, frame)
    power = np.mean(whole**2, axis=1)
    return float(np.sqrt(np.mean(power[power >= power.max() * _SPEECH])))


def _faded(samples: Samples) -> Samples:
    """Fade both ends, so that they do not click."""
    length = min(int(_FADE * RATE), len(samples) // 2)
    ramp = np.linspace(0, 1, length, endpoint=False, dtype=np.float32)
    faded = samples.copy()
    faded[:length] *= ramp
    faded[len(faded) - length :] *= ramp[::-1]
    return faded
