"""A channel as a line: hang-ups, queues, calls, and the dead-man switch."""

import asyncio
from collections.abc import Sequence

import pytest

from ari_app.ari.channel_state import Timeouts
from ari_app.session.media import Sounds
from ari_app.session.outcomes import DIAL_STATUS, QUEUE_STATUS
from ivr.events import Bridged, Gone, Silent
from ivr.terms import DIAL_OUTCOMES, QUEUE_OUTCOMES
from ivr.wants import Ask, Dial, Done, Enqueue, Say, Screen
from tests.ari.facts import until
from tests.ari.harness import CALL, QUEUE, ask, harness, played, presenting, say, speak, unable
from tests.ari.server import Server

TIGHT = Timeouts(stopping=5.0, pause=0.001, dead_man=7, media=90.0)
"""Each screen needs more time than the dialplan ever granted before."""


# Hanging up.

BARGE = ask("menu")


@pytest.mark.parametrize("is_played", [True, False], ids=["event first", "only the status"])
@pytest.mark.parametrize("status", [404, 409, 422])
@pytest.mark.parametrize(
    ("want", "request_"),
    [
        (say("welcome"), "POST channels/c-1/variable"),
        (say("welcome"), "POST channels/c-1/play"),
        (BARGE, "POST channels/c-1/variable"),
        (BARGE, "POST channels/c-1/play"),
        (QUEUE, "POST applications/firstline/subscription"),
        (QUEUE, "POST channels/c-1/variable"),
        (QUEUE, "POST channels/c-1/continue"),
        (Done("ended"), "DELETE channels/c-1"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
async def test_hanging_up_at_every_request(
    server: Server, want: Ask | Say | Enqueue | Done, request_: str, status: int, is_played: bool
) -> None:
    def hang_up() -> int:
        if is_played:
            server.hang_up("c-1")
        return status

    async with harness(server, times=TIGHT) as at:
        line = await at.call()
        server.plan(request_, hang_up)
        assert isinstance(await line.present(want), Gone)
        made = len(server.asked)
        for later in (say("welcome"), BARGE, QUEUE, Done("gone")):
            assert isinstance(await line.present(later), Gone)
        assert len(server.asked) == made, "nothing is asked for a channel that is gone"


@pytest.mark.parametrize("keys", ["", "1"])
async def test_hanging_up_while_it_plays_or_stops(server: Server, keys: str) -> None:
    server.stops = False
    async with harness(server) as at:
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

    async with harness(server, sounds=Sounds(speak)) as at:
        line = await at.call()
        assert await line.present(say("welcome")) == Gone()
    assert not server.lines("POST")


# The dead-man switch.


LIMIT = "TIMEOUT(absolute)"


async def test_the_switch_is_put_off_for_a_screen_before_it_plays(server: Server) -> None:
    """For its length, and by the same socket, so that the screen does not wait for the answer."""
    server.stops = False
    sounds = Sounds(speak, lasts=lambda media: 30.0 * len(media))
    async with harness(server, times=TIGHT, sounds=sounds) as at:
        line = await at.call()
        answer = presenting(line, ask("menu", first=5.0, total=30.0))
        await played(at)
        assert server.channels["c-1"].variables == {LIMIT: "37"}
        server.press("c-1", "1")
        await answer
        server.channels["c-1"].variables.clear()
        following = presenting(line, ask("number", "again", choices=frozenset(), most=9))
        await at.link.ari.asterisk.ping()
        assert not server.channels["c-1"].variables, "it still plays"
        server.finish("c-1")
        await played(at, 2)
        assert server.channels["c-1"].variables == {LIMIT: "67"}
        server.press("c-1", *"123456789")
        server.finish("c-1")
        await following
    assert not server.waited
    set_ = [one for one in server.asked if one.query.get("variable") == LIMIT]
    assert {one.over for one in set_} == {"websocket"}


async def test_the_switch_is_put_off_in_short_steps_while_the_caller_is_listened_to(
    server: Server,
) -> None:
    """Also while a back end is waited for: the line does nothing then. Not while it plays."""
    times = Timeouts(stopping=1.0, pause=0.001, dead_man=5, step=0.0)
    async with harness(server, times=times, sounds=Sounds(speak, lasts=lambda _: 30.0)) as at:
        line = await at.call()
        answer = presenting(line, ask("menu", first=30.0))
        await played(at)
        await line.renew(unable)
        assert server.channels["c-1"].variables == {LIMIT: "35"}
        server.finish("c-1")
        await until(lambda: line.player.quiet)
        for _ in range(2):
            server.channels["c-1"].variables.clear()
            await line.renew(unable)
            await until(lambda: server.channels["c-1"].variables == {LIMIT: "5"})
        server.press("c-1", "1")
        await answer
        server.hang_up("c-1")
        await until(lambda: line.gone)
        made = len(server.asked)
        await line.renew(unable)
        assert len(server.asked) == made
    assert not server.waited


async def test_the_switch_is_left_alone_in_a_queue(server: Server) -> None:
    async with harness(server, times=Timeouts(step=0.0)) as at:
        line = await at.call()
        waiting = presenting(line, QUEUE)
        await until(lambda: server.lines("POST channels/c-1/continue"))
        made = len(server.asked)
        await line.renew(unable)
        assert len(server.asked) == made
        server.hang_up("c-1")
        await waiting


async def test_all_switches_are_put_off_all_the_time(server: Server) -> None:
    async with harness(server, times=Timeouts(step=0.0)) as at:
        for channel in ("c-1", "c-2"):
            await at.call(channel)
        watching = asyncio.create_task(at.calls.watch(unable))
        await until(lambda: all(LIMIT in one.variables for one in server.channels.values()))
        watching.cancel()


# The queue.


@pytest.mark.parametrize("status", [*QUEUE_STATUS, "UNKNOWN", ""])
async def test_each_way_back_from_the_queue(server: Server, status: str) -> None:
    server.instant = True
    async with harness(server) as at:
        line = await at.call()
        waiting = presenting(line, QUEUE)
        await until(lambda: server.lines("POST channels/c-1/continue"))
        server.press("c-1", "5", "6")
        assert not waiting.done()
        server.enter("c-1", "back", status)
        event = await waiting
        assert isinstance(event, Bridged)
        assert event.outcome == QUEUE_STATUS.get(status, "failed")
        assert event.outcome in QUEUE_OUTCOMES
        silent = await line.present(ask("survey", first=0.01))
        assert silent == Silent(whole=True), "keys of the queue"
    continued = next(one for one in server.asked if one.line.endswith("/continue"))
    assert continued.query == {
        "context": "firstline-queue",
        "extension": "support",
        "priority": "1",
    }


async def test_the_variables_that_a_queue_gets(server: Server) -> None:
    async with harness(server) as at:
        line = await at.call()
        waiting = presenting(line, QUEUE)
        await until(lambda: server.lines("POST channels/c-1/continue"))
        assert server.channels["c-1"].variables == {
            "CHANNEL(language)": "be",
            "FIRSTLINE_PRIORITY": "3",
            "FIRSTLINE_TOPIC": "money",
            "FIRSTLINE_PLACE": "",
            "FIRSTLINE_ONLY": "",
        }
        assert server.channels["c-1"].subscribed
        server.hang_up("c-1", cause=19)
        assert await waiting == Gone(19)


async def test_back_from_the_queue_and_gone_at_once(server: Server) -> None:
    async with harness(server) as at:
        line = await at.call()
        waiting = presenting(line, QUEUE)
        await until(lambda: server.lines("POST channels/c-1/continue"))
        server.enter("c-1", "back", "TIMEOUT")
        server.channels["c-1"].subscribed = False
        server.hang_up("c-1")
        await waiting
        assert await line.present(say("sorry")) == Gone()
    assert not server.plays


# Somebody is called.


@pytest.mark.parametrize("status", [*DIAL_STATUS, "CHANUNAVAIL", "DONTCALL", ""])
async def test_each_way_back_from_a_conversation(server: Server, status: str) -> None:
    async with harness(server) as at:
        line = await at.call()
        talking = presenting(line, CALL)
        await until(lambda: server.lines("POST channels/c-1/continue"))
        assert server.channels["c-1"].variables == {
            "FIRSTLINE_NUMBER": "*7-01",
            "FIRSTLINE_RING": "30",
        }
        server.press("c-1", "5")
        server.enter("c-1", "back", status)
        event = await talking
        assert isinstance(event, Bridged)
        assert event.outcome == DIAL_STATUS.get(status, "failed")
        assert event.outcome in DIAL_OUTCOMES
        assert not line.keypad.ahead, "keys of the conversation"
    continued = next(one for one in server.asked if one.line.endswith("/continue"))
    assert continued.query == {"context": "firstline-dial", "extension": "s", "priority": "1"}


@pytest.mark.parametrize(
    ("want", "status", "outcome"),
    [
        (QUEUE, "ANSWER", "ended"),
        (QUEUE, "BUSY", "timeout"),
        (QUEUE, "NOANSWER", "timeout"),
        (QUEUE, "CHANUNAVAIL", "failed"),
        (CALL, "CONTINUE", "ended"),
        (CALL, "FULL", "no-answer"),
    ],
)
async def test_a_transferred_caller_comes_back_with_an_outcome_of_the_want(
    server: Server, want: Enqueue | Dial, status: str, outcome: str
) -> None:
    async with harness(server) as at:
        line = await at.call()
        away = presenting(line, want)
        await until(lambda: server.lines("POST channels/c-1/continue"))
        server.enter("c-1", "back", status)
        assert await away == Bridged(outcome)


def test_no_status_has_two_meanings() -> None:
    assert not QUEUE_STATUS.keys() & DIAL_STATUS.keys()
