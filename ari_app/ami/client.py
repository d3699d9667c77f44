"""The AMI connection to Asterisk, reconnected whenever it breaks.

Of panoramisk only the framing of messages and the matching of answers to actions are used. Added
here: characters that two packets split, a size limit for a message, waiting for the login, a
deadline for every answer, and a reconnection after which no action is sent again. Values with
control characters, which would inject headers, are refused.
"""

import asyncio
import codecs
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from typing import Any, NoReturn, Protocol

from msgspec import Struct
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.message import Message

from ari_app.background import task_group
from ivr.secret import Secret

log = logging.getLogger(__name__)

LONGEST = 64 * 1024
"""Most characters of one message; usual ones have a few hundred."""

LISTS = frozenset({"DBGet", "DBGetTree"})
"""Actions whose list is waited for; the items of others are taken as events."""

Headers = Mapping[str, str]
"""The headers of a message from Asterisk; messages with a repeated header are skipped."""

Take = Callable[[Headers], None]
"""Takes each event in order, also those of lists. Must not wait."""


class AmiError(Exception):
    """AMI is unavailable; the text says why. The connection is retried."""


class RefusedError(AmiError):
    """Asterisk rejected an action; ``why`` is its message."""

    def __init__(self, action: str, why: str) -> None:
        super().__init__(f"{action}: {why}")
        self.why = why


class Settings(Struct, frozen=True):
    """How to reach AMI, and timeouts in seconds."""

    port: int
    user: str
    password: Secret
    events: str
    """The classes of events to receive, such as ``agent``."""
    host: str = "127.0.0.1"
    deadline: float = 5.0
    back_off: float = 0.5
    back_off_most: float = 5.0
    steady: float = 10.0
    """After a connection that lasted this long, ``back_off`` starts again from its lowest value."""


class Ask(Protocol):
    """Sends an action and waits for its answer, whose headers it returns, with those of the first
    item for one of :data:`LISTS`, of ``DBGetTree`` the values by their keys; raises
    :class:`AmiError`."""

    def __call__(self, action: str, **values: str) -> Awaitable[Headers]: ...


async def keep(
    settings: Settings, take: Take, attend: Callable[[Ask], Coroutine[Any, Any, NoReturn]]
) -> NoReturn:
    """Log in, hand events to ``take`` and run ``attend``; reconnect when the connection breaks."""
    clock = asyncio.get_running_loop().time
    pause, logged = settings.back_off, ""
    me = asyncio.current_task()
    while True:
        began = clock()
        try:
            async with _connected(settings, take) as connection, task_group() as tasks:
                log.info("AMI: connected as %s", settings.user)
                logged = ""
                tasks.create_task(attend(connection.ask))
                await connection.broken
        except (AmiError, OSError) as error:
            reason = str(error) or type(error).__name__
        if me and me.cancelling():  # a TaskGroup of 3.11 forgets this when it has an error
            raise asyncio.CancelledError
        if clock() - began > settings.steady:
            pause = settings.back_off
        if reason != logged:  # an Asterisk without AMI is logged once
            log.warning("AMI: %s; reconnecting until it works", reason)
            logged = reason
        await asyncio.sleep(pause * random.uniform(0.5, 1.0))
        pause = min(pause * 2, settings.back_off_most)


@asynccontextmanager
async def _connected(settings: Settings, take: Take) -> AsyncIterator["_Connection"]:
    """A connection that is logged in."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(settings.deadline):
            _, connection = await loop.create_connection(
                lambda: _Connection(take, settings.deadline), settings.host, settings.port
            )
    except TimeoutError:
        raise AmiError(f"no connection to {settings.host}:{settings.port}") from None
    try:
        await connection.log_in(settings)
        yield connection
    finally:
        connection.close()


_END = "\r\n\r\n"
_OF_AN_ACTION = "\r\nActionID: "


def _headers(event: str) -> Headers:
    """The headers of an event; none of one that repeats a header: no event that is used does.

    The parser of panoramisk takes as long as all that is done with the event.
    """
    lines = [line.partition(": ") for line in event.strip().split("\r\n")]
    pairs = [(name, value) for name, colon, value in lines if colon]
    headers = dict(pairs)
    return headers if len(headers) == len(pairs) else {}


class _Connection(AMIProtocol):
    """One connection. ``broken`` gets an :class:`AmiError` when it ends."""

    closed: bool

    def __init__(self, take: Take, deadline: float) -> None:
        self.broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.encoding = "utf-8"
        self._take = take
        self._deadline = deadline
        self._letters = codecs.getincrementaldecoder("utf-8")("replace")
        self._begun = ""
        """The beginning of a message whose rest has not come."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See :class:`asyncio.Protocol`."""
        super().connection_made(transport)
        self.log = logging.Logger(__name__, logging.CRITICAL + 1)  # panoramisk would log passwords

    async def log_in(self, settings: Settings) -> None:
        """Log in; raises :class:`AmiError` if that is rejected."""
        try:
            await self.ask(
                "Login",
                Username=settings.user,
                Secret=settings.password.reveal(),
                Events=settings.events,
            )
        except AmiError as error:
            raise AmiError(
                f"the user {settings.user} cannot log in at port {settings.port} ({error}): the "
                "password is `ami` of secrets.toml, the user is in manager.conf"
            ) from None

    async def ask(self, action: str, **values: str) -> Headers:
        """See :class:`Ask`."""
        for value in (action, *values.values()):
            if not value.isprintable():
                raise ValueError(f"a value for AMI's {action} has control characters")
        if self.closed:
            raise AmiError("the connection is closed")
        whole = None if action in LISTS else False
        answer = self.send({"Action": action, **values}, as_list=whole)
        try:
            async with asyncio.timeout(self._deadline):
                first = await answer
        except TimeoutError:
            raise AmiError(f"no answer to {action} in {self._deadline:g} s") from None
        first, *items = first if isinstance(first, list) else [first]
        if not first.success:
            raise RefusedError(action, first.message or "refused")
        if action == "DBGetTree":
            return {one["Key"]: one["Val"] for one in items if "Key" in one}
        return {**first, **(items[0] if items else {})}

    def data_received(self, data: bytes) -> None:
        """See :class:`asyncio.Protocol`."""
        *messages, self._begun = (self._begun + self._letters.decode(data)).split(_END)
        for message in messages:
            if message.startswith("Event: ") and _OF_AN_ACTION not in message:
                if headers := _headers(message):
                    self._take(headers)
            else:
                super().data_received(f"{message}{_END}".encode())
        if len(self._begun) > LONGEST:
            self._lost("a message is too long")

    def handle_message(self, message: Message) -> None:
        """Handle a message: an answer, an event, or both."""
        if not all(isinstance(value, str) for value in message.values()):
            return  # a repeated header: no event that is used has one
        if message.id in self.responses:
            super().handle_message(message)
        if message.event:
            self._take(dict(message))

    def connection_lost(self, error: Exception | None) -> None:
        """See :class:`asyncio.Protocol`."""
        self._lost(str(error) if error else "Asterisk closed the connection")

    def close(self) -> None:
        """Close it; actions that wait for an answer fail."""
        self._lost("the connection was closed")

    def _lost(self, reason: str) -> None:
        if self.closed:
            return
        self.closed = True
        self.transport.abort()
        for action in {id(one): one for one in self.responses.values()}.values():
            if not action.future.done():
                action.future.set_exception(AmiError(reason))
        self.responses.clear()
        if not self.broken.done():
            self.broken.set_exception(AmiError(reason))
            self.broken.exception()  # mark it as retrieved
