"""The door for probes: what it answers, and to whom."""

import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
import pytest

from ari_app.config.server_settings import MonitoringSettings
from ari_app.monitoring import server
from ari_app.monitoring.checks import Readiness, check

WELL = Readiness.of((check("ari", ""), check("ami", "no password", needed=False)))
ILL = Readiness.of((check("ari", ""), check("store", "the disk is full: make room")))


@asynccontextmanager
async def probing(
    readiness: Readiness, allow: Sequence[str] = ("127.0.0.1",)
) -> AsyncIterator[aiohttp.ClientSession]:
    async def ready() -> Readiness:
        return readiness

    async def metrics() -> bytes:
        return b"firstline_ready 1\n"

    answers = server.Answers(ready, metrics)
    async with (
        server.serve(("127.0.0.1", 0), answers, allow) as port,
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client,
    ):
        yield client


@pytest.mark.parametrize(("readiness", "status"), [(WELL, 200), (ILL, 503)])
async def test_readiness_is_a_status_and_says_why(readiness: Readiness, status: int) -> None:
    async with probing(readiness) as client, client.get("/readyz") as answer:
        assert answer.status == status
        said = await answer.json()
    assert said["ready"] is readiness.ready
    assert [one["why"] for one in said["checks"]] == [one.why for one in readiness.checks]


async def test_health_and_metrics_are_there_also_when_callers_are_not_served() -> None:
    async with probing(ILL) as client:
        async with client.get("/healthz") as answer:
            assert (answer.status, await answer.text()) == (200, "ok\n")
        async with client.get("/metrics") as answer:
            assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
            assert await answer.text() == "firstline_ready 1\n"
        for path in ("/", "/metrics/../secrets.toml", "/status"):
            async with client.get(path) as answer:
                assert answer.status == 404
        async with client.post("/readyz") as answer:
            assert answer.status == 405


@pytest.mark.parametrize(
    ("allow", "status"), [(("10.0.0.0/8",), 403), ((), 403), (("127.0.0.0/8",), 200)]
)
async def test_only_allowed_addresses_are_answered(allow: Sequence[str], status: int) -> None:
    async with probing(WELL, allow) as client:
        for path in ("/healthz", "/readyz", "/metrics"):
            async with client.get(path) as answer:
                assert answer.status == status


async def test_a_port_in_use_is_logged_and_calls_go_on(caplog: pytest.LogCaptureFixture) -> None:
    async def never() -> Readiness:
        raise AssertionError

    async def nothing() -> bytes:
        raise AssertionError

    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        answers = server.Answers(never, nothing)
        async with server.opened(MonitoringSettings(), port, answers):
            pass
        assert f"monitoring cannot listen on 127.0.0.1:{port} (address already in use)" in (
            caplog.text
        )
        async with server.opened(MonitoringSettings(enabled=False), port, answers):
            assert caplog.text.count("cannot listen") == 1
