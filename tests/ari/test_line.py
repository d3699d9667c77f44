"""A channel as a line: words, keys, and both at once."""

import asyncio
from collections.abc import Sequence

import pytest

from ari_app.ari.channel_state import Timeouts
from ari_app.session.media import Sounds
from ivr.events import Gone, Keyed, Played, Silent
from ivr.wants import Done, Screen
from tests.ari.facts import until
from tests.ari.harness import ask, harness, played, presenting, say, speak
from tests.ari.server import Server

PROMPT = Timeouts(hanging_up=0.01)
"""A line that waits no longer for a hang-up than these tests must."""


async def test_a_screen_is_one_playback_and_nothing_else_is_asked(server: Server) -> None:
    server.instant = True
    async with harness(server) as at:
        line = await at.call()
        assert await line.present(say("welcome", "hours")) == Played(whole=True)
        assert await line.present(say("outages")) == Played(whole=True)
    assert server.plays == ["sound:welcome,sound:hours", "sound:outages"]
    assert [line for line in server.lines("POST") if "/variable" not in line] == [
        "POST channels/c-1/play/c-1-1",
        "POST channels/c-1/play/c-1-2",
    ]


async def test_the_end_of_a_playback_may_come_before_the_answer_to_its_request(
    server: Server,
) -> None:
    server.instant = True  # the event comes before the answer
    ends: list[str] = []
    async with harness(server, sounds=Sounds(speak, lambda: ends.append("played"))) as at:
        line = await at.call()
        assert await line.present(say("welcome")) == Played(whole=True)
        assert await line.present(ask("menu", first=0.01)) == Silent(whole=True)
    assert ends == ["played", "played"]


async def test_a_key_stops_the_playback_and_the_next_waits_for_its_end(server: Server) -> None:
    server.stops = False
    ends: list[str] = []
    async with harness(server, sounds=Sounds(speak, lambda: ends.append("played"))) as at:
        line = await at.call()
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
        assert await following == Played(whole=True)
    assert not server.doubled
    assert ends == ["played"], "what was cut short has no end of its own"


async def test_a_playback_that_never_ends_times_out(server: Server) -> None:
    server.stops = False
    async with harness(server, times=Timeouts(stopping=0.02)) as at:
        line = await at.call()
        answer = presenting(line, ask("menu"))
        await played(at)
        server.press("c-1", "1")
        await answer
        following = presenting(line, say("balance"))
        await played(at, 2)
        server.finish("c-1")
        assert await following == Played(whole=True)


async def test_a_stop_that_finds_the_playback_over(server: Server) -> None:
    async with harness(server) as at:
        line = await at.call()
        answer = presenting(line, ask("menu", choices=frozenset(), least=2, most=2, stop=""))
        await played(at)
        server.plan("DELETE playbacks", lambda: server.finish("c-1"))
        server.press("c-1", "4")
        await until(lambda: server.lines("DELETE playbacks"))
        server.press("c-1", "2")
        assert await answer == Keyed("42")


async def test_a_screen_without_barge_in_is_played_to_the_end(server: Server) -> None:
    async with harness(server) as at:
        line = await at.call()
        playing = presenting(line, say("legal", barge_in=False))
        await played(at)
        server.press("c-1", "1")
        await until(lambda: line.keypad.ahead)
        await at.link.ari.asterisk.ping()
        assert not playing.done()
        server.finish("c-1")
        assert await playing == Played(whole=True)
        assert await line.present(ask("menu")) == Keyed("1")
    assert not server.lines("DELETE")
    assert server.plays == ["sound:legal"]


async def test_keys_typed_ahead_answer_without_a_request(server: Server) -> None:
    async with harness(server) as at:
        line = await at.call()
        server.press("c-1", "1", "3", "2")
        await until(lambda: len(line.keypad.ahead) == 3)
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

    async with harness(server, sounds=Sounds(slowly)) as at:
        line = await at.call()
        answer = presenting(line, ask("balance"))
        await making.wait()
        server.press("c-1", "3")
        await until(lambda: line.keypad.ahead)
        made.set()
        assert await answer == Keyed("3")
    assert not server.plays


async def test_silence_is_counted_from_the_end_of_the_words(server: Server) -> None:
    async with harness(server) as at:
        line = await at.call()
        answer = presenting(line, ask("menu", first=0.01))
        await played(at)
        for _ in range(20):
            await at.link.ari.asterisk.ping()
        assert not answer.done()
        server.finish("c-1")
        assert await answer == Silent(whole=True)


