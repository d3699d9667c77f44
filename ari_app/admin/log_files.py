"""Rotates the logs of an installation by their size, so that no one fills the disk with them.

A file is copied and cut, as logrotate's ``copytruncate`` does: who writes it appends, and need not
open it again. What is written between the two, within milliseconds, is lost.
"""

import asyncio
import logging
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

log = logging.getLogger(__name__)

LARGEST = 20 * 2**20
"""Bytes of a log that is rotated."""
KEPT = 5
"""Older parts that are kept of each: ``messages.1`` is the newest."""
EVERY = 10.0
"""Seconds between two looks."""


def of(state: Path) -> tuple[Path, ...]:
    """The logs of a state directory."""
    asterisk = state / "asterisk"
    return (
        *(asterisk / "log" / name for name in ("messages", "queue_log")),
        asterisk / "output.log",
        state / "firstline.log",
        state / "agi.log",
    )


def rotate(files: Sequence[Path], largest: int = LARGEST, kept: int = KEPT) -> tuple[Path, ...]:
    """Rotate the files that are larger; returns them. May raise ``OSError``."""
    found = [file for file in files if file.is_file() and file.stat().st_size > largest]
    for file in found:
        for number in range(kept, 1, -1):
            older = file.with_name(f"{file.name}.{number - 1}")
            if older.exists():
                older.replace(file.with_name(f"{file.name}.{number}"))
        newest = file.with_name(f"{file.name}.1")
        shutil.copy(file, newest)  # with its mode
        os.truncate(file, 0)
    return tuple(found)


async def run(files: Sequence[Path]) -> None:
    """Rotate without end; an error is logged once."""
    failed = ""
    while True:
        try:
            for file in await asyncio.to_thread(rotate, files):
                log.info("%s was rotated: the last %d are kept", file, KEPT)
            failed = ""
        except OSError as error:
            if str(error) != failed:
                log.error("logs were not rotated: %s", error)
            failed = str(error)
        await asyncio.sleep(EVERY)
