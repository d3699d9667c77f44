"""Spoken sentences on disk, by the hash of their text and voice; looked up in memory only."""

import time
from contextlib import suppress
from pathlib import Path

from prompts.telephone import playable

_STALE = 3600.0  # seconds after which an unfinished file is deleted


class Cache:
    """An LRU cache of sound files in a directory, at most ``limit`` bytes."""

    def __init__(self, directory: Path, limit: int) -> None:
        self._directory = directory.absolute()
        self._limit = limit
        self._sizes: dict[str, int] = {}  # in the order in which they were asked for
        self._total = 0

    def open(self) -> None:
        """Index the directory; damaged files are deleted. Raises OSError."""
        self._directory.mkdir(parents=True, exist_ok=True)
        for left in self._directory.glob(".*.part"):
            if time.time() - _changed(left) > _STALE:
                left.unlink(missing_ok=True)
        for path in sorted(self._directory.glob("*.wav"), key=_changed):
            with suppress(FileNotFoundError):
                if playable(path):
                    self.add(path.stem)
                else:
                    path.unlink(missing_ok=True)

    def __contains__(self, key: str) -> bool:
        return key in self._sizes

    def find(self, key: str) -> str | None:
        """The path without extension, or None; does not touch the disk."""
        size = self._sizes.pop(key, None)
        if size is None:
            return None
        self._sizes[key] = size
        return f"{self._directory}/{key}"

    def file(self, key: str) -> Path:
        """The path of a sentence's file."""
        return self._directory / f"{key}.wav"

    def add(self, key: str) -> None:
        """Add the finished file of ``key``; the least recently used ones may be deleted."""
        self.forget(key)
        size = self.file(key).stat().st_size
        self._sizes[key] = size
        self._total += size
        while self._total > self._limit and len(self._sizes) > 1:
            oldest = next(iter(self._sizes))
            self.forget(oldest)
            self.file(oldest).unlink(missing_ok=True)

    def forget(self, key: str) -> None:
        """Drop a sentence from the index."""
        self._total -= self._sizes.pop(key, 0)


def _changed(path: Path) -> float:
    """When a file was written; now, if another process has just renamed or deleted it."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()
