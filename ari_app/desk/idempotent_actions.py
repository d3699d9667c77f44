"""What comes of the forms of a card. Each filling of one is done once, however often it comes."""

import asyncio
from collections.abc import Awaitable, Callable

from msgspec import Struct


class Done(Struct, frozen=True):
    """What came of a form: a sentence, and what stands in its place now."""

    ok: bool
    told: str = ""
    html: str = ""


class IdempotentActions:
    """The deeds of one card, one after another. What went well is not done again under its key."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._done: dict[str, Done] = {}

    async def do(self, key: str, deed: Callable[[], Awaitable[Done]]) -> Done:
        """Do it, unless it is done; it may fail as the deed does, and can then be tried again."""
        async with self._turn:
            if key not in self._done:
                done = await deed()
                if not done.ok:
                    return done
                self._done[key] = done
            return self._done[key]
