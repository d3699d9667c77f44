"""The WebSocket by itself, against a server that speaks to it byte by byte."""

import asyncio
import socket
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from hashlib import sha1

import pytest

from ari_app.ari import websocket
from ari_app.ari.errors import AriError, UnreachableError
from ari_app.ari.websocket import Socket, connect
from tests.ari.facts import until

Peer = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Greet = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def agree(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The handshake of RFC 6455."""
    asked = await reader.readuntil(b"\r\n\r\n")
    key = next(
        line for line in asked.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key")
    )
    proof = sha1(key.split(b": ")[1] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + b64encode(proof) + b"\r\n\r\n"
    )


@asynccontextmanager
async def serving(greet: Greet = agree) -> AsyncIterator[tuple[str, "asyncio.Queue[Peer]"]]:
    """A server that accepts a connection and hands it to the test."""
    peers: asyncio.Queue[Peer] = asyncio.Queue()

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await greet(reader, writer)
        peers.put_nowait((reader, writer))

    server = await asyncio.start_server(met, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/ari/events?app=x", peers
        while not peers.empty():
            peers.get_nowait()[1].close()


async def opened(url: str, take: Callable[[bytes], None] = lambda _: None) -> Socket:
    return await connect(url, "Basic x", take, heartbeat=30, deadline=5)


async def test_a_message_in_parts_is_taken_whole() -> None:
    taken: list[bytes] = []
    async with serving() as (url, peers):
        socket = await opened(url, taken.append)
        _, peer = await peers.get()
        peer.write(b"\x01\x02ab" + b"\x89\x00" + b"\x00\x01c" + b"\x80\x01d" + b"\x81\x01e")
        await until(lambda: len(taken) == 2)
        assert taken == [b"abcd", b"e"]
        peers.put_nowait((_, peer))
        await socket.close(0)


async def test_what_was_sent_before_the_good_bye_leaves_before_it() -> None:
    async with serving() as (url, peers):
        socket = await opened(url)
        reader, _ = peer = await peers.get()
        socket.send(b"a")
        socket.send(b"b")
        await socket.close(0)
        frames = await reader.read()
        peers.put_nowait(peer)
    # each: its type, masked and its length, the mask, the text
    assert [frames[at] for at in (0, 7, 14)] == [0x81, 0x81, 0x88]
    assert [frames[at + 6] ^ frames[at + 2] for at in (0, 7)] == [0x61, 0x62]


@pytest.mark.parametrize(
    ("limit", "sent", "why"),
    [
        (3, b"\x01\x02ab" + b"\x80\x02cd", "a message of more than"),
        (3, b"\x81\x04abcd", "the connection to Asterisk broke"),
        (99, b"\x88\x02\x03\xf0", "Asterisk closed the link (1008)"),
        (99, b"\x88\x00", "Asterisk closed the link (0)"),
        (99, b"\x83\x01a", "the connection to Asterisk broke"),
    ],
)
async def test_why_it_ended(
    monkeypatch: pytest.MonkeyPatch, limit: int, sent: bytes, why: str
) -> None:
    monkeypatch.setattr(websocket, "BIGGEST", limit)
    taken: list[bytes] = []
    async with serving() as (url, peers):
        socket = await opened(url, taken.append)
        peer = await peers.get()
        peer[1].write(sent)
        assert (await socket.ended()).startswith(why)
        assert not socket.open
        assert not taken
        peers.put_nowait(peer)


async def test_what_breaks_the_taker_ends_it_and_nothing_more_is_taken() -> None:
    taken: list[bytes] = []

    def take(message: bytes) -> None:
        taken.append(message)
        raise LookupError

    async with serving() as (url, peers):
        socket = await opened(url, take)
        peer = await peers.get()
        peer[1].write(b"\x81\x01a\x81\x01b")
        with pytest.raises(LookupError):
            await socket.ended()
        assert not socket.open
        assert taken == [b"a"]
        peers.put_nowait(peer)


async def test_it_is_not_open_while_asterisk_does_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """So what is to be sent is refused, and never heaped up without a limit."""
    monkeypatch.setattr(websocket, "UNSENT", 1000)
    async with serving() as (url, peers):
        socket = await opened(url)
        reader, writer = await peers.get()
        sent = 0
        while socket.open:
            socket.send(b"x" * 100_000)
            sent += 1
            await asyncio.sleep(0)
        assert sent < 1000
        received = 0
        while received < sent * 100_000:
            received += len(await reader.read(1 << 20))
        await until(lambda: socket.open)
        peers.put_nowait((reader, writer))
        await socket.close(0)


async def refuse(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")


async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")


async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


@pytest.mark.parametrize(
    ("greet", "kind", "says"),
    [
        (refuse, AriError, "503 to GET /events: Service Unavailable"),
        (babble, UnreachableError, "/ari/events"),
        (hang_up, UnreachableError, "/ari/events"),
    ],
)
async def test_a_handshake_that_fails(greet: Greet, kind: type[Exception], says: str) -> None:
    async with serving(greet) as (url, _):
        with pytest.raises(kind, match=says):
            await opened(url)


async def test_a_refused_connection() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # no other process can listen there meanwhile
        with pytest.raises(OSError, match="111"):
            await opened(f"http://127.0.0.1:{bound.getsockname()[1]}/ari/events")


async def test_a_handshake_that_comes_too_late_leaves_no_connection() -> None:
    """One that stayed would take the application's name from the next one, and be deaf."""
    late = asyncio.Event()

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await late.wait()
        await agree(reader, writer)

    async with serving(greet) as (url, peers):
        with pytest.raises(UnreachableError, match=r"takes no WebSocket in 0\.05 s"):
            await connect(url, "Basic x", lambda _: None, heartbeat=30, deadline=0.05)
        late.set()
        reader, _ = peer = await peers.get()
        with suppress(ConnectionResetError):  # it was closed with our answer unread
            assert await reader.read() == b""
        peers.put_nowait(peer)
