"""Questions to a real back end whose trouble is planned, request by request."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from ari_app.selfcare.billing import Balance, BillingUnavailable, UnknownSubscriber
from ari_app.selfcare.breaker import Closed, Open, Rule
from ari_app.selfcare.tmf.client import TmfBilling
from ari_app.selfcare.tmf.fault_plan import Fault, FaultPlan
from ivr.secret import Secret
from tests.deadlines import within
from tests.selfcare.tmf_server import ME, NOON, ON, PRICE, QUICK, SHORT, Gate, open_harness, place

EVERY: tuple[Fault, ...] = ("fail", "busy", "drop", "lose", "garbage", "huge")


@pytest.mark.parametrize("fault", EVERY)
async def test_a_read_is_tried_once_more(fault: Fault) -> None:
    async with open_harness() as harness:
        harness.back_end.trouble.plan(fault)
        assert (await harness.client.balance(ME)).amount == Decimal("10.00")
        assert len(harness.back_end.asked) == 2


@pytest.mark.parametrize("fault", EVERY)
async def test_a_read_is_not_tried_for_ever(fault: Fault) -> None:
    async with open_harness() as harness:
        # A connection that breaks in use is replaced once, unasked, before we hear of it.
        harness.back_end.trouble.plan(*[fault] * 4)
        with pytest.raises(BillingUnavailable):
            await harness.client.tariff(ME)
        assert len(harness.back_end.asked) <= 4


async def test_a_read_ends_in_time() -> None:
    gate = Gate()
    async with open_harness(SHORT, FaultPlan(wait=gate.wait)) as harness:
        harness.back_end.trouble.plan("slow", "slow")
        with pytest.raises(BillingUnavailable, match=r"no answer in [\d.]+ s"):
            await harness.client.tariff(ME)
        gate.opened.set()


async def test_who_is_unknown_has_no_empty_lists() -> None:
    async with open_harness() as harness:
        assert await harness.client.services(ME) == ()
        assert await harness.client.payments(ME, 3) == []
        for ask in (harness.client.services, harness.client.balance, harness.client.offers):
            with pytest.raises(UnknownSubscriber):
                await ask(7)
        with pytest.raises(UnknownSubscriber):
            await harness.client.quote(7, ON)
        with pytest.raises(UnknownSubscriber):
            await harness.client.place(7, ON, PRICE, "call:1")


async def test_the_token_must_be_right() -> None:
    token = Secret("of-the-billing")
    async with open_harness(token=token) as harness:
        with pytest.raises(BillingUnavailable, match=r"set `billing` in secrets\.toml"):
            await harness.client.balance(ME)
        settings = replace(QUICK, url=harness.back_end.url, token=token)
        async with TmfBilling(settings, lambda: NOON) as known:
            assert await known.balance(ME) == Balance(Decimal("10.00"))


# The balance of before.


async def test_a_balance_is_remembered_for_a_while() -> None:
    now = NOON
    async with open_harness(replace(QUICK, balance_age=60.0), now=lambda: now) as harness:
        trouble = harness.back_end.trouble
        known = await harness.client.balance(ME)
        assert known.as_of is None
        now = NOON + timedelta(seconds=60)
        trouble.plan("fail", "fail")
        assert await harness.client.balance(ME) == replace(known, as_of=NOON)
        now += timedelta(seconds=1)
        trouble.plan("fail", "fail")
        with pytest.raises(BillingUnavailable):
            await harness.client.balance(ME)


async def test_a_balance_of_before_an_order_is_not_played() -> None:
    async with open_harness() as harness:
        await harness.client.balance(ME)
        await place(harness)
        harness.back_end.trouble.plan("fail", "fail")
        with pytest.raises(BillingUnavailable):
            await harness.client.balance(ME)


# The breaker at the door.


async def test_billing_that_does_not_answer_is_left_alone() -> None:
    rule = Rule(failures=3, pause=3600.0)
    async with open_harness(replace(QUICK, rule=rule)) as harness:
        harness.back_end.trouble.plan("fail", "fail", "fail")
        for _ in range(2):
            with pytest.raises(BillingUnavailable):
                await harness.client.tariff(ME)
        assert isinstance(harness.client.transport.breaker, Open)
        asked = len(harness.back_end.asked)
        with pytest.raises(BillingUnavailable, match="circuit breaker open"):
            await harness.client.tariff(ME)
        with pytest.raises(BillingUnavailable, match="circuit breaker open"):
            await place(harness)
        assert len(harness.back_end.asked) == asked


async def test_one_answer_ends_that() -> None:
    async with open_harness(replace(QUICK, rule=Rule(failures=1, pause=0.0))) as harness:
        harness.back_end.trouble.plan("fail")
        await harness.client.tariff(ME)
        assert harness.client.transport.breaker == Closed()


async def test_who_no_longer_waits_closes_nothing() -> None:
    gate = Gate()
    rule = Rule(failures=1, pause=3600.0)
    async with open_harness(replace(QUICK, rule=rule), FaultPlan(wait=gate.wait)) as harness:
        harness.back_end.trouble.plan("slow")
        asking = asyncio.create_task(harness.client.tariff(ME))
        async with within(5):
            while not harness.back_end.asked:  # noqa: ASYNC110 - it has no event for it
                await asyncio.sleep(0.01)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert isinstance(harness.client.transport.breaker, Open)
        gate.opened.set()
