"""A link to the server of the tests, and the calls over it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, Never

from ari_app.ari.calls import Calls
from ari_app.ari.channel_state import Timeouts
from ari_app.ari.events import Channel, Event
from ari_app.ari.inherited import AcceptedCall
from ari_app.ari.line import ChannelLine
from ari_app.ari.link import Link
from ari_app.ari.sending import Settings
from ari_app.session.media import Sounds
from ivr.events import Event as Outcome
from ivr.secret import Secret
from ivr.values import Phrase, Recording
from ivr.wants import Ask, Dial, Enqueue, Grammar, LineWant, Record, Say, Screen
from tests.ari.facts import until
from tests.ari.server import PASSWORD, USER, Server
from tests.deadlines import allowed, within

Serve = Callable[[ChannelLine, Channel, str], Awaitable[None]]

TIMES = Timeouts(stopping=allowed(0.4), pause=0.001, reconnecting=allowed(2.0))


def settings(server: Server, **others: Any) -> Settings:
    """Settings for the server: nothing is waited for where that proves nothing, and a busy machine
    has its time to answer."""
    usual: dict[str, Any] = {
        "back_off": 0.002,
        "back_off_most": 0.01,
        "transport": "websocket",
        "deadline": allowed(2.0),
        "heartbeat": allowed(4.0),
    }
    return Settings(url=server.url, user=USER, password=Secret(PASSWORD), **(usual | others))


async def reconcile_nothing(_: Sequence[Event]) -> None:
    """Reconcile nothing."""


@asynccontextmanager
async def linked(
    server: Server,
    handle: Callable[[Event], None] = lambda _: None,
    reconcile: Callable[[Sequence[Event]], Awaitable[None]] = reconcile_nothing,
    **others: Any,
) -> AsyncIterator[Link]:
    """A connected link."""
    link = Link(settings(server, **others))
    running = asyncio.create_task(link.run(handle, reconcile))
    try:
        await until(lambda: link.connected or running.done())
        yield link
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def speak(screen: Screen) -> Sequence[str]:
    """The files of a screen: one per phrase, named like it."""
    return [phrase.prompt for phrase in screen.phrases]


async def unable(_channel: str, _seconds: int) -> bool:
    """AMI is not connected: the limit of a channel stays."""
    return False


SOUNDS = Sounds(speak)

QUEUE = Enqueue("support", "money", "be", 3)
CALL = Dial("*7-01", 29.5)


class Harness:
    """Calls over a link. By default, a test takes each line and presents itself."""

    def __init__(self, server: Server, link: Link, calls: Calls) -> None:
        self.server = server
        self.link = link
        self.calls = calls
        self.lines: asyncio.Queue[ChannelLine] = asyncio.Queue()
        self.kept: dict[str, bytes] = {}
        self.closing = asyncio.Event()
        self.running: asyncio.Task[Never]
        """The link."""

    async def serve(self, line: ChannelLine, _channel: Channel, _dialled: str) -> None:
        """Hand the line to the test."""
        self.lines.put_nowait(line)
        await self.closing.wait()

    async def keep(self, name: str, content: bytes) -> Recording | None:
        """Keep a recording, unless it is empty."""
        if not content:
            return None
        self.kept[name] = content
        return Recording(f"/recorded/{name}.wav", len(content))

    async def call(self, channel: str = "c-1") -> ChannelLine:
        """A call that came in."""
        self.server.enter(channel, "611")
        async with within(5):
            return await self.lines.get()


@asynccontextmanager
async def harness(
    server: Server,
    serve: Serve | None = None,
    times: Timeouts = TIMES,
    sounds: Sounds = SOUNDS,
    **others: Any,
) -> AsyncIterator[Harness]:
    """Calls over a connected link; at the end nothing of them is left."""
    link = Link(settings(server, **others))
    async with asyncio.TaskGroup() as tasks:

        def accept(channel: Channel, dialled: str) -> AcceptedCall:
            line = ChannelLine(link, channel.id, sounds, opened.keep, times)
            return AcceptedCall(line, partial(serve or opened.serve, line, channel, dialled))

        calls = Calls(link.ari, tasks, accept)
        opened = Harness(server, link, calls)
        running = tasks.create_task(link.run(calls.handle, calls.reconcile))
        opened.running = running
        try:
            await until(lambda: link.connected)
            yield opened
        finally:
            opened.closing.set()
            try:
                await until(lambda: not len(calls))
            finally:
                running.cancel()


def screen(*prompts: str, barge_in: bool = True) -> Screen:
    """A screen of these prompts."""
    return Screen(tuple(map(Phrase, prompts)), "ru", barge_in)


def ask(*prompts: str, barge_in: bool = True, **grammar: Any) -> Ask:
    """Ask for one key, or as ``grammar`` says."""
    wanted = {"choices": frozenset("123")} | grammar
    return Ask(screen(*prompts, barge_in=barge_in), Grammar(**wanted))


def say(*prompts: str, barge_in: bool = True) -> Say:
    """Say these prompts."""
    return Say(screen(*prompts, barge_in=barge_in))


def record(*prompts: str, name: str = "call-3", **others: Any) -> Record:
    """Play these prompts and record."""
    return Record(screen(*prompts), 30.0, 3.5, "#", name, **others)


def presenting(line: ChannelLine, want: LineWant) -> asyncio.Task[Outcome]:
    """What comes of a want, by and by."""
    return asyncio.create_task(line.present(want))


async def played(harness: Harness, times: int = 1) -> None:
    """Wait until so many playbacks were asked for."""
    await until(lambda: len(harness.server.plays) == times)
