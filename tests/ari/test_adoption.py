"""The calls that a dead application left in Asterisk: this one goes on with them."""

import asyncio
from collections.abc import Collection, Mapping
from functools import partial

import pytest

from ari_app.ari import sharing
from ari_app.ari.calls import Calls
from ari_app.ari.channel_state import Timeouts
from ari_app.ari.events import Channel
from ari_app.ari.inherited import AcceptedCall, Place
from ari_app.ari.line import ChannelLine
from ari_app.ari.link import Link
from ari_app.ari.sharing import SharedCalls
from ari_app.session.media import Sounds
from ivr.events import Bridged, Event, Keyed, Recorded
from ivr.values import Recording
from ivr.wants import LineWant
from tests.ari.facts import until
from tests.ari.harness import QUEUE, ask, record, settings, speak
from tests.ari.server import Server
from tests.ari.test_calls import rescued
from tests.deadlines import within


async def keep(name: str, content: bytes) -> Recording | None:
    """Keep a recording."""
    return Recording(name, len(content))


class Left:
    """Calls that were left, by channel: what each was waiting for; None cannot go on."""

    def __init__(self, link: Link, wants: Mapping[str, LineWant | None], plays: int = 7) -> None:
        self.link = link
        self.wants = wants
        self.plays = plays
        self.places: dict[str, Place] = {}
        self.events: dict[str, Event] = {}
        self.lines: dict[str, ChannelLine] = {}

    async def find(self) -> Collection[str]:
        return self.wants.keys()

    async def fetch(self, channel: str) -> bool:
        return channel in self.wants

    def go_on(self, channel: str, place: Place) -> AcceptedCall | None:
        self.places[channel] = place
        want = self.wants[channel]
        if want is None:
            return None
        times = Timeouts(stopping=1.0, pause=0.001)
        line = ChannelLine(self.link, channel, Sounds(speak), keep, times)
        line.inherit(self.plays, away=place == "away")
        self.lines[channel] = line
        return AcceptedCall(line, partial(self._serve, line, want))

    async def _serve(self, line: ChannelLine, want: LineWant) -> None:
        self.events[line.channel] = await line.present(want)


async def taken_over(
    server: Server, wants: Mapping[str, LineWant | None], act: "partial[None] | None" = None
) -> Left:
    """What comes of calls that were left; ``act`` is done once the link is up."""
    link = Link(settings(server))

    def refuse(channel: Channel, _: str) -> AcceptedCall:
        raise AssertionError(f"{channel} is no new call")

    async with asyncio.TaskGroup() as tasks:
        left = Left(link, wants)
        calls = Calls(link.ari, tasks, refuse, left)
        running = tasks.create_task(link.run(calls.handle, calls.reconcile))
        async with within(10):
            await until(lambda: link.connected)
            if act is not None:
                act()
            await until(lambda: len(left.events) == len([w for w in wants.values() if w]))
        running.cancel()
    return left


def there(server: Server, channel: str, *, playing: str = "") -> None:
    """A caller in the application since before it died."""
    server.enter(channel, "611")
    if playing:
        server.channels[channel].play(playing)


@pytest.mark.parametrize("playing", ["c-1-7", "c-1-8", "c-1-9", "c-1-11", ""])
async def test_a_screen_is_presented_again_instead_of_what_plays(
    server: Server, playing: str
) -> None:
    """The checkpoint may be a little older than the death: later playbacks are stopped, too."""
    there(server, "c-1", playing=playing if playing != "c-1-7" else "")
    left = asyncio.create_task(taken_over(server, {"c-1": ask("menu", "again")}))
    await until(lambda: server.plays)
    assert server.plays == ["sound:menu,sound:again"]
    server.press("c-1", "2")
    assert (await left).events == {"c-1": Keyed("2")}
    assert not server.doubled
    assert not server.waited
    assert not rescued(server)


async def test_callers_in_a_queue_stay_there(server: Server) -> None:
    """Both come back later, one of them at the very moment of the connection."""
    for channel in ("c-1", "c-2"):
        there(server, channel)
        server.channels[channel].inside = False
    server.plan("GET channels", lambda: server.enter("c-2", "back", "TIMEOUT"))

    def back() -> None:
        server.enter("c-1", "back", "CONTINUE")

    left = await taken_over(server, {"c-1": QUEUE, "c-2": QUEUE}, partial(back))
    assert left.places == {"c-1": "away", "c-2": "away"}
    assert left.events == {"c-1": Bridged("ended"), "c-2": Bridged("timeout")}
    assert not [line for line in server.lines("POST") if line.endswith("/continue")]


async def test_a_caller_who_came_back_while_the_application_was_dead(server: Server) -> None:
    server.enter("c-1", "back", "CONTINUE")
    left = await taken_over(server, {"c-1": QUEUE})
    assert left.events == {"c-1": Bridged("ended")}


