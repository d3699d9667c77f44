"""Actions of a card that run once per key, however often the browser sends them."""

import asyncio
from collections.abc import Awaitable, Callable

from msgspec import Struct


class ActionResult(Struct, frozen=True):
    """The result of a form: a sentence, and the HTML that replaces the form."""

    ok: bool
    text: str = ""
    html: str = ""


class IdempotentActions:
    """Runs the actions of one card one after the other; a success is not repeated for its key."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._done: dict[str, ActionResult] = {}

    async def run(self, key: str, action: Callable[[], Awaitable[ActionResult]]) -> ActionResult:
        """Run an action unless its key succeeded before; returns that result then.

        Raises what the action raises; a failed action can be retried with the same key.
        """
        async with self._lock:
            if key not in self._done:
                result = await action()
                if not result.ok:
                    return result
                self._done[key] = result
            return self._done[key]
