"""New calls come last: each begins when the event loop has done what callers in menus wait for.

Most work of a call is at its beginning. Where many begin at once, the answers to keys would queue
behind them. How long they wait for their turn shows an overload before any answer is late.
"""

import asyncio
from collections import deque
from collections.abc import Callable

QUICK = 0.003
"""A pass of the event loop that takes no longer had next to nothing to do; seconds."""
LONGEST = 0.25
"""After so many seconds a call begins anyway: it may be another program that slows the loop."""


class Starting:
    """The calls that wait for their turn to begin."""

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        """``clock`` is that of the event loop."""
        self._clock = clock or asyncio.get_running_loop().time
        self._came: deque[float] = deque()
        """Since when each of them waits, the first one first."""
        self._one = asyncio.Lock()

    @property
    def waits(self) -> float:
        """For how many seconds the first of them has waited; 0 if there is none."""
        return self._clock() - self._came[0] if self._came else 0.0

    async def turn(self) -> None:
        """Wait for the turn of a new call."""
        came = self._clock()
        self._came.append(came)
        try:
            async with self._one:
                while self._clock() - came < LONGEST:
                    before = self._clock()
                    await asyncio.sleep(0)
                    if self._clock() - before < QUICK:
                        break
        finally:
            self._came.remove(came)
