"""The control socket: real HTTP over a Unix socket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from ari_app.control.client import ControlClient, NotRunningError
from ari_app.control.live_feed import CallEvent, LiveFeed
from ari_app.control.requests import ReloadRequest, StopRequest
from ari_app.control.server import serve_control
from tests.ari.facts import until
from tests.control.fake_handlers import handlers
from tests.deadlines import allowed
from tests.fuzz import mutated, rounds


async def report() -> bytes:
    return b'{"running":true}'


async def queues() -> bytes:
    return b'{"board":{}}'


async def reload(request: ReloadRequest) -> bytes:
    return b'{"flows":[]}' if request == ReloadRequest() else request.by.encode()


async def ussd(request: bytes) -> str:
    return f"END {request.decode()}"


@asynccontextmanager
async def serving(path: Path) -> AsyncIterator[LiveFeed]:
    feed = LiveFeed()
    async with serve_control(
        path, handlers(status=report, queues=queues, reload=reload, ussd=ussd), feed
    ):
        yield feed


async def test_the_status(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    async with serving(path):
        assert await ControlClient(path).status() == b'{"running":true}'
    assert not path.exists()


async def test_the_queues(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    async with serving(path):
        assert await ControlClient(path).queues() == b'{"board":{}}'


async def test_a_path_longer_than_a_socket_may_have(tmp_path: Path) -> None:
    directory = tmp_path / ("деревня-" * 12) / ("x" * 100)
    directory.mkdir(parents=True)
    path = directory / "control.sock"
    assert len(str(path).encode()) > 250
    async with serving(path):
        assert await ControlClient(path).status() == b'{"running":true}'
        assert path.is_socket()


async def test_a_socket_that_was_left_by_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    path.touch()
    async with serving(path):
        assert await ControlClient(path).status() == b'{"running":true}'


async def test_a_reload_may_take_longer_than_the_deadline(tmp_path: Path) -> None:
    """Longer than the application may take to begin an answer; and one that ends meanwhile."""
    path = tmp_path / "control.sock"
    asked, spoken = asyncio.Event(), asyncio.Event()

    async def long(_: ReloadRequest) -> bytes:
        asked.set()
        await spoken.wait()
        return b"{}"

    patience = allowed(0.1)
    async with serve_control(path, handlers(reload=long), LiveFeed()):
        asking = asyncio.create_task(ControlClient(path, patience).reload())
        asyncio.get_running_loop().call_later(2 * patience, spoken.set)
        assert await asking == b"{}"
        for event in (asked, spoken):
            event.clear()
        asking = asyncio.create_task(ControlClient(path, patience).reload())
        await asked.wait()
    with pytest.raises(NotRunningError):
        await asking


async def test_watching(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    published = [CallEvent("began", str(number), caller="375291234567") for number in range(100)]
    async with serving(path) as feed:
        async with ControlClient(path).watch() as events:
            await until(lambda: feed.watched)
            for one in published:
                feed.publish(one)
            assert [await anext(events) for _ in published] == published
        await until(lambda: not feed.watched)


async def test_refreshing_ends_when_it_is_done(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    done: list[str] = []

    async def refresh() -> None:
        await asyncio.sleep(0)
        if done:
            raise OSError("the disk is gone")
        done.append("once")

    async with serve_control(path, handlers(refresh=refresh), LiveFeed()):
        await ControlClient(path).refresh()
        assert done == ["once"]
        with pytest.raises(NotRunningError, match="answered 500 to refresh: its log says why"):
            await ControlClient(path).refresh()


async def test_the_application_ends_while_it_is_watched(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    watching = asyncio.Event()

    async def watch() -> None:
        async with ControlClient(path).watch() as events:
            watching.set()
            async for _ in events:
                raise AssertionError

    async with serving(path):
        task = asyncio.create_task(watch())
        await watching.wait()
    with pytest.raises(NotRunningError, match="Firstline stopped"):
        await task


async def test_a_text_session(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    async with serving(path):
        assert await ControlClient(path).ussd("так".encode()) == "END так"


async def test_nothing_runs(tmp_path: Path) -> None:
    for path in (tmp_path / "control.sock", tmp_path / "left.sock"):
        if path.name == "left.sock":
            path.touch()
        with pytest.raises(NotRunningError, match="start it with `firstline up`"):
            await ControlClient(path).status()
        with pytest.raises(NotRunningError):
            async with ControlClient(path).watch():
                raise AssertionError


async def test_there_is_no_state(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for directory in ("none", "file"):
        with pytest.raises(NotRunningError, match="there is no state"):
            await ControlClient(tmp_path / directory / "control.sock").status()


async def test_an_application_that_does_not_answer(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"

    async def never() -> bytes:
        await asyncio.Event().wait()
        raise AssertionError

    async with serve_control(path, handlers(status=never), LiveFeed()):
        with pytest.raises(NotRunningError, match=r"does not answer in [\d.]+ s"):
            await ControlClient(path, allowed(0.1)).status()


async def test_a_handler_that_fails(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"

    async def broken() -> bytes:
        raise OSError("the disk is gone")

    async with serve_control(path, handlers(status=broken), LiveFeed()):
        with pytest.raises(NotRunningError, match="answered 500 to status: its log says why"):
            await ControlClient(path).status()


async def test_what_a_request_says_reaches_the_application(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    asked: list[StopRequest] = []

    async def stop(request: StopRequest) -> None:
        asked.append(request)

    async with serve_control(path, handlers(stop=stop, reload=reload), LiveFeed()):
        client = ControlClient(path)
        await client.stop(StopRequest(2.5))
        assert await client.reload(ReloadRequest(by="anna")) == b"anna"
    assert asked == [StopRequest(2.5)]


async def test_hostile_requests_are_refused_in_a_sentence(tmp_path: Path) -> None:
    """What is let in is within bounds, such as a time to wait."""
    path = tmp_path / "control.sock"
    asked: list[StopRequest | ReloadRequest] = []

    async def take(request: StopRequest | ReloadRequest) -> bytes:
        asked.append(request)
        return b"{}"

    served = handlers(stop=take, reload=take, ussd=ussd)
    connector = aiohttp.UnixConnector(str(path))
    async with (
        serve_control(path, served, LiveFeed()),
        aiohttp.ClientSession(connector=connector) as client,
    ):
        for chance in rounds(150):
            known = chance.choice(({"seconds": 5.0}, {"by": "anna", "dry_run": False}))
            what = "stop" if "seconds" in known else "reload"
            body = mutated(chance, known).encode("utf-8", "replace")
            async with client.post(f"http://firstline/{what}", data=body) as response:
                said = await response.text()
                assert response.status in (200, 400), (body, said)
                assert response.status == 200 or said.startswith("no such request: ")
    assert all(
        0 <= one.seconds <= 604_800 if isinstance(one, StopRequest) else len(one.by) <= 200
        for one in asked
    )


async def test_one_who_goes_while_an_answer_is_written_is_no_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The connection is being closed already when the next piece is written to it."""

    async def gone() -> bytes:
        raise aiohttp.ClientConnectionResetError("Cannot write to closing transport")

    path = tmp_path / "control.sock"
    async with serve_control(path, handlers(status=gone), LiveFeed()):
        await ControlClient(path).status()
    assert not caplog.text
