"""Has orders carried out exactly once: each is in the store before billing is asked, and until its
end is known billing is asked again with the same key, through restarts."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, NoReturn

from msgspec import Struct, json
from msgspec.structs import replace

from ari_app.fulfilment.notifications import OTHER, notifications
from ari_app.fulfilment.pending_order import PendingOrder, WithdrawnError
from ari_app.selfcare.billing import Billing, BillingUnavailable, UnknownSubscriber
from ari_app.selfcare.order_port import BalanceTransfer, OrderOutcome, OrderRequest
from ari_app.selfcare.orders import Completed, Order, Refused
from ari_app.store import orders, outbox, subscribers
from ari_app.store.db import Store, StoreError
from ari_app.store.orders import OrderRecord
from ari_app.store.sqlite import Database
from ivr.speech.phrases import PhraseError
from ivr.values import Name, Phrase

log = logging.getLogger(__name__)

PAUSES = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
)
"""How long after each attempt the next one follows; the last pause stays, since an order that may
have been carried out is never given up."""
AT_ONCE = 8
"""About how many orders billing is asked again at the same time."""
LOOK = 5.0
"""Seconds between two looks for orders that are open."""
PATIENCE = 30.0
"""Seconds after which it is unknown what billing made of an order."""

Say = Callable[[Phrase, str], str]
"""A phrase in a language, as it is written."""


class OrderServices(Struct, frozen=True):
    """What orders are done with: ``now`` is the clock, in the time zone of the site, ``begin``
    begins what nobody waits for, ``posted`` is told when there are texts to send."""

    store: Store
    billing: Billing
    say: Say
    now: Callable[[], datetime]
    begin: Callable[[Coroutine[Any, Any, None]], object]
    posted: Callable[[], None]


class _Text(Struct, frozen=True):
    """A text to post; ``late`` as in a tiding."""

    key: str
    number: str
    text: str
    late: bool


class StoredOrders:
    """See :class:`ari_app.selfcare.order_port.Orders`."""

    def __init__(self, by: OrderServices) -> None:
        self._by = by
        self._flying: dict[str, PendingOrder] = {}
        self._woken = asyncio.Event()

    async def place(self, wanted: OrderRequest, key: str) -> OrderOutcome:
        """Have an order carried out, or wait for it if it is on its way."""
        flight = self._flying.get(key)
        if flight is None:
            flight = self._flying[key] = PendingOrder()
            self._by.begin(self._fly(flight, wanted, key))
        return await flight.end(wanted.operation.deadline)

    def wake(self) -> None:
        """Look for open orders at once."""
        self._woken.set()

    async def run(self) -> NoReturn:
        """Ask billing again about open orders, for ever; about all of them at the start."""
        hastened = False
        while True:
            self._woken.clear()
            pause = LOOK
            try:
                if not hastened:
                    await self._by.store.write(orders.hasten, self._by.now())
                hastened = True
                pause = await self._round()
            except StoreError as error:
                log.error("open orders wait for the store: %s", error)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._woken.wait()

    async def _round(self) -> float:
        """Ask about what is due; returns for how many seconds there is nothing else to do."""
        store, now = self._by.store, self._by.now()
        limit = AT_ONCE + len(self._flying)
        due = await store.read(orders.due, now, limit)
        async with asyncio.TaskGroup() as tasks:
            for one in due:
                if one.key not in self._flying:
                    tasks.create_task(self._again(one))
        if len(due) == limit:
            return 0.1
        upcoming = await store.read(orders.next_due, now)
        return LOOK if upcoming is None else min(LOOK, (upcoming - now).total_seconds())

    async def _fly(self, flight: PendingOrder, wanted: OrderRequest, key: str) -> None:
        ended: OrderOutcome | None = None
        try:
            one, new = await self._by.store.write(
                _written, flight, wanted, _kept(wanted, key, self._by.now())
            )
            flight.is_written()
            ended = await self._attempt(one, flight) if new and one.state == "open" else answer(one)
        except WithdrawnError:
            ended = "unavailable"
        except StoreError as error:
            log.error("%s: no %s without the store: %s", key, wanted.operation.name, error)
            ended = "unavailable"
        except Exception:  # the outermost frame of the deed
            log.exception("%s: %s broke", key, wanted.operation.name)
        finally:
            del self._flying[key]
            flight.land(ended)

    async def _again(self, one: OrderRecord) -> None:
        """Ask billing again. The next attempt is noted before this one, as the outbox does it; and
        what was read may be old, so that an order which ended meanwhile must not be touched."""
        try:
            if await self._postpone(one):
                await self._attempt(one, None)
        except Exception:  # the outermost frame of the attempt
            log.exception("%s: %s broke", one.key, one.operation)

    async def _postpone(self, one: OrderRecord) -> bool:
        now, pause = self._by.now(), PAUSES[min(one.attempts, len(PAUSES) - 1)]
        try:
            return await self._by.store.write(orders.postpone, one.key, now, now + pause)
        except StoreError as error:
            log.error("%s: open orders wait for the store: %s", one.key, error)
            return False

    async def _attempt(self, one: OrderRecord, flight: PendingOrder | None) -> OrderOutcome:
        """Ask billing, and keep its answer; without a ``flight`` it was asked before, perhaps."""
        order, agreed = json.decode(one.wanted, type=Order), Decimal(one.agreed)
        try:
            async with asyncio.timeout(PATIENCE):
                ended: OrderOutcome = await self._by.billing.place(
                    one.subscriber, order, agreed, one.key
                )
        except Exception as error:  # noqa: BLE001 - the outermost frame of the attempt
            why = str(error) or type(error).__name__
            # Without a flight nothing came of this attempt; of an earlier one we do not know.
            if flight is None or not isinstance(error, BillingUnavailable | UnknownSubscriber):
                log.warning("%s: not known if %s is done: %s", one.key, one.operation, why)
                if flight is not None:
                    await self._postpone(one)
                return "accepted"
            log.warning("%s: %s is not done: %s", one.key, one.operation, why)
            ended = "unavailable" if isinstance(error, BillingUnavailable) else "unknown"
        try:
            await self._end(one, ended, flight)
        except StoreError as error:
            log.error("%s: the end of %s waits for the store: %s", one.key, one.operation, error)
            if not isinstance(ended, Completed | Refused):
                return "accepted"  # it is still open, and will be done after all
        return ended

    async def _end(
        self, one: OrderRecord, ended: OrderOutcome, flight: PendingOrder | None
    ) -> None:
        texts = await self._by.store.read(self._texts, one, ended)
        at = self._by.now()
        await self._by.store.write(_closed, one, ended, texts, flight, at)
        self._by.posted()

    def _texts(self, db: Database, one: OrderRecord, ended: OrderOutcome) -> list[_Text]:
        """The texts that follow, each in the language of who gets it."""
        order = json.decode(one.wanted, type=Order)
        transfer = json.decode(one.transfer, type=BalanceTransfer | None)
        found = []
        for tiding in notifications(one.subscriber, one.operation, order, transfer, ended):
            to = subscribers.by_id(db, tiding.subscriber)
            if to is None:
                continue
            mine = tiding.subscriber == one.subscriber and one.language
            try:
                said = [
                    self._by.say(_figured(db, each), mine or to.language) for each in tiding.phrases
                ]
            except PhraseError as error:
                log.error("%s: no text about the end of %s: %s", one.key, one.operation, error)
                continue
            found.append(
                _Text(f"order:{one.key}:{tiding.name}", to.msisdn, " ".join(said), tiding.late)
            )
        return found


def answer(one: OrderRecord) -> OrderOutcome:
    """What is known of the end of an order."""
    match one.state:
        case "done":
            return json.decode(one.answer, type=Completed)
        case "refused":
            return json.decode(one.answer, type=Refused)
        case "limit":
            return "limit"
        case "failed":
            return "unknown" if one.answer == "unknown" else "unavailable"
    return "accepted"


def _kept(wanted: OrderRequest, key: str, now: datetime) -> OrderRecord:
    return OrderRecord(
        key,
        wanted.subscriber,
        wanted.operation.name,
        json.encode(wanted.order).decode(),
        json.encode(wanted.transfer).decode(),
        str(wanted.agreed),
        wanted.asker.call,
        wanted.asker.language,
        now,
    )


def _written(
    db: Database, flight: PendingOrder, wanted: OrderRequest, one: OrderRecord
) -> tuple[OrderRecord, bool]:
    """Write an order down if its key is new; whether it is."""
    there = orders.of(db, one.key)
    if there is not None:
        return there, False
    operation, now = wanted.operation, one.created
    today = datetime.combine(now.date(), time(), now.tzinfo)
    for most, since in ((operation.daily, today), (operation.monthly, today.replace(day=1))):
        if most and orders.counted(db, one.subscriber, one.operation, since) >= most:
            one = replace(one, state="limit")
    orders.add(db, one)
    flight.write()
    return one, True


def _closed(
    db: Database,
    one: OrderRecord,
    ended: OrderOutcome,
    texts: Sequence[_Text],
    flight: PendingOrder | None,
    at: datetime,
) -> None:
    """Close an order, and post what its parties are to be told."""
    told = flight is not None and flight.tell()
    match ended:
        case Completed():
            new = orders.end(db, one.key, "done", json.encode(ended).decode(), at)
        case Refused():
            new = orders.end(db, one.key, "refused", json.encode(ended).decode(), at)
        case _:
            new = orders.end(db, one.key, "failed", ended, at)
    for text in texts if new else ():
        if not (told and text.late):
            outbox.post(db, text.key, text.number, text.text, one.call, at)


def _figured(db: Database, phrase: Phrase) -> Phrase:
    """A phrase that names another subscriber by his number, in figures."""
    match phrase.values.get(OTHER):
        case Name({"": id}):
            other = subscribers.by_id(db, int(id))
            number = f"+{other.msisdn}" if other else ""
            return replace(phrase, values={**phrase.values, OTHER: Name({"": number})})
    return phrase
