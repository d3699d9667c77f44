"""A running desk, and HTTP clients of it."""

from collections.abc import AsyncIterator

import pytest

from tests.desk.http_client import HttpClient, RunningDesk, running_desk


@pytest.fixture(autouse=True)
def short_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cards of ended offers close almost at once."""
    monkeypatch.setattr("ari_app.desk.cards.cards.GONE_DELAY", 0.01)


@pytest.fixture
async def server() -> AsyncIterator[RunningDesk]:
    async with running_desk() as one:
        yield one


@pytest.fixture
async def client(server: RunningDesk) -> AsyncIterator[HttpClient]:
    async with server.client() as one:
        yield one


@pytest.fixture
async def anna(client: HttpClient) -> HttpClient:
    """A client that signed in as Anna."""
    assert (await client.sign_in()).status == 303
    return client
