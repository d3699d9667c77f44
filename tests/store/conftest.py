"""A store of its own for every test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ari_app.store.db import Store
from tests.operators import BELARUS


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "firstline.db"


@pytest.fixture
async def store(file: Path) -> AsyncIterator[Store]:
    store = await Store.open(file, BELARUS, patience=0.2)
    yield store
    await store.close()
