"""Operations that cost: each has a quote, which changes nothing, and an order, which is carried out
once and at the quoted price, or not at all."""

import asyncio
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import partial

from ari_app.selfcare import answers
from ari_app.selfcare.backends import Backends
from ari_app.selfcare.billing import BillingUnavailable
from ari_app.selfcare.operation_request import Action, OperationRequest
from ari_app.selfcare.order_input import PARSERS, InputFault, parsed_order
from ari_app.selfcare.order_port import BalanceTransfer, OrderRequest
from ari_app.selfcare.orders import (
    Buy,
    BuyPacket,
    ChangeTariff,
    Completed,
    Give,
    Order,
    Pause,
    PromisePayment,
    Quote,
    Redeem,
    Refused,
    Sell,
    SwitchOff,
    SwitchOn,
)
from ari_app.selfcare.reads import FAULTS
from ivr.events import Answered
from ivr.model import Operation
from ivr.terms import Need
from ivr.values import OWN, Count, Day, Digits, Money, Name, Values

DEADLINE = 5.0
"""Seconds until a caller hears that a text message will follow; the order goes on."""

_CODE = {"code": "digits"}
_GIFT = {"recipient": "digits", "unit": "word", "amount": "count"}


def _quote_and_order(
    name: str,
    about: str,
    inputs: Mapping[str, str],
    brings: Mapping[str, str],
    refusals: str,
    *,
    limits: tuple[int, int] | tuple[int, int, int],
    charge: tuple[str, str] = ("charge", "money"),
    need: Need = "code-word",
) -> tuple[Operation, Operation]:
    """The quote and the order of an operation; ``limits`` are for a day, for a month, and of
    what is refused in a day; ``need`` is the identity level of the order."""
    refused: dict[str, Mapping[str, str]] = {reason: {} for reason in refusals.split()}
    outputs = {charge[0]: charge[1], "monthly": "money", "since": "day", **brings}
    quote = Operation(
        f"{name}-quote",
        {"ok": outputs, **refused, **FAULTS},
        inputs,
        "caller",
        about=f"Quotes what {name} would cost and change, without doing it.",
        billing=True,
    )
    order = Operation(
        name,
        {"ok": {"order": "digits"}, **refused, **{each: {} for each in _ENDS}, **FAULTS},
        {**inputs, charge[0]: charge[1]},
        need,
        DEADLINE,
        costs=True,
        charge=charge[0],
        daily=limits[0],
        monthly=limits[1],
        refusals=limits[2] if len(limits) > 2 else 0,
        about=about,
        waiting="one-moment",
        billing=True,
    )
    return quote, order


_ENDS = ("changed", "limit", "accepted")
"""``changed``: it would cost another amount than was agreed to; ``limit``: over the limit of a day
or a month; ``accepted``: not known yet, a text message follows."""

ORDER_OPERATIONS = (
    *_quote_and_order(
        "tariff-change",
        "Changes the tariff, from the first day of the next month on.",
        _CODE,
        {"tariff": "name", "fee": "money"},
        "no-such already too-little paused",
        limits=(2, 4),
    ),
    *_quote_and_order(
        "service-on",
        "Switches a service on.",
        _CODE,
        {"service": "name", "fee": "money"},
        "no-such already too-little paused",
        limits=(10, 50),
    ),
    *_quote_and_order(
        "service-off",
        "Switches a service off.",
        _CODE,
        {"service": "name", "fee": "money"},
        "no-such not-on paused",
        limits=(10, 50),
    ),
    *_quote_and_order(
        "pause",
        "Keeps the number and charges nothing else, from a day on and for some months.",
        {"since": "digits", "months": "count"},
        {"until": "day"},
        "day already too-little",
        limits=(2, 4),
    ),
    *_quote_and_order("resume", "Ends a pause.", {}, {}, "not-on too-little", limits=(2, 4)),
    *_quote_and_order(
        "promise-payment",
        "Keeps the services on in spite of a debt, for some days.",
        {"days": "count"},
        {"until": "day"},
        "day already not-on too-much paused",
        limits=(1, 1),
    ),
    *_quote_and_order(
        "gift",
        "Gives minutes or gigabytes to another subscriber.",
        _GIFT,
        {},
        "zero no-recipient self too-little too-much paused",
        limits=(5, 30),
    ),
    *_quote_and_order(
        "sell",
        "Offers minutes or gigabytes to another subscriber, at a price.",
        {**_GIFT, "price": "count"},
        {"asked": "money"},
        "zero no-recipient self too-little too-much paused",
        limits=(5, 30),
    ),
    *_quote_and_order(
        "buy",
        "Accepts the offer of another subscriber.",
        {"offer": "digits"},
        {"what": "name", "seller": "digits"},
        "no-such too-little too-much paused",
        limits=(5, 30),
    ),
    *_quote_and_order(
        "redeem",
        "Changes loyalty points into a reward.",
        _CODE,
        {"reward": "name"},
        "no-such too-little paused",
        limits=(5, 30),
        charge=("price", "count"),
    ),
    *_quote_and_order(
        "sim-block",
        "Blocks the SIM card, which is lost or stolen, at once.",
        {},
        {},
        "already",
        limits=(10, 50),
    ),
    *_quote_and_order(
        "sim-unblock",
        "Ends the block of the SIM card.",
        {},
        {},
        "not-on too-little",
        limits=(10, 50),
    ),
    *_quote_and_order(
        "packet",
        "Buys a packet of data for this month.",
        _CODE,
        {"packet": "name", "gigabytes": "count"},
        "no-such too-little paused",
        limits=(10, 50),
    ),
    *_quote_and_order(
        "top-up",
        "Puts money on the account by a voucher.",
        {"voucher": "secret"},
        {},
        "no-such already",
        limits=(10, 50, 5),
        need="caller",
    ),
)  # fmt: skip
"""The signatures. A reason of billing that is none of an operation's outcomes is a fault of
billing: nothing was changed, and the outcome is ``unavailable``."""


