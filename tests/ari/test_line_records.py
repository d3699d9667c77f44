"""A channel as a line: what the caller says is recorded, fetched, kept, and removed in Asterisk."""

import asyncio

import pytest

from ari_app.ari.channel_state import Timeouts
from ari_app.ari.events import Channel
from ari_app.ari.line import ChannelLine
from ari_app.session.line import LineError
from ivr.events import Gone, Keyed, Played, Recorded, Silent
from ivr.values import Recording
from tests.ari.facts import until
from tests.ari.faults import Fault
from tests.ari.harness import Harness, ask, harness, played, presenting, record, say
from tests.ari.server import Server
from tests.deadlines import within

KEPT = Recorded(Recording("/recorded/call-3.wav", 5))


async def rolling(at: Harness, channel: str = "c-1") -> None:
    """Wait until Asterisk records."""
    await until(lambda: channel in at.server.recordings.live)


async def test_words_a_tone_and_a_recording(server: Server) -> None:
    async with harness(server) as at:
        line = await at.call()
        saying = presenting(line, record("after-the-tone"))
        await played(at)
        assert not server.lines("POST channels/c-1/record")
        server.finish("c-1")
        await rolling(at)
        server.press("c-1", "5", "#")
        server.spoken("c-1")
        assert await saying == KEPT
        assert at.kept == {"call-3": b"words"}
        assert not server.recordings.files, "it is not left in Asterisk"
        assert not line.keypad.ahead, "keys during the recording"
    [asked] = [one for one in server.asked if one.line.endswith("/record")]
    assert asked.over == "websocket", "it does not wait for its end"
    assert asked.query == {
        "name": "call-3",
        "format": "wav",
        "ifExists": "fail",
        "beep": "true",
        "maxDurationSeconds": "30",
        "maxSilenceSeconds": "4",
        "terminateOn": "#",
    }
    assert not server.doubled


async def test_the_switch_is_put_off_in_steps_while_a_caller_is_recorded(
    server: Server,
) -> None:
    """Asterisk would let a variable wait for the end of the recording: AMI is used instead."""
    asked = list[tuple[str, int]]()

    async def extend(channel: str, seconds: int) -> bool:
        asked.append((channel, seconds))
        return True

    server.instant = True
    async with harness(server, times=Timeouts(stopping=1.0, dead_man=5, step=0.0)) as at:
        line = await at.call()
        saying = presenting(line, record("after-the-tone"))
        await rolling(at)
        limit = server.channels["c-1"].variables["TIMEOUT(absolute)"]
        assert limit == "40", "whole, for a line whose AMI is not there"
        for _ in range(2):
            await line.renew(extend)
        assert asked == [("c-1", 20)] * 2, "longer than AMI takes to connect again"
        assert server.channels["c-1"].variables["TIMEOUT(absolute)"] == limit
        server.spoken("c-1")
        await saying
        await line.renew(extend)
        assert len(asked) == 2
    assert not server.waited


async def test_a_late_step_over_ami_does_not_shorten_what_is_granted_next(server: Server) -> None:
    """The recording ends while AMI is asked: the next screen has the limit that it needs."""
    asked, answer = list[int](), asyncio.Event()

    async def extend(_: str, seconds: int) -> bool:
        asked.append(seconds)
        await answer.wait()
        return True

    server.instant = True
    async with harness(server, times=Timeouts(stopping=1.0, step=0.0, media=90.0)) as at:
        line = await at.call()
        saying = presenting(line, record("after-the-tone"))
        await rolling(at)
        renewing = asyncio.create_task(line.renew(extend))
        await until(lambda: asked == [20])
        server.spoken("c-1")
        await saying
        following = presenting(line, say("unmeasured"))
        await until(lambda: server.channels["c-1"].variables["TIMEOUT(absolute)"] == "95")
        answer.set()
        await renewing
        assert asked[1:] == [95], "what AMI set last is not the step"
        following.cancel()


async def test_a_key_leads_to_the_tone_at_once(server: Server) -> None:
    async with harness(server) as at:
        line = await at.call()
        saying = presenting(line, record("after-the-tone"))
        await played(at)
        server.press("c-1", "7")
        await rolling(at)
        server.spoken("c-1")
        assert await saying == KEPT
        following = presenting(line, ask("menu"))
        await played(at, 2)
        assert not server.recordings.live, "nothing that is asked for is recorded"
        server.press("c-1", "1")
        assert await following == Keyed("1")
    assert not server.doubled


async def test_keys_typed_ahead_are_no_part_of_it(server: Server) -> None:
    async with harness(server) as at:
        line = await at.call()
        server.press("c-1", "4", "2")
        await until(lambda: len(line.keypad.ahead) == 2)
        saying = presenting(line, record("after-the-tone"))
        await rolling(at)
        assert not server.plays
        server.spoken("c-1")
        assert await saying == KEPT
        assert not line.keypad.ahead


async def test_silence_leaves_no_file(server: Server) -> None:
    server.instant = True
    async with harness(server) as at:
        line = await at.call()
        saying = presenting(line, record("after-the-tone"))
        await rolling(at)
        server.spoken("c-1", b"")
        assert await saying == Silent()
    assert not at.kept
    assert not server.recordings.files


