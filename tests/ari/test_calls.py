"""The calls of the application: from StasisStart to the end, and where a fault puts a caller."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest

from ari_app.ari.channel_state import Timeouts
from ari_app.ari.errors import UnreachableError
from ari_app.ari.events import Channel
from ari_app.ari.line import ChannelLine
from ari_app.session.unknown_code import UnknownNumberError
from ivr.events import Gone, Keyed
from ivr.wants import Done
from tests.ari.facts import until
from tests.ari.faults import Fault
from tests.ari.harness import ask, harness, played, presenting, say
from tests.ari.server import Server
from tests.deadlines import allowed

FALLBACK = {"context": "firstline-fallback", "extension": "s", "priority": "1"}


def rescued(server: Server) -> list[str]:
    """The channels that were given back to the dialplan's fallback."""
    return [
        one.line.split("/")[1]
        for one in server.asked
        if one.line.endswith("/continue") and one.query == FALLBACK
    ]


async def test_a_call_is_served_with_its_caller_and_dialled_number(server: Server) -> None:
    served: list[tuple[str, str, str]] = []

    async def serve(line: ChannelLine, channel: Channel, dialled: str) -> None:
        served.append((line.channel, channel.caller.number, dialled))
        await line.present(Done("ended"))

    async with harness(server, serve) as at:
        server.enter("c-1", "111", caller="375291112233")
        await until(lambda: served and not len(at.calls))
    assert served == [("c-1", "375291112233", "111")]
    assert not server.channels
    assert not rescued(server)


async def test_an_event_that_comes_twice_is_one_call(server: Server) -> None:
    async with harness(server) as at:
        await at.call()
        server.enter("c-1", "611")
        server.enter("c-2", "611")
        await at.lines.get()
        assert len(at.calls) == 2
        assert at.lines.empty()


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (ZeroDivisionError("the flow is broken"), "the session failed"),
        (UnknownNumberError("no flow has 611"), "no flow has 611"),
    ],
)
async def test_a_fault_in_a_session_puts_the_caller_into_the_fallback(
    server: Server, caplog: pytest.LogCaptureFixture, fault: Exception, why: str
) -> None:
    """With the lines of the code for a fault that is not expected."""

    async def serve(line: ChannelLine, _channel: Channel, _dialled: str) -> None:
        await line.present(ask("menu", first=0.001, total=0.001))
        raise fault

    server.instant = True
    async with harness(server, serve) as at:
        server.enter("c-1", "611")
        await until(lambda: rescued(server))
        await until(lambda: not len(at.calls))
        assert at.link.connected
    assert rescued(server) == ["c-1"]
    assert f"c-1: {why}; the caller goes to the fallback" in caplog.text
    assert ("Traceback" in caplog.text) is isinstance(fault, ZeroDivisionError)


async def test_an_error_after_a_hang_up_makes_no_request(server: Server) -> None:
    async def serve(line: ChannelLine, _channel: Channel, _dialled: str) -> None:
        server.hang_up("c-1")
        await until(lambda: line.gone)
        raise ZeroDivisionError

    async with harness(server, serve) as at:
        server.enter("c-1", "611")
        await until(lambda: server.channels == {} and not len(at.calls))
    assert not server.lines("POST")


@pytest.mark.parametrize("fault", [500, 412, 401, 404, Fault.MUTE, Fault.DROP])
async def test_a_rescue_that_fails_harms_no_other_call(server: Server, fault: Fault | int) -> None:
    async def serve(_line: ChannelLine, channel: Channel, _dialled: str) -> None:
        if channel.id == "bad":
            raise ZeroDivisionError
        await over.wait()

    over = asyncio.Event()
    async with harness(server, serve, deadline=allowed(0.2), transport="http") as at:
        server.plan("POST channels/bad/continue", lambda: fault)
        server.enter("good", "611")
        await until(lambda: len(at.calls))
        server.enter("bad", "611")
        await until(lambda: server.lines("POST channels/bad/continue"))
        await until(lambda: len(at.calls) == 1)
        over.set()


async def test_a_link_that_was_away_too_long_ends_in_the_fallback(server: Server) -> None:
    faults: list[str] = []

    async def serve(line: ChannelLine, _channel: Channel, _dialled: str) -> None:
        server.refusing = 503
        server.drop()
        await until(lambda: not at.link.connected)
        try:
            await line.present(say("welcome"))
        except UnreachableError as error:
            faults.append(str(error))
            raise

    async with harness(server, serve, times=Timeouts(reconnecting=0.02, pause=0.001)) as at:
        server.enter("c-1", "611")
        await until(lambda: faults)
        await until(lambda: not len(at.calls))
        assert not rescued(server)
        server.refusing = 0
        await until(lambda: rescued(server))
    assert rescued(server) == ["c-1"]


# Connecting.


