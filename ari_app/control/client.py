"""Asks the running application over its control socket; see :mod:`ari_app.control.server`."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from msgspec import json

from ari_app.control import local_http
from ari_app.control.live_feed import CallEvent
from ari_app.control.local_http import Answer
from ari_app.control.requests import ReloadRequest, StopRequest
from ari_app.control.socket_path import short_path
from asterisk_conf.process import running

_RELOAD = ReloadRequest()

DEADLINE = 5.0
"""Seconds in which the application must begin to answer."""

NOT_HERE = "Firstline does not run here: start it with `firstline up`"


STARTING = "Firstline starts, or stops"
SOON = "its log says how far it is; wait, or end it by `firstline down`"


Coming = Callable[[], Awaitable[bytes]]
"""Waits for the rest of an answer; raises :class:`NotRunningError`."""


class NotRunningError(Exception):
    """No application answers in this state directory; the text says what to do."""


class ControlClient:
    """The control socket at ``path``. Each method raises :class:`NotRunningError`."""

    def __init__(self, path: Path, deadline: float = DEADLINE) -> None:
        self._path = path
        self._deadline = deadline

    async def status(self) -> bytes:
        """The status of the application, as JSON."""
        async with self._request("GET", "status") as response:
            return await response.read()

    async def queues(self) -> bytes:
        """The queues as the application knows them, as JSON."""
        async with self._request("GET", "queues") as response:
            return await response.read()

    async def channels(self) -> list[str]:
        """The ids of the channels that the application serves."""
        async with self._request("GET", "channels") as response:
            return json.decode(await response.read(), type=list[str])

    async def refresh(self) -> None:
        """Have the application read again what was written into the store."""
        async with self._request("POST", "refresh"):
            pass

    async def phones(self) -> str:
        """Have Asterisk read the agents' phones again; why it did not, "" if it did."""
        async with self._request("POST", "phones") as response:
            return await response.text()

    async def stop(self, request: StopRequest) -> None:
        """Have the application take no more calls, and stop when those in progress have ended."""
        async with self._request("POST", "stop", json.encode(request)):
            pass

    @asynccontextmanager
    async def hand_over(self) -> AsyncIterator[Coming]:
        """Say that another application takes the place of this one, which then may connect.

        What is yielded waits for the calls, as JSON.
        """
        async with self._request("POST", "hand-over") as response:

            async def coming() -> bytes:
                try:
                    return await response.read()
                except ConnectionError as error:
                    raise NotRunningError("Firstline stopped meanwhile") from error

            yield coming

    async def restore(self) -> str:
        """Have the application put the staged database in the place of its own; "", or why not."""
        async with self._request("POST", "restore") as response:
            return await response.text()

    async def ussd(self, request: bytes) -> str:
        """The answer to a USSD request, as the gateway would send it."""
        async with self._request("POST", "ussd", request) as response:
            return await response.text()

    async def reload(self, request: ReloadRequest = _RELOAD) -> bytes:
        """Have the menus reloaded; the result as JSON. It may take minutes."""
        async with self._request("POST", "reload", json.encode(request)) as response:
            try:
                return await response.read()
            except ConnectionError as error:
                raise NotRunningError("Firstline stopped meanwhile") from error

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[AsyncIterator[CallEvent]]:
        """All events of calls from now on."""
        decoder = json.Decoder(CallEvent)

        async def lines(answer: Answer) -> AsyncIterator[CallEvent]:
            try:
                async for line in answer.lines():
                    yield decoder.decode(line)
            except ConnectionError as error:
                raise NotRunningError("Firstline stopped") from error

        async with self._request("GET", "watch") as response:
            yield lines(response)

    @asynccontextmanager
    async def _request(self, method: str, what: str, body: bytes = b"") -> AsyncIterator[Answer]:
        async with AsyncExitStack() as stack:
            try:
                short = stack.enter_context(short_path(self._path))
            except (FileNotFoundError, NotADirectoryError) as error:
                raise NotRunningError(
                    f"there is no state in {self._path.parent}: start Firstline with `firstline up`"
                ) from error
            if not os.access(self._path, os.F_OK):
                raise NotRunningError(self._absent())
            request = local_http.request(short, method, f"/{what}", body, self._deadline)
            try:
                answer = await stack.enter_async_context(request)
            except TimeoutError:
                raise NotRunningError(
                    f"Firstline does not answer in {self._deadline:g} s: see its log, then stop it "
                    "with `firstline down` and start it again"
                ) from None
            except OSError as error:
                raise NotRunningError(self._absent()) from error
            if answer.status != 200:
                raise NotRunningError(
                    f"Firstline answered {answer.status} to {what}: its log says why"
                )
            yield answer

    def _absent(self) -> str:
        """Why no application answers: it does not run, or is not that far yet."""
        starting = running(self._path.with_name("process.json"))
        return f"{STARTING} (pid {starting.pid}): {SOON}" if starting else NOT_HERE