@pytest.mark.parametrize("words", [b"words", b"", None])
async def test_a_hang_up_ends_the_recording(server: Server, words: bytes | None) -> None:
    """What was recorded until then is returned; Gone comes with the next want."""
    server.instant = True
    async with harness(server) as at:
        line = await at.call()
        saying = presenting(line, record("after-the-tone"))
        await rolling(at)
        server.hang_up("c-1", spoken=words)
        assert await saying == (KEPT if words else Gone(0))
        assert await line.present(say("thanks")) == Gone(0)
    assert not server.recordings.files


async def test_a_hang_up_event_before_the_end_of_the_recording(server: Server) -> None:
    server.instant = True
    async with harness(server) as at:
        line = await at.call()
        saying = presenting(line, record("after-the-tone"))
        await rolling(at)
        server.emit("StasisEnd", channel={"id": "c-1"})
        await until(lambda: line.gone)
        server.spoken("c-1")
        assert await saying == KEPT


async def test_what_was_said_until_the_application_stops_is_kept(server: Server) -> None:
    """The session ends, and the caller is queued; nothing waits for a link that is closed."""
    server.instant = True
    ended: list[object] = []

    async def serve(line: ChannelLine, _channel: Channel, _dialled: str) -> None:
        ended.append(await line.present(record("after-the-tone")))
        ended.append(await line.present(say("thanks")))

    async with harness(server, serve) as at:
        server.enter("c-1", "611")
        await rolling(at)
        await at.calls.release()
        assert ended == [KEPT, Gone(0)]
    assert server.lines("POST channels/c-1/continue")
    assert not server.recordings.files


async def test_a_caller_who_is_gone_is_not_waited_for_when_the_link_is_closed(
    server: Server,
) -> None:
    server.instant = True
    async with harness(server, times=Timeouts(stopping=0.01)) as at:
        line = await at.call()
        saying = presenting(line, record("after-the-tone"))
        await rolling(at)
        at.running.cancel()
        await until(lambda: not at.link.connected)
        line.ended(0)
        async with within(2):
            assert await saying == Gone(0)


async def test_gone_before_the_tone(server: Server) -> None:
    async with harness(server) as at:
        line = await at.call()
        saying = presenting(line, record("after-the-tone"))
        await played(at)
        server.hang_up("c-1")
        assert await saying == Gone(0)
    assert not server.lines("POST channels/c-1/record")


async def test_an_asterisk_that_cannot_record(server: Server) -> None:
    server.instant = True
    async with harness(server, times=Timeouts(stopping=0.01)) as at:
        line = await at.call()
        saying = presenting(line, record("after-the-tone"))
        await rolling(at)
        server.spoken("c-1", None)
        with pytest.raises(LineError, match="beep"):
            await saying
        server.plan("POST channels/c-1/record", lambda: 500)
        with pytest.raises(LineError, match="spool directory"):
            await line.present(record("after-the-tone", name="call-4"))
        assert await line.present(say("sorry")) == Played(whole=True)


@pytest.mark.parametrize("fault", [Fault.DROP, Fault.LOST])
async def test_a_break_while_it_begins(server: Server, fault: Fault) -> None:
    """Whether it began or not, there is one recording, and the prompt is played once."""
    server.instant = True
    async with harness(server) as at:
        line = await at.call()
        server.plan("POST channels/c-1/record", lambda: fault)
        saying = presenting(line, record("after-the-tone"))
        await until(lambda: at.link.connections == 2)
        await until(lambda: "GET recordings/live/call-3" in server.lines())
        await rolling(at)
        server.spoken("c-1")
        assert await saying == KEPT
    assert len(server.plays) == 1
    assert len(server.lines("POST channels/c-1/record")) == 1 + (fault is Fault.DROP)


async def test_a_recording_that_ends_while_the_link_is_down(server: Server) -> None:
    server.instant = True
    async with harness(server) as at:
        line = await at.call()
        saying = presenting(line, record("after-the-tone"))
        await rolling(at)
        server.drop()
        server.spoken("c-1")
        assert await saying == KEPT
    assert len(server.lines("POST channels/c-1/record")) == 1
    assert not server.recordings.files


async def test_a_break_in_the_middle_of_speaking(server: Server) -> None:
    server.instant = True
    async with harness(server) as at:
        line = await at.call()
        saying = presenting(line, record("after-the-tone"))
        await rolling(at)
        server.drop()
        await until(lambda: "GET recordings/live/call-3" in server.lines())
        server.spoken("c-1")
        assert await saying == KEPT


async def test_a_recording_without_an_end_event_is_asked_for(server: Server) -> None:
    server.instant = True
    async with harness(server, times=Timeouts(margin=-35.0)) as at:
        line = await at.call()
        saying = presenting(line, record("after-the-tone"))
        await rolling(at)
        server.recordings.live.clear()
        server.recordings.files["call-3"] = b"words"
        assert await saying == KEPT


async def test_the_switch_waits_for_the_longest_speech(server: Server) -> None:
    server.instant = True
    async with harness(server, times=Timeouts(dead_man=20)) as at:
        line = await at.call()
        saying = presenting(line, record("after-the-tone"))
        await rolling(at)
        assert server.channels["c-1"].variables == {"TIMEOUT(absolute)": "55"}
        server.spoken("c-1")
        await saying
    assert not server.waited


async def test_two_recordings_of_a_call(server: Server) -> None:
    server.instant = True
    async with harness(server) as at:
        line = await at.call()
        for name in ("call-3", "call-5"):
            saying = presenting(line, record("after-the-tone", name=name))
            await rolling(at)
            server.spoken("c-1")
            await saying
    assert list(at.kept) == ["call-3", "call-5"]
