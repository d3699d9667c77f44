"""Orders while the store is closed, locked, full, or holds an order that cannot be decoded."""

import asyncio
from datetime import timedelta

import pytest

from ari_app.store import orders
from ari_app.store.db import Store, StoreError
from ivr.events import Answered
from ivr.values import Digits
from tests.fulfilment.harness import Harness, gift
from tests.operators import BELARUS
from tests.selfcare.fake_billing import FakeBilling


async def test_without_the_store_nothing_is_done(billing: FakeBilling, harness: Harness) -> None:
    await harness.store.close()
    assert await harness.run("gift", gift()) == Answered("unavailable")
    assert not billing.asked
    harness.store = await Store.open(harness.file, BELARUS)


async def test_a_store_that_waits_too_long_writes_nothing_down(
    billing: FakeBilling, harness: Harness
) -> None:
    other = await Store.open(harness.file, BELARUS)
    held, let_go = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def hold(_: object) -> None:
        loop.call_soon_threadsafe(held.set)
        asyncio.run_coroutine_threadsafe(let_go.wait(), loop).result()

    holding = asyncio.create_task(other.write(hold))
    await held.wait()
    assert await harness.run("gift", gift()) == Answered("unavailable")
    let_go.set()
    await holding
    assert await harness.kept() == []
    await harness.store.write(lambda _: None)
    assert await harness.kept() == []
    assert not billing.asked
    await other.close()


async def test_an_end_that_cannot_be_kept_is_kept_later(
    billing: FakeBilling, harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    billing.faults = ["unavailable"]

    def full(*_: object) -> bool:
        raise StoreError("its disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(orders, "end", full)
        assert await harness.run("gift", gift()) == Answered("accepted"), "it is still written down"
        assert await harness.run("gift", gift(), key="c2:1") == Answered(
            "ok", {"order": Digits("1")}
        ), "it is done, whatever is kept"
    await harness.settle()
    assert billing.effects == {"c1:1": 1, "c2:1": 1}
    assert len(await harness.texts()) == 4


async def test_an_order_that_cannot_be_read_keeps_no_other_waiting(
    billing: FakeBilling, harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    billing.faults = ["lost-before"] * 2
    for key in ("c1:1", "c2:1"):
        assert (await harness.run("gift", gift(), key=key)).outcome == "accepted"
    await harness.store.write(
        lambda db: db.conn.execute("update orders set wanted = '' where key = 'c1:1'")
    )
    harness.now += timedelta(hours=2)
    harness.orders.wake()
    await harness.until(lambda one: one.key == "c1:1" or one.state == "done")
    assert billing.effects == {"c2:1": 1}
    assert "c1:1: gift failed unexpectedly" in caplog.text
