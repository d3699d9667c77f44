"""What callers said, as files of ours: `recorded/` in the state directory, for its owner alone."""

import asyncio
from pathlib import Path

import numpy as np

from ari_app.line import UndoneError
from ivr.values import Recording
from prompts import wav

FRAME = 0.02
"""What is loud or quiet at once, in seconds."""
LOUD = 256 / 32768
"""The mean from which a frame is more than noise, of full scale: Asterisk's own threshold.

Asterisk tells how long he talked, but in whole seconds that are rounded against each other, so
that mere silence may count as one.
"""
SAID = 0.3
"""How much must be loud, in seconds; less is a click or a breath."""


class Recorded:
    """The files of what was said."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def keep(self, name: str, content: bytes) -> Recording | None:
        """Keep a WAV that holds somebody's words; None, and no file, when it holds none."""
        try:
            return await asyncio.to_thread(self._keep, name, content)
        except (OSError, wav.SoundError) as error:
            raise UndoneError(f"a recording could not be kept: {error}") from error

    def _keep(self, name: str, content: bytes) -> Recording | None:
        self._directory.mkdir(mode=0o700, exist_ok=True)
        file = self._directory / f"{name}.wav"
        aside = file.with_suffix(".part")
        try:
            aside.touch(0o600)
            aside.write_bytes(content)
            samples, rate = wav.read(aside)
            if talking(samples, rate) < SAID:
                return None
            aside.replace(file)
        finally:
            aside.unlink(missing_ok=True)
        return Recording(str(file), round(len(samples) / rate, 2))


def talking(samples: wav.Samples, rate: int) -> float:
    """How long there is more than silence, in seconds."""
    frame = round(FRAME * rate)
    whole = samples[: len(samples) // frame * frame].reshape(-1, frame)
    return float(np.count_nonzero(np.abs(whole).mean(axis=1) > LOUD)) * FRAME
