"""A billing so small that what was done in it can be counted, and its back end with a client."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple, TypeVar

from aiohttp import web
from msgspec.structs import replace

from ari_app.selfcare.billing import (
    Allowance,
    Balance,
    Bill,
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
from ari_app.selfcare.breaker import Rule
from ari_app.selfcare.orders import Completed, Order, Quote, Refused, SwitchOn
from ari_app.selfcare.tmf.client import TmfBilling
from ari_app.selfcare.tmf.fault_plan import FaultPlan
from ari_app.selfcare.tmf.server import TmfServer
from ari_app.selfcare.tmf.transport import Settings
from ivr.secret import Secret
from tests.deadlines import PACE

T = TypeVar("T")

NAMES = {"ru": "Роуминг", "be": "Роўмінг", "en": "Roaming"}
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ME, PRICE = 1, Decimal("1.25")


class OneServiceBilling:
    """Subscriber :data:`ME` has money; whatever is switched on costs :data:`PRICE` once."""

    def __init__(self, money: str = "10.00") -> None:
        self.money = Decimal(money)
        self.done: list[str] = []
        """The keys of the orders that were carried out."""
        self.answers: dict[str, Completed | Refused] = {}

    async def balance(self, subscriber: int) -> Balance:
        return self._for_me(subscriber, Balance(self.money))

    async def tariff(self, subscriber: int) -> Tariff:
        return self._for_me(subscriber, Tariff(NAMES, PRICE, 100, 2, code="1"))

    async def services(self, subscriber: int) -> Sequence[Service]:
        return self._for_me(subscriber, ())

    async def payments(self, subscriber: int, limit: int) -> Sequence[Payment]:
        return self._for_me(subscriber, ())[:limit]

    async def bills(self, subscriber: int, limit: int) -> Sequence[Bill]:
        return self._for_me(subscriber, ())[:limit]

    async def tariffs(self) -> Sequence[Tariff]:
        return ()

    async def service_offers(self) -> Sequence[Service]:
        return (Service(NAMES, PRICE, code="1"),)

    async def allowance(self, subscriber: int) -> Allowance:
        return self._for_me(subscriber, Allowance(100, 2))

    async def charges(self, subscriber: int, limit: int) -> Sequence[Charge]:
        return self._for_me(subscriber, ())[:limit]

    async def paused(self, subscriber: int) -> PausePeriod | None:
        return self._for_me(subscriber, None)

    async def packets(self) -> Sequence[Packet]:
        return ()

    async def roaming(self, country: str) -> Roaming | None:
        assert country
        return None

    async def sim(self, subscriber: int) -> Sim:
        return self._for_me(subscriber, Sim())

    async def offers(self, subscriber: int) -> Sequence[Offer]:
        return self._for_me(subscriber, ())

    async def points(self, subscriber: int) -> int:
        return self._for_me(subscriber, 0)

    async def promise_days(self) -> int | None:
        return None

    async def rewards(self) -> Sequence[Reward]:
        return ()

    async def quote(self, subscriber: int, order: Order) -> Quote | Refused:
        if not isinstance(order, SwitchOn):
            return Refused("no-such")
        return self._for_me(subscriber, Quote(PRICE, Decimal(0), date(2026, 11, 24), "BYN"))

    async def place(
        self, subscriber: int, order: Order, agreed: Decimal, key: str
    ) -> Completed | Refused:
        if key not in self.answers:
            self.answers[key] = await self._placed(subscriber, order, agreed, key)
        return self.answers[key]

    async def _placed(
        self, subscriber: int, order: Order, agreed: Decimal, key: str
    ) -> Completed | Refused:
        quote = await self.quote(subscriber, order)
        if isinstance(quote, Refused):
            return quote
        if agreed != PRICE:
            return Refused("changed")
        if self.money < PRICE:
            return Refused("too-little")
        self.money -= PRICE
        self.done.append(key)
        return Completed(str(len(self.done)), NOON, quote)

    def _for_me(self, subscriber: int, fact: T) -> T:
        if subscriber != ME:
            raise UnknownSubscriber(subscriber)
        return fact


class Harness(NamedTuple):
    """Billing, the TM Forum server over it, and the client that asks."""

    billing: OneServiceBilling
    back_end: TmfServer
    client: TmfBilling


ON = SwitchOn("1")
QUICK = Settings(
    url="", currency="BYN", timeout=2.0, order_timeout=4.0, pause=0.001, rule=Rule(1000, 60.0)
)
"""Patient with answers, quick to try again; its breaker stays closed."""
HASTY = replace(QUICK, order_timeout=0.3, pause=0.02)
"""Tries an order a few times, and then does not know."""
SHORT = replace(QUICK, timeout=0.6, order_timeout=1.8)
"""Of little patience: a busy machine still answers a first request in this time."""


def client_of(back_end: TmfServer, settings: Settings, now: Callable[[], datetime]) -> TmfBilling:
    """A client that asks a back end that runs. It waits longer on a slow machine, where orders
    that come again and again because each answer is late keep each other late for ever."""
    slower = {
        name: getattr(settings, name) * PACE.slowness for name in ("timeout", "order_timeout")
    }
    return TmfBilling(replace(settings, url=back_end.url, **slower), now)


@asynccontextmanager
async def open_harness(
    settings: Settings = QUICK,
    trouble: FaultPlan | None = None,
    token: Secret | None = None,
    now: Callable[[], datetime] = lambda: NOON,
) -> AsyncIterator[Harness]:
    """A house, while the context lasts."""
    billing = OneServiceBilling()
    back_end = TmfServer(billing, trouble, token)
    async with back_end.running(), client_of(back_end, settings, now) as client:
        yield Harness(billing, back_end, client)


class Gate:
    """Holds slow requests until it is opened."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()
        self.passed = 0

    async def wait(self) -> None:
        await self.opened.wait()
        self.passed += 1


async def place(harness: Harness, key: str = "call:1") -> Completed | Refused:
    """Have roaming switched on."""
    return await harness.client.place(ME, ON, PRICE, key)


@asynccontextmanager
async def saying(answer: web.Response, context: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """The URL of a server that always answers so."""

    async def say(_: web.Request) -> web.Response:
        return web.Response(body=answer.body, status=answer.status, content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", say)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        yield f"http{'s' if context else ''}://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
