"""An application hands a channel to another one while both run: the caller notices nothing."""

import asyncio
from collections.abc import Callable, Collection
from functools import partial

import pytest
from msgspec import json

from ari_app.ari.calls import TAKING_OVER, Calls
from ari_app.ari.channel_state import Timeouts
from ari_app.ari.events import Channel
from ari_app.ari.inherited import AcceptedCall, Place
from ari_app.ari.line import ChannelLine
from ari_app.ari.link import Link
from ari_app.ari.midway import Midway
from ari_app.session.media import Sounds
from ivr.events import Event, Keyed, Played, Silent
from ivr.wants import LineWant
from tests.ari.facts import until
from tests.ari.harness import (
    Harness,
    ask,
    harness,
    played,
    presenting,
    record,
    say,
    settings,
    speak,
)
from tests.ari.server import Server
from tests.ari.test_adoption import keep
from tests.deadlines import within

PIN = ask("pin", choices=frozenset(), least=4, most=4)


class Handed:
    """The call that is handed over, whose line waits for ``want``."""

    def __init__(self, link: Link, want: LineWant, midway: Midway, act: Callable[[], None]) -> None:
        self.link = link
        self.want = want
        self.midway = midway
        self.act = act
        self.event: Event | None = None

    async def find(self) -> Collection[str]:
        self.act()  # before the new application knows the call
        return ["c-1"]

    async def fetch(self, channel: str) -> bool:
        return channel == "c-1"

    def go_on(self, channel: str, _: Place) -> AcceptedCall | None:
        times = Timeouts(stopping=1.0, pause=0.001)
        line = ChannelLine(self.link, channel, Sounds(speak), keep, times)
        line.go_on(self.midway)
        return AcceptedCall(line, partial(self._serve, line))

    async def _serve(self, line: ChannelLine) -> None:
        self.event = await line.present(self.want)


async def left(at: Harness, want: LineWant, keys: str, *, finished: bool) -> Midway:
    """A call is left in the middle of a want, after keys and perhaps the end of its screen."""
    line = await at.call()
    waiting = presenting(line, want)
    await played(at)
    if finished:
        at.server.finish("c-1")
        await until(lambda: not line.player.state.busy)
    at.server.press("c-1", *keys)
    await until(lambda: not keys or _keyed(line) == keys)
    at.link.expects_successor = True
    found = json.decode(json.encode(await at.calls.leave()), type=dict[str, Midway])
    waiting.cancel()
    return found["c-1"]


def _keyed(line: ChannelLine) -> str:
    gathered = line.leave().gathered
    return gathered.keys if gathered else ""


async def taken(
    server: Server, want: LineWant, midway: Midway, act: Callable[[], None] = lambda: None
) -> Event | None:
    """What comes of the call in another application."""
    link = Link(settings(server, take_over=True))

    def refuse(channel: Channel, _: str) -> AcceptedCall:
        raise AssertionError(f"{channel} is no new call")

    async with asyncio.TaskGroup() as tasks:
        handed = Handed(link, want, midway, act)
        calls = Calls(link.ari, tasks, refuse, handed)
        running = tasks.create_task(link.run(calls.handle, calls.reconcile))
        async with within(10):
            await until(lambda: handed.event is not None)
        running.cancel()
    return handed.event


@pytest.mark.parametrize("finished", [False, True])
async def test_keys_before_meanwhile_and_after_are_one_answer(
    server: Server, finished: bool
) -> None:
    async with harness(server) as at:
        midway = await left(at, PIN, "12", finished=finished)
        event = await taken(server, PIN, midway, partial(server.press, "c-1", "3", "4"))
    assert event == Keyed("1234", whole=finished)
    assert len(server.plays) == 1


async def test_what_plays_goes_on_to_its_end(server: Server) -> None:
    async with harness(server) as at:
        midway = await left(at, say("news"), "", finished=False)
        event = await taken(server, say("news"), midway, partial(server.finish, "c-1"))
        assert at.link.succeeded.is_set()
    assert event == Played(whole=True)
    assert server.plays == ["sound:news"]
    assert not server.lines("DELETE")


async def test_a_timeout_that_ran_goes_on(server: Server) -> None:
    wanted = ask("menu", first=0.05)
    async with harness(server) as at:
        midway = await left(at, wanted, "", finished=True)
        event = await taken(server, wanted, midway)
    assert event == Silent(whole=True)
    assert len(server.plays) == 1


async def test_who_is_recorded_stays_until_the_other_application_grants_time(
    server: Server,
) -> None:
    """It does so only when it has ended this one."""
    extended = list[tuple[str, int]]()

    async def extend(channel: str, seconds: int) -> bool:
        extended.append((channel, seconds))
        return True

    server.instant = True
    async with harness(server) as at:
        watching = asyncio.create_task(at.calls.watch(extend))
        line = await at.call()
        other = await at.call("c-2")
        waiting = [presenting(line, record("after-the-tone")), presenting(other, PIN)]
        await until(lambda: "c-1" in server.recordings.live)
        began = line.state.clock()
        midway = await at.calls.leave()
        assert extended[-1] == ("c-1", TAKING_OVER)
        assert {channel for channel, _ in extended} == {"c-1"}
        assert midway["c-1"].until >= began + TAKING_OVER > midway["c-2"].until
        for task in (watching, *waiting):
            task.cancel()
