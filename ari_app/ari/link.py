"""One WebSocket to Asterisk, for ever.

:meth:`Link.run` connects, sets the event filter, lets the state be reconciled, hands on events, and
when the link breaks does it all again. Requests go over the same socket where Asterisk takes them
there (20.14, 22.4 and later), and over pooled HTTP where it does not or where the operation blocks.
"""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal, NoReturn

import aiohttp
from msgspec import Struct

from ari_app.ari.errors import AriError, RefusedError, UnreachableError, raised
from ari_app.ari.events import (
    WANTED,
    ApplicationReplaced,
    Event,
    RestResponse,
    Strange,
    parse,
)
from ari_app.ari.rest import Ari, Request
from ari_app.secret import Secret

log = logging.getLogger(__name__)

Transport = Literal["auto", "websocket", "http"]

BIGGEST = 16 << 20
"""Bytes of a message that we take. An application of 10,000 channels is told in 400 kB."""


class Settings(Struct, frozen=True, kw_only=True):
    """Where Asterisk is and how patient we are; all times in seconds."""

    url: str
    user: str
    password: Secret
    application: str = "firstline"
    transport: Transport = "auto"
    deadline: float = 5.0
    probe: float = 2.0
    """How long ``auto`` waits for the first answer over the WebSocket."""
    heartbeat: float = 10.0
    back_off: float = 0.1
    back_off_most: float = 10.0
    steady: float = 30.0
    """A link that held this long lets the back-off begin anew."""


Handler = Callable[[Event], None]
Reconcile = Callable[[Sequence[Event]], Awaitable[None]]
"""Takes the list, still growing, of the events that wait until it is done."""


