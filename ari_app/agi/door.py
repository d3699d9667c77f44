"""The FastAGI server: lets Asterisk in, and only as many calls as can be served.

Anything else that connects is rejected: by address, by a request that is none or does not come
in time, or because the door is full. Asterisk then goes on in the dialplan with AGISTATUS=FAILURE.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from ari_app.agi.connection import Connection
from ari_app.agi.protocol import ProtocolError
from ari_app.networks import Networks
from ari_app.session.unknown_code import UnknownNumberError

log = logging.getLogger(__name__)

LINE = 4096
"""The most bytes of a line that is read."""
REQUESTS = 64
"""So many connections at most may be about to send their requests."""

Serve = Callable[[Connection], Awaitable[None]]
"""Serves a call to its end."""


class Door:
    """The calls that came over FastAGI."""

    def __init__(self, serve: Serve, allow: Sequence[str], most: int) -> None:
        """``allow``: addresses and networks of Asterisk; ``most``: so many calls at once."""
        self._serve = serve
        self._networks = Networks(allow)
        self._most = most
        self._arriving = 0
        self._calls: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._calls)

    @asynccontextmanager
    async def opened(self, host: str, port: int) -> AsyncIterator[int]:
        """Serve while the context lasts; yields the port. At its end callers who are still here go
        on in the dialplan. Raises OSError."""
        server = await asyncio.start_server(self._connected, host, port, limit=LINE)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for call in self._calls:
                call.cancel()
            await asyncio.gather(*self._calls, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The outermost frame of a connection."""
        call = asyncio.current_task()
        assert call is not None
        self._calls.add(call)
        try:
            connection = await self._admitted(reader, writer)
            if connection is not None:
                await self._serve(connection)
        except UnknownNumberError as error:
            log.error("a call over AGI: %s; the caller goes on in the dialplan", error)
        except Exception:  # the outermost frame of the call
            log.exception("a call over AGI failed; the caller goes on in the dialplan")
        finally:
            self._calls.discard(call)
            writer.close()

    async def _admitted(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> Connection | None:
        peer = writer.get_extra_info("peername")[0]
        if not self._networks.admit(peer):
            log.warning("AGI: a connection from %s is rejected: it is not in `[agi] allow`", peer)
            return None
        if len(self._calls) > self._most or self._arriving >= REQUESTS:
            log.warning("AGI: a call is rejected: there are %d already", len(self._calls) - 1)
            return None
        self._arriving += 1
        try:
            return await Connection.accepted(reader, writer)
        except (OSError, EOFError, ProtocolError) as error:  # a TimeoutError is an OSError
            log.info("AGI: a connection from %s is rejected: %s", peer, error or "no request came")
            return None
        finally:
            self._arriving -= 1
