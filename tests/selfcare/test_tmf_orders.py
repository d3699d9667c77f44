"""Orders to a real back end whose trouble is planned: what they raise, and what was done."""

import asyncio
import socket
from decimal import Decimal
from random import Random

import pytest
from aiohttp import web
from msgspec.structs import replace

from ari_app.selfcare.billing import BillingUnavailable, BillingUncertain
from ari_app.selfcare.orders import ChangeTariff, Completed, Refused
from ari_app.selfcare.tmf.client import TmfBilling
from ari_app.selfcare.tmf.fault_plan import Fault, FaultPlan
from ari_app.selfcare.tmf.resources import ORDER
from tests.selfcare.tmf_server import (
    HASTY,
    ME,
    NOON,
    ON,
    PRICE,
    QUICK,
    SHORT,
    Gate,
    Harness,
    open_harness,
    place,
    saying,
)


def tries(harness: Harness) -> int:
    """How often an order was sent."""
    return harness.back_end.asked.count(f"POST {ORDER}")


@pytest.mark.parametrize("fault", ["fail", "drop", "lose", "garbage", "huge", "duplicate"])
async def test_an_order_is_tried_until_it_is_done_once(fault: Fault) -> None:
    async with open_harness() as harness:
        harness.back_end.trouble.plan(fault, fault)
        answer = await place(harness)
        assert isinstance(answer, Completed)
        assert harness.billing.done == ["call:1"]
        assert await place(harness) == answer
        assert harness.billing.money == Decimal("8.75")


async def test_an_order_that_was_not_taken_in_has_not_happened() -> None:
    async with open_harness() as harness:
        harness.back_end.trouble.plan("busy")
        with pytest.raises(BillingUnavailable):
            await place(harness)
        assert tries(harness) == 1
        assert not harness.billing.done


async def test_busy_after_a_doubt_ends_no_doubt() -> None:
    async with open_harness() as harness:
        harness.back_end.trouble.plan("lose", "busy")
        assert isinstance(await place(harness), Completed)
        assert (tries(harness), harness.billing.done) == (3, ["call:1"])


@pytest.mark.parametrize("fault", ["fail", "drop", "lose", "garbage", "huge"])
async def test_an_order_whose_end_no_one_answered(fault: Fault) -> None:
    async with open_harness(SHORT, FaultPlan({fault: 1.0})) as harness:
        with pytest.raises(BillingUncertain, match="call:1"):
            await place(harness)
        assert tries(harness) > 1
        assert harness.billing.done == (["call:1"] if fault in ("lose", "garbage", "huge") else [])


async def test_an_order_that_is_done_after_we_went() -> None:
    gate = Gate()
    async with open_harness(SHORT, FaultPlan({"slow": 1.0}, wait=gate.wait)) as harness:
        with pytest.raises(BillingUncertain):
            await place(harness)
        assert not harness.billing.done
        gate.opened.set()
        while True:
            try:
                assert isinstance(await place(harness), Completed)
                break
            except BillingUncertain:
                continue
        assert harness.billing.done == ["call:1"]


async def test_an_order_that_is_completed_later() -> None:
    async with open_harness() as harness:
        harness.back_end.trouble.plan("later", "lose")
        assert isinstance(await place(harness), Completed)
        assert (tries(harness), harness.billing.done) == (1, ["call:1"])


@pytest.mark.parametrize("fault", [None, "later", "lose"])
async def test_a_refusal_says_why(fault: Fault | None) -> None:
    async with open_harness() as harness:
        harness.billing.money = Decimal(1)
        harness.back_end.trouble.plan(fault)
        assert await place(harness) == Refused("too-little")
        assert await harness.client.quote(ME, ChangeTariff("2")) == Refused("no-such")
        assert not harness.billing.done


async def test_an_order_that_can_be_sent_to_no_one_has_not_happened() -> None:
    with socket.socket() as no_one:
        no_one.bind(("127.0.0.1", 0))  # and does not listen
        settings = replace(QUICK, url=f"http://127.0.0.1:{no_one.getsockname()[1]}")
        async with TmfBilling(settings, lambda: NOON) as client:
            with pytest.raises(BillingUnavailable):
                await client.place(ME, ON, PRICE, "call:1")


@pytest.mark.parametrize("seed", range(20))
async def test_orders_in_bad_weather(seed: int) -> None:
    """Placed by key until there is an answer, each has happened once, or not at all."""
    chance = Random(seed)
    kinds: tuple[Fault, ...] = ("fail", "busy", "drop", "lose", "garbage", "duplicate", "later")
    weather = FaultPlan({kind: 0.8 / len(kinds) for kind in kinds}, seed)
    async with open_harness(HASTY, weather) as harness:
        harness.billing.money = 8 * PRICE
        placed: dict[str, Completed | Refused] = {}

        async def order(key: str) -> None:
            while key not in placed:
                try:
                    placed[key] = await place(harness, key)
                except BillingUncertain:
                    continue
                except BillingUnavailable:
                    assert key not in harness.billing.answers
                    if chance.random() < 0.3:
                        return

        await asyncio.gather(*(order(f"call:{number}") for number in range(12)))
        done = [key for key, answer in placed.items() if isinstance(answer, Completed)]
        assert sorted(done) == sorted(harness.billing.done)
        assert len(
            {answer.number for answer in placed.values() if isinstance(answer, Completed)}
        ) == (len(done))
        assert harness.billing.money == (8 - len(done)) * PRICE


DONE = """{"id": "%s", "externalId": "%s", "state": "completed",
"completionDate": "2026-11-24T12:00:00Z", "productOrderItem": [{"action": "add", "product":
{"startDate": "2026-11-24T00:00:00Z"}}], "orderTotalPrice": [{"priceType": "oneTime", "price":
{"taxIncludedAmount": {"unit": "BYN", "value": 1.25}}}]}"""


@pytest.mark.parametrize(
    ("status", "text", "raised"),
    [
        (201, DONE % ("17", "call:1"), None),
        (200, DONE % ("17", ""), None),
        (201, DONE % ("17", "call:2"), BillingUncertain),  # another order
        (201, DONE % ("R-17", "call:1"), BillingUncertain),  # no number that can be read out
        (201, '{"id": "17", "state": "completed", "productOrderItem": []}', BillingUncertain),
        (201, '{"id": "17", "state": "held", "productOrderItem": []}', BillingUncertain),
        (201, '{"id": "17", "state": "failed", "productOrderItem": []}', BillingUnavailable),
        (200, "[]", BillingUncertain),
        (302, "", BillingUncertain),
        (408, "", BillingUncertain),
        (400, "<html>", BillingUnavailable),
        (422, '{"code": "moon-phase"}', BillingUnavailable),
        (422, '{"code": "moon-ph', BillingUncertain),
    ],
)
async def test_what_an_answer_means(status: int, text: str, raised: type[Exception] | None) -> None:
    answer = web.Response(text=text, status=status)
    patience = SHORT if raised is BillingUncertain else QUICK
    async with (
        saying(answer) as url,
        TmfBilling(replace(patience, url=url), lambda: NOON) as client,
    ):
        if raised is None:
            placed = await client.place(ME, ON, PRICE, "call:1")
            assert isinstance(placed, Completed)
            assert (placed.number, placed.quote.charge) == ("17", PRICE)
        else:
            with pytest.raises(raised):
                await client.place(ME, ON, PRICE, "call:1")
