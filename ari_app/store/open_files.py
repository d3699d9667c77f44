"""The files of an open database, which somebody may delete or replace beneath it.

SQLite goes on with the files that it opened: what is committed to a deleted one is lost when it is
closed. So it is looked whether their names still lead to them.
"""

import os
from pathlib import Path
from typing import NamedTuple

from ari_app.store.errors import StoreError

SUFFIXES = ("", "-wal", "-shm")
"""The database, what is committed but not yet in it, and the locks of the programs that use it."""


class FileId(NamedTuple):
    """What makes a file the same one under any name."""

    device: int
    inode: int


class OpenFiles:
    """The files of the database at ``path``, as they are when it has just been opened."""

    def __init__(self, path: Path) -> None:
        self._names = [f"{path}{suffix}" for suffix in SUFFIXES]
        self._ids = [_id(name) for name in self._names]

    def check(self) -> None:
        """Raise ``StoreError`` if one of them was deleted or replaced. It takes microseconds."""
        for name, known in zip(self._names, self._ids, strict=True):
            now = _id(name)
            if known is None or now == known:
                continue
            if now is None:
                raise StoreError(
                    f"{name}: it was deleted while Firstline used it; nothing is stored until the "
                    "database is there again",
                    "deleted",
                )
            raise StoreError(
                f"{name}: another file was put in its place while Firstline used it; nothing is "
                "stored until one that can be used is there",
                "replaced",
            )

    def is_replaced(self) -> bool:
        """Whether another file has the name of the database itself."""
        return _id(self._names[0]) not in (None, self._ids[0])

    def remove_companions(self) -> None:
        """Remove what still stands beside a database that was replaced.

        It is not the new one's, but SQLite would read it into that. ``OSError``.
        """
        for name, known in zip(self._names[1:], self._ids[1:], strict=True):
            if known is not None and _id(name) == known:
                Path(name).unlink(missing_ok=True)


def _id(name: str) -> FileId | None:
    try:
        found = os.stat(name)  # noqa: PTH116 - before and after each transaction: it is faster
    except OSError:
        return None
    return FileId(found.st_dev, found.st_ino)
