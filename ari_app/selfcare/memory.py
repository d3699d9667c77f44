"""A billing that answers from memory, for the demo operator and for tests."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from ari_app.selfcare.billing import (
    Allowance,
    Balance,
    Bill,
    BillingUnavailable,
    Charge,
    Offer,
    Packet,
    PausePeriod,
    Payment,
    Reward,
    Roaming,
    Service,
    Sim,
    Tariff,
)
from ari_app.selfcare.books import Account, Books
from ari_app.selfcare.order_effects import apply_order, quote_order
from ari_app.selfcare.orders import Completed, Order, Quote, Refused, TopUp

T = TypeVar("T")

Answer: TypeAlias = Completed | Refused


class Ledger(Struct, frozen=True):
    """The books, and the past by subscriber, the newest first."""

    books: Books
    payments: Mapping[int, Sequence[Payment]] = {}
    bills: Mapping[int, Sequence[Bill]] = {}
    charges: Mapping[int, Sequence[Charge]] = {}


class PlacedOrder(Struct, frozen=True):
    """An order with its key and the time at which it was placed."""

    key: str
    subscriber: int
    order: Order
    agreed: Decimal
    at: datetime


Apply: TypeAlias = Callable[[Books, PlacedOrder], Awaitable[tuple[Books, Answer]]]
"""Carries out a request for good and brings the books after it; for a key that was used before,
the first answer. What it raises is what ``Billing.place`` may."""


class MemoryBilling:
    """A ``Billing`` over a :class:`Ledger` that ``read`` brings from wherever it is kept.

    Orders go one after the other to ``apply``, which keeps them; without one, in memory alone.
    ``now`` is the clock, in the operator's time zone.
    """

    def __init__(
        self,
        read: Callable[[], Awaitable[Ledger]],
        now: Callable[[], datetime],
        apply: Apply | None = None,
    ) -> None:
        """Unavailable until the first :meth:`refresh`."""
        self._read = read
        self._now = now
        self._apply = apply or _Remembered().apply
        self._ledger: Ledger | None = None
        self._turn = asyncio.Lock()
        self._placing: set[asyncio.Task[Answer]] = set()

    async def refresh(self) -> None:
        """Read the ledger again; until it is read, the old one answers."""
        async with self._turn:
            self._ledger = await self._read()

    async def balance(self, subscriber: int) -> Balance:
        """What is on the account."""
        rules = self.books().catalogue.rules
        return Balance(self._account(subscriber).balance, rules.currency)

    async def tariff(self, subscriber: int) -> Tariff:
        """The tariff in force."""
        return self.books().catalogue.tariffs[self._account(subscriber).tariff]

    async def services(self, subscriber: int) -> Sequence[Service]:
        """The services that are on."""
        offered = self.books().catalogue.services
        return [offered[code] for code in self._account(subscriber).services]

    async def payments(self, subscriber: int, limit: int) -> Sequence[Payment]:
        """The last payments, the newest first."""
        return self._past(lambda ledger: ledger.payments, subscriber, limit)

    async def bills(self, subscriber: int, limit: int) -> Sequence[Bill]:
        """The last bills, the newest first."""
        return self._past(lambda ledger: ledger.bills, subscriber, limit)

    async def tariffs(self) -> Sequence[Tariff]:
        """All tariffs."""
        return tuple(self.books().catalogue.tariffs.values())

    async def service_offers(self) -> Sequence[Service]:
        """All services."""
        return tuple(self.books().catalogue.services.values())

    async def allowance(self, subscriber: int) -> Allowance:
        """The minutes and gigabytes that are left."""
        account = self._account(subscriber)
        return Allowance(account.minutes, account.gigabytes)

    async def charges(self, subscriber: int, limit: int) -> Sequence[Charge]:
        """The last charges, the newest first."""
        return self._past(lambda ledger: ledger.charges, subscriber, limit)

    async def paused(self, subscriber: int) -> PausePeriod | None:
        """The pause that is on or agreed."""
        return self._account(subscriber).paused

    async def packets(self) -> Sequence[Packet]:
        """All packets of data."""
        return tuple(self.books().catalogue.packets.values())

    async def roaming(self, country: str) -> Roaming | None:
        """The prices in a country."""
        return self.books().catalogue.roaming.get(country)

    async def sim(self, subscriber: int) -> Sim:
        """The SIM card."""
        account = self._account(subscriber)
        return Sim(account.blocked, account.puk)

    async def offers(self, subscriber: int) -> Sequence[Offer]:
        """Offers of other subscribers that can be accepted."""
        self._account(subscriber)
        return self.books().offers_to(subscriber, self._now().date())

    async def points(self, subscriber: int) -> int:
        """The loyalty points."""
        return self._account(subscriber).points

    async def rewards(self) -> Sequence[Reward]:
        """What points can be changed into."""
        return tuple(grant.reward for grant in self.books().catalogue.rewards.values())

    async def promise_days(self) -> int | None:
        """For how many days a payment can be put off."""
        return self.books().catalogue.rules.promise_days

    async def quote(self, subscriber: int, order: Order) -> Quote | Refused:
        """What an order would cost and from when on."""
        return quote_order(self.books(), subscriber, order, self._now())

    async def place(self, subscriber: int, order: Order, agreed: Decimal, key: str) -> Answer:
        """Carry out an order; cancelling the wait does not cancel the order."""
        self._known()
        placing = asyncio.create_task(self._place(subscriber, order, agreed, key))
        self._placing.add(placing)
        placing.add_done_callback(self._placing.discard)
        return await asyncio.shield(placing)

    async def close(self) -> None:
        """Wait for the orders that were placed."""
        await asyncio.gather(*self._placing, return_exceptions=True)

    async def _place(self, subscriber: int, order: Order, agreed: Decimal, key: str) -> Answer:
        async with self._turn:
            request = PlacedOrder(key, subscriber, order, agreed, self._now())
            ledger = self._known()
            books, answer = await self._apply(ledger.books, request)
            self._ledger = _with_payment(replace(ledger, books=books), ledger.books, request)
        return answer

    def _known(self) -> Ledger:
        if self._ledger is None:
            raise BillingUnavailable("the ledger was not read yet")
        return self._ledger

    def books(self) -> Books:
        """The books as they are remembered."""
        return self._known().books

    def _account(self, subscriber: int) -> Account:
        return self.books().account(subscriber, self._now().date())

    def _past(
        self, of: Callable[[Ledger], Mapping[int, Sequence[T]]], subscriber: int, limit: int
    ) -> Sequence[T]:
        self._account(subscriber)
        return of(self._known()).get(subscriber, ())[:limit]


def _with_payment(ledger: Ledger, before: Books, request: PlacedOrder) -> Ledger:
    """The ledger with the payment of an order that has put money on the account."""
    paid = payment_of(before, ledger.books, request)
    if paid is None:
        return ledger
    who = request.subscriber
    return replace(ledger, payments={**ledger.payments, who: (paid, *ledger.payments.get(who, ()))})


def payment_of(before: Books, after: Books, request: PlacedOrder) -> Payment | None:
    """The payment that an order was; None for any other order, and for one that was refused."""
    if not isinstance(request.order, TopUp) or after.last == before.last:
        return None
    was, now = (books.accounts[request.subscriber].balance for books in (before, after))
    return Payment(request.at.date(), now - was, after.catalogue.rules.currency)


class _Remembered:
    """Answers by key, as long as the process lasts."""

    def __init__(self) -> None:
        self._answers: dict[str, Answer] = {}

    async def apply(self, books: Books, request: PlacedOrder) -> tuple[Books, Answer]:
        """See :data:`Apply`."""
        if request.key in self._answers:
            return books, self._answers[request.key]
        after, answer = apply_order(
            books, request.subscriber, request.order, request.agreed, request.at
        )
        self._answers[request.key] = answer
        return after, answer
