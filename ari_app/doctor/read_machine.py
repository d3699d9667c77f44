"""Gathers what the doctor wants to know of the machine; nothing of it changes anything."""

import ctypes
import os
import re
import shutil
import socket
import time
from collections.abc import Iterable
from pathlib import Path

from ari_app.doctor.facts import Disk, Machine

_UNSYNCHRONIZED = 5
"""TIME_ERROR, which adjtimex(2) returns while the clock is not kept by NTP."""
_AHEAD = 60.0
"""Seconds by which a file may be later than now: other machines write over a network, too."""


def machine(pid: int | None, places: Iterable[Path]) -> Machine:
    """This machine; ``pid`` is Asterisk's, if it runs, and ``places`` are where it writes."""
    name = socket.gethostname()
    there = [place for place in places if place.is_dir()]
    used, most = _files(pid)
    return Machine(
        name=name,
        own_name_known=_known(name),
        clock_synchronized=_synchronized(),
        files_ahead=tuple(_ahead(there)),
        disks=_disks(there),
        open_files=used,
        most_files=most,
    )


def _known(name: str) -> bool:
    try:
        lines = Path("/etc/hosts").read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return False
    return any(name in line.partition("#")[0].split()[1:] for line in lines)


def _synchronized() -> bool:
    """Whether the kernel's clock is kept; True where that cannot be asked."""
    adjtimex = getattr(ctypes.CDLL(None), "adjtimex", None)
    if adjtimex is None:
        return True
    return bool(adjtimex(ctypes.create_string_buffer(512)) != _UNSYNCHRONIZED)


def _ahead(places: Iterable[Path]) -> list[str]:
    """Files of these directories that were written later than now."""
    latest = time.time() + _AHEAD
    found = []
    for place in places:
        for entry in os.scandir(place):
            if entry.stat(follow_symlinks=False).st_mtime > latest:
                found.append(entry.path)
    return sorted(found)


def _disks(places: Iterable[Path]) -> tuple[Disk, ...]:
    """The disks of these directories, each once."""
    found: dict[int, Disk] = {}
    for place in places:
        found.setdefault(place.stat().st_dev, Disk(str(place), shutil.disk_usage(place).free))
    return tuple(found.values())


def _files(pid: int | None) -> tuple[int, int]:
    """How many files a process has open, and may have; 0, 0 if it cannot be looked at."""
    if pid is None:
        return 0, 0
    try:
        limits = Path(f"/proc/{pid}/limits").read_text()
        used = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return 0, 0
    found = re.search(r"^Max open files\s+(\d+)", limits, re.MULTILINE)
    return (used, int(found[1])) if found else (0, 0)