async def test_a_channel_without_a_session_goes_to_the_fallback(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.enter("old-1", "611")
    server.enter("old-2", "611")
    async with harness(server) as at:
        assert sorted(rescued(server)) == ["old-1", "old-2"]
        assert not len(at.calls)
    assert "channels without a session go to the fallback" in caplog.text


async def test_a_caller_who_came_when_an_application_died_is_served(server: Server) -> None:
    """Its StasisStart was taken by no one, and the channel is a moment old."""
    for channel, seconds in (("new", 2), ("old", 60)):
        entered_before(server, channel, "611", seconds)
    async with harness(server) as at:
        line = await at.lines.get()
        assert line.channel == "new"
        asked = presenting(line, ask("menu"))
        await played(at)
        server.finish("new")
        server.press("new", "1")
        assert await asked == Keyed("1", whole=True)
        assert at.lines.empty()
    assert rescued(server) == ["old"]


async def test_who_answers_a_campaign_while_the_link_is_down_is_served(server: Server) -> None:
    """Its channel is as old as the ringing; whether it was answered before is in the store."""
    entered_before(server, "campaign-1-375291112233-1", "campaign:news/campaign-1-1-1/HUMAN", 28)
    async with harness(server) as at:
        assert (await at.lines.get()).channel == "campaign-1-375291112233-1"
    assert not rescued(server)


def entered_before(server: Server, channel: str, dialled: str, seconds: float) -> None:
    """A channel that was created some seconds before, and whose StasisStart no one took."""
    server.enter(channel, dialled)
    created = datetime.now(UTC) - timedelta(seconds=seconds)
    server.channels[channel].created = f"{created:%Y-%m-%dT%H:%M:%S.000+0000}"


async def test_a_call_that_comes_during_reconciliation_is_served_once(server: Server) -> None:
    """Its channel is in the answer, and its StasisStart is held."""
    server.plan("GET applications/firstline", lambda: server.enter("new", "611"))
    async with harness(server) as at:
        line = await at.lines.get()
        assert line.channel == "new"
        assert at.lines.empty()
        assert len(at.calls) == 1
    assert not rescued(server)


async def test_a_restarted_application_knows_callers_in_a_queue(server: Server) -> None:
    """Subscriptions outlive the application; the channel is listed and stays queued."""
    server.enter("queued", "611")
    server.channels["queued"].inside = False
    server.channels["queued"].subscribed = True
    async with harness(server) as at:
        assert at.link.connected
        assert "queued" in server.channels
        server.hang_up("queued")


async def test_many_reconnections_leave_every_call_served(server: Server) -> None:
    async with harness(server) as at:
        lines = [await at.call(f"c-{number}") for number in range(5)]
        for connection in range(2, 6):
            server.drop()
            await until(lambda connection=connection: at.link.connections == connection)  # type: ignore[misc]
        assert len(at.calls) == 5
        assert not any(line.gone for line in lines)
    assert not rescued(server)


# Back from the queue without a session.


@pytest.mark.parametrize(("status", "stays"), [("CONTINUE", False), ("TIMEOUT", True), ("", True)])
async def test_back_from_a_queue_without_a_session(
    server: Server, status: str, stays: bool
) -> None:
    async with harness(server):
        server.enter("c-1", "back", status)
        await until(lambda: server.lines("DELETE channels") or rescued(server))
    assert rescued(server) == (["c-1"] if stays else [])
    assert ("c-1" in server.channels) == stays


async def test_back_from_a_queue_and_already_gone(server: Server) -> None:
    async with harness(server) as at:
        server.enter("c-1", "back", "CONTINUE")
        server.plan("DELETE channels/c-1", lambda: server.hang_up("c-1"))
        await until(lambda: server.lines("DELETE channels"))
        assert await at.link.ari.asterisk.ping() is None  # type: ignore[func-returns-value]


# Ending.


async def test_release_gives_all_back_and_ends_their_sessions(server: Server) -> None:
    ended: list[object] = []

    async def serve(line: ChannelLine, _channel: Channel, _dialled: str) -> None:
        ended.append(await line.present(ask("menu")))

    async with harness(server, serve) as at:
        for number in range(20):
            server.enter(f"c-{number}", "611")
        await until(lambda: len(server.plays) == 20)
        server.plan("POST channels/c-3/continue", lambda: server.enter("late", "611"))
        server.plan("POST channels/c-4/continue", lambda: server.hang_up("c-4"))
        await at.calls.release()
        await until(lambda: not len(at.calls))
    assert set(rescued(server)) == {*(f"c-{number}" for number in range(20)), "late"}
    assert ended == [Gone()] * 20


async def test_calls_that_are_left_stay_where_they_are(server: Server) -> None:
    """Another application goes on with them: nothing is asked of Asterisk."""
    ended: list[str] = []

    async def serve(line: ChannelLine, _channel: Channel, _dialled: str) -> None:
        try:
            await line.present(ask("menu"))
        except asyncio.CancelledError:
            ended.append(line.channel)
            raise

    async with harness(server, serve) as at:
        server.enter("c-1", "611")
        await until(lambda: server.plays)
        await at.calls.leave()
        assert ended == ["c-1"]
        server.enter("late", "611")
        await until(lambda: rescued(server) == ["late"])
        assert not server.lines("DELETE")
    assert server.channels["c-1"].inside


async def test_release_without_a_link_ends_the_sessions_all_the_same(server: Server) -> None:
    async with harness(server) as at:
        line = await at.call()
        server.refusing = 503
        server.drop()
        await until(lambda: not at.link.connected)
        await at.calls.release()
        assert line.gone == Gone()
        server.refusing = 0


async def test_a_thousand_calls_leave_nothing(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)

    async def serve(line: ChannelLine, _channel: Channel, _dialled: str) -> None:
        await line.present(say("welcome"))
        await line.present(Done("ended"))

    server.instant = True
    async with harness(server, serve) as at:
        for number in range(1000):
            server.enter(f"c-{number}", "611")
        await until(lambda: len(server.lines("DELETE")) == 1000 and not len(at.calls))
        assert not at.link.unanswered
        assert not at.calls._lines
    assert not server.channels
    assert not caplog.messages
