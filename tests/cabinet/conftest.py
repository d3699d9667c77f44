"""A running cabinet, and a subscriber in it."""

from collections.abc import AsyncIterator

import pytest

from tests.cabinet.harness import Browser, Harness, running


@pytest.fixture
async def here() -> AsyncIterator[Harness]:
    async with running() as one:
        yield one


@pytest.fixture
async def visitor(here: Harness) -> AsyncIterator[Browser]:
    """A browser of no one yet."""
    async with here.client() as one:
        yield one


@pytest.fixture
async def alesya(visitor: Browser) -> Browser:
    """A subscriber who signed in."""
    await visitor.sign_in()
    return visitor
