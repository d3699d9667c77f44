"""What the status says where the store does not answer."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ari_app.admin import status
from ari_app.main.installation import installation
from ari_app.store.health import Health


async def test_a_database_that_hangs_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the status comes later than the command waits for it."""

    async def hangs(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(status, "PATIENCE", 0.01)
    state = installation(tmp_path)
    config, store = state.config({}), cast(Any, SimpleNamespace(read=hangs))
    async with asyncio.timeout(5):
        known = await status.stored(config, store, None)
    found = status.status(config, state, Health("slow", "it hangs"), known, None)
    assert (found.database.fault, found.database.answers) == ("slow", False)
