"""What a link must endure: many breaks, and no descriptor left to connect with."""

import asyncio
import os
import random
import resource
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from ivr.events import Keyed
from tests.ari.facts import until
from tests.ari.harness import ask, harness, played, presenting
from tests.ari.server import Server

BREAKS = 100
"""`python -m tests.bench.reconnects` makes a thousand."""


def descriptors() -> int:
    """How many files this process has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def test_many_breaks_leave_nothing_and_lose_no_caller(server: Server) -> None:
    """At moments by a seed: some at once after the connection, some while it is made ready."""
    chance = random.Random(7)
    async with harness(server, steady=0.0, back_off=0.0005, back_off_most=0.001) as at:
        line = await at.call()
        answer = presenting(line, ask("menu"))
        await played(at)
        tasks, open_ = len(asyncio.all_tasks()), descriptors()
        for _ in range(BREAKS):
            before = at.link.connections
            server.drop()
            await asyncio.sleep(chance.choice((0.0, 0.0, 0.002)))
            if chance.random() < 0.3:
                server.drop()
            await until(lambda before=before: at.link.connections > before)  # type: ignore[misc]
        await until(lambda: at.link.connected and server.channels["c-1"].playback)
        await until(lambda: len(asyncio.all_tasks()) <= tasks and descriptors() <= open_)
        await until(lambda: not at.link.unanswered)
        await until(lambda: not line.player.state.doubtful)
        server.press("c-1", "2")
        assert await answer == Keyed("2")
    assert not server.doubled


@contextmanager
def none_left() -> Iterator[None]:
    """No descriptor can be opened while the context lasts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with ExitStack() as stack:
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors() + 20, hard))
        try:
            while True:
                stack.callback(os.close, os.open("/dev/null", os.O_RDONLY))
        except OSError:
            yield


async def test_without_a_descriptor_it_tries_until_there_is_one(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    async with harness(server, back_off=0.02, back_off_most=0.05) as at:
        line = await at.call()
        answer = presenting(line, ask("menu"))
        await played(at)
        with none_left():
            server.drop()
            await until(lambda: "Too many open files" in caplog.text)
            assert not at.link.connected
        await until(lambda: at.link.connected)
        await played(at, 2)
        server.press("c-1", "1")
        assert await answer == Keyed("1")
    ours = [one for one in caplog.records if one.name.startswith("ari_app")]
    assert not [one for one in ours if one.exc_info]
