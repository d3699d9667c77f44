"""The link to Asterisk: one WebSocket, reconnected whenever it breaks.

:meth:`Link.run` connects, sets the event filter, lets the calls be reconciled, hands on events, and
reconnects when the link breaks. Requests go over the same socket where Asterisk takes them there
(20.14, 22.4 and later), and over pooled HTTP where it does not or where the operation blocks.
"""

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal, NoReturn, TypeAlias
from urllib.parse import urlencode

import aiohttp

from ari_app.ari.claim import Claim
from ari_app.ari.errors import AriError, RefusedError, UnreachableError
from ari_app.ari.events import (
    OF_PHONES,
    OF_WHISPERS,
    OF_WORKERS,
    WANTED,
    ApplicationReplaced,
    ChannelUserevent,
    Event,
    PeerStatusChange,
    RestResponse,
    TextMessageReceived,
    Unparsed,
    parse,
)
from ari_app.ari.rest import Ari
from ari_app.ari.sending import RequestSender, Settings, refused
from ari_app.ari.websocket import Socket, connect

log = logging.getLogger(__name__)

Handler = Callable[[Event], None]
Reconcile = Callable[[Sequence[Event]], Awaitable[None]]
"""Takes the list, still growing, of the events that are held until it is done."""

PhoneEvent: TypeAlias = TextMessageReceived | PeerStatusChange
"""A registered phone sent a text, or a phone registered."""
TakePhoneEvent = Callable[[PhoneEvent], None]


