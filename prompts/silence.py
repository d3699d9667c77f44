"""Silences as sound files: of any length, put together from a few of them."""

from pathlib import Path
from typing import Final

from prompts.telephone import RATE, playable

LENGTHS: Final = (3200, 1600, 800, 400, 200, 100, 50)
"""The files, in milliseconds: each is twice as long as the next one."""


class Silences:
    """The files of silence in a directory; ``pause`` is the usual one, in seconds."""

    def __init__(self, directory: Path, pause: float) -> None:
        self._directory = directory.absolute()
        self.pause = pause

    def open(self) -> None:
        """Write the files that are missing. Raises OSError."""
        import numpy as np  # commands that write no sound need not load it

        from prompts import wav  # it loads numpy

        self._directory.mkdir(parents=True, exist_ok=True)
        for length in LENGTHS:
            path = self._directory / f"{length}.wav"
            if not playable(path):
                wav.write(path, np.zeros(length * RATE // 1000, dtype=np.float32))

    def files(self, seconds: float) -> list[str]:
        """The paths, without extension, of what to play for a silence; none for less than 25 ms.

        It is rounded to 50 ms, and 6.35 s at most.
        """
        left, found = round(seconds * 1000 / LENGTHS[-1]) * LENGTHS[-1], []
        for length in LENGTHS:
            if left >= length:
                found.append(f"{self._directory}/{length}")
                left -= length
        return found