class PaidOperations:
    """Runs them."""

    def __init__(self, backends: Backends) -> None:
        self._backends = backends
        self._billing = backends.billing
        self.actions: Mapping[str, Action] = {
            **{f"{name}-quote": partial(self._quote, name) for name in PARSERS},
            **{name: partial(self._place, name) for name in PARSERS},
        }

    async def _quote(self, name: str, request: OperationRequest) -> Answered:
        subscriber, order = request.subscriber, await self._order(name, request)
        if isinstance(order, str):
            return Answered(order)
        quote = await self._billing.quote(subscriber, order)
        if isinstance(quote, Refused):
            return Answered(quote.reason)
        price = _price(order, quote, self._backends.now().date())
        return Answered("ok", {**price, **await self._details(order, request)})

    async def _place(self, name: str, request: OperationRequest) -> Answered:
        subscriber, order = request.subscriber, await self._order(name, request)
        if isinstance(order, str):
            return Answered(order)
        agreed = Decimal(request.count("price")) if name == "redeem" else request.money("charge")
        try:
            async with asyncio.timeout(request.operation.deadline):
                transfer = await self._transfer(order, subscriber)
        except (
            BillingUnavailable,
            TimeoutError,
        ):  # an order may have been placed before: go on without
            transfer = None
        wanted = OrderRequest(request.operation, order, agreed, request.asker, subscriber, transfer)
        match await self._backends.orders.place(wanted, request.key):
            case Completed(number):
                return Answered("ok", {"order": Digits(number)})
            case Refused(reason):
                return Answered(reason)
            case outcome:
                return Answered(outcome)

    async def _order(self, name: str, request: OperationRequest) -> Order | InputFault:
        back = self._backends
        return await parsed_order(name, request, back.directory, back.now().date())

    async def _transfer(self, order: Order, subscriber: int) -> BalanceTransfer | None:
        """What goes to another subscriber; None if an offer is gone, which billing then refuses."""
        match order:
            case Give(taker, unit, amount):
                return BalanceTransfer(subscriber, taker, unit, amount)
            case Sell(taker, unit, amount, price):
                return BalanceTransfer(subscriber, taker, unit, amount, price)
            case Buy(number):
                for one in await self._billing.offers(subscriber):
                    if one.number == number:
                        what = (one.unit, one.amount, one.price, one.currency)
                        return BalanceTransfer(one.seller, subscriber, *what)
        return None

    async def _details(self, order: Order, request: OperationRequest) -> Values:
        """What an order is for, besides its price."""
        match order:
            case Pause(_, until) | PromisePayment(until):
                return {"until": Day(until)}
            case Sell(price=price):
                return {"asked": Money(price, OWN)}
            case Buy():
                transfer = await self._transfer(order, request.subscriber)
                if transfer is not None:
                    seller = Digits(await self._backends.directory.number(transfer.giver))
                    return {
                        "what": answers.measured(transfer.unit, transfer.amount),
                        "seller": seller,
                    }
                raise BillingUnavailable("it quotes an offer that it does not list")
            case BuyPacket(code):
                return await self._packet(code)
            case ChangeTariff() | SwitchOn() | SwitchOff() | Redeem():
                return await self._catalogue_item(order)
        return {}

    async def _packet(self, code: str) -> Values:
        for packet in await self._billing.packets():
            if packet.code == code:
                return {"packet": Name(packet.names), "gigabytes": Count(packet.gigabytes)}
        raise BillingUnavailable("it quotes what it does not list")

    async def _catalogue_item(self, order: ChangeTariff | SwitchOn | SwitchOff | Redeem) -> Values:
        """What was chosen by its code."""
        match order:
            case ChangeTariff(code):
                for tariff in await self._billing.tariffs():
                    if tariff.code == code:
                        fee = Money(tariff.fee, tariff.currency)
                        return {"tariff": Name(tariff.names), "fee": fee}
            case SwitchOn(code) | SwitchOff(code):
                for service in await self._billing.service_offers():
                    if service.code == code:
                        fee = Money(service.fee, service.currency)
                        return {"service": Name(service.names), "fee": fee}
            case Redeem(code):
                for reward in await self._billing.rewards():
                    if reward.code == code:
                        return {"reward": Name(reward.names)}
        raise BillingUnavailable("it quotes what it does not list")


def _price(order: Order, quote: Quote, today: date) -> Values:
    price: Values = (
        {"price": Count(int(quote.charge))}
        if isinstance(order, Redeem)
        else {"charge": Money(quote.charge, quote.currency)}
    )
    since = Day(quote.since, today)
    return {**price, "monthly": Money(quote.monthly, quote.currency), "since": since}
