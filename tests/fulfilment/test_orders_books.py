"""Orders over the demo operator's billing, with a death between its answer and ours."""

import asyncio
from pathlib import Path

from ari_app.demo.books import demo_billing
from ari_app.demo.operator import seed
from ari_app.fulfilment.orders import OrderServices, StoredOrders
from ari_app.selfcare.operations import CATALOGUE
from ari_app.selfcare.order_port import BalanceTransfer, OrderOutcome, OrderRequest
from ari_app.selfcare.orders import Completed, Give, Quote
from ari_app.selfcare.request_port import Asker
from ari_app.store import orders, outbox
from ari_app.store.db import Store
from tests.deadlines import within
from tests.fulfilment.harness import HASHER, say
from tests.operators import BELARUS
from tests.store.samples import NOON


async def test_what_billing_did_before_we_died_is_done_once(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "firstline.db", BELARUS)
    await seed(store, NOON)
    first = await placed(store)
    assert isinstance(first, Completed)
    before = await left(store)
    await store.write(
        lambda db: db.conn.execute(
            "update orders set state = 'open', answer = '', next_at = created"
        )
    )
    again = StoredOrders(await orderer(store))
    running = asyncio.create_task(again.run())
    async with within(5):
        while True:
            [kept] = await store.read(orders.recent, 10)
            if kept.state == "done":
                break
            await asyncio.sleep(0.002)
    running.cancel()
    assert await left(store) == before
    assert len(await store.read(outbox.recent, 10)) == 2
    assert await placed(store) == first
    await store.close()


async def placed(store: Store) -> OrderOutcome:
    give, asker = Give(2, "minutes", 3), Asker("c1", "375990000001", 1, "ru", "code-word")
    quote = await (await demo_billing(store, lambda: NOON)).quote(1, give)
    assert isinstance(quote, Quote)
    wanted = OrderRequest(
        CATALOGUE["gift"], give, quote.charge, asker, 1, BalanceTransfer(1, 2, "minutes", 3)
    )
    return await StoredOrders(await orderer(store)).place(wanted, "c1:1")


async def left(store: Store) -> tuple[int, int]:
    billing = await demo_billing(store, lambda: NOON)
    return (await billing.allowance(1)).minutes, (await billing.allowance(2)).minutes


async def orderer(store: Store) -> OrderServices:
    billing = await demo_billing(store, lambda: NOON)
    return OrderServices(
        store, billing, say, lambda: NOON, asyncio.ensure_future, lambda: None, HASHER
    )
