"""Words for callers who wait in a queue."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from ari_app.ari.events import Event
from ari_app.ari.whispers import Whispers
from tests.ari.facts import until
from tests.ari.fake_channel import FakeChannel
from tests.ari.faults import Asked
from tests.ari.harness import linked
from tests.ari.server import Server

WORDS = ["/sounds/one", "/sounds/two"]


class Snooping(Server):
    """It lets channels snoop."""

    async def _do(self, asked: Asked) -> object:
        match asked.line.split("/"):
            case ["POST channels", channel, "snoop", snoop] if channel in self.channels:
                self.enter(snoop)
                return None
        return await super()._do(asked)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Snooping().running() as one:
        yield one


@asynccontextmanager
async def whispering(server: Server) -> AsyncIterator[tuple[Whispers, list[Event]]]:
    """Whispers to the caller c-1, who waits in a queue, and the events that others get."""
    server.channels["c-1"] = FakeChannel(inside=False)
    passed: list[Event] = []
    handlers: list[Callable[[Event], None]] = []

    def handle(event: Event) -> None:
        handlers[0](event)

    async with linked(server, handle) as link:
        whispers = Whispers(link)
        handlers.append(whispers.handling(passed.append))
        yield whispers, passed


def snoops(server: Server) -> list[str]:
    return [name for name in server.channels if name.startswith("whisper-c-1-")]


async def begun(server: Server) -> str:
    """The channel that plays to the caller."""
    await until(lambda: [name for name in snoops(server) if server.channels[name].playback])
    [snoop] = snoops(server)
    return snoop


async def test_words_are_played_by_a_channel_that_ends_with_them(server: Server) -> None:
    async with whispering(server) as (whispers, passed):
        words = asyncio.create_task(whispers.whisper("c-1", WORDS, 3.0))
        server.finish(await begun(server))
        assert await words
        await until(lambda: not snoops(server))
        server.enter("c-2", "611")
        await until(lambda: [type(one).__name__ for one in passed].count("StasisStart"))
    assert server.plays == ["sound:/sounds/one,sound:/sounds/two"]
    assert not server.channels["c-1"].inside  # it stayed where it was
    assert {one.channel.id for one in passed if hasattr(one, "channel")} == {"c-2"}
    snooping = next(one for one in server.asked if "/snoop/" in one.line)
    assert snooping.query == {"app": "firstline-whisper", "whisper": "out"}


async def test_they_end_at_once_when_they_are_cancelled(server: Server) -> None:
    async with whispering(server) as (whispers, _):
        words = asyncio.create_task(whispers.whisper("c-1", WORDS, 3.0))
        await begun(server)
        words.cancel()
        with suppress(asyncio.CancelledError):
            await words
        await until(lambda: not snoops(server))


async def test_who_hung_up_hears_nothing_and_it_is_no_fault(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    async with whispering(server) as (whispers, _):
        assert not await whispers.whisper("c-9", WORDS, 3.0)
        words = asyncio.create_task(whispers.whisper("c-1", WORDS, 3.0))
        server.finish(await begun(server), "failed")
        assert not await words
    assert [one.message for one in caplog.records if one.levelname == "WARNING"] == []


async def test_what_an_application_before_left_is_ended(server: Server) -> None:
    server.channels["whisper-c-7-old"] = FakeChannel()
    async with linked(server) as link:
        await Whispers(link).clear()
    assert "whisper-c-7-old" not in server.channels
