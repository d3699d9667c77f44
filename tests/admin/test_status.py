"""What the status says where the store does not answer."""

import asyncio
from pathlib import Path
from types import SimpleNamespace

import pytest

from ari_app.admin import status as module
from ari_app.main.installation import installation
from ari_app.store.health import Health


async def test_it_comes_though_the_database_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hangs(_statement: object, *_values: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(module, "KNOWN", 0.01)
    state = installation(tmp_path)
    store = SimpleNamespace(read=hangs, health=Health("slow", "it hangs"))
    found = await module.status(state.config({}), state, store, (), None)  # type: ignore[arg-type]
    assert (found.database.fault, found.subscribers, found.agents) == ("slow", (), ())
