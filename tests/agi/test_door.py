"""What connects to the door: port scans, half requests, slow clients, too many calls."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from ari_app.agi import connection
from ari_app.agi.connection import Connection
from ari_app.agi.door import Door
from ari_app.session.unknown_code import UnknownNumberError
from tests.agi.fake_asterisk import FakeAsterisk
from tests.ari.facts import until
from tests.deadlines import within


class Served(list[str]):
    """The calls that were served; each waits until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = asyncio.Event()

    async def serve(self, call: Connection) -> None:
        self.append(call.request.script)
        await self.let_go.wait()


@asynccontextmanager
async def opened(
    served: Served, allow: str = "127.0.0.1", most: int = 10
) -> AsyncIterator[tuple[Door, int]]:
    door = Door(served.serve, (allow,), most)
    async with door.opened("127.0.0.1", 0) as port:
        yield door, port


async def turned_away(port: int, sent: bytes) -> None:
    """Send something, and see the connection closed without an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(sent)
    async with within(5):
        with suppress(ConnectionResetError):  # closed before all that was sent had been read
            assert await reader.read() == b""
    writer.close()


async def a_call_is_served(port: int, served: Served) -> None:
    before, asterisk = len(served), FakeAsterisk()
    calling = asyncio.create_task(asterisk.call(port))
    await until(lambda: len(served) == before + 1)
    served.let_go.set()
    async with within(5):
        await calling
    served.let_go.clear()


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) + b"\n",
        b"\n",
        b"agi_network: yes\n\n",
        b"agi_x: " + b"y" * 100_000 + b"\n",
        b"agi_channel: a-1\n" * 1000,
        b"\xff\xfe\xfd\n\n",
    ],
)
async def test_what_is_no_request_does_no_harm(sent: bytes) -> None:
    served = Served()
    async with opened(served) as (door, port):
        await turned_away(port, sent)
        await until(lambda: len(door) == 0)
        await a_call_is_served(port, served)
    assert served == ["611"]


async def test_a_port_scan_does_no_harm() -> None:
    served = Served()
    async with opened(served) as (door, port):
        for _ in range(50):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.transport.abort()
        await a_call_is_served(port, served)
        await until(lambda: len(door) == 0)


async def test_a_slow_client_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "REQUEST_SECONDS", 0.1)
    served = Served()
    async with opened(served) as (door, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"agi_network: yes\nagi_ch")
        async with within(5):
            assert await reader.read() == b""
        await until(lambda: len(door) == 0)
        writer.close()
    assert served == []


async def test_only_as_many_calls_as_can_be_served() -> None:
    served = Served()
    async with opened(served, most=2) as (door, port):
        calls = [asyncio.create_task(FakeAsterisk().call(port)) for _ in range(2)]
        await until(lambda: len(served) == 2)
        await turned_away(port, b"")
        assert len(served) == 2
        served.let_go.set()
        async with within(5):
            await asyncio.gather(*calls)
        await until(lambda: len(door) == 0)
        await a_call_is_served(port, served)


async def test_who_is_not_allowed_is_turned_away() -> None:
    served = Served()
    async with opened(served, allow="10.0.0.0/8") as (_, port):
        await turned_away(port, b"")
    assert served == []


@pytest.mark.parametrize("fault", [RuntimeError("broken"), UnknownNumberError("no flow has 1")])
async def test_a_call_that_fails_goes_on_in_the_dialplan(
    caplog: pytest.LogCaptureFixture, fault: Exception
) -> None:
    async def fail(_: Connection) -> None:
        raise fault

    async with Door(fail, ("127.0.0.1",), 10).opened("127.0.0.1", 0) as port:
        asterisk = FakeAsterisk()
        async with within(5):
            await asterisk.call(port)
    assert asterisk.commands == []
    assert "the caller goes on in the dialplan" in caplog.text
    assert ("Traceback" in caplog.text) is isinstance(fault, RuntimeError)


async def test_at_the_end_callers_go_on_in_the_dialplan() -> None:
    served, asterisk = Served(), FakeAsterisk()
    async with opened(served) as (_, port):
        calling = asyncio.create_task(asterisk.call(port))
        await until(lambda: len(served) == 1)
    async with within(5):
        await calling
    assert asterisk.over
