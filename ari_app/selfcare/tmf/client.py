"""A ``Billing`` that asks a billing system by the Open APIs of TM Forum."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TypeVar

from msgspec import json
from msgspec.structs import replace

from ari_app.selfcare.billing import (
    Allowance,
    Balance,
    Bill,
    BillingUnavailable,
    BillingUncertain,
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
    UnknownSubscriber,
)
from ari_app.selfcare.orders import Completed, Order, Quote, Refused
from ari_app.selfcare.tmf import from_tmf, product_order
from ari_app.selfcare.tmf import resources as tmf
from ari_app.selfcare.tmf.transport import NoAnswer, Rejected, Request, Settings, Transport

T = TypeVar("T")
R = TypeVar("R")

BALANCES = 10_000
"""How many balances are remembered; the least recently asked for is dropped first."""
UNCERTAIN = 1000
"""How many keys of orders with an unknown outcome are remembered, likewise."""
CATALOGUE = "200"
"""The most offerings of a kind, and products of a subscriber, that are asked for."""

_customer = json.Decoder(tmf.Customer).decode
_products = json.Decoder(list[tmf.Product]).decode
_offerings = json.Decoder(list[tmf.Offering]).decode
_buckets = json.Decoder(list[tmf.Bucket]).decode
_loyalty = json.Decoder(list[tmf.LoyaltyAccount]).decode
_payments = json.Decoder(list[tmf.Payment]).decode
_bills = json.Decoder(list[tmf.CustomerBill]).decode
_rates = json.Decoder(list[tmf.BillingRate]).decode
_usages = json.Decoder(list[tmf.Usage]).decode
_quotes = json.Decoder(list[tmf.Quote]).decode
_encoder = json.Encoder(decimal_format="number")


class TmfBilling:
    """See :class:`~ari_app.selfcare.billing.Billing`; an async context manager."""

    def __init__(self, settings: Settings, now: Callable[[], datetime]) -> None:
        self.transport = Transport(settings)
        self._settings = settings
        self._now = now
        self._balances: OrderedDict[int, tuple[Balance, datetime]] = OrderedDict()
        self._uncertain: OrderedDict[str, None] = OrderedDict()

    async def __aenter__(self) -> "TmfBilling":
        await self.transport.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.transport.__aexit__()

    async def balance(self, subscriber: int) -> Balance:
        """The balance; if billing does not answer, a recent one with its time."""
        try:
            found = await self._of(subscriber, tmf.BUCKET, _buckets, from_tmf.balance)
        except BillingUnavailable:
            known, at = self._balances.get(subscriber, (None, self._now()))
            if known and self._now() - at <= timedelta(seconds=self._settings.balance_age):
                return replace(known, as_of=at)
            raise
        self._balances[subscriber] = found, self._now()
        self._balances.move_to_end(subscriber)
        if len(self._balances) > BALANCES:
            self._balances.popitem(last=False)
        return found

    async def refresh(self) -> None:
        """Drop the remembered balances."""
        self._balances.clear()

    async def tariff(self, subscriber: int) -> Tariff:
        """The tariff in force."""
        return await self._products(subscriber, from_tmf.tariff)

    async def services(self, subscriber: int) -> Sequence[Service]:
        """The services that are on."""
        return await self._products(subscriber, from_tmf.services)

    async def paused(self, subscriber: int) -> PausePeriod | None:
        """The pause that is on or agreed."""
        return await self._products(subscriber, from_tmf.paused)

    async def sim(self, subscriber: int) -> Sim:
        """The SIM card."""
        return await self._products(subscriber, from_tmf.sim)

    async def allowance(self, subscriber: int) -> Allowance:
        """The minutes and gigabytes that are left."""
        return await self._of(subscriber, tmf.BUCKET, _buckets, from_tmf.allowance)

    async def payments(self, subscriber: int, limit: int) -> Sequence[Payment]:
        """The last payments, the newest first."""
        query = {"payer.id": str(subscriber), "limit": str(limit), "sort": "-paymentDate"}
        found = await self._of(subscriber, tmf.PAYMENT, _payments, from_tmf.payments, query)
        return found[:limit]

    async def bills(self, subscriber: int, limit: int) -> Sequence[Bill]:
        """The last bills, the newest first."""
        newest = {"limit": str(limit), "sort": "-billingPeriod.startDateTime"}
        query = {"relatedParty.id": str(subscriber)} | newest
        found = await self._of(subscriber, tmf.BILL, _bills, list, query)
        if not found:
            return []
        lines = {"bill.id": ",".join(one.id for one in found)}
        rates = await self._of(subscriber, tmf.RATE, _rates, list, lines)
        return _made(partial(from_tmf.bills, found), rates)[:limit]

    async def charges(self, subscriber: int, limit: int) -> Sequence[Charge]:
        """The last charges, the newest first."""
        newest = {"limit": str(limit), "sort": "-usageDate"}
        query = {"relatedParty.id": str(subscriber)} | newest
        return (await self._of(subscriber, tmf.USAGE, _usages, from_tmf.charges, query))[:limit]

    async def points(self, subscriber: int) -> int:
        """The loyalty points."""
        query = {"loyaltyProgramMember.id": str(subscriber)}
        return await self._of(subscriber, tmf.LOYALTY, _loyalty, from_tmf.points, query)

    async def offers(self, subscriber: int) -> Sequence[Offer]:
        """Offers of other subscribers: pending quotes to this one."""
        query = {"relatedParty.id": str(subscriber), "category": tmf.TRANSFER, "state": "pending"}
        return await self._of(subscriber, tmf.QUOTE, _quotes, _offers, query)

    async def tariffs(self) -> Sequence[Tariff]:
        """All tariffs that the operator offers."""
        return await self._catalogue("tariff", from_tmf.tariffs)

    async def service_offers(self) -> Sequence[Service]:
        """All services that the operator offers."""
        return await self._catalogue("service", from_tmf.service_offers)

    async def packets(self) -> Sequence[Packet]:
        """All packets of data that the operator offers."""
        return await self._catalogue("packet", from_tmf.packets)

    async def roaming(self, country: str) -> Roaming | None:
        """The prices in a country, which billing may filter by its ``id``."""
        found = await self._catalogue("roaming", from_tmf.roaming, {"id": country})
        return next((one for one in found if one.code == country), None)

    async def rewards(self) -> Sequence[Reward]:
        """What points can be changed into."""
        return await self._catalogue("reward", from_tmf.rewards)

    async def promise_days(self) -> int | None:
        """The longest of the promised payments in the catalogue."""
        return await self._catalogue("promised-payment", from_tmf.promise_days)

    async def quote(self, subscriber: int, order: Order) -> Quote | Refused:
        """What an order would cost and from when on."""
        body = _encoder.encode(product_order.quote_request(subscriber, order))
        read = partial(_quote, self._settings.currency)
        try:
            return await self.transport.read(Request(tmf.QUOTE, body=body), read)
        except Rejected as error:
            return _refused(error, subscriber)

    async def place(
        self, subscriber: int, order: Order, agreed: Decimal, key: str
    ) -> Completed | Refused:
        """Carry out an order, with retries under its key while its outcome is unknown.

        Placed again after a ``BillingUncertain``, its outcome is unknown until there is an answer.
        After a restart the calling side must remember that.
        """
        self._balances.pop(subscriber, None)
        begun = key in self._uncertain
        self._uncertain[key] = None
        if len(self._uncertain) > UNCERTAIN:
            self._uncertain.popitem(last=False)
        try:
            answer = await self._placed(subscriber, order, agreed, key, begun)
        except (BillingUnavailable, UnknownSubscriber):
            self._uncertain.pop(key, None)
            raise
        self._uncertain.pop(key, None)
        return answer

    async def _placed(
        self, subscriber: int, order: Order, agreed: Decimal, key: str, begun: bool
    ) -> Completed | Refused:
        own = self._settings.currency
        body = _encoder.encode(product_order.order_request(subscriber, order, agreed, key, own))
        request, parse = Request(tmf.ORDER, body=body), partial(_order, key, own)
        clock = asyncio.get_running_loop().time
        deadline = clock() + self._settings.order_timeout
        pause = self._settings.pause
        while True:
            left = max(deadline - clock(), 0.001)
            try:
                answer = await self.transport.send(
                    request, parse, min(self._settings.timeout, left)
                )
            except NoAnswer as error:
                begun = begun or error.sent
                if not begun:
                    raise BillingUnavailable(str(error)) from None
                why = str(error)
            except Rejected as error:
                if begun and error.status >= 400 and not product_order.refused(error.code):
                    raise BillingUncertain(f"{key}: {error}") from None
                return _refused(error, subscriber)
            else:
                if isinstance(answer, Completed):
                    return answer
                begun, request = True, Request(f"{tmf.ORDER}/{answer}")
                why = f"order {answer} is not completed"
            if clock() + pause >= deadline:
                raise BillingUncertain(f"{key}: {why}")
            await asyncio.sleep(pause)
            pause *= 2

    async def _products(self, subscriber: int, make: Callable[[Sequence[tmf.Product]], T]) -> T:
        query = {"relatedParty.id": str(subscriber), "limit": CATALOGUE}
        return await self._of(subscriber, tmf.PRODUCT, _products, make, query)

    async def _of(
        self,
        subscriber: int,
        path: str,
        decode: Callable[[bytes], list[R]],
        make: Callable[[list[R]], T],
        query: dict[str, str] | None = None,
    ) -> T:
        """Ask for a list of a subscriber; if it is empty, whether the subscriber exists."""
        query = query or {"relatedParty.id": str(subscriber)}
        try:
            rows = await self.transport.read(Request(path, query), decode)
            if not rows:
                await self.transport.read(Request(f"{tmf.CUSTOMER}/{subscriber}"), _customer)
        except Rejected as error:
            if error.status == 404:
                raise UnknownSubscriber(subscriber) from None
            raise BillingUnavailable(str(error)) from None
        return _made(make, rows)

    async def _catalogue(
        self, kind: str, make: Callable[[list[tmf.Offering]], T], more: dict[str, str] | None = None
    ) -> T:
        query = {"productSpecification.id": kind, "limit": CATALOGUE, **(more or {})}
        try:
            return _made(make, await self.transport.read(Request(tmf.OFFERING, query), _offerings))
        except Rejected as error:
            raise BillingUnavailable(str(error)) from None


def _made(make: Callable[[list[R]], T], rows: list[R]) -> T:
    """Convert resources; a damaged one is ``BillingUnavailable``."""
    try:
        return make(rows)
    except (ValueError, ArithmeticError) as error:
        raise BillingUnavailable(f"billing's answer is not as it should be: {error}") from None


def _offers(found: list[tmf.Quote]) -> list[Offer]:
    return [from_tmf.offer(one) for one in found]


def _refused(error: Rejected, subscriber: int) -> Refused:
    """A refusal for a reason that we know; all others are for the operator to fix."""
    if refusal := product_order.refused(error.code):
        return refusal
    if error.status == 404:
        raise UnknownSubscriber(subscriber) from None
    raise BillingUnavailable(str(error)) from None


def _quote(own: str, body: bytes) -> Quote:
    """What a quote says."""
    found = json.decode(body, type=tmf.Quote)
    _require_accepted(found)
    return product_order.quoted(found, own)


def _order(key: str, own: str, body: bytes) -> Completed | str:
    """What became of an order; its number while it is not completed."""
    found = json.decode(body, type=tmf.ProductOrder)
    if found.external_id not in (key, ""):
        raise ValueError(f"it is of another order, {found.external_id!r}")
    _require_accepted(found)
    if not (found.id.isascii() and found.id.isdigit()):
        raise ValueError(f"the number of an order is of digits, not {found.id!r}")
    return product_order.placed(found, own) if found.state == "completed" else found.id


def _require_accepted(found: tmf.Quote | tmf.ProductOrder) -> None:
    """Raise :class:`Rejected` for what was taken in and then not accepted."""
    if found.state in ("rejected", "failed", "cancelled"):
        why = found.note[0].text if found.note else ""
        raise Rejected(200, why, f"billing has {found.state} it: {why[:200]}")
