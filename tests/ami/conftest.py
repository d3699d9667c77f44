"""The server of these tests, and the real Asterisk of the live ones."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from ari_app.ami.queue_monitor import QueueMonitor
from asterisk_conf.pbx import Pbx
from tests.ami.queue_pbx import queue_pbx, watched
from tests.ami.server import Server
from tests.ari.facts import until


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A server that is gone at the end, as is every task of the test."""
    async with Server().running() as running:
        yield running
    await until(lambda: asyncio.all_tasks() == {asyncio.current_task()})


@pytest.fixture(scope="package")
def pbx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pbx]:
    with queue_pbx(tmp_path_factory.mktemp("pbx")) as started:
        yield started


@pytest.fixture
async def watch(pbx: Pbx) -> AsyncIterator[QueueMonitor]:
    async with watched(pbx) as watch:
        yield watch
