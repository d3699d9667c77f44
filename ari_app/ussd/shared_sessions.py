"""USSD sessions of several workers: a request may come to any of them.

The worker that a request comes to takes its session from the store. The one that had it before
notices when a request comes there again, and what it still records is dropped.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

from ari_app.ussd.joined import Request
from ari_app.ussd.left import LeftSession
from ari_app.ussd.line import Page
from ari_app.ussd.sessions import Callers, Sessions, TextServices


class Elsewhere(Protocol):
    """The sessions of all workers, in the store. Neither raises if that is unavailable."""

    async def is_taken(self, call: str) -> bool:
        """Whether another worker has gone on with a session of ours."""

    async def take(self, name: str) -> LeftSession | None:
        """Take the session of a gateway's id; None if there is none that goes on."""


class SharedSessions(Sessions):
    """Sessions that others may have begun."""

    def __init__(
        self,
        written: Callable[[], TextServices],
        callers: Callers,
        begin: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
        elsewhere: Elsewhere,
    ) -> None:
        super().__init__(written, callers, begin)
        self._elsewhere = elsewhere

    async def answer(self, request: Request) -> Page:
        """The page that answers a request; taken from another worker if that had it."""
        name = request.session
        ours = self._open.get(name)
        if ours is not None and await self._elsewhere.is_taken(ours.session.id):
            ours.cancel()
            if self._open.get(name) is ours:
                del self._open[name]
        if name not in self._open and (left := await self._elsewhere.take(name)) is not None:
            self.take_up({name: left})
        return await super().answer(request)
