"""Finds an Asterisk: the system's, or a private copy that is run through its own loader."""

import re
import shutil
import subprocess
from pathlib import Path

from msgspec import Struct

OLDEST = 20
_SYSTEM_MODULES = (
    "/usr/lib/*/asterisk/modules",
    "/usr/lib/asterisk/modules",
    "/usr/lib64/asterisk/modules",
)
_SYSTEM_DATA = (Path("/usr/share/asterisk"), Path("/var/lib/asterisk"))


class PbxError(Exception):
    """Asterisk is missing, or cannot be configured or run; the text says what to do."""


class Asterisk(Struct, frozen=True):
    """An Asterisk that can be run: ``argv`` is the beginning of its command line."""

    argv: tuple[str, ...]
    version: str
    modules: Path
    data: Path

    @property
    def rest_api(self) -> Path:
        """The directory of its descriptions of ARI, a JSON file per resource."""
        return self.data / "rest-api"

    @property
    def sounds(self) -> Path:
        """The directory of its sounds, with a directory per language."""
        return self.data / "sounds"


def find(explicit: Path | None = None) -> Asterisk | None:
    """The Asterisk to use, or None when there is none of version 20 or later.

    ``explicit`` is a private root made by :func:`asterisk_conf.private.make_private` or the
    program itself; raises :class:`PbxError` if it cannot be used. Without it the system's is used.
    """
    if explicit is None:
        program = shutil.which("asterisk", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
        return _system(Path(program)) if program else None
    asterisk = private(explicit) if explicit.is_dir() else _system(explicit)
    if asterisk is None:
        raise PbxError(f"{explicit} has no Asterisk {OLDEST} or later; give another path, or none")
    return asterisk


def private(root: Path) -> Asterisk | None:
    """The Asterisk in an unpacked Debian root, run without chroot; None if it is incomplete."""
    root = root.resolve()
    modules = next(root.glob("usr/lib/*/asterisk/modules"), None)
    if modules is None:
        return None
    libraries = modules.parent.parent
    loader = next(libraries.glob("ld-linux*.so.*"), None)
    if loader is None:
        return None
    argv = (
        str(loader),
        "--inhibit-cache",  # the host's library cache is not for this root
        "--library-path",
        f"{libraries}:{libraries / 'asterisk'}",
        str(root / "usr/sbin/asterisk"),
    )
    return _fit(argv, modules, root / "usr/share/asterisk")


def _system(program: Path) -> Asterisk | None:
    places = (place for pattern in _SYSTEM_MODULES for place in Path("/").glob(pattern[1:]))
    modules = next((place for place in places if (place / "res_ari.so").exists()), None)
    data = next((place for place in _SYSTEM_DATA if (place / "rest-api").is_dir()), None)
    if modules is None or data is None:
        return None
    return _fit((str(program),), modules, data)


def _fit(argv: tuple[str, ...], modules: Path, data: Path) -> Asterisk | None:
    try:
        answer = subprocess.run([*argv, "-V"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r"Asterisk (?:certified/)?((\d+)[\d.]*)", answer.stdout)
    if not version or int(version[2]) < OLDEST:
        return None
    return Asterisk(argv, version[1], modules, data)
