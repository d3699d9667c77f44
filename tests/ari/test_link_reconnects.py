"""The link to Asterisk breaks, and is made again, for ever."""

import asyncio
import re
from collections.abc import Sequence

import pytest

from ari_app.ari.events import Event
from ari_app.ari.link import Link
from tests.ari.facts import until
from tests.ari.faults import Fault
from tests.ari.harness import linked, reconcile_nothing, settings
from tests.ari.server import Server
from tests.deadlines import allowed

FILTER = "PUT applications/firstline/eventFilter"


def waits(caplog: pytest.LogCaptureFixture) -> list[float]:
    """The pauses before new attempts that the log names."""
    found = (re.search(r"reconnecting in (\S+) s", message) for message in caplog.messages)
    return [float(match[1]) for match in found if match]


async def test_the_pause_doubles_with_jitter_up_to_its_limit(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.refusing = 503
    running = asyncio.create_task(Link(settings(server)).run(lambda _: None, reconcile_nothing))
    await until(lambda: len(waits(caplog)) >= 12)
    running.cancel()
    for number, wait in enumerate(waits(caplog)):
        pause = min(0.002 * 2**number, 0.01)
        assert 0.49 * pause <= wait <= 1.01 * pause
    assert len(set(waits(caplog)[4:])) > 3


@pytest.mark.parametrize(("steady", "again"), [(0.0, True), (30.0, False)])
async def test_only_a_steady_link_resets_the_back_off(
    server: Server, caplog: pytest.LogCaptureFixture, steady: float, again: bool
) -> None:
    async with linked(server, steady=steady, back_off=0.001, back_off_most=0.064) as link:
        for connection in range(1, 9):
            await until(lambda connection=connection: link.connections == connection)  # type: ignore[misc]
            server.drop()
        await until(lambda: link.connections == 9)
    assert all(wait <= 0.00101 for wait in waits(caplog)) == again
    assert len(waits(caplog)) == 8


@pytest.mark.parametrize(
    ("request_", "fault"),
    [
        (FILTER, 500),
        (FILTER, Fault.DROP),
        ("GET asterisk/info", 503),
        ("GET asterisk/info", Fault.LOST),
        ("GET applications/firstline", 404),
        ("GET applications/firstline", Fault.MUTE),
    ],
)
@pytest.mark.parametrize("transport", ["websocket", "http"])
async def test_a_fault_while_the_link_is_made_ready_is_tried_again(
    server: Server, transport: str, request_: str, fault: Fault | int
) -> None:
    server.plan(request_, lambda: fault)

    async def reconcile(_: Sequence[Event]) -> None:
        await link.ari.applications.get()

    link = Link(settings(server, transport=transport, deadline=allowed(0.3)))
    running = asyncio.create_task(link.run(lambda _: None, reconcile))
    await until(lambda: link.connected)
    assert server.connections == 2
    assert link.connections == 1
    running.cancel()


async def test_a_socket_that_breaks_while_http_goes_well_is_no_connection(server: Server) -> None:
    async def reconcile(_: Sequence[Event]) -> None:
        if server.connections == 1:
            server.drop()
            await until(lambda: link._sending.socket is None)
            await link.ari.applications.get()

    link = Link(settings(server, transport="http"))
    running = asyncio.create_task(link.run(lambda _: None, reconcile))
    await link.wait_connected()
    assert server.connections == 2
    assert link.connections == 1
    running.cancel()


async def test_a_server_that_answers_no_pings_is_noticed(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.pongs = False
    async with linked(server, heartbeat=0.05) as link:
        server.pongs = True
        await until(lambda: link.connections == 2)
    assert "No PONG received" in caplog.text


async def test_it_ends_while_the_server_is_silent(server: Server) -> None:
    server.plan(FILTER, lambda: Fault.MUTE)
    running = asyncio.create_task(Link(settings(server)).run(lambda _: None, reconcile_nothing))
    await until(lambda: server.lines() or server.asked)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
