"""What is made once for all installations of a run of the tests: the demo operator and the keys."""

import asyncio
import os
import shutil
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any, TypeVar

from ari_app.main.demo import open_store
from ari_app.main.installation import installation

T = TypeVar("T")

SHARED = "SOUNDS_OF_THE_TESTS"
"""In the environment: the directory of all that was spoken in this run of the tests."""
QUEUE = "\n[queues.support]\nwrapup = 10\n"
"""The settings of an installation that has none of its own for queues."""


def shared(state: Path) -> Path:
    """The directory of what is made once for all tests of this run."""
    directory = Path(os.environ.get(SHARED, state / "sounds"))
    directory.mkdir(exist_ok=True)
    return directory


def seeded(directory: Path) -> Path:
    """The installation, never up, in a shared directory; others are copies of it."""
    directory.mkdir(exist_ok=True)
    made = directory / "seeded"
    with (directory / "seeding").open("w") as lock:
        flock(lock, LOCK_EX)
        if not made.exists():
            aside(_open_and_close(half := made.with_name("half")))
            (half / "firstline.toml").write_text(QUEUE)
            half.rename(made)
    return made


def seed(state: Path) -> None:
    """Copy the demo operator and the keys into a state directory that has none of its own."""
    made = seeded(shared(state))
    for name in ("firstline.db", "secrets.toml"):
        if not (state / name).exists():
            shutil.copy(made / name, state / name)


def aside(main: Coroutine[Any, Any, T]) -> T:
    """What comes of something that waits, though the loop of a test may run here."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, main).result()


async def _open_and_close(directory: Path) -> None:
    (state := installation(directory)).make()
    await (await open_store(state.config({}), state)).close()
