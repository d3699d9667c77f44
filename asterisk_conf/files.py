"""Writes files of an installation atomically and readable by their owner only."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from asterisk_conf.discovery import PbxError


def replace(path: Path, content: bytes) -> bool:
    """Replace ``path`` atomically, mode 0600, on the disk; returns whether the content changed."""
    if path.is_file() and path.read_bytes() == content:
        return False
    number, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made 0600
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(number)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
    return True


def private_directory(path: Path) -> None:
    """Make the directory ``path``, mode 0700; raises :class:`PbxError` if another user owns it."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = path.lstat()
    if path.is_symlink() or owner.st_uid != os.geteuid():
        raise PbxError(f"{path} belongs to another user; remove it or choose another --state")
    path.chmod(0o700)


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Hold the lock of a directory that is to be made; of two processes one waits for the other.

    Raises :class:`PbxError` if nothing can be written beside it.
    """
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        lock = directory.with_name(f"{directory.name}.lock").open("w")
    except OSError as error:
        raise PbxError(
            f"cannot write to {directory.parent} ({error.strerror}); choose another --state"
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
