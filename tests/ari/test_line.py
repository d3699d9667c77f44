"""A channel as a line, over a real link to a real server."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from ari_app.ari.errors import UnreachableError
from ari_app.ari.line import QUEUE_STATUS, ChannelLine, Times
from ivr.events import Bridged, Event, Gone, Keyed, Silent, Told
from ivr.model import QUEUE_OUTCOMES
from ivr.wants import Ask, Dial, Done, Say, Screen
from tests.ari.facts import until
from tests.ari.house import House, ask, house, say
from tests.ari.server import Fault, Server

DIAL = Dial("support", "money", "be", 3)
TIGHT = Times(stopping=5.0, pause=0.001, dead_man=100, media=90.0, margin=20.0)
"""Each want needs more time than the dialplan ever granted before."""


def presenting(line: ChannelLine, want: Ask | Say | Dial | Done) -> asyncio.Task[Event]:
    """What comes of a want, by and by."""
    return asyncio.create_task(line.present(want))


async def played(house: House, times: int = 1) -> None:
    """Wait until so many playbacks were asked for."""
    await until(lambda: len(house.server.plays) == times)


# Playing and keys.


async def test_a_screen_is_one_playback_and_the_channel_is_answered_once(server: Server) -> None:
    server.instant = True
    async with house(server) as at:
        line = await at.call()
        assert await line.present(say("welcome", "hours")) == Told()
        assert await line.present(say("outages")) == Told()
    assert server.plays == ["sound:welcome,sound:hours", "sound:outages"]
    assert server.lines("POST") == [
        "POST channels/c-1/answer",
        "POST channels/c-1/play/c-1-1",
        "POST channels/c-1/play/c-1-2",
    ]


async def test_the_end_of_a_playback_may_come_before_the_answer_to_its_request(
    server: Server,
) -> None:
    server.instant = True  # the event is told before the answer
    told: list[str] = []
    async with house(server) as at:
        line = await at.call()
        line.told = lambda: told.append("told")
        assert await line.present(say("welcome")) == Told()
        assert await line.present(ask("menu", first=0.01)) == Silent()
    assert told == ["told", "told"]


async def test_a_key_stops_the_playback_and_the_next_waits_for_its_end(server: Server) -> None:
    server.stops = False
    told: list[str] = []
    async with house(server) as at:
        line = await at.call()
        line.told = lambda: told.append("told")
        answer = presenting(line, ask("menu"))
        await played(at)
        server.press("c-1", "2")
        assert await answer == Keyed("2")
        following = presenting(line, say("balance"))
        await until(lambda: server.lines("DELETE playbacks/c-1-1"))
        await at.link.ari.asterisk.ping()
        assert len(server.plays) == 1
        server.finish("c-1")
        await played(at, 2)
        server.finish("c-1")
        assert await following == Told()
    assert not server.doubled
    assert told == ["told"], "what was cut short was not told"


async def test_a_playback_that_never_ends_holds_nobody_for_ever(server: Server) -> None:
    server.stops = False
    async with house(server, times=Times(stopping=0.02)) as at:
        line = await at.call()
        answer = presenting(line, ask("menu"))
        await played(at)
        server.press("c-1", "1")
        await answer
        following = presenting(line, say("balance"))
        await played(at, 2)
        server.finish("c-1")
        assert await following == Told()


async def test_a_stop_that_finds_the_playback_over(server: Server) -> None:
    async with house(server) as at:
        line = await at.call()
        answer = presenting(line, ask("menu", choices=frozenset(), least=2, most=2, stop=""))
        await played(at)
        server.plan("DELETE playbacks", lambda: server.finish("c-1"))
        server.press("c-1", "4")
        await until(lambda: server.lines("DELETE playbacks"))
        server.press("c-1", "2")
        assert await answer == Keyed("42")


async def test_words_without_barge_in_are_told_to_the_end(server: Server) -> None:
    async with house(server) as at:
        line = await at.call()
        telling = presenting(line, say("legal", barge_in=False))
        await played(at)
        server.press("c-1", "1")
        await until(lambda: line._keypad.ahead)
        await at.link.ari.asterisk.ping()
        assert not telling.done()
        server.finish("c-1")
        assert await telling == Told()
        assert await line.present(ask("menu")) == Keyed("1")
    assert not server.lines("DELETE")
    assert server.plays == ["sound:legal"]


async def test_keys_typed_ahead_answer_without_a_request(server: Server) -> None:
    async with house(server) as at:
        line = await at.call()
        server.press("c-1", "1", "3", "2")
        await until(lambda: len(line._keypad.ahead) == 3)
        before = len(server.asked)
        assert await line.present(ask("menu")) == Keyed("1")
        assert await line.present(ask("tariffs")) == Keyed("3")
        assert await line.present(ask("services")) == Keyed("2")
        assert len(server.asked) == before


async def test_a_key_while_the_words_are_made_makes_them_needless(server: Server) -> None:
    making, made = asyncio.Event(), asyncio.Event()

    async def slowly(_: Screen) -> Sequence[str]:
        making.set()
        await made.wait()
        return ["balance"]

    async with house(server, speak=slowly) as at:
        line = await at.call()
        answer = presenting(line, ask("balance"))
        await making.wait()
        server.press("c-1", "3")
        await until(lambda: line._keypad.ahead)
        made.set()
        assert await answer == Keyed("3")
    assert not server.plays


async def test_silence_is_counted_from_the_end_of_the_words(server: Server) -> None:
    async with house(server) as at:
        line = await at.call()
        answer = presenting(line, ask("menu", first=0.01))
        await played(at)
        for _ in range(20):
            await at.link.ari.asterisk.ping()
        assert not answer.done()
        server.finish("c-1")
        assert await answer == Silent()


async def test_a_playback_that_fails_is_logged_and_the_call_goes_on(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    async with house(server) as at:
        line = await at.call()
        telling = presenting(line, say("missing"))
        await played(at)
        server.finish("c-1", "failed")
        assert await telling == Told()
    assert "cannot play a prompt; see its log, then run `firstline prompts render`" in caplog.text


async def test_a_screen_without_a_sound_asks_all_the_same(server: Server) -> None:
    async def silence(_: Screen) -> Sequence[str]:
        return ()

    async with house(server, speak=silence) as at:
        line = await at.call()
        assert await line.present(say("nothing")) == Told()
        answer = presenting(line, ask("nothing"))
        server.press("c-1", "1")
        assert await answer == Keyed("1")
        assert server.legs["c-1"].answered
    assert not server.plays


# Hanging up.

BARGE = ask("menu")


@pytest.mark.parametrize("told", [True, False], ids=["event first", "only the status"])
@pytest.mark.parametrize("status", [404, 409, 422])
@pytest.mark.parametrize(
    ("want", "request_"),
    [
        (say("welcome"), "POST channels/c-1/answer"),
        (say("welcome"), "POST channels/c-1/variable"),
        (say("welcome"), "POST channels/c-1/play"),
        (BARGE, "POST channels/c-1/answer"),
        (BARGE, "POST channels/c-1/variable"),
        (BARGE, "POST channels/c-1/play"),
        (DIAL, "POST channels/c-1/answer"),
        (DIAL, "POST applications/firstline/subscription"),
        (DIAL, "POST channels/c-1/variable"),
        (DIAL, "POST channels/c-1/continue"),
        (Done("ended"), "DELETE channels/c-1"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
async def test_hanging_up_at_every_request(
    server: Server, want: Ask | Say | Dial | Done, request_: str, status: int, told: bool
) -> None:
    def hang_up() -> int:
        if told:
            server.hang_up("c-1")
        return status

    async with house(server, times=TIGHT) as at:
        line = await at.call()
        server.plan(request_, hang_up)
        assert isinstance(await line.present(want), Gone)
        made = len(server.asked)
        for later in (say("welcome"), BARGE, DIAL, Done("gone")):
            assert isinstance(await line.present(later), Gone)
        assert len(server.asked) == made, "nothing is asked for a channel that is gone"


@pytest.mark.parametrize("keys", ["", "1"])
async def test_hanging_up_while_it_plays_or_stops(server: Server, keys: str) -> None:
    server.stops = False
    async with house(server) as at:
        line = await at.call()
        answer = presenting(line, ask("pin", choices=frozenset(), least=4, most=4))
        await played(at)
        server.press("c-1", *keys)
        await until(lambda: len(server.lines("DELETE playbacks")) == len(keys))
        server.hang_up("c-1")
        assert await answer == Gone()


async def test_hanging_up_while_the_words_are_made(server: Server) -> None:
    async def speak(_: Screen) -> Sequence[str]:
        server.hang_up("c-1")
        await until(lambda: line.gone)
        return ["welcome"]

    async with house(server, speak=speak) as at:
        line = await at.call()
        assert await line.present(say("welcome")) == Gone()
    assert not server.lines("POST")


# The dead-man switch.


async def test_the_switch_is_put_off_only_while_nothing_plays(server: Server) -> None:
    server.stops = False
    async with house(server, times=TIGHT) as at:
        line = await at.call()
        answer = presenting(line, ask("menu", first=5.0, total=30.0))
        await played(at)
        assert server.legs["c-1"].variables == {"TIMEOUT(absolute)": "100"}
        server.press("c-1", "1")
        await answer
        server.legs["c-1"].variables.clear()
        following = presenting(line, say("balance"))
        await at.link.ari.asterisk.ping()
        assert len(server.lines("POST channels/c-1/variable")) == 1
        server.finish("c-1")
        await played(at, 2)
        assert server.legs["c-1"].variables == {"TIMEOUT(absolute)": "100"}
        server.finish("c-1")
        await following
    assert not server.waited


async def test_the_switch_is_left_alone_while_there_is_time(server: Server) -> None:
    server.instant = True
    async with house(server) as at:
        line = await at.call()
        for _ in range(5):
            await line.present(say("welcome"))
    assert not server.lines("POST channels/c-1/variable")


# The queue.


@pytest.mark.parametrize("status", [*QUEUE_STATUS, "UNKNOWN", ""])
async def test_each_way_back_from_the_queue(server: Server, status: str) -> None:
    server.instant = True
    async with house(server) as at:
        line = await at.call()
        waiting = presenting(line, DIAL)
        await until(lambda: server.lines("POST channels/c-1/continue"))
        server.press("c-1", "5", "6")
        assert not waiting.done()
        server.enter("c-1", "back", status)
        event = await waiting
        assert isinstance(event, Bridged)
        assert event.outcome == QUEUE_STATUS.get(status, "failed")
        assert event.outcome in QUEUE_OUTCOMES
        assert await line.present(ask("survey", first=0.01)) == Silent(), "keys of the queue"
    continued = next(one for one in server.asked if one.line.endswith("/continue"))
    assert continued.query == {
        "context": "firstline-queue",
        "extension": "support",
        "priority": "1",
    }


async def test_what_the_queue_is_told(server: Server) -> None:
    async with house(server) as at:
        line = await at.call()
        waiting = presenting(line, DIAL)
        await until(lambda: server.lines("POST channels/c-1/continue"))
        assert server.legs["c-1"].variables == {
            "CHANNEL(language)": "be",
            "FIRSTLINE_PRIORITY": "3",
            "FIRSTLINE_TOPIC": "money",
        }
        assert server.legs["c-1"].subscribed
        assert server.legs["c-1"].answered
        server.hang_up("c-1", cause=19)
        assert await waiting == Gone(19)


async def test_back_from_the_queue_and_gone_at_once(server: Server) -> None:
    async with house(server) as at:
        line = await at.call()
        waiting = presenting(line, DIAL)
        await until(lambda: server.lines("POST channels/c-1/continue"))
        server.enter("c-1", "back", "TIMEOUT")
        server.legs["c-1"].subscribed = False
        server.hang_up("c-1")
        await waiting
        assert await line.present(say("sorry")) == Gone()


# The link breaks.


def drop(server: Server) -> None:
    """The link breaks, and the playback goes on."""
    server.drop()


def drop_and_finish(server: Server) -> None:
    """The link breaks, and nobody hears of the end of the playback."""
    server.drop()
    server.finish("c-1")


@pytest.mark.parametrize("break_", [drop, drop_and_finish])
@pytest.mark.parametrize(
    ("want", "key", "event"),
    [(say("welcome"), "", Told()), (ask("menu"), "2", Keyed("2"))],
    ids=["say", "ask"],
)
async def test_a_screen_that_the_break_fell_into_is_told_again(
    server: Server, want: Ask | Say, key: str, event: Event, break_: Callable[[Server], None]
) -> None:
    async with house(server) as at:
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
@pytest.mark.parametrize(
    "request_", ["POST channels/c-1/answer", "POST channels/c-1/play", "POST channels/c-1/variable"]
)
async def test_a_break_in_a_request_presents_the_screen_again(
    server: Server, request_: str, fault: Fault
) -> None:
    times = Times(stopping=1.0, pause=0.001, dead_man=100, media=90.0)
    async with house(server, times=times, deadline=0.2) as at:
        line = await at.call()
        server.plan(request_, lambda: fault)
        answer = presenting(line, ask("menu"))
        await until(lambda: at.link.connections == 2)
        await until(lambda: server.plays and server.legs["c-1"].playback and not line._doubtful)
        server.press("c-1", "1")
        assert await answer == Keyed("1")
        assert server.legs["c-1"].answered
    assert not server.doubled


async def test_keys_survive_a_break_in_the_stopping_of_a_prompt(server: Server) -> None:
    async with house(server) as at:
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


async def test_whoever_left_in_the_break_is_gone(server: Server) -> None:
    async with house(server) as at:
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
    times = Times(reconnecting=0.05, pause=0.001)
    async with house(server, times=times) as at:
        line = await at.call()
        server.refusing = 503
        server.drop()
        await until(lambda: not at.link.connected)
        with pytest.raises(UnreachableError, match=r"the link was down for 0\.05 s"):
            await line.present(say("welcome"))
        server.refusing = 0


async def test_a_socket_that_is_closed_and_not_known_to_be_does_not_stop_the_loop(
    server: Server,
) -> None:
    """The request fails without waiting for anything: repeated at once it would do so for ever."""
    server.instant = True
    async with house(server) as at:
        line = await at.call()
        assert at.link._socket is not None
        connection = at.link._socket._response.connection
        assert connection is not None
        assert connection.transport is not None
        connection.transport.abort()
        assert at.link.connected
        assert await line.present(say("welcome")) == Told()
        assert at.link.connections == 2


async def test_away_in_the_queue_a_break_changes_nothing(server: Server) -> None:
    async with house(server) as at:
        line = await at.call()
        waiting = presenting(line, DIAL)
        await until(lambda: server.lines("POST channels/c-1/continue"))
        server.drop()
        await until(lambda: at.link.connections == 2)
        assert not waiting.done()
        assert len(server.lines("POST channels/c-1/continue")) == 1
        server.enter("c-1", "back", "CONTINUE")
        assert await waiting == Bridged("ended")


async def test_cancelled_in_a_want_it_leaves_nothing_behind(server: Server) -> None:
    async with house(server) as at:
        line = await at.call()
        for want in (ask("menu"), say("welcome"), DIAL):
            task = presenting(line, want)
            before = len(server.asked)
            await until(lambda before=before: len(server.asked) > before)  # type: ignore[misc]
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            if server.legs["c-1"].playback:
                server.finish("c-1")
        assert not at.link._waiting
