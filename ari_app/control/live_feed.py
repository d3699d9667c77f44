"""Events of calls as they happen, for `firstline call` and the live log."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct

BEHIND = 1000
"""How many events may wait for a watcher; one that is further behind misses the oldest."""


class CallEvent(Struct, frozen=True, omit_defaults=True):
    """Something that happened in a call.

    ``what`` is ``began``, ``telling`` (a screen is played: ``prompts`` and their ``texts``;
    ``asks`` whether keys are waited for), ``told`` (it was played to its end), ``unheard`` (it
    could not be played, or not all of it), ``step``, ``queued``, ``dialling`` or ``ended``.
    """

    what: str
    call: str
    caller: str = ""
    dialled: str = ""
    node: str = ""
    key: str = ""
    said: str = ""
    """The words that the caller said instead of a key."""
    outcome: str = ""
    prompts: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    asks: bool = False


class LiveFeed:
    """Hands events of calls to its watchers; without any it costs nothing."""

    def __init__(self) -> None:
        self._watchers: set[asyncio.Queue[CallEvent]] = set()

    @property
    def watched(self) -> bool:
        """Whether there is a watcher."""
        return bool(self._watchers)

    def publish(self, event: CallEvent) -> None:
        """Hand an event to all watchers. Never waits."""
        for queue in self._watchers:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(event)

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[asyncio.Queue[CallEvent]]:
        """A queue of all events from now on."""
        queue: asyncio.Queue[CallEvent] = asyncio.Queue(BEHIND)
        self._watchers.add(queue)
        try:
            yield queue
        finally:
            self._watchers.discard(queue)