class Link:
    """The link to one Asterisk for one application."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.ari = Ari(self.send, settings.application)
        self.version = ""
        self.transport: Literal["websocket", "http"] = "http"
        self.strange: Counter[str] = Counter()
        self.connections = 0
        self._handle: Handler = _unheard
        self._reconcile: Reconcile | None = None
        self._session: aiohttp.ClientSession | None = None
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._waiting: dict[str, asyncio.Future[RestResponse | None]] = {}
        self._held: list[Event] | None = None
        self._request = 0
        self._up = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether events flow and requests are taken."""
        return self._up.is_set()

    async def wait_connected(self) -> None:
        """Wait until the link is up; the caller sets the deadline."""
        await self._up.wait()

    async def run(self, handle: Handler, reconcile: Reconcile) -> NoReturn:
        """Keep the link for ever, and hand events to ``handle``.

        ``reconcile`` is awaited after each connection, before any event. Raises
        :class:`RefusedError`, which nothing here can mend.
        """
        self._handle, self._reconcile = handle, reconcile
        settings = self.settings
        login = aiohttp.encode_basic_auth(settings.user, settings.password.reveal())
        try:
            async with aiohttp.ClientSession(headers={"Authorization": login}) as self._session:
                await self._keep()
        finally:
            self._session = None

    async def _keep(self) -> NoReturn:
        """Connect, again and again."""
        pause = self.settings.back_off
        clock = asyncio.get_running_loop().time
        me = asyncio.current_task()
        while True:
            began = clock()
            try:
                reason = await self._connect()
            except (AriError, UnreachableError, aiohttp.ClientError, OSError) as error:
                reason = str(error) or type(error).__name__
            finally:
                self._down()
            if me and me.cancelling():  # a TaskGroup of 3.11 forgets this when it has an error
                raise asyncio.CancelledError
            if clock() - began > self.settings.steady:
                pause = self.settings.back_off
            wait = pause * random.uniform(0.5, 1.0)
            log.warning("ARI: %s; trying again in %.2g s", reason, wait)
            await asyncio.sleep(wait)
            pause = min(pause * 2, self.settings.back_off_most)

    async def send(self, request: Request) -> bytes:
        """Send a request and return the answer's body; raises as :mod:`ari_app.ari.errors` says."""
        try:
            async with asyncio.timeout(self.settings.deadline):
                if self.transport == "websocket" and not request.verb.blocks:
                    return await self._send_over_socket(request)
                return await self._send_over_http(request)
        except TimeoutError:
            raise UnreachableError(
                f"no answer to {request} in {self.settings.deadline:g} s"
            ) from None
        except (aiohttp.ClientError, ConnectionError) as error:
            raise UnreachableError(f"{request}: {error}") from error

    # One connection.

    async def _connect(self) -> str:
        """Connect, reconcile, and hand on events until the link breaks; returns why it did."""
        socket = await self._open()
        self._socket, self._held = socket, []
        try:
            async with socket, asyncio.TaskGroup() as tasks:
                reading = tasks.create_task(self._read(socket))
                await self._prepare()
        except ExceptionGroup as group:
            raise group.exceptions[0] from None
        return reading.result()

    async def _open(self) -> aiohttp.ClientWebSocketResponse:
        assert self._session is not None
        settings = self.settings
        try:
            async with asyncio.timeout(settings.deadline):
                return await self._session.ws_connect(
                    f"{settings.url}/ari/events",
                    params={"app": settings.application, "subscribeAll": "false"},
                    heartbeat=settings.heartbeat,
                    max_msg_size=BIGGEST,
                    timeout=aiohttp.ClientWSTimeout(ws_close=min(1.0, settings.deadline)),
                )
        except TimeoutError:
            raise UnreachableError(
                f"{settings.url} takes no WebSocket in {settings.deadline:g} s"
            ) from None
        except aiohttp.WSServerHandshakeError as error:
            if error.status in (401, 403):
                raise self._refused() from error
            raise

    def _refused(self) -> RefusedError:
        return RefusedError(
            f"Asterisk refuses the ARI user {self.settings.user}: its password in ari.conf "
            "is another one; render the configuration and restart Asterisk"
        )

    async def _prepare(self) -> None:
        """Ask before anything else; events that come meanwhile wait."""
        assert self._held is not None
        assert self._reconcile is not None
        held = self._held
        await self._choose_transport()
        await self.ari.applications.filter(WANTED)
        self.version = (await self.ari.asterisk.get_info()).system.version
        await self._reconcile(held)
        if self._socket is None:  # over HTTP all this goes well while the socket broke
            return
        self._held = None
        self.connections += 1
        log.info("ARI: connected to Asterisk %s over %s", self.version, self.transport)
        for event in held:
            self._handle(event)
        self._up.set()

    async def _choose_transport(self) -> None:
        """Requests go over the socket if a first one is answered there."""
        wanted = self.settings.transport
        self.transport = "http" if wanted == "http" else "websocket"
        if wanted == "auto":
            try:
                async with asyncio.timeout(self.settings.probe):
                    await self.ari.asterisk.ping()
            except (TimeoutError, UnreachableError):
                self.transport = "http"

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> str:
        """Parse and hand on, nothing else: a reader that pauses is disconnected (measured).

        Returns why the socket ended.
        """
        try:
            async for message in socket:
                if message.type is not aiohttp.WSMsgType.TEXT:
                    break
                self._take(parse(message.data))
        finally:
            self._down()
        return str(socket.exception() or f"Asterisk closed the link ({socket.close_code})")

    def _take(self, event: Event | RestResponse | Strange) -> None:
        match event:
            case RestResponse():
                waiting = self._waiting.pop(event.request_id, None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(event)
            case Strange():
                self.strange[event.type] += 1
                if event.why:
                    log.error("ARI: %s is not as documented: %s", event.type, event.why)
            case ApplicationReplaced():
                raise RefusedError(
                    f"another application took the name {self.settings.application}: "
                    "stop one of the two, or give one another name"
                )
            case _ if self._held is not None:
                self._held.append(event)
            case _:
                self._handle(event)

    def _down(self) -> None:
        self._up.clear()
        self._socket = self._held = None
        waiting, self._waiting = self._waiting, {}
        for future in waiting.values():
            if not future.done():
                future.set_result(None)

    # Requests.

    async def _send_over_socket(self, request: Request) -> bytes:
        socket = self._socket
        if socket is None or socket.closed:
            raise UnreachableError(f"{request}: the link to Asterisk is down")
        self._request += 1
        key = str(self._request)
        answer: asyncio.Future[RestResponse | None] = asyncio.get_running_loop().create_future()
        self._waiting[key] = answer
        try:
            await socket.send_str(request.over_socket(key))
            response = await answer
        finally:
            self._waiting.pop(key, None)
        if response is None:
            raise UnreachableError(f"{request}: the link to Asterisk broke")
        if response.status_code >= 400:
            reason = response.message_body or response.reason_phrase
            raise raised(response.status_code, str(request), reason)
        return response.message_body.encode()

    async def _send_over_http(self, request: Request) -> bytes:
        if self._session is None:
            raise UnreachableError(f"{request}: the link to Asterisk is down")
        async with self._session.request(
            request.verb.method,
            f"{self.settings.url}/ari/{request.path}",
            params=request.query,
            data=request.body or None,
            headers={"Content-Type": "application/json"} if request.body else None,
        ) as response:
            body = await response.read()
        if response.status == 401:
            raise self._refused()
        if response.status >= 400:
            raise raised(response.status, str(request), body.decode(errors="replace"))
        return body


def _unheard(event: Event) -> None:
    raise AssertionError(f"an event before run(): {event}")
