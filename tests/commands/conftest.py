"""An installation without an application: its state directory, menus and demo operator."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

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

    async def seeding() -> None:
        store = await Store.open(state.database, BELARUS)
        await seed(store, datetime.now(UTC))
        await store.close()

    asyncio.run(seeding())
    return state


@pytest.fixture
def run(state: State) -> Run:
    """Runs `firstline …`; the lines of its streams are in ``stdout`` and ``stderr``."""

    def running(*words: str) -> Result:
        result = CliRunner().invoke(main, ["--state", str(state.directory), *words])
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result

    return running
