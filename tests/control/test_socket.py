"""The control socket: real HTTP over a Unix socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ari_app.control import socket as control
from ari_app.control.live_feed import CallEvent, LiveFeed
from ari_app.control.socket import NotRunningError
from tests.ari.facts import until


async def report() -> bytes:
    return b'{"running":true}'


async def queues() -> bytes:
    return b'{"board":{}}'


async def nothing() -> None:
    """Nothing was written."""


async def reload() -> bytes:
    return b'{"flows":[]}'


async def ussd(request: bytes) -> str:
    return f"END {request.decode()}"


@asynccontextmanager
async def serving(path: Path) -> AsyncIterator[LiveFeed]:
    feed = LiveFeed()
    async with control.serve(path, report, queues, reload, nothing, feed, ussd):
        yield feed


async def test_the_status(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    async with serving(path):
        assert await control.status(path) == b'{"running":true}'
    assert not path.exists()


async def test_the_queues(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    async with serving(path):
        assert await control.queues(path) == b'{"board":{}}'


async def test_a_path_longer_than_a_socket_may_have(tmp_path: Path) -> None:
    directory = tmp_path / ("деревня-" * 12) / ("x" * 100)
    directory.mkdir(parents=True)
    path = directory / "control.sock"
    assert len(str(path).encode()) > 250
    async with serving(path):
        assert await control.status(path) == b'{"running":true}'
        assert path.is_socket()


async def test_a_socket_that_was_left_by_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    path.touch()
    async with serving(path):
        assert await control.status(path) == b'{"running":true}'


async def test_a_reload_takes_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Longer than the application may take to begin an answer; and one that ends meanwhile."""
    monkeypatch.setattr(control, "DEADLINE", 0.05)
    path = tmp_path / "control.sock"
    asked, spoken = asyncio.Event(), asyncio.Event()

    async def long() -> bytes:
        asked.set()
        await spoken.wait()
        return b"{}"

    async with control.serve(path, report, queues, long, nothing, LiveFeed(), ussd):
        asking = asyncio.create_task(control.reload(path))
        asyncio.get_running_loop().call_later(0.1, spoken.set)
        assert await asking == b"{}"
        for event in (asked, spoken):
            event.clear()
        asking = asyncio.create_task(control.reload(path))
        await asked.wait()
    with pytest.raises(NotRunningError):
        await asking


async def test_watching(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    told = [CallEvent("began", str(number), caller="375291234567") for number in range(100)]
    async with serving(path) as feed:
        async with control.watch(path) as happenings:
            await until(lambda: feed.watched)
            for one in told:
                feed.publish(one)
            assert [await anext(happenings) for _ in told] == told
        await until(lambda: not feed.watched)


async def test_refreshing_ends_when_it_is_done(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    done: list[str] = []

    async def refresh() -> None:
        await asyncio.sleep(0)
        if done:
            raise OSError("the disk is gone")
        done.append("once")

    async with control.serve(path, report, queues, reload, refresh, LiveFeed(), ussd):
        await control.refresh(path)
        assert done == ["once"]
        with pytest.raises(NotRunningError, match="answered 500 to refresh: its log says why"):
            await control.refresh(path)


async def test_the_application_ends_while_it_is_watched(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    watching = asyncio.Event()

    async def watch() -> None:
        async with control.watch(path) as happenings:
            watching.set()
            async for _ in happenings:
                raise AssertionError

    async with serving(path):
        task = asyncio.create_task(watch())
        await watching.wait()
    with pytest.raises(NotRunningError, match="Firstline stopped"):
        await task


async def test_a_text_session(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    async with serving(path):
        assert await control.ussd(path, "так".encode()) == "END так"


async def test_nothing_runs(tmp_path: Path) -> None:
    for path in (tmp_path / "control.sock", tmp_path / "left.sock"):
        if path.name == "left.sock":
            path.touch()
        with pytest.raises(NotRunningError, match="start it with `firstline up`"):
            await control.status(path)
        with pytest.raises(NotRunningError):
            async with control.watch(path):
                raise AssertionError


async def test_there_is_no_state(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for directory in ("none", "file"):
        with pytest.raises(NotRunningError, match="there is no state"):
            await control.status(tmp_path / directory / "control.sock")


async def test_an_application_that_is_stuck(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "DEADLINE", 0.05)
    path = tmp_path / "control.sock"

    async def never() -> bytes:
        await asyncio.Event().wait()
        raise AssertionError

    async with control.serve(path, never, never, never, nothing, LiveFeed(), ussd):
        with pytest.raises(NotRunningError, match=r"does not answer in 0\.05 s"):
            await control.status(path)


async def test_a_status_that_cannot_be_told(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"

    async def broken() -> bytes:
        raise OSError("the disk is gone")

    async with control.serve(path, broken, broken, broken, nothing, LiveFeed(), ussd):
        with pytest.raises(NotRunningError, match="answered 500 to status: its log says why"):
            await control.status(path)
