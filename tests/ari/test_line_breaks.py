"""A channel as a line while the link to Asterisk breaks."""

import asyncio
from collections.abc import Callable

import pytest

from ari_app.ari.channel_state import Timeouts
from ari_app.ari.errors import UnreachableError
from ivr.events import Bridged, Event, Gone, Keyed, Played
from ivr.wants import Ask, Say
from tests.ari.facts import until
from tests.ari.faults import Fault
from tests.ari.harness import QUEUE, ask, harness, played, presenting, say
from tests.ari.server import Server
from tests.deadlines import allowed


def drop(server: Server) -> None:
    """The link breaks, and the playback goes on."""
    server.drop()


def drop_and_finish(server: Server) -> None:
    """The link breaks, and PlaybackFinished is lost."""
    server.drop()
    server.finish("c-1")


@pytest.mark.parametrize("break_", [drop, drop_and_finish])
@pytest.mark.parametrize(
    ("want", "key", "event"),
    [(say("welcome"), "", Played(whole=True)), (ask("menu"), "2", Keyed("2", whole=True))],
    ids=["say", "ask"],
)
async def test_a_screen_is_replayed_after_a_break_of_the_link(
    server: Server, want: Ask | Say, key: str, event: Event, break_: Callable[[Server], None]
) -> None:
    async with harness(server) as at:
        line = await at.call()
        answer = presenting(line, want)
        await played(at)
        break_(server)
        await played(at, 2)
        assert server.lines("DELETE") == ["DELETE playbacks/c-1-1"]
        assert server.plays[0] == server.plays[1]
        server.finish("c-1")
        server.press("c-1", *key)
        assert await answer == event
    assert not server.doubled


@pytest.mark.parametrize("fault", [Fault.DROP, Fault.LOST])
@pytest.mark.parametrize("request_", ["POST channels/c-1/play", "POST channels/c-1/variable"])
async def test_a_break_in_a_request_presents_the_screen_again(
    server: Server, request_: str, fault: Fault
) -> None:
    times = Timeouts(stopping=1.0, pause=0.001, dead_man=100, media=90.0)
    async with harness(server, times=times, deadline=allowed(0.3)) as at:
        line = await at.call()
        server.plan(request_, lambda: fault)
        answer = presenting(line, ask("menu"))
        await until(lambda: at.link.connections == 2)
        await until(
            lambda: (
                server.plays and server.channels["c-1"].playback and not line.player.state.doubtful
            )
        )
        server.press("c-1", "1")
        assert await answer == Keyed("1")
    assert not server.doubled


async def test_keys_survive_a_break_in_the_stopping_of_a_prompt(server: Server) -> None:
    async with harness(server) as at:
        line = await at.call()
        answer = presenting(line, ask("pin", choices=frozenset(), least=4, most=4))
        await played(at)
        server.plan("DELETE playbacks", lambda: Fault.DROP)
        server.press("c-1", "1")
        await until(lambda: at.link.connections == 2)
        server.press("c-1", "2", "3", "4")
        assert await answer == Keyed("1234")
        following = presenting(line, say("thanks"))
        await played(at, 2)
        server.finish("c-1")
        await following
    assert not server.doubled


async def test_a_caller_who_left_during_the_break_is_gone(server: Server) -> None:
    async with harness(server) as at:
        first, second = await at.call("c-1"), await at.call("c-2")
        waiting = [presenting(line, ask("menu")) for line in (first, second)]
        await played(at, 2)
        server.drop()
        server.hang_up("c-1")
        assert await waiting[0] == Gone()
        await until(lambda: at.link.connected)
        assert not waiting[1].done()
        server.press("c-2", "1")
        assert await waiting[1] == Keyed("1")


async def test_a_link_that_stays_away_ends_the_want(server: Server) -> None:
    times = Timeouts(reconnecting=0.05, pause=0.001)
    async with harness(server, times=times) as at:
        line = await at.call()
        server.refusing = 503
        server.drop()
        await until(lambda: not at.link.connected)
        with pytest.raises(UnreachableError, match=r"the link was down for 0\.05 s"):
            await line.present(say("welcome"))
        server.refusing = 0


async def test_a_socket_that_is_closed_and_not_known_to_be_does_not_stop_the_loop(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """The request fails without waiting for anything: repeated at once it would do so for ever."""
    server.instant = True
    async with harness(server) as at:
        line = await at.call()
        socket = at.link._sending.socket
        assert socket is not None
        assert socket._transport is not None
        socket._transport.underlying_transport.abort()
        assert at.link.connected
        assert await line.present(say("welcome")) == Played(whole=True)
        assert at.link.connections == 2
    assert caplog.text.count("retrying") < 100


async def test_away_in_the_queue_a_break_changes_nothing(server: Server) -> None:
    async with harness(server) as at:
        line = await at.call()
        waiting = presenting(line, QUEUE)
        await until(lambda: server.lines("POST channels/c-1/continue") and not at.link.unanswered)
        server.drop()
        await until(lambda: at.link.connections == 2)
        assert not waiting.done()
        assert len(server.lines("POST channels/c-1/continue")) == 1
        server.enter("c-1", "back", "CONTINUE")
        assert await waiting == Bridged("ended")


async def test_cancelled_in_a_want_it_leaves_nothing_behind(server: Server) -> None:
    async with harness(server) as at:
        line = await at.call()
        for want in (ask("menu"), say("welcome"), QUEUE):
            task = presenting(line, want)
            before = len(server.asked)
            await until(lambda before=before: len(server.asked) > before)  # type: ignore[misc]
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            if server.channels["c-1"].playback:
                server.finish("c-1")
        assert not at.link.unanswered
