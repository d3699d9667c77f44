"""Sends requests to Asterisk over the current WebSocket, or over pooled HTTP."""

import asyncio
from collections.abc import Callable
from typing import Literal, NamedTuple

import aiohttp
from msgspec import Struct

from ari_app.ari.errors import AriError, RefusedError, UnreachableError, raised
from ari_app.ari.events import RestResponse
from ari_app.ari.verbs import Request, Sender
from ari_app.ari.websocket import Socket
from ivr.secret import Secret

Transport = Literal["auto", "websocket", "http"]

Answered = Callable[[RestResponse | str], None]
"""Takes the answer to a request, or why none came."""

Failed = Callable[[AriError | UnreachableError], None]
"""Called with the error of a request that was sent without waiting for its answer."""


class Settings(Struct, frozen=True, kw_only=True):
    """How to reach Asterisk, and timeouts in seconds."""

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
    back_off_most: float = 2.0
    shares: bool = False
    """Whether other applications take calls of the same Asterisk, too."""
    take_over: bool = False
    """Whether to become the application even while another process serves it."""
    steady: float = 30.0
    """After a connection that lasted this long, ``back_off`` starts again from its lowest value."""


class _Waiting(NamedTuple):
    due: float
    answered: Answered


class RequestSender:
    """Sends requests; :class:`~ari_app.ari.link.Link` gives it the session and the socket."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.session: aiohttp.ClientSession | None = None
        self.socket: Socket | None = None
        self.transport: Literal["websocket", "http"] = "http"
        self._waiting: dict[str, _Waiting] = {}
        self._request = 0

    async def send(self, request: Request) -> bytes:
        """Send a request and return the answer's body; raises as :mod:`ari_app.ari.errors` says."""
        if not self._over_socket(request):
            return await self._send_over_http(request)
        answer: asyncio.Future[RestResponse | str] = asyncio.get_running_loop().create_future()

        def answered(response: RestResponse | str) -> None:
            if not answer.done():
                answer.set_result(response)

        key = self._post(request, answered)
        try:
            return _body(request, await answer)
        finally:
            self._waiting.pop(key, None)

    def fire_and_forget(self, failed: Failed) -> Sender:
        """A sender that does not wait for the answer, at half the cost.

        ``failed`` is called if the request is rejected or gets no answer. The sender itself raises
        :class:`UnreachableError` for a request that could not be sent.
        """

        async def sending(request: Request) -> bytes:
            if self._over_socket(request):
                self._post(request, lambda response: answered(request, response))
                return b""
            try:
                return await self._send_over_http(request)
            except AriError as error:
                failed(error)
                return b""

        def answered(request: Request, response: RestResponse | str) -> None:
            if isinstance(response, str) or response.status_code >= 400:
                try:
                    _body(request, response)
                except (AriError, UnreachableError) as error:
                    failed(error)

        return sending

    def answered(self, response: RestResponse) -> None:
        """An answer came over the socket."""
        waiting = self._waiting.pop(response.request_id, None)
        if waiting is not None:
            waiting.answered(response)

    def broke(self) -> None:
        """The socket broke: requests over it get no answer."""
        self.socket = None
        waiting, self._waiting = self._waiting, {}
        for each in waiting.values():
            each.answered("the link to Asterisk broke")

    def expire(self) -> None:
        """Time out overdue requests. One timer for all costs less than one for each."""
        now = asyncio.get_running_loop().time()
        for key, waiting in list(self._waiting.items()):
            if waiting.due > now:  # the later ones are due later
                return
            del self._waiting[key]
            waiting.answered(self._overdue)

    @property
    def unanswered(self) -> int:
        """How many requests over the socket wait for their answer."""
        return len(self._waiting)

    @property
    def _overdue(self) -> str:
        return f"no answer in {self.settings.deadline:g} s"

    def _over_socket(self, request: Request) -> bool:
        verb = request.verb
        return self.transport == "websocket" and not (verb.blocks or verb.binary)

    def _post(self, request: Request, answered: Answered) -> str:
        """Send over the socket; returns the key of the answer."""
        socket = self.socket
        if socket is None or not socket.open:
            raise UnreachableError(f"{request}: the link to Asterisk is down")
        self._request += 1
        key = str(self._request)
        due = asyncio.get_running_loop().time() + self.settings.deadline
        self._waiting[key] = _Waiting(due, answered)
        socket.send(request.over_socket(key))
        return key

    async def _send_over_http(self, request: Request) -> bytes:
        try:
            async with asyncio.timeout(self.settings.deadline):
                return await self._fetch(request)
        except TimeoutError:
            raise UnreachableError(f"{request}: {self._overdue}") from None
        except (aiohttp.ClientError, ConnectionError) as error:
            raise UnreachableError(f"{request}: {error}") from error

    async def _fetch(self, request: Request) -> bytes:
        if self.session is None or self.session.closed:
            raise UnreachableError(f"{request}: the link to Asterisk is down")
        async with self.session.request(
            request.verb.method,
            f"{self.settings.url}/ari/{request.path}",
            params=[(pair.name, pair.value) for pair in request.query],
            data=request.body or None,
            headers={"Content-Type": "application/json"} if request.body else None,
        ) as response:
            body = await response.read()
        if response.status == 401:
            raise refused(self.settings)
        if response.status >= 400:
            raise raised(response.status, str(request), body.decode(errors="replace"))
        return body


def _body(request: Request, response: RestResponse | str) -> bytes:
    """The body of an answer over the socket; raises what is wrong with it."""
    if isinstance(response, str):
        raise UnreachableError(f"{request}: {response}")
    if response.status_code >= 400:
        reason = response.message_body or response.reason_phrase
        raise raised(response.status_code, str(request), reason)
    return response.message_body.encode()


def refused(settings: Settings) -> RefusedError:
    """The error when Asterisk rejects the login of the ARI user."""
    return RefusedError(
        f"Asterisk rejects the ARI user {settings.user}: its password in ari.conf "
        "differs; render the configuration and restart Asterisk"
    )
