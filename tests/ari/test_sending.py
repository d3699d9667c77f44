"""Requests that are sent without waiting for the answer, and requests that time out."""

import asyncio

import pytest

from ari_app.ari.errors import AriError, GoneError, UnreachableError
from ari_app.ari.link import Link
from ari_app.ari.rest import Channels
from tests.ari.facts import until
from tests.ari.faults import Fault
from tests.ari.harness import linked
from tests.ari.server import Server
from tests.deadlines import allowed

Heard = list[AriError | UnreachableError]


def sending(link: Link) -> tuple[Channels, Heard]:
    """Requests without waiting for an answer, and the failures that are reported."""
    heard: Heard = []
    return Channels(link.fire_and_forget(heard.append)), heard


async def test_fire_and_forget_does_not_report_success(server: Server) -> None:
    server.enter("c")
    async with linked(server) as link:
        channels, heard = sending(link)
        await channels.play_with_id("c", "c-1", ["sound:x"])
        assert link.unanswered == 1, "it did not wait"
        await until(lambda: not link.unanswered)
        assert server.plays == ["sound:x"]
        assert not heard


async def test_fire_and_forget_of_a_blocking_request_waits_over_http(server: Server) -> None:
    server.enter("c")
    async with linked(server) as link:
        channels, heard = sending(link)
        await channels.set_channel_var("c", "A", "1")
        assert server.channels["c"].variables == {"A": "1"}
        assert server.asked[-1].over == "http"
        assert not heard


@pytest.mark.parametrize("transport", ["websocket", "http"])
@pytest.mark.parametrize(
    ("status", "kind"), [(404, GoneError), (409, GoneError), (422, GoneError), (500, AriError)]
)
async def test_fire_and_forget_reports_a_rejection(
    server: Server, transport: str, status: int, kind: type[AriError]
) -> None:
    async with linked(server, transport=transport) as link:
        channels, heard = sending(link)
        server.plan("DELETE channels/c", lambda: status)
        await channels.hangup("c")
        await until(lambda: heard)
        assert [type(error) for error in heard] == [kind]
        assert link.connected
        assert not link.unanswered


async def test_fire_and_forget_reports_a_break_of_the_link(server: Server) -> None:
    async with linked(server, deadline=60) as link:
        channels, heard = sending(link)
        for fault in (Fault.MUTE, Fault.DROP):
            server.plan("DELETE channels/c", lambda fault=fault: fault)  # type: ignore[misc]
            await channels.hangup("c")
        await until(lambda: len(heard) == 2)
        assert {type(error) for error in heard} == {UnreachableError}
        assert "DELETE /channels/c: the link to Asterisk broke" in str(heard[0])


@pytest.mark.parametrize("transport", ["websocket", "http"])
async def test_what_cannot_leave_is_raised_at_once(server: Server, transport: str) -> None:
    async with linked(server, transport=transport) as link:
        channels, heard = sending(link)
    with pytest.raises(UnreachableError, match="the link to Asterisk is down"):
        await channels.hangup("c")
    assert not heard


async def test_fire_and_forget_reports_a_timeout(server: Server) -> None:
    async with linked(server, deadline=allowed(0.1)) as link:
        channels, heard = sending(link)
        server.plan("DELETE channels/c", lambda: Fault.MUTE)
        await channels.hangup("c")
        await until(lambda: heard)
        assert isinstance(heard[0], UnreachableError)
        assert "DELETE /channels/c: no answer in" in str(heard[0])
        assert link.connected
        assert not link.unanswered


async def test_only_what_is_overdue_expires(server: Server) -> None:
    """The one that is not answered ends by its deadline; those around it are answered."""
    patience = allowed(0.1)
    async with linked(server, deadline=patience) as link:
        ping = link.ari.asterisk.ping
        server.plan("GET asterisk/ping", lambda: Fault.MUTE)
        mute = asyncio.create_task(ping())
        await until(lambda: link.unanswered)
        began = asyncio.get_running_loop().time()
        while not mute.done():
            await ping()
        with pytest.raises(UnreachableError, match=r"no answer in [\d.]+ s"):
            await mute
        assert asyncio.get_running_loop().time() - began > patience / 2
        assert not link.unanswered
        assert link.connections == 1


async def test_a_request_that_is_cancelled_waits_for_nothing(server: Server) -> None:
    async with linked(server, deadline=60) as link:
        server.plan("GET asterisk/ping", lambda: Fault.MUTE)
        asking = asyncio.create_task(link.ari.asterisk.ping())
        await until(lambda: link.unanswered)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert not link.unanswered
