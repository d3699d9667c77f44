"""A bell: rung by whoever has news, awaited by one task; half the work of an event of asyncio."""

import asyncio


class Signal:
    """A ring that nobody awaits is kept, once."""

    __slots__ = ("_loop", "_rung", "_waiter")

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._rung = False
        self._waiter: asyncio.Future[None] | None = None

    def ring(self) -> None:
        """Wake who waits, or the next who would."""
        waiter = self._waiter
        if waiter is None or waiter.done():
            self._rung = True
        else:
            waiter.set_result(None)

    async def wait(self, until: float | None = None) -> None:
        """Wait for a ring, or until a time of the loop's clock."""
        if not self._rung:
            self._waiter = self._loop.create_future()
            timer = None if until is None else self._loop.call_at(until, self.ring)
            try:
                await self._waiter
            finally:
                self._waiter = None
                if timer is not None:
                    timer.cancel()
        self._rung = False
