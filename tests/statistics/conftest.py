"""A record of queues in a store of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ari_app.store.db import Store
from ari_app.store.recorder import Recorder
from tests.operators import BELARUS
from tests.statistics.world import World


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    yield store
    await store.close()


@pytest.fixture
async def world(store: Store, tmp_path: Path) -> AsyncIterator[World]:
    async with Recorder(store, pause=0.0) as recorder:
        yield World(store, recorder, tmp_path / "queue_log")
