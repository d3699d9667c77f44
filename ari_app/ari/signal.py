"""A wake-up for one waiting task, at half the cost of an :class:`asyncio.Event`."""

import asyncio


class Signal:
    """Set by any code, awaited by one task; a signal that is set before the wait is kept, once."""

    __slots__ = ("_is_set", "_loop", "_waiter")

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._is_set = False
        self._waiter: asyncio.Future[None] | None = None

    def set(self) -> None:
        """Wake the waiting task, or let the next wait return at once."""
        waiter = self._waiter
        if waiter is None or waiter.done():
            self._is_set = True
        else:
            waiter.set_result(None)

    async def wait(self, until: float | None = None) -> None:
        """Wait for the signal, or until a time of the loop's clock."""
        if not self._is_set:
            self._waiter = self._loop.create_future()
            timer = None if until is None else self._loop.call_at(until, self.set)
            try:
                await self._waiter
            finally:
                self._waiter = None
                if timer is not None:
                    timer.cancel()
        self._is_set = False
