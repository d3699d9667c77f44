"""New databases of tests are copies of one that was migrated: to migrate each takes 80 ms."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from ari_app.store import engine
from ari_app.store.open_database import open_writer
from ari_app.store.sqlite import Database
from tests.operators import BELARUS

MIGRATE = {"tests.store.test_db", "tests.store.test_schema"}
"""The modules whose tests are about making and migrating a database."""


@contextmanager
def copied(directory: Path) -> Iterator[None]:
    """Within the block the store of this process copies instead of migrating."""
    template = directory / "migrated.db"
    if not template.exists():
        open_writer(template, 5.0, BELARUS).close()

    def opened(path: Path, *given: Any, **others: Any) -> Database:
        if others.get("make", True):
            with suppress(OSError):  # the store says why it cannot be made
                path.parent.mkdir(parents=True, exist_ok=True)
        if path.parent.is_dir() and not path.exists():
            own = path.with_name(f"{path.name}.{os.getpid()}")
            shutil.copyfile(template, own)
            own.chmod(0o600)
            with suppress(FileExistsError):
                os.link(own, path)
            own.unlink()
        return open_writer(path, *given, **others)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "open_writer", opened)
        yield
