"""A caller leaves a message, does something while music plays, and a menu dials a phone."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from ari_app.control.client import ControlClient
from ari_app.control.live_feed import CallEvent
from ari_app.main.installation import installation
from ari_app.phone.handset import Connected, Disconnected, Incoming, Phone
from prompts import wav
from tests.deadlines import allowed, pause, until, within
from tests.heard import assert_heard
from tests.live.installation import Installation, installed

pytestmark = pytest.mark.live

FLOW = """
flow: rooms
numbers: ["611"]
languages: [ru]
start: main
nodes:
  main:
    menu: main-menu
    keys:
      { "1": leave, "2": anna, "3": subscriber, "4": ourselves, "5": bye, "6": doing, "8": briefly }
    gave-up: bye
  doing: { hold: services-none, wait: 15m, then: done }
  done: { hold: language-set, wait: 10s, then: bye }
  leave: { call: message, on: { left: thanks }, else: nothing }
  thanks: { say: language-set, then: main }
  nothing: { say: not-understood, then: main }
  anna: { dial: "701", ring: 60s, on: { ended: bye }, else: main }
  briefly: { dial: "701", ring: 3s, on: { ended: bye }, else: main }
  subscriber: { dial: "375990000002", ring: 3s, on: { ended: bye }, else: main }
  ourselves: { dial: "611", ring: 3s, on: { ended: bye }, else: main }
  bye: { end: thanks-bye }
"""

MESSAGE = """
flow: message
languages: [ru]
start: speak
nodes:
  speak: { record: welcome, into: message, longest: 2m, quiet: 2s, then: left, empty: empty }
  left: { return: left }
  empty: { return: empty }
"""


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation whose flow records and dials."""
    menus = tmp_path_factory.mktemp("menus")
    (menus / "rooms.yaml").write_text(FLOW)
    (menus / "message.yaml").write_text(MESSAGE)
    settings = f'[menus]\ndirectory = "{menus}"'
    with installed(tmp_path_factory.mktemp("rooms") / "state", settings) as one:
        yield one


@asynccontextmanager
async def calling(
    rooms: Installation, key: str, recording: Path | None = None
) -> AsyncIterator[Phone]:
    """A call of the first subscriber in which a key was pressed."""
    async with Phone(rooms.subscriber(0), recording) as me:
        await me.dial("611")
        await me.wait(Connected)
        await me.press(key)
        yield me


@asynccontextmanager
async def watching(rooms: Installation) -> AsyncIterator[AsyncIterator[CallEvent]]:
    """The events of calls."""
    async with ControlClient(installation(rooms.state).control).watch() as events:
        yield events


async def after(events: AsyncIterator[CallEvent], node: str) -> None:
    """Wait until a call has left a node: keys that come earlier, while it dials, are ignored."""
    async with within(30):
        async for event in events:
            if event.what == "step" and event.node == node:
                return


async def over(rooms: Installation, me: Phone) -> str:
    """The end of a call, and its record."""
    await me.hangup()
    await me.wait(Disconnected)
    return await asyncio.to_thread(rooms.last_call)


async def spoken(rooms: Installation, before: list[Path]) -> None:
    """Wait for one more message."""
    await asyncio.to_thread(until, lambda: len(messages(rooms)) > len(before), 10)


def messages(rooms: Installation) -> list[Path]:
    """What was recorded so far, in order."""
    return sorted(rooms.state.glob("recorded/*.wav"), key=lambda file: file.stat().st_mtime_ns)


def left(rooms: Installation) -> list[Path]:
    """What lies in Asterisk's own directory of recordings."""
    return list((rooms.state / "asterisk" / "spool" / "recording").glob("*"))


@pytest.mark.parametrize("end", ["#", "silence", "hang-up"])
async def test_what_a_caller_says_is_in_a_file(rooms: Installation, end: str) -> None:
    words = rooms.said("payments-none")
    before = messages(rooms)
    async with calling(rooms, "15") as me:
        await asyncio.to_thread(until, lambda: left(rooms), 20)  # the tone was played
        await me.play(words)
        if end == "#":
            await me.press("#")
        if end != "hang-up":
            await spoken(rooms, before)
        path = await over(rooms, me)
    assert "message: speak (record)  played welcome  -> recorded" in path
    assert "rooms: leave (call)  -> left" in path
    assert "main (menu)  -> gone" in path
    [message] = messages(rooms)[len(before) :]
    assert_heard(message, words)
    assert message.stat().st_mode & 0o77 == 0
    assert not left(rooms)


async def test_an_empty_message_is_reported(rooms: Installation, tmp_path: Path) -> None:
    before, recording = messages(rooms), tmp_path / "heard.wav"
    async with calling(rooms, "1", recording) as me:
        await me.press("7")  # to the tone at once
        await pause(4.5)  # the tone, the silence, and words
        path = await over(rooms, me)
    assert "speak (record)  played welcome  -> empty" in path
    assert_heard(recording, rooms.said("not-understood"))
    assert messages(rooms) == before
    assert not left(rooms)


