"""The server of these tests."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.ami.server import Server
from tests.ari.facts import until


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A server that is gone at the end, as is every task of the test."""
    async with Server().running() as running:
        yield running
    await until(lambda: asyncio.all_tasks() == {asyncio.current_task()})
