"""The link to Asterisk against a real server: connection, requests, breaks, and what is final."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

import pytest
from msgspec import json

from ari_app.ari.errors import AriError, GoneError, RefusedError, UnreachableError
from ari_app.ari.events import WANTED, ChannelDtmfReceived, Event, StasisStart
from ari_app.ari.link import Link
from ari_app.ari.rest import Ari
from ari_app.ari.sending import Settings
from ivr.secret import Secret
from tests.ari.facts import until
from tests.ari.faults import Fault
from tests.ari.harness import linked, reconcile_nothing, settings
from tests.ari.server import PASSWORD, USER, Server
from tests.deadlines import allowed

FILTER = "PUT applications/firstline/eventFilter"


async def test_the_filter_is_set_at_each_connection_and_lets_answers_through(
    server: Server,
) -> None:
    async with linked(server) as link:
        for connection in (1, 2, 3):
            await until(lambda: link.connected)
            filters = [one for one in server.asked if one.line == FILTER]
            assert len(filters) == connection == server.connections == link.connections
            allowed = [one["type"] for one in json.decode(filters[-1].body)["allowed"]]
            assert allowed == list(WANTED)
            assert set(allowed) == set(server.allowed or ())
            assert {"RESTResponse", "ApplicationReplaced", "StasisStart"} <= set(allowed)
            server.drop()
            await until(lambda: not link.connected)
    assert link.version == "22.0.0-tests"


@pytest.mark.parametrize(
    ("transport", "over_socket", "used"),
    [
        ("auto", True, "websocket"),
        ("auto", False, "http"),
        ("http", True, "http"),
        ("websocket", True, "websocket"),
    ],
)
async def test_transport(server: Server, transport: str, over_socket: bool, used: str) -> None:
    server.over_socket = over_socket
    async with linked(server, transport=transport, probe=0.05 if not over_socket else 5) as link:
        assert link.transport == used
        await link.ari.asterisk.ping()
        assert server.asked[-1].over == used
        assert link.connected


async def test_what_blocks_goes_over_http(server: Server) -> None:
    server.enter("c")
    async with linked(server) as link:
        await link.ari.channels.set_channel_var("c", "A", "1")
        await link.ari.channels.hangup("c")
    assert [(one.line, one.over) for one in server.asked[-2:]] == [
        ("POST channels/c/variable", "http"),
        ("DELETE channels/c", "websocket"),
    ]


Action = Callable[[Ari], Awaitable[object]]


@pytest.mark.parametrize("transport", ["websocket", "http"])
@pytest.mark.parametrize(
    ("action", "status", "kind"),
    [
        (lambda ari: ari.channels.hangup("nobody"), 404, GoneError),
        (lambda ari: ari.channels.play_with_id("left", "left-1", ["sound:x"]), 409, GoneError),
        (lambda ari: ari.applications.subscribe("channel:nobody"), 422, GoneError),
        (lambda ari: ari.playbacks.stop("none"), 404, GoneError),
        (lambda ari: ari.asterisk.ping(), 500, AriError),
    ],
)
async def test_refusals(
    server: Server, transport: str, action: Action, status: int, kind: type[AriError]
) -> None:
    server.enter("left")
    async with linked(server, transport=transport) as link:
        server.channels["left"].inside = False
        server.plan("GET asterisk/ping", lambda: 500)
        with pytest.raises(AriError) as caught:
            await action(link.ari)
        assert type(caught.value) is kind
        assert caught.value.status == status
        assert link.connected


async def test_an_answer_that_is_not_as_documented(server: Server) -> None:
    async with linked(server) as link:
        server.plan("GET asterisk/info", lambda: 204)
        with pytest.raises(AriError, match="malformed answer"):
            await link.ari.asterisk.get_info()


@pytest.mark.parametrize("transport", ["websocket", "http"])
async def test_a_request_has_a_deadline(server: Server, transport: str) -> None:
    async with linked(server, transport=transport, deadline=allowed(0.2)) as link:
        server.plan("GET asterisk/ping", lambda: Fault.MUTE)
        with pytest.raises(UnreachableError, match=r"GET /asterisk/ping: no answer in [\d.]+ s"):
            await link.ari.asterisk.ping()
        assert link.connected
        assert not link.unanswered


async def test_requests_fail_at_once_when_the_link_breaks(server: Server) -> None:
    async with linked(server, deadline=60) as link:
        server.plan("GET asterisk/ping", lambda: Fault.MUTE)
        server.plan("GET asterisk/ping", lambda: Fault.DROP)
        first, second = asyncio.create_task(ping(link)), asyncio.create_task(ping(link))
        assert await first == await second == "unreachable"


async def ping(link: Link) -> str:
    try:
        await link.ari.asterisk.ping()
    except UnreachableError:
        return "unreachable"
    return "pong"


async def test_after_the_end_a_request_says_that_the_link_is_down(server: Server) -> None:
    for transport in ("websocket", "http"):
        async with linked(server, transport=transport) as link:
            assert await ping(link) == "pong"
        assert not link.connected
        with pytest.raises(UnreachableError, match="link to Asterisk is down"):
            await link.ari.asterisk.ping()


# What is final.


async def test_a_wrong_password_is_final_and_says_what_to_do(server: Server) -> None:
    wrong = Settings(url=server.url, user=USER, password=Secret("another"))
    with pytest.raises(RefusedError, match=r"rejects the ARI user firstline.*render") as caught:
        await Link(wrong).run(lambda _: None, reconcile_nothing)
    assert "another" not in str(caught.value).replace("is another one", "")
    assert PASSWORD not in str(caught.value)


async def test_a_password_that_was_changed_meanwhile(server: Server) -> None:
    async with linked(server, transport="http") as link:
        server.refusing = 401
        with pytest.raises(RefusedError, match="render the configuration"):
            await link.ari.asterisk.ping()


async def test_a_link_that_was_replaced_stops(server: Server) -> None:
    first = Link(settings(server))
    running = asyncio.create_task(first.run(lambda _: None, reconcile_nothing))
    await until(lambda: first.connected)
    async with linked(server, take_over=True) as second:
        with pytest.raises(RefusedError, match="stop one of the two"):
            await running
        with pytest.raises(UnreachableError):
            await first.ari.asterisk.ping()
        assert await ping(second) == "pong"
    assert server.connections == 2


async def test_being_replaced_while_it_reconciles_is_final(server: Server) -> None:
    async def reconcile(_: Sequence[Event]) -> None:
        server.emit("ApplicationReplaced", application="firstline")
        try:
            await asyncio.Event().wait()
        finally:
            raise UnreachableError("what follows from it")

    with pytest.raises(RefusedError):
        await Link(settings(server)).run(lambda _: None, reconcile)


# Events.


async def test_events_wait_for_the_reconciliation_and_keep_their_order(server: Server) -> None:
    seen: list[str] = []
    waiting: list[Sequence[Event]] = []

    async def reconcile(held: Sequence[Event]) -> None:
        assert not link.connected
        server.enter("new", "611")
        server.press("new", "1", "2")
        await until(lambda: len(held) == 3)
        assert not seen
        waiting.append(held)
        seen.append("reconciled")

    def handle(event: Event) -> None:
        match event:
            case StasisStart():
                seen.append(event.channel.id)
            case ChannelDtmfReceived():
                seen.append(event.digit)

    link = Link(settings(server))
    running = asyncio.create_task(link.run(handle, reconcile))
    await until(lambda: link.connected)
    server.press("new", "3")
    await until(lambda: len(seen) == 5)
    assert seen == ["reconciled", "new", "1", "2", "3"]
    running.cancel()


async def test_unknown_and_malformed_events_are_counted_and_ignored(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[Event] = []
    async with linked(server, seen.append) as link:
        for text in ('{"type":"ChannelVarset"}', '{"type":"ChannelVarset"}', "[1]", "nonsense"):
            server.raw(text)
        server.raw('{"type":"StasisStart","channel":{"name":"without an id"}}')
        server.raw('{"type":"RESTResponse","request_id":"never-asked","status_code":200}')
        server.raw('{"type":"RESTResponse","request_id":7}')
        server.press("c", "5")
        await until(lambda: seen)
        assert link.connections == 1
    assert link.unparsed == {"ChannelVarset": 2, "": 2, "StasisStart": 1, "RESTResponse": 1}
    assert "malformed event StasisStart" in caplog.text
    assert "ChannelVarset" not in caplog.text


async def test_a_big_event(server: Server) -> None:
    seen: list[Event] = []
    async with linked(server, seen.append) as link:
        server.enter("c", "x" * 5_000_000)
        await until(lambda: seen)
        assert link.connections == 1


async def test_a_burst_of_events_while_requests_wait(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    seen: list[Event] = []
    burst = [str(number % 10) for number in range(5000)]
    async with linked(server, seen.append) as link:
        server.plan("GET asterisk/ping", lambda: server.press("c", *burst))
        answers = await asyncio.gather(*(ping(link) for _ in range(100)))
        assert answers == ["pong"] * 100
        await until(lambda: len(seen) == 5000)
    assert [event.digit for event in seen if isinstance(event, ChannelDtmfReceived)] == burst
    assert link.connections == 1
