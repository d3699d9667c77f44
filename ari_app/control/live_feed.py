"""What happens in calls, as it happens, for whoever watches: `firstline call`, the live log."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct

BEHIND = 1000
"""How many happenings may wait for a watcher; one that is further behind misses the oldest."""


class CallEvent(Struct, frozen=True, omit_defaults=True):
    """Something that happened in a call.

    ``what`` is ``began``, ``telling`` (``prompts`` and their ``texts``; ``asks`` whether keys are
    waited for), ``told`` (to its end), ``step``, ``queued`` or ``ended``.
    """

    what: str
    call: str
    caller: str = ""
    dialled: str = ""
    node: str = ""
    key: str = ""
    outcome: str = ""
    prompts: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    asks: bool = False


class LiveFeed:
    """Hands happenings to those who watch; costs nothing while nobody does."""

    def __init__(self) -> None:
        self._watchers: set[asyncio.Queue[CallEvent]] = set()

    @property
    def watched(self) -> bool:
        """Whether anybody watches."""
        return bool(self._watchers)

    def publish(self, happening: CallEvent) -> None:
        """Tell all who watch. Never waits."""
        for queue in self._watchers:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(happening)

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[asyncio.Queue[CallEvent]]:
        """A queue of all that happens from now on."""
        queue: asyncio.Queue[CallEvent] = asyncio.Queue(BEHIND)
        self._watchers.add(queue)
        try:
            yield queue
        finally:
            self._watchers.discard(queue)
