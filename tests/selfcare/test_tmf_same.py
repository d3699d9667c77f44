"""The demo operator's billing over HTTP says and does what it does without, in any weather."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import ParamSpec, TypeVar, get_args

import pytest

from ari_app.demo.books import ledger
from ari_app.selfcare.billing import (
    Billing,
    BillingUnavailable,
    BillingUncertain,
    UnknownSubscriber,
)
from ari_app.selfcare.memory import Ledger, MemoryBilling
from ari_app.selfcare.orders import (
    Buy,
    ChangeTariff,
    Give,
    Order,
    Pause,
    PromisePayment,
    Quote,
    Redeem,
    Refused,
    Resume,
    Sell,
    SwitchOff,
    SwitchOn,
    Unit,
)
from ari_app.selfcare.tmf.fault_plan import Fault, FaultPlan
from ari_app.selfcare.tmf.server import TmfServer
from tests.selfcare.tmf_server import HASTY, QUICK, client_of

pytestmark = pytest.mark.slow

P = ParamSpec("P")
T = TypeVar("T")

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FEW = range(1, 9)
EVERYBODY = (*range(1, 51), 777)


async def demo() -> MemoryBilling:
    """The demo operator's billing, at :data:`NOW` for ever."""

    async def read() -> Ledger:
        return ledger(NOW)

    billing = MemoryBilling(read, lambda: NOW)
    await billing.refresh()
    return billing


async def known(billing: Billing, subscriber: int) -> list[object]:
    """All that billing says of a subscriber."""
    try:
        return [
            await billing.balance(subscriber),
            await billing.tariff(subscriber),
            list(await billing.services(subscriber)),
            list(await billing.payments(subscriber, 3)),
            list(await billing.bills(subscriber, 2)),
            await billing.allowance(subscriber),
            list(await billing.charges(subscriber, 5)),
            await billing.paused(subscriber),
            list(await billing.offers(subscriber)),
            await billing.points(subscriber),
        ]
    except UnknownSubscriber:
        return []


async def test_it_says_the_same() -> None:
    direct = await demo()
    back_end = TmfServer(direct)
    async with back_end.running(), client_of(back_end, QUICK, lambda: NOW) as client:
        for subscriber in EVERYBODY:
            assert await known(client, subscriber) == await known(direct, subscriber)
        assert list(await client.tariffs()) == list(await direct.tariffs())
        assert list(await client.service_offers()) == list(await direct.service_offers())
        assert list(await client.rewards()) == list(await direct.rewards())


async def any_order(billing: Billing, subscriber: int, chance: Random) -> Order:
    """Something that a subscriber might order, sensible or not."""
    unit: Unit = chance.choice(get_args(Unit))
    code = str(chance.randint(1, 6))
    recipient = chance.choice((*FEW, 777))
    day = NOW.date() + timedelta(days=chance.choice((0, 1, 3, 40)))
    offered = await billing.offers(subscriber)
    orders: tuple[Order, ...] = (
        ChangeTariff(code),
        SwitchOn(code),
        SwitchOff(code),
        Pause(day, day + timedelta(days=chance.choice((10, 30, 90)))),
        Resume(),
        PromisePayment(day),
        Give(recipient, unit, chance.choice((1, 2, 50, 5000))),
        Sell(recipient, unit, chance.choice((1, 2, 50)), Decimal("0.50")),
        Buy(offered[0].number if offered else "1"),
        Redeem(code),
    )
    return chance.choice(orders)


@pytest.mark.parametrize("seed", range(8))
async def test_orders_do_the_same_in_any_weather(seed: int) -> None:
    """Whatever gets lost on the way: placed by key until there is an answer, it happens once."""
    chance = Random(seed)
    kinds: tuple[Fault, ...] = ("fail", "busy", "drop", "lose", "garbage", "duplicate", "later")
    weather = FaultPlan(dict.fromkeys(kinds, 0.1) if seed else {}, seed)
    direct, far = await demo(), await demo()
    back_end = TmfServer(far, weather)
    answers: set[str] = set()
    async with back_end.running(), client_of(back_end, HASTY, lambda: NOW) as client:
        for number in range(60):
            subscriber = chance.choice(FEW)
            order = await any_order(direct, subscriber, chance)
            quote = await direct.quote(subscriber, order)
            assert await patient(client.quote, subscriber, order) == quote
            agreed = quote.charge if isinstance(quote, Quote) else Decimal(0)
            mine = await direct.place(subscriber, order, agreed, f"call:{number}")
            theirs = await patient(client.place, subscriber, order, agreed, f"call:{number}")
            assert theirs == mine, order
            answers.add(mine.reason if isinstance(mine, Refused) else type(order).__name__)
    assert len(answers) > 5, answers
    for subscriber in FEW:
        assert await known(far, subscriber) == await known(direct, subscriber)


async def patient(ask: Callable[P, Awaitable[T]], *args: P.args, **named: P.kwargs) -> T:
    """Ask until there is an answer."""
    while True:
        try:
            return await ask(*args, **named)
        except (BillingUncertain, BillingUnavailable):
            await asyncio.sleep(0)
