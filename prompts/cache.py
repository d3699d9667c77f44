"""Spoken sentences on the disk, by the hash of what made them; looked up in memory alone."""

import time
from pathlib import Path

from prompts.telephone import playable

_STALE = 3600.0  # seconds after which a file left aside belongs to nobody


class Cache:
    """The files of a directory, at most ``limit`` bytes; those asked for longest ago go first."""

    def __init__(self, directory: Path, limit: int) -> None:
        self._directory = directory.absolute()
        self._limit = limit
        self._sizes: dict[str, int] = {}  # in the order in which they were asked for
        self._total = 0

    def open(self) -> None:
        """Learn what is there; what is not whole is deleted, to be spoken again. Raises OSError."""
        self._directory.mkdir(parents=True, exist_ok=True)
        for left in self._directory.glob(".*.part"):
            if time.time() - left.stat().st_mtime > _STALE:
                left.unlink(missing_ok=True)
        found = sorted(
            (path.stat().st_mtime, path.stem, path) for path in self._directory.glob("*.wav")
        )
        for _, key, path in found:
            if playable(path):
                self.add(key)
            else:
                path.unlink(missing_ok=True)

    def find(self, key: str) -> str | None:
        """The path without extension, if the sentence is there; touches no disk."""
        size = self._sizes.pop(key, None)
        if size is None:
            return None
        self._sizes[key] = size
        return f"{self._directory}/{key}"

    def file(self, key: str) -> Path:
        """Where the sentence belongs."""
        return self._directory / f"{key}.wav"

    def add(self, key: str) -> None:
        """The file of ``key`` is there now."""
        self.forget(key)
        size = self.file(key).stat().st_size
        self._sizes[key] = size
        self._total += size
        while self._total > self._limit and len(self._sizes) > 1:
            oldest = next(iter(self._sizes))
            self.forget(oldest)
            self.file(oldest).unlink(missing_ok=True)

    def forget(self, key: str) -> None:
        """Take the sentence for one that is not there."""
        self._total -= self._sizes.pop(key, 0)
