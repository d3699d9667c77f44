"""The path of a Unix socket, shortened: the kernel takes 107 bytes at most."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def short_path(path: Path) -> Iterator[str]:
    """``path`` through a descriptor of its directory, while the context lasts.

    Raises FileNotFoundError and NotADirectoryError when there is no such directory.
    """
    directory = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{directory}/{path.name}"
    finally:
        os.close(directory)