async def test_others_are_served_while_somebody_speaks(rooms: Installation, tmp_path: Path) -> None:
    before = messages(rooms)
    words = tmp_path / "a-minute.wav"
    said, rate = wav.read(rooms.said("payments-none"))
    wav.write(words, np.resize(said, 60 * rate))
    async with calling(rooms, "17") as me:
        speaking = asyncio.create_task(me.play(words))
        other = await asyncio.to_thread(rooms.out, "call", "611", "--as", "0009", "--press", "5")
        assert "thanks-bye" in other
        assert not speaking.done()
        assert messages(rooms) == before
        await me.hangup()
        await speaking
    await spoken(rooms, before)


# A caller does something.


async def test_music_plays_until_a_key_or_the_time(rooms: Installation, tmp_path: Path) -> None:
    recording = tmp_path / "heard.wav"
    [music] = rooms.state.glob("asterisk/**/hold/*.wav")
    async with calling(rooms, "6", recording) as me:
        words, rate = wav.read(rooms.said("services-none"))
        await pause(len(words) / rate + 4)  # the words, and some of the music
        await me.press("1")
        await me.wait(Disconnected, timeout=60)
        path = await asyncio.to_thread(rooms.last_call)
    assert "doing (hold)  played services-none  key 1  -> done" in path
    assert "done (hold)  played language-set  -> time" in path
    spoken = ("services-none", "language-set", "thanks-bye")
    first, second, last = (assert_heard(recording, rooms.said(each)) for each in spoken)
    samples, rate = wav.read(recording)
    between = tmp_path / "between.wav"  # the music plays twice: here until the key
    wav.write(between, samples[: int(second.at_seconds * rate)])
    began = assert_heard(between, music, first=2)
    assert first.at_seconds < began.at_seconds
    assert 0 < last.at_seconds - second.at_seconds - 10 < allowed(4), "the words, and ten seconds"
    before, after = (int((last.at_seconds - each) * rate) for each in (5, 1))
    assert wav.loudness(samples[before:after]) > 0.01, "music"


# Somebody is called.


async def test_two_people_talk_and_the_caller_comes_back(
    rooms: Installation, tmp_path: Path
) -> None:
    mine, hers = tmp_path / "me.wav", tmp_path / "anna.wav"
    words, answer = rooms.said("payments-none"), rooms.said("services-none")
    async with Phone(rooms.agent(0), hers) as anna:
        await anna.register()
        async with calling(rooms, "2", mine) as me:
            incoming = await anna.wait(Incoming)
            assert incoming.caller == "375990000001"
            await anna.answer()
            await me.play(words)
            await anna.play(answer)
            await anna.hangup()
            await me.wait(Disconnected)
    assert_heard(hers, words)
    assert_heard(mine, answer)
    assert_heard(mine, rooms.said("thanks-bye"), first=2)
    path = await asyncio.to_thread(rooms.last_call)
    assert "anna (dial)  -> ended" in path
    assert "ended (cause" in path


@pytest.mark.parametrize(
    ("key", "node", "outcome"), [("2", "anna", "busy"), ("8", "briefly", "no-answer")]
)
async def test_a_dialled_phone_does_not_answer(
    rooms: Installation, tmp_path: Path, key: str, node: str, outcome: str
) -> None:
    refuses = outcome == "busy"
    mine = tmp_path / "me.wav"
    async with Phone(rooms.agent(0)) as anna:
        await anna.register()
        async with watching(rooms) as events, calling(rooms, key, mine) as me:
            await anna.wait(Incoming)
            if refuses:
                await anna.hangup()
            await anna.wait(Disconnected)
            await after(events, node)
            await me.press("5")
            await me.wait(Disconnected)
    path = await asyncio.to_thread(rooms.last_call)
    samples, rate = wav.read(mine)
    assert refuses or abs(samples[rate // 2 : rate]).mean() > 0.05, "the caller hears ringing"
    assert f"{node} (dial)  -> {outcome}" in path
    assert "main (menu)  played main-menu  key 5  -> bye" in path


@pytest.mark.parametrize(("key", "node"), [("2", "anna"), ("3", "subscriber"), ("4", "ourselves")])
async def test_no_phone_is_registered(rooms: Installation, key: str, node: str) -> None:
    """A phone that is off, and a number that leads back to us."""
    async with watching(rooms) as events, calling(rooms, key) as me:
        await after(events, node)
        await me.press("5")
        await me.wait(Disconnected)
    path = await asyncio.to_thread(rooms.last_call)
    assert f"{node} (dial)  -> failed" in path
    assert "main (menu)  played main-menu  key 5  -> bye" in path


async def test_who_hangs_up_while_it_rings_is_gone(rooms: Installation) -> None:
    async with Phone(rooms.agent(0)) as anna:
        await anna.register()
        async with calling(rooms, "2") as me:
            await anna.wait(Incoming)
            path = await over(rooms, me)
            await anna.wait(Disconnected)
    assert "anna (dial)  -> gone" in path
