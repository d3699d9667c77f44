"""Billings with the demo operator's ledger, and how tests that each must pass ask them."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

from msgspec.structs import replace

from ari_app.demo.books import demo_billing, ledger
from ari_app.demo.operator import seed
from ari_app.selfcare.billing import Billing
from ari_app.selfcare.memory import Ledger, MemoryBilling
from ari_app.selfcare.orders import Completed, Order, Quote, Refused
from ari_app.selfcare.tmf.client import TmfBilling
from ari_app.selfcare.tmf.server import TmfServer
from ari_app.selfcare.tmf.transport import Settings
from ari_app.store.db import Store
from tests.operators import BELARUS

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""The moment of the ledger, and of all that is asked."""

FREE = Decimal("0.00")

Making: TypeAlias = Callable[[Path], AbstractAsyncContextManager[Billing]]
"""Brings a billing; the directory is empty and its own."""


@asynccontextmanager
async def in_memory(_: Path) -> AsyncIterator[Billing]:
    """Nothing is kept."""

    async def read() -> Ledger:
        return ledger(AT)

    memory = MemoryBilling(read, lambda: AT)
    await memory.refresh()
    yield memory


@asynccontextmanager
async def over_the_store(directory: Path) -> AsyncIterator[Billing]:
    """All is kept."""
    store = await Store.open(directory / "firstline.db", BELARUS)
    try:
        await seed(store, AT)
        yield await demo_billing(store, lambda: AT)
    finally:
        await store.close()


@asynccontextmanager
async def over_tmforum(directory: Path) -> AsyncIterator[Billing]:
    """Asked by the Open APIs of TM Forum, over HTTP."""
    settings = Settings(url="", currency="BYN", timeout=5.0, order_timeout=5.0)
    async with (
        in_memory(directory) as behind,
        TmfServer(behind).running() as server,
        TmfBilling(replace(settings, url=server.url), lambda: AT) as client,
    ):
        yield client


BILLINGS: Mapping[str, Making] = {"memory": in_memory, "store": over_the_store}


async def seen(billing: Billing) -> list[object]:
    """All that orders can change, of everyone."""
    played: list[object] = []
    for id in range(1, 51):
        played += [await billing.balance(id), await billing.tariff(id), await billing.services(id)]
        played += [await billing.allowance(id), await billing.points(id)]
        played += [await billing.paused(id), await billing.offers(id), await billing.sim(id)]
    return played


async def order(billing: Billing, who: int, what: Order, key: str) -> Completed | Refused:
    """Quote an order, then place it for what it costs; refused, it must be so both times."""
    quote = await billing.quote(who, what)
    agreed = quote.charge if isinstance(quote, Quote) else FREE
    answer = await billing.place(who, what, agreed, key)
    assert (answer.quote if isinstance(answer, Completed) else answer) == quote
    return answer


async def done(billing: Billing, who: int, what: Order, key: str) -> Quote:
    """Likewise, for an order that is not refused."""
    answer = await order(billing, who, what, key)
    assert isinstance(answer, Completed), answer
    assert answer.number.isdigit()
    assert answer.at == AT
    return answer.quote
