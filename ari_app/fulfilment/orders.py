"""Has orders carried out exactly once.

Each order is stored before billing is asked. Until its outcome is known, billing is asked again
with the same key, through restarts. :mod:`ari_app.selfcare` lists the steps of one order.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence, Set
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, NoReturn

from msgspec import Struct

from ari_app.fulfilment.order_records import (
    Say,
    close,
    outcome_of,
    record_of,
    store_new,
    texts_after,
)
from ari_app.fulfilment.pending_order import PendingOrder, WithdrawnError
from ari_app.retry import RetryWorker, Schedule
from ari_app.selfcare.billing import Billing, BillingUnavailable, UnknownSubscriber
from ari_app.selfcare.hashing import Hasher
from ari_app.selfcare.order_port import OrderOutcome, OrderRequest
from ari_app.selfcare.orders import Completed, Refused, order_from_json, with_secret
from ari_app.store import orders
from ari_app.store.db import Store, StoreError
from ari_app.store.orders import OrderRecord

log = logging.getLogger(__name__)

PAUSES = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
)
"""The pause after each attempt; the last one is repeated, since an order that may have been carried
out is never given up."""
CONCURRENCY = 8
"""About how many orders billing is asked again at the same time."""
LOOK = 5.0
"""Seconds between two looks for open orders."""
DEADLINE = 30.0
"""Seconds after which it is unknown what billing made of an order."""


class OrderServices(Struct, frozen=True):
    """What orders are carried out with: ``now`` is the clock, in the time zone of the site,
    ``start`` runs a task that no call waits for, ``posted`` is called when there are text messages
    to send; ``hasher`` seals secrets in orders while they are kept; ``owner`` is the worker, if
    several share the store."""

    store: Store
    billing: Billing
    say: Say
    now: Callable[[], datetime]
    start: Callable[[Coroutine[Any, Any, None]], object]
    posted: Callable[[], None]
    hasher: Hasher
    owner: int = 0


class StoredOrders:
    """See :class:`ari_app.selfcare.order_port.Orders`. The methods below :meth:`run` are for its
    :class:`~ari_app.retry.RetryWorker`."""

    def __init__(self, services: OrderServices) -> None:
        self._services = services
        self._pending: dict[str, PendingOrder] = {}
        self._schedule = Schedule(PAUSES, endless=True)
        self._worker = RetryWorker(
            "open orders",
            self,
            self._schedule,
            services.now,
            unavailable=StoreError,
            concurrency=CONCURRENCY,
            look=LOOK,
        )

    async def place(self, request: OrderRequest, key: str) -> OrderOutcome:
        """Have an order carried out, or wait for it if it is under way."""
        pending = self._pending.get(key)
        if pending is None:
            pending = self._pending[key] = PendingOrder()
            self._services.start(self._carry_out(pending, request, key))
        return await pending.outcome(request.operation.deadline)

    def wake(self) -> None:
        """Look for open orders at once."""
        self._worker.wake()

    async def run(self) -> NoReturn:
        """Ask billing again about open orders, for ever; about all of them at the start."""
        store, now, owner = self._services.store, self._services.now, self._services.owner
        await self._worker.insist(lambda: store.write(orders.make_due, now(), owner))
        await self._worker.run()

    def lane(self, record: OrderRecord) -> str:
        """Orders wait for no other."""
        return record.key

    def taken(self) -> Set[str]:
        """Orders that calls wait for."""
        return self._pending.keys()

    async def due(self, now: datetime, limit: int) -> Sequence[OrderRecord]:
        """Open orders about which billing is to be asked again."""
        return await self._services.store.read(orders.due, now, limit, self._services.owner)

    async def next_due(self, now: datetime) -> datetime | None:
        """When billing is next to be asked about an order."""
        return await self._services.store.read(orders.next_due, now)

    async def begin(self, record: OrderRecord, now: datetime, next_at: datetime | None) -> bool:
        """Count the attempt; False if the order has ended since it was read."""
        assert next_at is not None, "the schedule is endless"
        write, owner = self._services.store.write, self._services.owner
        return await write(orders.postpone, record.key, now, next_at, owner)

    async def attempt(self, record: OrderRecord) -> None:
        """Ask billing again."""
        try:
            await self._ask(record, None)
        except Exception:  # the outermost frame of the attempt
            log.exception("%s: %s failed unexpectedly", record.key, record.operation)

    async def _carry_out(self, pending: PendingOrder, request: OrderRequest, key: str) -> None:
        """Store an order and ask billing for the first time; of an order whose key is known, say
        what is known of it."""
        outcome: OrderOutcome | None = None
        name = request.operation.name
        try:
            new = record_of(request, key, self._services.now(), self._services.hasher.seal)
            store, owner = self._services.store, self._services.owner
            record, is_new = await store.write(store_new, pending, request, new, owner)
            pending.stored()
            is_open = is_new and record.state == "open"
            outcome = await self._ask(record, pending) if is_open else outcome_of(record)
        except WithdrawnError:
            outcome = "unavailable"
        except StoreError as error:
            log.error("%s: %s rejected, the store is unavailable: %s", key, name, error)
            outcome = "unavailable"
        except Exception:  # the outermost frame of the order
            log.exception("%s: %s failed unexpectedly", key, name)
        finally:
            del self._pending[key]
            pending.finish(outcome)

    async def _ask(self, record: OrderRecord, pending: PendingOrder | None) -> OrderOutcome:
        """Ask billing, and store its answer. ``pending`` is None where billing may have been asked
        before: then a failure of this attempt says nothing of an earlier one."""
        unseal = partial(self._services.hasher.unseal, record.key)
        order = with_secret(order_from_json(record.order), unseal)
        agreed = Decimal(record.agreed)
        place = self._services.billing.place
        try:
            async with asyncio.timeout(DEADLINE):
                outcome: OrderOutcome = await place(record.subscriber, order, agreed, record.key)
        except Exception as error:  # noqa: BLE001 - the outermost frame of the attempt
            why = str(error) or type(error).__name__
            if pending is None or not isinstance(error, BillingUnavailable | UnknownSubscriber):
                log.warning("%s: outcome of %s unknown: %s", record.key, record.operation, why)
                if pending is not None:
                    await self._postpone(record)
                return "accepted"
            log.warning("%s: %s failed: %s", record.key, record.operation, why)
            outcome = "unavailable" if isinstance(error, BillingUnavailable) else "unknown"
        try:
            if not await self._close(record, outcome, pending):
                return "accepted"  # another worker asks for it, and stores its end
        except StoreError as error:
            log.error("%s: end of %s not stored: %s", record.key, record.operation, error)
            if not isinstance(outcome, Completed | Refused):
                return "accepted"  # it is still open, and will be carried out after all
        return outcome

    async def _postpone(self, record: OrderRecord) -> None:
        """Store when billing is asked for the second time."""
        now = self._services.now()
        next_at = self._schedule.next_attempt(record.attempts, now)
        try:
            await self.begin(record, now, next_at)
        except StoreError as error:
            log.error("%s: next attempt not stored: %s", record.key, error)

    async def _close(
        self, record: OrderRecord, outcome: OrderOutcome, pending: PendingOrder | None
    ) -> bool:
        """Whether this is its outcome."""
        store = self._services.store
        texts = await store.read(partial(texts_after, say=self._services.say), record, outcome)
        now, owner = self._services.now(), self._services.owner
        ours = await store.write(close, record, outcome, texts, pending, now, owner)
        self._services.posted()
        return ours
