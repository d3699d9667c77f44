"""One AMI connection to Asterisk, for ever: what panoramisk does well, and its traps shut.

Of panoramisk only the framing of messages is used, and which answer belongs to which action. Ours
are letters that were cut in two by packets, a limit for half a message, the wait for the login, a
deadline for every answer, and the reconnection, after which nothing is sent again. Values with
control characters, which would be headers of their own, are refused.
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
"""Characters of one message; Asterisk's have a few hundred."""

Headers = Mapping[str, str]
"""A message of Asterisk, as it came; without those that have a header twice."""

Take = Callable[[Headers], None]
"""Takes each event, in order, those of lists too, and must not wait."""


class AmiError(Exception):
    """AMI cannot be used just now; the text says why, and it is tried again."""


class RefusedError(AmiError):
    """Asterisk does not do an action; ``why`` are its own words."""

    def __init__(self, action: str, why: str) -> None:
        super().__init__(f"{action}: {why}")
        self.why = why


class Settings(Struct, frozen=True):
    """Where AMI is, who we are there, and how patient; times are in seconds."""

    port: int
    user: str
    password: Secret
    events: str
    """The classes of events that are asked for, such as ``agent``."""
    host: str = "127.0.0.1"
    deadline: float = 5.0
    back_off: float = 0.5
    back_off_most: float = 30.0
    steady: float = 10.0
    """A connection that lasted so long begins anew with the shortest pause."""


class Ask(Protocol):
    """Has an action done, within the deadline; a refusal is a :class:`RefusedError`."""

    def __call__(self, action: str, **values: str) -> Awaitable[None]: ...


async def keep(
    settings: Settings, take: Take, attend: Callable[[Ask], Coroutine[Any, Any, NoReturn]]
) -> NoReturn:
    """Log in, hand events to ``take``, and ``attend`` until it breaks; then all of it again."""
    clock = asyncio.get_running_loop().time
    pause, told = settings.back_off, ""
    me = asyncio.current_task()
    while True:
        began = clock()
        try:
            async with _connected(settings, take) as connection, task_group() as tasks:
                log.info("AMI: connected as %s", settings.user)
                told = ""
                tasks.create_task(attend(connection.ask))
                await connection.broken
        except (AmiError, OSError) as error:
            reason = str(error) or type(error).__name__
        if me and me.cancelling():  # a TaskGroup of 3.11 forgets this when it has an error
            raise asyncio.CancelledError
        if clock() - began > settings.steady:
            pause = settings.back_off
        if reason != told:  # an Asterisk without AMI is told once
            log.warning("AMI: %s; trying again until it works", reason)
            told = reason
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
        raise AmiError(f"{settings.host}:{settings.port} takes no connection") from None
    try:
        await connection.log_in(settings)
        yield connection
    finally:
        connection.close()


class _Connection(AMIProtocol):
    """One connection. ``broken`` ends, with an :class:`AmiError`, when it does."""

    closed: bool

    def __init__(self, take: Take, deadline: float) -> None:
        self.broken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.encoding = "utf-8"
        self._take = take
        self._deadline = deadline
        self._letters = codecs.getincrementaldecoder("utf-8")("replace")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See :class:`asyncio.Protocol`."""
        super().connection_made(transport)
        self.log = logging.Logger(__name__, logging.CRITICAL + 1)  # it would tell passwords

    async def log_in(self, settings: Settings) -> None:
        """Log in; :class:`AmiError` if that is refused."""
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

    async def ask(self, action: str, **values: str) -> None:
        """See :class:`Ask`."""
        for value in (action, *values.values()):
            if not value.isprintable():
                raise ValueError(f"a value for AMI's {action} has control characters")
        if self.closed:
            raise AmiError("the connection is closed")
        answer = self.send({"Action": action, **values})
        try:
            async with asyncio.timeout(self._deadline):
                first = await answer
        except TimeoutError:
            raise AmiError(f"no answer to {action} in {self._deadline:g} s") from None
        first = first[0] if isinstance(first, list) else first
        if not first.success:
            raise RefusedError(action, first.message or "refused")

    def data_received(self, data: bytes) -> None:
        """See :class:`asyncio.Protocol`."""
        super().data_received(self._letters.decode(data).encode())
        if len(self.queue[0]) > LONGEST:
            self._lost("a message has no end")

    def handle_message(self, message: Message) -> None:
        """Take a message: an answer, an event, or both."""
        if not all(isinstance(value, str) for value in message.values()):
            return  # a header given twice: nothing that we read
        if message.id in self.responses:
            super().handle_message(message)
        if message.event:
            self._take(dict(message))

    def connection_lost(self, error: Exception | None) -> None:
        """See :class:`asyncio.Protocol`."""
        self._lost(str(error) if error else "Asterisk closed the connection")

    def close(self) -> None:
        """Close it; what waits for an answer gets none, now or later."""
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
            self.broken.exception()  # nobody needs to have waited for it
