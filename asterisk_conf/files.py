"""Files of an installation: whole or not at all, and for no other user's eyes."""

import os
import tempfile
from pathlib import Path

from asterisk_conf.discovery import PbxError


def replace(path: Path, content: bytes) -> bool:
    """Put ``content`` at ``path`` at one stroke, mode 0600: whether that changed anything."""
    if path.is_file() and path.read_bytes() == content:
        return False
    number, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made 0600
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
        Path(aside).replace(path)
    except OSError:
        Path(aside).unlink(missing_ok=True)
        raise
    return True


def private_directory(path: Path) -> None:
    """Make ``path``, mode 0700; refuse one that belongs to somebody else."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = path.lstat()
    if path.is_symlink() or owner.st_uid != os.geteuid():
        raise PbxError(f"{path} belongs to another user; remove it or choose another --state")
    path.chmod(0o700)
