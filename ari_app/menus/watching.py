"""Polls the files of menus, and says when they changed."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from ari_app.menus.loading import files

PAUSE = 1.0
"""Seconds between two polls of the files; unchanged in both means fully written."""


async def watch(
    directory: Path, changed: Callable[[], Awaitable[object]], pause: float = PAUSE
) -> None:
    """Poll the files of menus and await ``changed`` when they changed, and once at the start.

    Polling works on network file systems, too.
    """
    taken, seen = None, None
    while True:
        now = await asyncio.to_thread(_look, directory)
        if now == seen and now != taken:
            taken = now
            await changed()
        seen = now
        await asyncio.sleep(pause)


def _look(directory: Path) -> frozenset[tuple[Path, int, int, int]]:
    found = set()
    for path in files(directory):
        try:
            stat = path.stat()
        except OSError:
            continue  # removed meanwhile
        found.add((path, stat.st_ino, stat.st_size, stat.st_mtime_ns))
    return frozenset(found)
