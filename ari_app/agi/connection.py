"""One call over FastAGI: its request, and commands, one after the other."""

import asyncio
import logging

from ari_app.agi import protocol
from ari_app.agi.protocol import HungUp, ProtocolError, Reply, Request

log = logging.getLogger(__name__)

REQUEST_SECONDS = 5.0
"""How long the other side may take to send its request."""
ANSWER_SECONDS = 10.0
"""How much longer than it should a command may take."""

DEAD = 511
"""The code of a command that a channel without a caller does not obey."""


class ChannelGoneError(Exception):
    """The caller hung up, or Asterisk closed the connection: not an error of anybody."""


class CommandError(Exception):
    """Asterisk does not obey a command; the text says which, without its values."""


class Connection:
    """A connection that Asterisk has opened for a call. Used by one task at a time."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: Request
    ) -> None:
        self.request = request
        self._reader = reader
        self._writer = writer
        self._hung_up = False

    @classmethod
    async def accepted(
        cls, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> "Connection":
        """Read the request; raises :class:`ProtocolError`, OSError and TimeoutError."""
        lines: list[str] = []
        async with asyncio.timeout(REQUEST_SECONDS):
            while text := await _line(reader):
                lines.append(text)
                protocol.check_line(text, len(lines))
        return cls(reader, writer, protocol.request(lines))

    async def send(self, *words: str | int, seconds: float = 0.0) -> Reply:
        """Send a command that takes so long at most, and return the answer.

        Raises :class:`ChannelGoneError`, and :class:`CommandError` for a command that Asterisk does
        not know. An answer that does not come is taken for a hang-up: the call goes back to the
        dialplan. A command that was cancelled leaves its answer unread, so a connection is then
        closed.
        """
        try:
            async with asyncio.timeout(seconds + ANSWER_SECONDS):
                self._writer.write(protocol.command(*words))
                await self._writer.drain()
                reply = await self._reply()
        except (OSError, EOFError, ProtocolError) as error:  # a TimeoutError is an OSError
            if isinstance(error, TimeoutError | ProtocolError):
                log.warning("call %s over AGI: %s: %r", self.request.id, words[0], error)
            self.close()
            raise ChannelGoneError from error
        if reply.code == DEAD:
            raise ChannelGoneError
        if reply.code != 200:
            raise CommandError(f"{words[0]}: {reply.code} {reply.note}".strip())
        return reply

    async def check(self) -> None:
        """Raise :class:`ChannelGoneError` if the caller has hung up: Asterisk reports that before
        the answer to the next command."""
        await self.send("NOOP")
        if self._hung_up:
            raise ChannelGoneError

    def close(self) -> None:
        """Close the connection: a caller who is still there goes on in the dialplan."""
        self._writer.close()

    async def _reply(self) -> Reply:
        while True:
            match protocol.line(await _line(self._reader)):
                case HungUp():
                    self._hung_up = True
                case Reply() as reply:
                    return reply


async def _line(reader: asyncio.StreamReader) -> str:
    """The next line, without its end; raises EOFError and :class:`ProtocolError`."""
    try:
        raw = await reader.readuntil(b"\n")
    except asyncio.LimitOverrunError as error:
        raise ProtocolError("a line is too long") from error
    return raw[:-1].decode(errors="replace").rstrip("\r")
