"""What every billing does with orders; another implementation is a line in ``BILLINGS``.

Of the demo operator's subscribers 1 has 12.50 and tariff 2, 2 has nothing, 3 owes 3.40 and 6 owes
21.00, 4 has 25.00 and 8 has 105.05.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ari_app.demo.accounts import PRIZES, SERVICES, TARIFFS
from ari_app.selfcare.billing import Allowance, Billing, Offer, PausePeriod, UnknownSubscriber
from ari_app.selfcare.orders import (
    Buy,
    ChangeTariff,
    Completed,
    Give,
    Order,
    Pause,
    PromisePayment,
    Quote,
    Reason,
    Redeem,
    Refused,
    Resume,
    Sell,
    SwitchOff,
    SwitchOn,
)
from tests.selfcare.billings import AT, BILLINGS, FREE, done, order, seen

TODAY, NEXT_MONTH = AT.date(), date(2026, 4, 1)
NO_SUBSCRIBER = 4711


@pytest.fixture(params=BILLINGS)
async def billing(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Billing]:
    async with BILLINGS[request.param](tmp_path) as made:
        yield made


async def has(billing: Billing, who: int) -> Decimal:
    return (await billing.balance(who)).amount


async def test_what_is_offered_has_codes_of_digits(billing: Billing) -> None:
    tariffs, services = await billing.tariffs(), await billing.service_offers()
    rewards = await billing.rewards()
    assert {one.code: one.fee for one in tariffs} == {one.code: one.fee for one in TARIFFS}
    assert {one.code: one.fee for one in services} == {one.code: one.fee for one in SERVICES}
    assert list(rewards) == [grant.reward for grant in PRIZES]
    for codes in (tariffs, services, rewards):
        assert all(one.code.isdigit() for one in codes)


async def test_everybody_has_what_is_asked_for(billing: Billing) -> None:
    for id in range(1, 51):
        tariff, allowance = await billing.tariff(id), await billing.allowance(id)
        assert 0 <= allowance.minutes <= tariff.minutes
        assert 0 <= allowance.gigabytes <= tariff.gigabytes
        charges = await billing.charges(id, 3)
        assert [one.at for one in charges] == sorted((one.at for one in charges), reverse=True)
        assert len(charges) <= 3
        assert bool(charges) is bool(id % 10)
        assert await billing.points(id) >= 0
        assert await billing.paused(id) is None
        assert not await billing.offers(id)


async def test_an_unknown_subscriber_is_unknown_to_every_method(billing: Billing) -> None:
    for asking in (
        billing.balance(NO_SUBSCRIBER),
        billing.tariff(NO_SUBSCRIBER),
        billing.services(NO_SUBSCRIBER),
        billing.payments(NO_SUBSCRIBER, 1),
        billing.bills(NO_SUBSCRIBER, 1),
        billing.allowance(NO_SUBSCRIBER),
        billing.charges(NO_SUBSCRIBER, 1),
        billing.paused(NO_SUBSCRIBER),
        billing.offers(NO_SUBSCRIBER),
        billing.points(NO_SUBSCRIBER),
        billing.quote(NO_SUBSCRIBER, Resume()),
        billing.place(NO_SUBSCRIBER, Resume(), FREE, "k"),
    ):
        with pytest.raises(UnknownSubscriber):
            await asking


@pytest.mark.parametrize(
    "what",
    [
        ChangeTariff("1"),
        Pause(TODAY, NEXT_MONTH),
        Give(2, "minutes", 1),
        Sell(2, "minutes", 1, Decimal("1.00")),
        Redeem("1"),
    ],
)
async def test_a_quote_changes_nothing(billing: Billing, what: Order) -> None:
    before = await seen(billing)
    assert isinstance(await billing.quote(8, what), Quote)
    assert await seen(billing) == before


async def test_a_tariff_changes_with_the_month(billing: Billing) -> None:
    before = await billing.tariff(1)
    assert await done(billing, 1, ChangeTariff("1"), "k1") == Quote(
        Decimal("5.00"), Decimal("-5.10"), NEXT_MONTH, "BYN"
    )
    assert await billing.tariff(1) == before
    assert await has(billing, 1) == Decimal("7.50")
    assert await order(billing, 1, ChangeTariff("1"), "k2") == Refused("already")
    back = await done(billing, 1, ChangeTariff("2"), "k3")
    assert back == Quote(FREE, FREE, NEXT_MONTH, "BYN"), "to stay costs nothing"


async def test_services_go_on_and_off(billing: Billing) -> None:
    had = {one.code for one in await billing.services(8)}
    new = next(one for one in await billing.service_offers() if one.code not in had)
    quote = await done(billing, 8, SwitchOn(new.code), "k1")
    assert quote == Quote(new.fee, new.fee, NEXT_MONTH, "BYN")
    assert await has(billing, 8) == Decimal("105.05") - new.fee
    assert {one.code for one in await billing.services(8)} == had | {new.code}
    assert await order(billing, 8, SwitchOn(new.code), "k2") == Refused("already")
    assert await done(billing, 8, SwitchOff(new.code), "k3") == Quote(
        FREE, -new.fee, NEXT_MONTH, "BYN"
    )
    assert {one.code for one in await billing.services(8)} == had
    assert await order(billing, 8, SwitchOff(new.code), "k4") == Refused("not-on")


async def test_a_pause_is_paid_by_the_month_and_nothing_goes_on_in_it(billing: Billing) -> None:
    until = date(2026, 5, 3)
    fees = (await billing.tariff(8)).fee
    fees += sum(one.fee for one in await billing.services(8))
    assert await done(billing, 8, Pause(TODAY, until), "k1") == Quote(
        Decimal("4.50"), -fees, TODAY, "BYN"
    )
    assert await billing.paused(8) == PausePeriod(TODAY, until)
    assert await order(billing, 8, Pause(TODAY, until), "k2") == Refused("already")
    barred: tuple[Order, ...] = (
        ChangeTariff("1"),
        SwitchOn("1"),
        SwitchOff("1"),
        PromisePayment(NEXT_MONTH),
        Give(1, "minutes", 1),
        Sell(1, "minutes", 1, Decimal("1.00")),
        Buy("1"),
        Redeem("1"),
    )
    for n, what in enumerate(barred):
        assert await order(billing, 8, what, f"n{n}") == Refused("paused")
    assert await done(billing, 8, Resume(), "k3") == Quote(FREE, fees, TODAY, "BYN")
    assert await billing.paused(8) is None
    assert await order(billing, 8, Resume(), "k4") == Refused("not-on")


async def test_a_pause_can_be_agreed_for_later(billing: Billing) -> None:
    later = Pause(NEXT_MONTH, date(2027, 4, 1))
    assert (await done(billing, 8, later, "k1")).charge == Decimal("18.00")
    assert isinstance(await order(billing, 8, Give(1, "minutes", 1), "k2"), Completed)
    assert (await done(billing, 8, Resume(), "k3")).monthly == FREE


async def test_payment_is_promised_once(billing: Billing) -> None:
    promise = PromisePayment(date(2026, 3, 9))
    assert await done(billing, 3, promise, "k1") == Quote(FREE, FREE, TODAY, "BYN")
    assert await order(billing, 3, promise, "k2") == Refused("already")
    assert await billing.promise_days() == 7


async def test_a_gift_goes_from_one_to_the_other(billing: Billing) -> None:
    giver, taker = await billing.allowance(4), await billing.allowance(1)
    await done(billing, 4, Give(1, "gigabytes", 1), "k1")
    await done(billing, 4, Give(1, "minutes", 3), "k2")
    assert await billing.allowance(4) == Allowance(giver.minutes - 3, giver.gigabytes - 1)
    assert await billing.allowance(1) == Allowance(taker.minutes + 3, taker.gigabytes + 1)


async def test_a_sale_is_done_when_the_other_accepts_it(billing: Billing) -> None:
    seller, buyer = await billing.allowance(8), await billing.allowance(4)
    answer = await order(billing, 8, Sell(4, "minutes", 10, Decimal("2.50")), "k1")
    assert isinstance(answer, Completed)
    assert await billing.allowance(8) == seller
    (offer,) = await billing.offers(4)
    assert offer == Offer(offer.number, 8, "minutes", 10, Decimal("2.50"), "BYN")
    assert await order(billing, 1, Buy(offer.number), "k2") == Refused("no-such")
    assert (await done(billing, 4, Buy(offer.number), "k3")).charge == Decimal("2.50")
    assert await billing.allowance(4) == Allowance(buyer.minutes + 10, buyer.gigabytes)
    assert await billing.allowance(8) == Allowance(seller.minutes - 10, seller.gigabytes)
    assert await has(billing, 4) == Decimal("22.50")
    assert await has(billing, 8) == Decimal("107.55")
    assert await order(billing, 4, Buy(offer.number), "k4") == Refused("no-such")
    assert not await billing.offers(4)


async def test_an_offer_whose_seller_has_no_more_is_none(billing: Billing) -> None:
    owned = (await billing.allowance(8)).minutes
    lot = min(owned, 500)
    await done(billing, 8, Sell(4, "minutes", lot, Decimal("1.00")), "k1")
    (offer,) = await billing.offers(4)
    await done(billing, 8, Give(1, "minutes", owned - lot + 1), "k2")
    assert not await billing.offers(4)
    assert await order(billing, 4, Buy(offer.number), "k3") == Refused("no-such")


async def test_offers_are_bounded_and_must_be_paid_for(billing: Billing) -> None:
    sale = Sell(2, "minutes", 1, Decimal("1.00"))
    for n in range(5):
        await done(billing, 8, sale, f"k{n}")
    assert await order(billing, 8, sale, "k5") == Refused("too-much")
    offer = (await billing.offers(2))[0]
    assert await order(billing, 2, Buy(offer.number), "k6") == Refused("too-little")


async def test_points_become_a_reward(billing: Billing) -> None:
    points, before = await billing.points(8), await billing.allowance(8)
    assert await done(billing, 8, Redeem("1"), "k1") == Quote(Decimal(100), FREE, TODAY, "BYN")
    assert await billing.points(8) == points - 100
    assert (await billing.allowance(8)).minutes == before.minutes + 100


@pytest.mark.parametrize(
    ("who", "what", "reason"),
    [
        (8, ChangeTariff("99"), "no-such"),
        (8, ChangeTariff("4"), "already"),
        (2, ChangeTariff("1"), "too-little"),
        (3, ChangeTariff("1"), "too-little"),
        (8, SwitchOn("99"), "no-such"),
        (2, SwitchOn("3"), "too-little"),
        (8, SwitchOff("99"), "no-such"),
        (8, SwitchOff("1"), "not-on"),
        (8, Resume(), "not-on"),
        (8, Pause(date(2026, 3, 1), NEXT_MONTH), "day"),
        (8, Pause(TODAY, TODAY), "day"),
        (8, Pause(NEXT_MONTH, TODAY), "day"),
        (8, Pause(TODAY, date(2027, 3, 3)), "day"),
        (8, Pause(date(2026, 6, 1), date(2026, 7, 1)), "day"),
        (2, Pause(TODAY, NEXT_MONTH), "too-little"),
        (8, PromisePayment(NEXT_MONTH), "not-on"),
        (2, PromisePayment(NEXT_MONTH), "not-on"),
        (3, PromisePayment(TODAY), "day"),
        (3, PromisePayment(date(2026, 3, 10)), "day"),
        (6, PromisePayment(date(2026, 3, 9)), "too-much"),
        (8, Give(8, "minutes", 1), "self"),
        (8, Give(NO_SUBSCRIBER, "minutes", 1), "no-recipient"),
        (8, Give(1, "minutes", 0), "too-little"),
        (8, Give(1, "minutes", -5), "too-little"),
        (8, Give(1, "minutes", 501), "too-much"),
        (8, Give(1, "gigabytes", 51), "too-much"),
        (8, Give(1, "gigabytes", 50), "too-little"),
        (8, Sell(8, "minutes", 1, Decimal("1.00")), "self"),
        (8, Sell(NO_SUBSCRIBER, "minutes", 1, Decimal("1.00")), "no-recipient"),
        (8, Sell(1, "minutes", 1, FREE), "too-little"),
        (8, Sell(1, "minutes", 1, Decimal("-1.00")), "too-little"),
        (8, Sell(1, "minutes", 1, Decimal("0.001")), "too-little"),
        (8, Sell(1, "minutes", 1, Decimal("100.01")), "too-much"),
        (8, Sell(1, "gigabytes", 50, Decimal("1.00")), "too-little"),
        (8, Buy("99"), "no-such"),
        (8, Buy("what"), "no-such"),
        (8, Redeem("99"), "no-such"),
        (1, Redeem("1"), "too-little"),
    ],
)
async def test_refusals_say_why_and_change_nothing(
    billing: Billing, who: int, what: Order, reason: Reason
) -> None:
    before = await seen(billing)
    assert await order(billing, who, what, "k") == Refused(reason)
    assert await seen(billing) == before


async def test_another_charge_than_was_agreed_is_refused(billing: Billing) -> None:
    before = await seen(billing)
    answer = await billing.place(8, ChangeTariff("1"), Decimal("4.99"), "k")
    assert answer == Refused("changed")
    assert await seen(billing) == before


async def test_a_key_has_one_answer_and_one_effect(billing: Billing) -> None:
    gift = Give(1, "minutes", 5)
    first = await billing.place(8, gift, FREE, "k")
    after = await seen(billing)
    assert await billing.place(8, gift, FREE, "k") == first
    assert await billing.place(1, Resume(), FREE, "k") == first, "whatever is placed with it"
    assert await seen(billing) == after
    other = await billing.place(8, gift, FREE, "another")
    assert isinstance(first, Completed)
    assert isinstance(other, Completed)
    assert other.number != first.number


async def test_a_refusal_is_an_answer_for_ever(billing: Billing) -> None:
    assert await billing.place(8, SwitchOff("1"), FREE, "k") == Refused("not-on")
    service = (await billing.service_offers())[0]
    assert isinstance(await billing.place(8, SwitchOn("1"), service.fee, "on"), Completed)
    assert await billing.place(8, SwitchOff("1"), FREE, "k") == Refused("not-on")


async def test_two_at_once_cannot_give_the_same_twice(billing: Billing) -> None:
    owned = (await billing.allowance(1)).minutes
    gift = Give(8, "minutes", owned // 2 + 1)
    answers = await asyncio.gather(*(billing.place(1, gift, FREE, key) for key in ("a", "b")))
    assert sorted(type(one).__name__ for one in answers) == ["Completed", "Refused"]
    assert Refused("too-little") in answers


async def test_a_key_at_once_is_one_order(billing: Billing) -> None:
    before = await billing.allowance(1)
    gift = Give(1, "minutes", 1)
    first, second = await asyncio.gather(*(billing.place(8, gift, FREE, "k") for _ in "ab"))
    assert first == second
    assert (await billing.allowance(1)).minutes == before.minutes + 1