async def test_a_caller_who_came_back_long_ago_is_asked_again(server: Server) -> None:
    """The arguments of the last entry stay with the channel."""
    server.enter("c-1", "back", "CONTINUE")
    server.channels["c-1"].play("c-1-8")
    left = asyncio.create_task(taken_over(server, {"c-1": ask("survey")}))
    await until(lambda: server.plays)
    assert server.channels["c-1"].playback != "c-1-8"
    server.press("c-1", "1")
    assert (await left).events == {"c-1": Keyed("1")}
    assert not server.doubled


async def test_who_hung_up_meanwhile_is_gone(server: Server) -> None:
    left = asyncio.create_task(taken_over(server, {"c-1": ask("menu")}))
    await until(lambda: server.lines("GET channels"))
    assert (await left).places == {"c-1": "gone"}


async def test_a_call_that_cannot_go_on_goes_to_the_fallback(server: Server) -> None:
    there(server, "c-1")
    there(server, "unknown")
    await taken_over(server, {"c-1": None})
    assert sorted(rescued(server)) == ["c-1", "unknown"]


@pytest.mark.parametrize("lasts", [True, False])
async def test_a_recording_is_kept(server: Server, lasts: bool) -> None:
    """One that goes on, and one that ended meanwhile. Neither is begun again."""
    there(server, "c-1")
    server.recordings.begin("c-1", "call-3")
    if not lasts:
        server.recordings.over("c-1", b"words")
    left = asyncio.create_task(taken_over(server, {"c-1": record("after-the-tone")}))
    await until(lambda: server.lines("GET recordings/stored" if not lasts else "GET recordings"))
    if lasts:
        server.spoken("c-1", b"words")
    assert (await left).events == {"c-1": Recorded(Recording("call-3", 5))}
    assert not server.plays
    assert not server.lines("POST channels/c-1/record")
    assert not server.recordings.files


async def test_a_recording_that_was_not_begun_is_begun(server: Server) -> None:
    there(server, "c-1", playing="c-1-8")
    left = asyncio.create_task(taken_over(server, {"c-1": record("after-the-tone")}))
    await until(lambda: server.plays)
    server.finish("c-1")
    await until(lambda: server.lines("POST channels/c-1/record"))
    server.spoken("c-1")
    assert isinstance((await left).events["c-1"], Recorded)


async def test_what_a_caller_said_who_hung_up_is_kept(server: Server) -> None:
    server.recordings.files["call-3"] = b"words"
    left = await taken_over(server, {"c-1": record("after-the-tone")})
    assert left.events == {"c-1": Recorded(Recording("call-3", 5))}
    assert left.places == {"c-1": "gone"}


async def test_a_channel_in_an_application_of_another_name_is_moved(server: Server) -> None:
    """Of another worker, or of this one before it had its name: else the caller hears nothing."""
    there(server, "c-1")
    server.channels["c-1"].application = "firstline-2"
    left = asyncio.create_task(taken_over(server, {"c-1": ask("menu")}))
    await until(lambda: server.plays)
    assert server.channels["c-1"].application == "firstline"
    server.press("c-1", "2")
    assert (await left).events == {"c-1": Keyed("2")}
    assert not rescued(server)


async def test_the_calls_of_a_dead_worker_wait_for_asterisk(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is in a queue comes back to this one, which only AMI can say there."""
    monkeypatch.setattr(sharing, "AGAIN", 0.001)
    for channel in ("c-1", "c-2"):
        there(server, channel)
        server.channels[channel].application = "firstline-2"
    server.channels["c-2"].inside = False
    server.plan("GET channels", lambda: None)  # of the connection
    server.plan("GET channels", lambda: 500)
    sent_back: list[tuple[str, str]] = []

    async def return_to(channel: str, application: str) -> None:
        sent_back.append((channel, application))

    link = Link(settings(server))
    wants: Mapping[str, LineWant] = {"c-1": ask("menu"), "c-2": QUEUE}
    async with asyncio.TaskGroup() as tasks:
        left = Left(link, wants)
        calls = Calls(link.ari, tasks, lambda *_: pytest.fail("no new call"))
        shared = SharedCalls(link.ari, calls, left, tasks.create_task, return_to)
        running = tasks.create_task(link.run(shared.handling(calls.handle), calls.reconcile))
        await until(lambda: link.connected)
        await shared.adopt("firstline-2", wants)
        await until(lambda: server.plays)
        server.press("c-1", "2")
        server.enter("c-2", "back", "CONTINUE")
        await until(lambda: len(left.events) == 2)
        running.cancel()
    assert left.events == {"c-1": Keyed("2"), "c-2": Bridged("ended")}
    assert server.channels["c-1"].application == "firstline"
    assert sent_back == [("PJSIP/c-2", "firstline")]
