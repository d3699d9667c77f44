"""An installation without an application: its state directory, menus and demo operator."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner, Result

from ari_app.cli import main
from ari_app.config.state import State
from ari_app.demo.operator import seed
from ari_app.main.installation import installation
from ari_app.store.db import Store
from tests.operators import BELARUS

Run = Callable[..., Result]

CLAIMS = """\
schedule: claims
timezone: Europe/Minsk
week: { mon-fri: "09:00-13:00, 14:00-18:00", sat: "22:00-02:00" }
except: { "2026-12-31": "09:00-12:00", "01-01": closed }
"""


@pytest.fixture
def state(tmp_path: Path) -> State:
    """A state directory whose menus have one schedule."""
    menus = tmp_path / "menus"
    menus.mkdir()
    (menus / "claims.yaml").write_text(CLAIMS)
    (menus / "flow.yaml").write_text("flow: none\n")
    state = installation(tmp_path / "state")
    state.make()
    (state.directory / "firstline.toml").write_text(f'[menus]\ndirectory = "{menus}"\n')
    return state


@pytest.fixture
def demo(state: State) -> State:
    """It has the demo operator's subscribers, too."""
    state.database.touch(0o600)
    state.database.write_bytes(_seeded(datetime.now(UTC).date()))
    return state


@cache
def _seeded(_: date) -> bytes:
    """A store with the demo operator of a day: to seed one takes 60 ms of CPU."""

    async def seeding(database: Path) -> None:
        store = await Store.open(database, BELARUS)
        await seed(store, datetime.now(UTC))
        await store.close()

    with TemporaryDirectory() as directory:
        database = Path(directory, "firstline.db")
        asyncio.run(seeding(database))
        return database.read_bytes()


@pytest.fixture
def run(state: State) -> Run:
    """Runs `firstline …`; the lines of its streams are in ``stdout`` and ``stderr``."""

    def running(*words: str) -> Result:
        result = CliRunner().invoke(main, ["--state", str(state.directory), *words])
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result

    return running
