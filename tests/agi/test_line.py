"""A channel under FastAGI as a line: prompts, keys, recordings, queues, and hang-ups in each."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ari_app.agi.line import AgiLine, Dialplan
from ari_app.session.line import LineError
from ari_app.session.media import Sounds
from ivr.events import Bridged, Gone, Keyed, Played, Recorded, Silent
from ivr.values import Recording
from ivr.wants import Ask, Done, LineWant
from tests.agi.fake_asterisk import FakeAsterisk
from tests.agi.harness import Kept, called
from tests.ari.facts import until
from tests.ari.harness import CALL, QUEUE, ask, record, say, speak
from tests.deadlines import within

DONE = Done("ended")


def presenting(line: AgiLine, want: LineWant) -> "asyncio.Task[Any]":
    """What comes of a want, by and by."""
    return asyncio.create_task(line.present(want))


def sent(asterisk: FakeAsterisk, verb: str) -> list[list[str]]:
    """The commands that begin with a verb."""
    return [command for command in asterisk.commands if command[0] == verb]


async def test_a_prompt_is_played_whole_and_then_keys_are_waited_for() -> None:
    asterisk = FakeAsterisk()
    async with called(asterisk) as line:
        asked = presenting(line, ask("welcome", "menu"))
        await until(lambda: asterisk.plays == ["welcome"])
        asterisk.finish()
        await until(lambda: asterisk.plays == ["welcome", "menu"])
        asterisk.finish()
        await until(lambda: asterisk.waits)
        asterisk.press("2")
        assert await asked == Keyed("2", whole=True)


async def test_a_key_stops_the_prompt() -> None:
    asterisk = FakeAsterisk()
    async with called(asterisk) as line:
        asked = presenting(line, ask("welcome", "menu"))
        await until(lambda: asterisk.playing)
        asterisk.press("1")
        assert await asked == Keyed("1")
        assert asterisk.plays == ["welcome"]


async def test_a_prompt_without_barge_in_is_played_on_after_a_key_that_counts_later() -> None:
    asterisk = FakeAsterisk()
    async with called(asterisk) as line:
        said = presenting(line, say("terms", barge_in=False))
        await until(lambda: asterisk.playing)
        asterisk.press("3")
        await until(lambda: len(sent(asterisk, "STREAM")) == 2)
        asterisk.finish()
        assert await said == Played(True)
        assert [command[4] for command in sent(asterisk, "STREAM")] == ["0", "400"]
        assert await line.present(ask("menu")) == Keyed("3")


async def test_silence_ends_the_wait_for_keys() -> None:
    asterisk = FakeAsterisk(instant=True)
    async with called(asterisk) as line:
        assert await line.present(ask("menu", first=0.05)) == Silent(True)


async def test_digits_end_by_the_pause_between_two() -> None:
    asterisk = FakeAsterisk(instant=True)
    async with called(asterisk) as line:
        asked = presenting(line, ask("number", choices=frozenset(), most=9, between=0.1))
        await until(lambda: asterisk.waits)
        asterisk.press("1", "2", "3")
        assert await asked == Keyed("123", whole=True)


async def test_keys_count_while_a_back_end_works() -> None:
    asterisk = FakeAsterisk(instant=True)
    async with called(asterisk) as line:
        assert await line.present(say("wait")) == Played(True)
        await until(lambda: asterisk.waits)
        asterisk.press("2")
        await asyncio.sleep(0.1)  # the back end
        assert await line.present(ask("menu")) == Keyed("2")
        assert asterisk.plays == ["wait"]


async def test_music_plays_until_a_key() -> None:
    asterisk = FakeAsterisk(instant=True)
    async with called(asterisk) as line:
        asked = presenting(line, Ask(ask("hold").screen, ask().grammar, music=True))
        await until(lambda: ["SET", "MUSIC", "ON"] in asterisk.commands)
        asterisk.press("1")
        assert await asked == Keyed("1", whole=True)
        assert sent(asterisk, "SET")[-1] == ["SET", "MUSIC", "OFF"]


async def test_a_file_that_cannot_be_played_is_replaced_once() -> None:
    asterisk, reported = FakeAsterisk(instant=True), list[Sequence[str]]()
    asterisk.missing = {"welcome"}
    heard = list[str]()

    def unplayable(files: Sequence[str]) -> None:
        reported.append(files)
        asterisk.missing.clear()

    sounds = Sounds(speak, lambda: heard.append("all"), unplayable)
    async with called(asterisk, sounds=sounds) as line:
        assert await line.present(say("welcome")) == Played(True)
    assert reported == [["welcome"]]
    assert heard == ["all"]


async def test_a_file_that_is_lost_is_no_end_of_the_call(caplog: pytest.LogCaptureFixture) -> None:
    asterisk = FakeAsterisk(instant=True)
    asterisk.missing = {"welcome"}
    async with called(asterisk) as line:
        assert await line.present(say("welcome")) == Played(False)
        assert line.gone is None
    assert "did not hear welcome" in caplog.text


async def test_the_dead_man_switch_is_extended_before_what_may_outlast_it() -> None:
    asterisk = FakeAsterisk(instant=True)
    sounds = Sounds(speak, lasts=lambda _: 0.05)
    async with called(asterisk, sounds=sounds) as line:
        await line.present(say("welcome"))
        assert int(asterisk.variables["TIMEOUT(absolute)"]) >= 120
        presenting(line, QUEUE)
        await until(lambda: asterisk.playing)
        assert asterisk.variables["TIMEOUT(absolute)"] == "0"
        asterisk.finish()


@pytest.mark.parametrize("during", ["a prompt", "a wait for keys", "a queue", "nothing"])
async def test_a_hang_up_is_gone_each_time(during: str) -> None:
    asterisk = FakeAsterisk(instant=during != "a prompt")
    async with called(asterisk) as line:
        if during == "nothing":
            await line.present(say("welcome"))
            asterisk.hang_up()
        else:
            asked = presenting(line, QUEUE if during == "a queue" else ask("menu", first=30))
            waiting = during == "a wait for keys"
            await until(lambda: asterisk.waits if waiting else asterisk.playing)
            asterisk.hang_up()
            async with within(5):
                assert await asked == Gone()
        async with within(5):
            assert await line.present(ask("menu")) == Gone()
            assert await line.present(DONE) == Gone()


async def test_a_connection_that_breaks_is_gone() -> None:
    asterisk = FakeAsterisk()
    async with called(asterisk) as line:
        asked = presenting(line, ask("menu"))
        await until(lambda: asterisk.playing)
        asterisk.break_off()
        async with within(5):
            assert await asked == Gone()


async def test_the_end_hangs_up() -> None:
    asterisk = FakeAsterisk(instant=True)
    async with called(asterisk) as line:
        await line.present(say("bye"))
        assert await line.present(DONE) == Gone()
        await until(lambda: asterisk.over)
    assert asterisk.commands[-1] == ["HANGUP"]


# Recordings.


async def test_what_a_caller_says_is_kept(tmp_path: Path) -> None:
    asterisk, kept = FakeAsterisk(instant=True, spool=tmp_path), Kept()
    async with called(asterisk, kept) as line:
        asked = presenting(line, record("speak"))
        await until(lambda: asterisk.playing)
        asterisk.press("#")
        assert await asked == Recorded(Recording("/recorded/call-3.wav", 4))
        assert kept == {"call-3": b"RIFF"}
        assert list(tmp_path.iterdir()) == []
        [command] = sent(asterisk, "RECORD")
        assert command[2:] == [str(tmp_path / "call-3"), "wav", "#", "30000", "BEEP", "s=4"]


async def test_nothing_said_is_silence(tmp_path: Path) -> None:
    asterisk = FakeAsterisk(instant=True, spool=tmp_path)
    asterisk.said = b""
    async with called(asterisk) as line:
        asked = presenting(line, record("speak"))
        await until(lambda: asterisk.playing)
        asterisk.finish()
        assert await asked == Silent()


async def test_a_hang_up_ends_a_recording_which_is_kept(tmp_path: Path) -> None:
    asterisk, kept = FakeAsterisk(instant=True, spool=tmp_path), Kept()
    async with called(asterisk, kept) as line:
        asked = presenting(line, record("speak"))
        await until(lambda: asterisk.playing)
        asterisk.hang_up()
        assert isinstance(await asked, Recorded)
        assert await line.present(ask("menu")) == Gone()
    assert list(kept) == ["call-3"]


async def test_a_recording_that_asterisk_cannot_write_is_an_error() -> None:
    asterisk = FakeAsterisk(instant=True)
    async with called(asterisk) as line:
        asked = presenting(line, record("speak"))
        await until(lambda: asterisk.playing)
        asterisk.finish()
        with pytest.raises(LineError, match="write in /nowhere"):
            await asked


# Queues and numbers.


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("CONTINUE", "ended"),
        ("TIMEOUT", "timeout"),
        ("FULL", "full"),
        ("", "left"),
        ("X", "failed"),
    ],
)
async def test_a_queue(status: str, outcome: str) -> None:
    asterisk = FakeAsterisk(instant=True)
    async with called(asterisk) as line:
        queued = presenting(line, QUEUE)
        await until(lambda: asterisk.playing)
        asterisk.variables["QUEUESTATUS"] = status
        asterisk.finish()
        assert await queued == Bridged(outcome)
        asked = presenting(line, ask("menu", first=30))
        await until(lambda: asterisk.waits)
        asterisk.press("1")
        assert await asked == Keyed("1", whole=True)
        assert asterisk.variables["TIMEOUT(absolute)"] != "0"
    assert asterisk.variables["CHANNEL(language)"] == "be"


async def test_a_queue_of_a_dialplan_that_is_not_ours() -> None:
    asterisk = FakeAsterisk(instant=True)
    async with called(asterisk, dialplan=Dialplan("", "Local/{number}@from-internal")) as line:
        queued = presenting(line, QUEUE)
        await until(lambda: asterisk.playing)
        assert asterisk.commands[-1] == ["EXEC", "Queue", "support,ci,,,"]
        asterisk.variables["QUEUESTATUS"] = "TIMEOUT"
        asterisk.finish()
        assert await queued == Bridged("timeout")
        dialled = presenting(line, CALL)
        await until(lambda: asterisk.playing)
        assert asterisk.commands[-1] == ["EXEC", "Dial", "Local/*701@from-internal,30,gi"]
        asterisk.variables["DIALSTATUS"] = "BUSY"
        asterisk.finish()
        assert await dialled == Bridged("busy")


async def test_keys_in_a_conversation_are_not_for_the_session() -> None:
    asterisk = FakeAsterisk(instant=True)
    async with called(asterisk) as line:
        await line.present(say("welcome"))
        asterisk.press("1")
        queued = presenting(line, QUEUE)
        await until(lambda: asterisk.playing)
        asterisk.variables["QUEUESTATUS"] = "CONTINUE"
        asterisk.finish()
        await queued
        assert await line.present(ask("menu", first=0.05)) == Silent(True)


async def test_a_command_that_asterisk_does_not_know_is_for_its_operator() -> None:
    asterisk = FakeAsterisk(instant=True)
    asterisk.unknown = {"STREAM"}
    async with called(asterisk) as line:
        with pytest.raises(LineError, match="510"):
            await line.present(say("welcome"))
