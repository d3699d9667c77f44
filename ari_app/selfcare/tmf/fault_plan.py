"""Fault injection for the TM Forum server: what happens to a request, in turn or by chance."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from random import Random
from typing import Literal

Fault = Literal[
    "slow",  # it is done after a while, also if the client has left
    "fail",  # 500, and nothing was done
    "busy",  # 503, and nothing was done
    "drop",  # the connection breaks, and nothing was done
    "lose",  # it is done, and the connection breaks before the answer
    "garbage",  # it is done, and half of an answer comes
    "huge",  # it is done, and an answer without an end comes
    "duplicate",  # it comes twice at the same time
    "later",  # an order is acknowledged, and completed when it is asked for again
]


class FaultPlan:
    """The faults of the next requests."""

    def __init__(
        self,
        chances: Mapping[Fault, float] | None = None,
        seed: int = 0,
        wait: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """``chances`` are shares of all requests; ``wait`` is how a slow one waits."""
        self._chances = dict(chances or {})
        self._random = Random(seed)
        self._planned: deque[Fault | None] = deque()
        self.wait = wait or _for_ever

    def plan(self, *faults: Fault | None) -> None:
        """What happens to the next requests, one each; None is no trouble."""
        self._planned.extend(faults)

    def clear(self) -> None:
        """Forget what was planned."""
        self._planned.clear()

    def next(self) -> Fault | None:
        """What happens to this request."""
        if self._planned:
            return self._planned.popleft()
        point = self._random.random()
        for fault, share in self._chances.items():
            if point < share:
                return fault
            point -= share
        return None


async def _for_ever() -> None:
    await asyncio.Event().wait()
