"""One WebSocket to Asterisk, for ever.

:meth:`Link.run` connects, sets the event filter, lets the state be reconciled, hands on events, and
when the link breaks does it all again. Requests go over the same socket where Asterisk takes them
there (20.14, 22.4 and later), and over pooled HTTP where it does not or where the operation blocks.
"""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Literal, NoReturn

import aiohttp
from msgspec import Struct, json

from ari_app.ari.errors import RefusedError, UnreachableError, raised
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


class Settings(Struct, frozen=True, kw_only=True):
    """Where Asterisk is and how patient we are; all times in seconds."""

    url: str
    user: str
    password: Secret
    application: str = "firstline"
    transport: Transport = "auto"
    deadline: float = 5.0
    heartbeat: float = 10.0
    back_off: float = 0.1
    back_off_most: float = 10.0
    steady: float = 30.0
    """A link that held this long lets the back-off begin anew."""


Handler = Callable[[Event], None]
Reconcile = Callable[[], Awaitable[None]]


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
        self._waiting: dict[str, asyncio.Future[RestResponse]] = {}
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
        auth = aiohttp.BasicAuth(self.settings.user, self.settings.password.reveal())
        pause = self.settings.back_off
        clock = asyncio.get_running_loop().time
        async with aiohttp.ClientSession(auth=auth) as self._session:
            while True:
                began = clock()
                try:
                    await self._connect()
                except (aiohttp.ClientError, OSError, TimeoutError, UnreachableError) as error:
                    reason = str(error) or type(error).__name__
                else:
                    reason = "Asterisk closed the link"
                finally:
                    self._down()
                if clock() - began > self.settings.steady:
                    pause = self.settings.back_off
                wait = pause * random.uniform(0.5, 1.0)
                log.warning("ARI: %s; trying again in %.1f s", reason, wait)
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

    async def _connect(self) -> None:
        """Connect, reconcile, and hand on events until the link breaks."""
        assert self._session is not None
        settings = self.settings
        async with asyncio.timeout(settings.deadline):
            try:
                socket = await self._session.ws_connect(
                    f"{settings.url}/ari/events",
                    params={"app": settings.application, "subscribeAll": "false"},
                    heartbeat=settings.heartbeat,
                    max_msg_size=1 << 20,
                )
            except aiohttp.WSServerHandshakeError as error:
                if error.status in (401, 403):
                    raise RefusedError(
                        f"Asterisk refuses the ARI user {settings.user}: its password in ari.conf "
                        "is another one; render the configuration and restart Asterisk"
                    ) from error
                raise
        self._socket, self._held = socket, []
        try:
            async with socket, asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read(socket))
                await self._prepare()
        except ExceptionGroup as group:
            raise group.exceptions[0] from None

    async def _prepare(self) -> None:
        """Ask before anything else; events that come meanwhile wait."""
        await self._choose_transport()
        await self.ari.applications.filter(WANTED)
        self.version = (await self.ari.asterisk.get_info()).system.version
        self._up.set()
        assert self._reconcile is not None
        await self._reconcile()
        held, self._held = self._held or [], None
        self.connections += 1
        log.info("ARI: connected to Asterisk %s over %s", self.version, self.transport)
        for event in held:
            self._handle(event)

    async def _choose_transport(self) -> None:
        """Requests go over the socket if a first one is answered there."""
        wanted = self.settings.transport
        self.transport = "http" if wanted == "http" else "websocket"
        if wanted == "auto":
            try:
                async with asyncio.timeout(min(2.0, self.settings.deadline)):
                    await self.ari.asterisk.ping()
            except (TimeoutError, UnreachableError):
                self.transport = "http"

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        """Parse and hand on, nothing else: a reader that pauses is disconnected (measured)."""
        while True:
            message = await socket.receive()
            if message.type is not aiohttp.WSMsgType.TEXT:
                self._down()
                return
            event = parse(message.data)
            if isinstance(event, RestResponse):
                waiting = self._waiting.pop(event.request_id, None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(event)
            elif isinstance(event, Strange):
                self.strange[event.type] += 1
                if event.why:
                    log.error("ARI: %s is not as documented: %s", event.type, event.why)
            elif isinstance(event, ApplicationReplaced):
                raise RefusedError(
                    f"another application took the name {self.settings.application}: "
                    "stop one of the two, or give one another name"
                )
            elif self._held is not None:
                self._held.append(event)
            else:
                self._handle(event)

    def _down(self) -> None:
        self._up.clear()
        self._socket = self._held = None
        waiting, self._waiting = self._waiting, {}
        for future in waiting.values():
            if not future.done():
                future.set_exception(UnreachableError("the link to Asterisk broke"))

    # Requests.

    async def _send_over_socket(self, request: Request) -> bytes:
        socket = self._socket
        if socket is None or socket.closed:
            raise UnreachableError(f"{request}: the link to Asterisk is down")
        self._request += 1
        key = str(self._request)
        answer: asyncio.Future[RestResponse] = asyncio.get_running_loop().create_future()
        self._waiting[key] = answer
        try:
            await socket.send_str(_over_socket(key, request))
            response = await answer
        finally:
            self._waiting.pop(key, None)
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
            raise RefusedError(f"Asterisk refuses the ARI user {self.settings.user}")
        if response.status >= 400:
            raise raised(response.status, str(request), body.decode(errors="replace"))
        return body


def _unheard(event: Event) -> None:
    raise AssertionError(f"an event before run(): {event}")


class _Pair(Struct, frozen=True):
    name: str
    value: str


class _SocketRequest(Struct, frozen=True, tag="RESTRequest", omit_defaults=True):
    """A request over the WebSocket, as the model RESTRequest in ``rest-api/events.json`` says."""

    request_id: str
    method: str
    uri: str
    query_strings: tuple[_Pair, ...] = ()
    content_type: str = ""
    message_body: str = ""


def _over_socket(key: str, request: Request) -> str:
    pairs = tuple(_Pair(name, value) for name, value in request.query)
    kind = "application/json" if request.body else ""
    message = _SocketRequest(
        key, request.verb.method, request.path, pairs, kind, request.body.decode()
    )
    return json.encode(message).decode()
