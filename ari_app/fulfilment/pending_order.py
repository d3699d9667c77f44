"""One order on its way, and the caller who waits for it: what he is told is true.

The order is written down, carried out and closed on behalf of nobody; the caller waits no longer
than his deadline. Two locks decide what he hears when it passes: whoever takes one first, the
store's thread in the midst of a transaction or the caller who leaves, is the one who is right.
"""

import asyncio
from threading import Lock
from typing import Any

from ari_app.selfcare.order_port import OrderOutcome


class WithdrawnError(Exception):
    """The caller was told that his order is not done, so that it must not be written down."""


class _Turn:
    """A lock for ever: what two threads race for, and whether it was the caller's."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._callers = False

    def take(self) -> bool:
        """For the store's thread."""
        return self._lock.acquire(blocking=False)

    def leave(self) -> bool:
        """For callers, of whom several may wait for one order."""
        self._callers = self._callers or self._lock.acquire(blocking=False)
        return self._callers


class PendingOrder:
    """An order between its wish and its end; :meth:`end` is for callers, the rest for us."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self._write, self._tell = _Turn(), _Turn()
        self._is_written: asyncio.Future[None] = loop.create_future()
        self._ended: asyncio.Future[OrderOutcome] = loop.create_future()

    def write(self) -> None:
        """Called last in the transaction that writes the order down."""
        if not self._write.take():
            raise WithdrawnError

    def tell(self) -> bool:
        """Called in the transaction that closes the order: whether the caller will be told."""
        return self._tell.take()

    def is_written(self) -> None:
        """The order is in the store."""
        self._is_written.set_result(None)

    def land(self, ended: OrderOutcome | None) -> None:
        """The end; None if we are to stop in the midst of it."""
        if ended is None:
            ended = "unavailable" if self._write.leave() else "accepted"
        self._ended.set_result(ended)

    async def end(self, deadline: float) -> OrderOutcome:
        """What the caller is told, after ``deadline`` seconds at most and the end of a transaction
        that has begun by then."""
        try:
            await asyncio.wait({self._ended}, timeout=deadline)
            if not self._ended.done() and not self._is_written.done():
                if self._write.leave():
                    return "unavailable"
                either: set[asyncio.Future[Any]] = {self._is_written, self._ended}
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not self._ended.done() and self._tell.leave():
                return "accepted"
            return await asyncio.shield(self._ended)
        except asyncio.CancelledError:
            self._tell.leave()
            raise
