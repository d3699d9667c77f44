"""One order under way and the call that waits for it: what the caller hears of it is true.

The order is stored, carried out and closed in a task of its own; the caller waits no longer than
the operation's deadline. When that passes, two claims decide what the caller hears. The first
to make a claim has it: the store's thread in the midst of a transaction, or the call that leaves.
"""

import asyncio
from threading import Lock
from typing import Any

from ari_app.selfcare.order_port import OrderOutcome


class WithdrawnError(Exception):
    """The caller has heard that the order is not done, so it must not be stored."""


class _Claim:
    """Made once and for ever, by the store's thread or by callers."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._callers = False

    def by_store(self) -> bool:
        """Make the claim for the store's thread; False if callers have it."""
        return self._lock.acquire(blocking=False)

    def by_caller(self) -> bool:
        """Make the claim for callers, of whom several may wait for one order."""
        self._callers = self._callers or self._lock.acquire(blocking=False)
        return self._callers


class PendingOrder:
    """An order between its request and its end: calls await :meth:`outcome`, the rest is for the
    task that carries it out."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self._storing, self._answering = _Claim(), _Claim()
        self._stored: asyncio.Future[None] = loop.create_future()
        self._outcome: asyncio.Future[OrderOutcome] = loop.create_future()

    def claim_storing(self) -> None:
        """Last in the transaction that stores the order; ``WithdrawnError`` rolls it back."""
        if not self._storing.by_store():
            raise WithdrawnError

    def claim_answering(self) -> bool:
        """In the transaction that closes the order: whether the caller will hear the outcome."""
        return self._answering.by_store()

    def stored(self) -> None:
        """The order is in the store."""
        self._stored.set_result(None)

    def finish(self, outcome: OrderOutcome | None) -> None:
        """Set the outcome; None if the application stops before it is known."""
        if outcome is None:
            outcome = "unavailable" if self._storing.by_caller() else "accepted"
        self._outcome.set_result(outcome)

    async def outcome(self, deadline: float) -> OrderOutcome:
        """What the caller hears, after ``deadline`` seconds at most, and the end of a transaction
        that has begun by then."""
        try:
            await asyncio.wait({self._outcome}, timeout=deadline)
            if not self._outcome.done() and not self._stored.done():
                if self._storing.by_caller():
                    return "unavailable"
                either: set[asyncio.Future[Any]] = {self._stored, self._outcome}
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not self._outcome.done() and self._answering.by_caller():
                return "accepted"
            return await asyncio.shield(self._outcome)
        except asyncio.CancelledError:
            self._answering.by_caller()
            raise