class Link:
    """The link to one Asterisk for one application."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._sending = RequestSender(settings)
        self.ari = Ari(self._sending.send, settings.application)
        self._claim = Claim(self.ari, settings.application, take_over=settings.take_over)
        self._answering: asyncio.Task[None] | None = None
        self.fire_and_forget = self._sending.fire_and_forget
        self.version = ""
        self.unparsed: Counter[str] = Counter()
        self.connections = 0
        self._handle: Handler = _not_running
        self._reconcile: Reconcile | None = None
        self._phone_event: TakePhoneEvent | None = None
        self._held: list[Event] | None = None
        self._login = ""
        self._up = asyncio.Event()
        self.expects_successor = False
        """Whether another application is to take the place of this one."""
        self.succeeded = asyncio.Event()
        """It has: events go there from now on."""
        self._over = False

    @property
    def connected(self) -> bool:
        """Whether events flow and requests are taken."""
        return self._up.is_set() and not self._over

    @property
    def transport(self) -> Literal["websocket", "http"]:
        """Where requests go."""
        return self._sending.transport

    @property
    def unanswered(self) -> int:
        """How many requests wait for their answer."""
        return self._sending.unanswered

    async def wait_connected(self) -> None:
        """Wait until the link is up; the caller sets the deadline.

        Raises :class:`UnreachableError` if it will never be up again, as the application stops.
        """
        await self._up.wait()
        if self._over:
            raise UnreachableError("the link is closed for good")

    async def run(
        self, handle: Handler, reconcile: Reconcile, phone_event: TakePhoneEvent | None = None
    ) -> NoReturn:
        """Keep the link up without end, and hand events to ``handle``.

        ``reconcile`` is awaited after each connection, before any event. ``phone_event`` takes
        the SIP MESSAGEs of phones (TextMessageReceived) and their registrations (PeerStatusChange),
        in any order; without it the link does not subscribe to them.

        Raises :class:`RefusedError`, which only the operator can resolve.
        """
        self._handle, self._reconcile, self._phone_event = handle, reconcile, phone_event
        settings = self.settings
        self._login = aiohttp.encode_basic_auth(settings.user, settings.password.reveal())
        try:
            async with aiohttp.ClientSession(
                headers={"Authorization": self._login}
            ) as self._sending.session:
                await self._keep()
        finally:
            self._sending.session = None
            self._over = True
            self._up.set()

    async def _keep(self) -> NoReturn:
        """Connect, and reconnect with an increasing pause."""
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
            log.warning("ARI: %s; reconnecting in %.2g s", reason, wait)
            await asyncio.sleep(wait)
            pause = min(pause * 2, self.settings.back_off_most)

    # One connection.

    async def _connect(self) -> str:
        """Connect, reconcile, and hand on events until the link breaks; returns why it did."""
        self._held = []
        self._sending.socket = socket = await self._open()
        try:
            async with asyncio.TaskGroup() as tasks:
                expiring = tasks.create_task(self._expire())
                reading = tasks.create_task(self._ended(socket))
                reading.add_done_callback(lambda _: expiring.cancel())
                await self._prepare()
        except ExceptionGroup as group:  # of one: the first failure ends all tasks
            raise group.exceptions[0] from None
        finally:
            await socket.close(min(1.0, self.settings.deadline))
        return reading.result()

    async def _open(self) -> Socket:
        settings = self.settings
        texting = [self.ari.texting.name] if self._phone_event else []
        ours = [settings.application, *texting, self.ari.whispering.name, self._claim.name]
        query = urlencode({"app": ",".join(ours), "subscribeAll": "false"})
        url = f"{settings.url}/ari/events?{query}"
        self._sending.transport = "http"  # there is no socket yet
        try:
            await self._claim.ask()
            socket = await connect(
                url, self._login, self._take, settings.heartbeat, settings.deadline
            )
        except AriError as error:
            if error.status in (401, 403):
                raise refused(settings) from error
            raise
        self._claim.connected()
        return socket

    async def _prepare(self) -> None:
        """Set up the connection and reconcile; events that come meanwhile are held."""
        assert self._held is not None
        assert self._reconcile is not None
        held = self._held
        await self._choose_transport()
        await self.ari.applications.filter(OF_WORKERS if self.settings.shares else WANTED)
        await self.ari.whispering.filter(OF_WHISPERS)
        if self._phone_event:  # another name: the first would get each event of its calls twice
            await self.ari.texting.filter(OF_PHONES)
            await self._subscribe_to_phones()
        self.version = (await self.ari.asterisk.get_info()).system.version
        await self._reconcile(held)
        if self._sending.socket is None:  # it broke meanwhile, which HTTP requests do not notice
            return
        self._held = None
        self.connections += 1
        log.info("ARI: connected to Asterisk %s over %s", self.version, self.transport)
        for event in held:
            self._handle(event)
        self._up.set()

    async def _subscribe_to_phones(self) -> None:
        """Subscribe to all phones; an Asterisk may have none yet."""
        try:
            await self.ari.texting.subscribe("endpoint:PJSIP")
        except AriError as error:
            if error.status != 422:  # "Event source does not exist"
                raise
            log.info("ARI: Asterisk has no PJSIP endpoint, so no phone can send or await texts")

    async def _choose_transport(self) -> None:
        """Requests go over the socket if a first one is answered there."""
        wanted = self.settings.transport
        self._sending.transport = "http" if wanted == "http" else "websocket"
        if wanted == "auto":
            try:
                async with asyncio.timeout(self.settings.probe):
                    await self.ari.asterisk.ping()
            except (TimeoutError, UnreachableError):
                self._sending.transport = "http"

    async def _ended(self, socket: Socket) -> str:
        """Wait for the end of the socket; returns why it came."""
        try:
            return await socket.ended()
        finally:
            self._down()

    def _take(self, message: bytes) -> None:
        """Parse and hand on, nothing else: a reader that pauses is disconnected (measured)."""
        event = parse(message)
        match event:
            case RestResponse():
                self._sending.answered(event)
            case Unparsed():
                self.unparsed[event.type] += 1
                if event.why:
                    log.error("ARI: malformed event %s: %s", event.type, event.why)
            case ApplicationReplaced() if self.expects_successor:
                self.succeeded.set()
            case ApplicationReplaced():
                raise RefusedError(
                    f"another process connected as the application {self.settings.application}: "
                    "stop one of the two, or give one of them another name"
                )
            case ChannelUserevent():
                self._answering = asyncio.get_running_loop().create_task(self._answer(event))
            case TextMessageReceived() | PeerStatusChange():
                if self._phone_event and self.connected:
                    self._phone_event(event)
            case _ if self._held is not None:
                self._held.append(event)
            case _:
                self._handle(event)

    async def _answer(self, event: ChannelUserevent) -> None:
        try:
            await self._claim.answer(event)
        except (AriError, UnreachableError, RefusedError) as error:
            log.warning("ARI: %s", error)

    def _down(self) -> None:
        self._up.clear()
        self._held = None
        self._sending.broke()

    async def _expire(self) -> None:
        """Time out the requests that got no answer."""
        while True:
            await asyncio.sleep(self.settings.deadline / 4)
            self._sending.expire()


def _not_running(event: Event) -> None:
    raise AssertionError(f"an event before run(): {event}")
