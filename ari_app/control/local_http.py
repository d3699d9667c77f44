"""Requests of HTTP/1.1 over a Unix socket, without the large HTTP client that asks other systems.

As much of it as our own server speaks, RFC 9112: bodies with a length or in chunks, one request
for each connection.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress


class Answer:
    """An answer whose head was read. Its body is read once, and raises ``ConnectionError`` if the
    other side ends before it is whole."""

    def __init__(
        self, reader: asyncio.StreamReader, status: int, headers: Mapping[str, str]
    ) -> None:
        self._reader = reader
        self.status = status
        self._headers = headers

    async def read(self) -> bytes:
        """The whole body."""
        return b"".join([part async for part in self._parts()])

    async def text(self) -> str:
        """The whole body as text."""
        return (await self.read()).decode()

    async def lines(self) -> AsyncIterator[bytes]:
        """The lines of the body as they come, without their ends."""
        rest = b""
        async for part in self._parts():
            *whole, rest = (rest + part).split(b"\n")
            for line in whole:
                yield line

    async def _parts(self) -> AsyncIterator[bytes]:
        try:
            if self._headers.get("transfer-encoding", "").lower() == "chunked":
                async for part in self._chunks():
                    yield part
            else:
                yield await self._reader.readexactly(int(self._headers.get("content-length", 0)))
        except asyncio.IncompleteReadError as error:
            raise ConnectionResetError("the answer is not whole") from error

    async def _chunks(self) -> AsyncIterator[bytes]:
        while size := int((await self._reader.readuntil(b"\r\n")).partition(b";")[0], 16):
            yield await self._reader.readexactly(size)
            await self._reader.readexactly(2)


@asynccontextmanager
async def request(
    socket: str, method: str, path: str, body: bytes, deadline: float
) -> AsyncIterator[Answer]:
    """Send a request; its answer must begin within ``deadline`` seconds.

    Raises ``TimeoutError``, and ``OSError`` if no one answers.
    """
    async with asyncio.timeout(deadline):
        reader, writer = await asyncio.open_unix_connection(socket)
    try:
        async with asyncio.timeout(deadline):
            writer.write(
                f"{method} {path} HTTP/1.1\r\nHost: firstline\r\nConnection: close\r\n"
                f"Content-Length: {len(body)}\r\n\r\n".encode()
            )
            writer.write(body)
            await writer.drain()
            answer = await _head(reader)
        yield answer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def _head(reader: asyncio.StreamReader) -> Answer:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise ConnectionResetError("no answer began") from error
    status, *lines = head.rstrip("\r\n").split("\r\n")
    pairs = (line.partition(":")[::2] for line in lines)
    headers = {name.strip().lower(): value.strip() for name, value in pairs}
    return Answer(reader, int(status.split()[1]), headers)