async def test_a_playback_that_fails_is_played_again_and_is_not_heard(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    unplayable: list[str] = []
    ends: list[str] = []
    sounds = Sounds(speak, lambda: ends.append("played"), unplayable.extend)
    async with harness(server, times=PROMPT, sounds=sounds) as at:
        line = await at.call()
        playing = presenting(line, say("missing"))
        await played(at)
        server.finish("c-1", "failed")
        await played(at, 2)
        assert unplayable == ["missing"], "other files are made before it is played again"
        server.finish("c-1", "failed")
        assert await playing == Played()
        following = presenting(line, say("next"))
        await played(at, 3)
        server.finish("c-1")
        assert await following == Played(whole=True)
    assert caplog.text.count("did not hear all of missing") == 2
    assert ends == ["played"]


async def test_a_menu_that_fails_is_played_again_before_its_time_runs(server: Server) -> None:
    async with harness(server, times=PROMPT) as at:
        line = await at.call()
        answer = presenting(line, ask("menu", first=0.01))
        await played(at)
        server.finish("c-1", "failed")
        await played(at, 2)
        server.finish("c-1")
        assert await answer == Silent(whole=True)


async def test_what_is_over_before_its_files_could_be_was_not_heard(server: Server) -> None:
    """Asterisk skips a file that it cannot play, and says that all of it is done."""
    ends: list[str] = []
    sounds = Sounds(speak, lambda: ends.append("played"), lasts=lambda _: 60.0)
    async with harness(server, times=PROMPT, sounds=sounds) as at:
        line = await at.call()
        playing = presenting(line, say("hours", "missing", "menu"))
        for times in (1, 2):
            await played(at, times)
            server.finish("c-1")
        assert await playing == Played()
    assert ends == []


async def test_a_playback_that_a_hang_up_cuts_is_no_fault(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    async with harness(server) as at:
        line = await at.call()
        playing = presenting(line, say("cut"))
        await played(at)
        server.finish("c-1", "failed")
        line.ended(16)
        assert await playing == Gone(16)
        assert await line.present(say("nobody")) == Gone(16)
    assert "did not hear" not in caplog.text


@pytest.mark.parametrize(("there", "complaints"), [(True, 2), (False, 1)])
async def test_a_last_prompt_that_fails_twice_is_a_fault_only_if_somebody_is_there(
    server: Server, caplog: pytest.LogCaptureFixture, there: bool, complaints: int
) -> None:
    """The caller hung up during it, and the playback ended before the channel did."""
    async with harness(server, times=PROMPT) as at:
        line = await at.call()
        playing = presenting(line, say("bye"))
        for times in (1, 2):
            await played(at, times)
            server.finish("c-1", "failed")
        assert await playing == Played()
        if not there:
            del server.channels["c-1"]
        assert isinstance(await line.present(Done("ended")), Gone)
    assert caplog.text.count("did not hear all of") == complaints


async def test_a_screen_without_a_sound_asks_all_the_same(server: Server) -> None:
    async def silence(_: Screen) -> Sequence[str]:
        return ()

    async with harness(server, sounds=Sounds(silence)) as at:
        line = await at.call()
        assert await line.present(say("nothing")) == Played()
        answer = presenting(line, ask("nothing"))
        server.press("c-1", "1")
        assert await answer == Keyed("1")
    assert not server.plays


async def test_the_answer_to_a_key_begins_with_a_pause_and_a_key_ends_it(server: Server) -> None:
    since: list[float] = []

    def after_key(seconds: float) -> Sequence[str]:
        since.append(seconds)
        return ["silence"] if seconds < 60 else []

    async with harness(server, sounds=Sounds(speak, after_key=after_key)) as at:
        line = await at.call()
        answer = presenting(line, ask("menu"))
        await played(at)
        server.press("c-1", "1")
        assert await answer == Keyed("1")
        answer = presenting(line, ask("tariffs"))
        await played(at, 2)
        server.press("c-1", "2")
        assert await answer == Keyed("2")
    assert server.plays == ["sound:menu", "sound:silence,sound:tariffs"]
    assert since[0] == float("inf"), "no key was pressed before: the first words come at once"
    assert 0 <= since[1] < 60
