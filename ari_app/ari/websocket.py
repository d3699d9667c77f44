"""The WebSocket to Asterisk; the only module that knows picows.

A received message is handed on in the same iteration of the event loop, and a sent one leaves at
the end of the iteration: no task and no timer between.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from picows import (
    WSCloseCode,
    WSError,
    WSFrame,
    WSHandshakeError,
    WSListener,
    WSMsgType,
    WSTransport,
    ws_connect,
)

from ari_app.ari.errors import AriError, UnreachableError

BIGGEST = 16 << 20
"""Most bytes of a message. The list of 10,000 channels takes 400 kB."""

UNSENT = 1 << 20
"""Most bytes waiting for an Asterisk that does not read; then sending is refused until it does."""

Take = Callable[[bytes], None]

_TEXT = WSMsgType.TEXT


class Socket(WSListener):
    """A WebSocket, open or ended; made by :func:`connect`."""

    def __init__(self, take: Take, heartbeat: float) -> None:
        self.open = False
        """Whether messages can be sent now."""
        self._take = take
        self._heartbeat = heartbeat
        self._transport: WSTransport | None = None
        self._abandoned = False
        self._parts = bytearray()
        self._unsent: list[bytes] = []
        self._soon = asyncio.get_running_loop().call_soon
        self._end: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def send(self, message: bytes) -> None:
        """Send a text at the end of this iteration of the event loop; only while ``open``.

        Sent at once, it would wake Asterisk, which would take the processor from the current work.
        """
        if not self._unsent:
            self._soon(self._send)
        self._unsent.append(message)

    def _send(self) -> None:
        unsent, self._unsent = self._unsent, []
        if self._transport is not None:
            for message in unsent:
                self._transport.send(_TEXT, message)

    async def ended(self) -> str:
        """Wait for the end and return the reason. Raises what :data:`Take` raised."""
        return await self._end

    async def close(self, patience: float) -> None:
        """Close the WebSocket, waiting at most ``patience`` seconds for Asterisk's close frame."""
        transport = self._transport
        self.open = False
        if transport is not None and not transport.is_disconnected:
            self._send()
            transport.send_close(WSCloseCode.OK)
            try:
                with suppress(TimeoutError, WSError):
                    async with asyncio.timeout(patience):
                        await transport.wait_disconnected()
            finally:
                transport.disconnect(graceful=False)

    @property
    def connected(self) -> bool:
        """Whether the handshake succeeded, once."""
        return self._transport is not None

    def abandon(self) -> None:
        """Give it up: if it connected later, it would take the events from its successor."""
        self._abandoned = True
        if self._transport is not None:
            self._transport.disconnect(graceful=False)

    # Callbacks of picows.

    def on_ws_connected(self, transport: WSTransport) -> None:
        """The handshake succeeded."""
        self._transport = transport
        if self._abandoned:
            transport.disconnect(graceful=False)
            return
        transport.underlying_transport.set_write_buffer_limits(high=UNSENT)
        self.open = True

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """A frame came."""
        if self._end.done():
            return
        try:
            if frame.msg_type is _TEXT and frame.fin:
                self._take(frame.get_payload_as_bytes())
            elif frame.msg_type is WSMsgType.CLOSE:
                self._closed(transport, frame.get_close_code())
            elif frame.msg_type in (_TEXT, WSMsgType.CONTINUATION):
                self._part(transport, frame)
        except Exception as error:  # noqa: BLE001 - it comes out where the end is waited for
            self.open = False
            self._end.set_exception(error)
            transport.disconnect(graceful=False)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """The connection is closed."""
        self._over(transport, "the connection to Asterisk broke")

    def pause_writing(self) -> None:
        """The write buffer is full: Asterisk does not read."""
        self.open = False

    def resume_writing(self) -> None:
        """The write buffer has room again."""
        self.open = not self._end.done()

    def _closed(self, transport: WSTransport, code: WSCloseCode) -> None:
        self._over(transport, f"Asterisk closed the link ({int(code.value)})")
        transport.send_close(code)
        transport.disconnect()

    def _over(self, transport: WSTransport, why: str) -> None:
        self.open = False
        if not self._end.done():
            shaken = transport.close_handshake
            if shaken and shaken.sent and shaken.sent.code is WSCloseCode.GOING_AWAY:
                why = f"No PONG received in {self._heartbeat / 2:g} s"
            self._end.set_result(why)

    def _part(self, transport: WSTransport, frame: WSFrame) -> None:
        """A fragment of a message. Asterisk sends whole messages, but a proxy may split them."""
        self._parts += frame.get_payload_as_memoryview()
        if len(self._parts) > BIGGEST:
            self._over(transport, f"a message of more than {BIGGEST >> 20} MB came")
            transport.disconnect(graceful=False)
        elif frame.fin:
            message = bytes(self._parts)
            self._parts.clear()
            self._take(message)


async def connect(url: str, login: str, take: Take, heartbeat: float, deadline: float) -> Socket:
    """Open a WebSocket that hands each message to ``take``; times are seconds.

    After ``heartbeat`` in silence Asterisk is pinged, and has half of that to answer. Raises
    :class:`UnreachableError`, OSError, and :class:`AriError` with the status of a refusal.
    """
    socket = Socket(take, heartbeat)
    connected = False
    try:
        async with asyncio.timeout(deadline):
            await ws_connect(
                lambda: socket,
                f"ws{url.removeprefix('http')}",
                extra_headers={"Authorization": login},
                websocket_handshake_timeout=deadline,
                enable_auto_ping=True,
                auto_ping_idle_timeout=heartbeat,
                auto_ping_reply_timeout=heartbeat / 2,
                max_frame_size=BIGGEST,
                max_redirects=0,
                use_aiofastnet=False,
            )
        connected = socket.connected  # picows also returns when the connection broke early
    except WSHandshakeError as error:
        if error.response is not None:
            status = error.response.status
            raise AriError(int(status), "GET /events", status.phrase) from error
        raise UnreachableError(f"{url}: {error}") from error
    except TimeoutError:
        raise UnreachableError(f"{url} takes no WebSocket in {deadline:g} s") from None
    finally:
        if not connected:
            socket.abandon()
    if not connected:
        raise UnreachableError(f"{url}: the connection broke in the handshake")
    return socket
