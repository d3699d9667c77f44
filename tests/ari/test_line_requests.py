"""A channel as a line: what becomes of requests for whose answer it does not wait."""

import asyncio

import pytest

from ari_app.ari.errors import AriError
from ari_app.ari.events import Channel
from ari_app.ari.line import ChannelLine
from ivr.events import Keyed, Played
from ivr.wants import Ask, Enqueue, Say
from tests.ari.facts import until
from tests.ari.faults import Fault
from tests.ari.harness import QUEUE, ask, harness, played, presenting, say
from tests.ari.server import Server
from tests.deadlines import allowed

TRANSPORTS = pytest.mark.parametrize("transport", ["websocket", "http"])


@TRANSPORTS
@pytest.mark.parametrize("want", [say("welcome"), ask("menu")], ids=["say", "ask"])
async def test_a_screen_that_is_refused_ends_the_want(
    server: Server, transport: str, want: Ask | Say
) -> None:
    async with harness(server, transport=transport) as at:
        line = await at.call()
        server.plan("POST channels/c-1/play", lambda: 500)
        with pytest.raises(AriError) as caught:
            await line.present(want)
        assert caught.value.status == 500
        assert line.gone is None


@TRANSPORTS
@pytest.mark.parametrize("following", [say("balance"), ask("balance"), QUEUE])
async def test_a_stop_that_is_refused_breaks_the_session(
    server: Server, transport: str, following: Ask | Say | Enqueue
) -> None:
    async with harness(server, transport=transport) as at:
        line = await at.call()
        answer = presenting(line, ask("pin", choices=frozenset(), least=2, most=2))
        await played(at)
        server.plan("DELETE playbacks", lambda: 500)
        server.press("c-1", "1", "2")
        await asyncio.wait([answer])
        if answer.exception() is None:  # all digits came before the rejection
            answer = presenting(line, following)
        with pytest.raises(AriError):
            await answer
        assert not server.doubled
        assert not server.lines("POST channels/c-1/continue")


async def test_a_call_whose_screen_is_refused_goes_to_the_fallback(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    async def serve(line: ChannelLine, _channel: Channel, _dialled: str) -> None:
        await line.present(say("welcome"))

    async with harness(server, serve) as at:
        server.plan("POST channels/c-1/play", lambda: 500)
        server.enter("c-1", "611")
        await until(lambda: server.lines("POST channels/c-1/continue"))
        await until(lambda: not len(at.calls))
    assert server.asked[-1].query["context"] == "firstline-fallback"
    assert "c-1: the session failed; the caller goes to the fallback" in caplog.text


@TRANSPORTS
async def test_a_screen_is_replayed_when_its_request_times_out(
    server: Server, transport: str
) -> None:
    async with harness(server, transport=transport, deadline=allowed(0.4)) as at:
        line = await at.call()
        server.plan("POST channels/c-1/play", lambda: Fault.MUTE)
        playing = presenting(line, say("welcome"))
        await played(at, 2)
        assert server.lines("DELETE playbacks") == ["DELETE playbacks/c-1-1"]
        server.finish("c-1")
        assert await playing == Played(whole=True)
        assert at.link.connections == 1


async def test_a_late_word_of_one_playback_does_not_end_the_next(server: Server) -> None:
    """It had ended by itself: its event comes first, then that there is nothing to stop."""

    def ended_by_itself() -> Fault:
        server.finish("c-1")
        return Fault.MUTE

    async with harness(server) as at:
        line = await at.call()
        server.plan("DELETE playbacks/c-1-1", ended_by_itself)
        answer = presenting(line, ask("menu"))
        await played(at)
        server.press("c-1", "1")
        assert await answer == Keyed("1")
        playing = presenting(line, say("balance"))
        await played(at, 2)
        await until(lambda: at.link.unanswered == 1)
        for number in range(1, 20):
            server.emit(
                "RESTResponse",
                request_id=str(number),
                status_code=404,
                reason_phrase="Not Found",
                message_body="",
            )
        await until(lambda: not at.link.unanswered)
        await at.link.ari.asterisk.ping()
        assert not playing.done()
        server.finish("c-1")
        assert await playing == Played(whole=True)
    assert not server.doubled


@pytest.mark.parametrize("fault", [Fault.DROP, Fault.LOST])
async def test_a_break_while_it_stops_for_the_replay(server: Server, fault: Fault) -> None:
    async with harness(server) as at:
        line = await at.call()
        playing = presenting(line, say("welcome"))
        await played(at)
        server.plan("DELETE playbacks", lambda: fault)
        server.drop()
        await until(lambda: at.link.connections == 3)
        await played(at, 2)
        server.finish("c-1")
        assert await playing == Played(whole=True)
    assert len(server.lines("DELETE playbacks")) == 2
    assert not server.doubled
