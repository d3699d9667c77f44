"""A fake billing, and an installation's self-service over it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.deadlines import allowed
from tests.fulfilment.harness import Harness
from tests.selfcare.fake_billing import FakeBilling


@pytest.fixture
async def billing() -> FakeBilling:
    return FakeBilling()


@pytest.fixture
async def harness(billing: FakeBilling, tmp_path: Path) -> AsyncIterator[Harness]:
    harness = await Harness.open(billing, tmp_path / "firstline.db", deadline=allowed(0.2))
    yield harness
    await harness.end()
