"""A second process asks before it takes an application, and is refused while the first lives."""

import asyncio
import os

import pytest

from ari_app.ari import claim
from ari_app.ari.errors import RefusedError
from ari_app.ari.link import Link
from tests.ari.facts import until
from tests.ari.harness import linked, reconcile_nothing, settings
from tests.ari.server import Server
from tests.deadlines import within


@pytest.mark.parametrize("transport", ["websocket", "http"])
async def test_a_second_process_is_refused_and_the_first_goes_on(
    server: Server, transport: str
) -> None:
    async with linked(server, transport=transport) as first:
        second = Link(settings(server, transport=transport))
        owner = rf"served by another process \(pid {os.getpid()} on .*stop one of the two"
        with pytest.raises(RefusedError, match=owner):
            async with within(5):
                await second.run(lambda _: None, reconcile_nothing)
        await first.ari.asterisk.ping()
        assert (first.connected, server.connections) == (True, 1)
    assert set(server.owner.variables.values()) == {""}


async def test_another_program_under_the_name_is_not_replaced(server: Server) -> None:
    server.owner.foreign = True
    with pytest.raises(RefusedError, match="another program is registered"):
        await Link(settings(server)).run(lambda _: None, reconcile_nothing)
    assert not server.connections


async def test_a_socket_without_a_process_is_taken_over(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(claim, "PATIENCE", 0.05)
    server.owner.hangs = True
    async with linked(server) as link:
        assert link.connected
    assert "taking it over" in caplog.text


async def test_who_lost_the_link_asks_again_before_it_reconnects(server: Server) -> None:
    first = Link(settings(server, back_off=0.2))
    running = asyncio.create_task(first.run(lambda _: None, reconcile_nothing))
    await until(lambda: first.connected)
    server.drop()
    await until(lambda: not first.connected)
    async with linked(server) as second:
        with pytest.raises(RefusedError, match="served by another process"):
            await running
        assert second.connected
