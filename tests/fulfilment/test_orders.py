"""An order is done exactly once, and what is played about it is true."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from ari_app.fulfilment import orders as ordering
from ari_app.selfcare.operations import CATALOGUE
from ari_app.store.orders import OrderRecord
from ivr.events import Answered
from ivr.values import Count, Digits, Money, Values, Word
from tests.deadlines import within
from tests.fulfilment.harness import NUMBERS, Harness, gift
from tests.selfcare.fake_billing import FakeBilling, Fault

DONE = Answered("ok", {"order": Digits("1")})


async def again(harness: Harness) -> None:
    """Die, and start again."""
    await harness.end()
    await harness.begin()


async def test_an_order_is_written_down_before_billing_is_asked(
    billing: FakeBilling, harness: Harness
) -> None:
    billing.faults = ["silent-before"]
    assert await harness.run("gift", gift()) == Answered("accepted")
    [kept] = await harness.kept()
    assert (kept.key, kept.operation, kept.agreed, kept.state) == ("c1:1", "gift", "0.50", "open")
    assert (kept.subscriber, kept.call, kept.language) == (1, "c1", "ru")


async def test_the_same_key_is_the_same_order_with_the_same_answer(
    billing: FakeBilling, harness: Harness
) -> None:
    assert await harness.run("gift", gift()) == DONE
    assert await harness.run("gift", gift()) == DONE
    await again(harness)
    assert await harness.run("gift", gift()) == DONE
    both = await asyncio.gather(*(harness.run("gift", gift(), key="c2:1") for _ in range(2)))
    assert both == [Answered("ok", {"order": Digits("2")})] * 2
    assert billing.effects == {"c1:1": 1, "c2:1": 1}
    assert billing.asked == ["c1:1", "c2:1"], "what is known is not asked again"


async def test_who_asks_again_meanwhile_waits_no_longer(
    billing: FakeBilling, harness: Harness
) -> None:
    billing.faults = ["silent-before"]
    async with within(5):
        for _ in range(3):
            assert await harness.run("gift", gift()) == Answered("accepted")
    assert billing.asked == ["c1:1"]


async def test_a_gift_notifies_both_in_their_languages(harness: Harness) -> None:
    await harness.run("gift", gift(1, unit="gigabytes"))
    texts = await harness.texts()
    giver, taker = texts["order:c1:1:giver"], texts["order:c1:1:taker"]
    assert (giver.number, taker.number) == (NUMBERS[1], NUMBERS[2])
    assert giver.text == (
        "Ваш подарок отправлен: один гигабайт. Его получил абонент +375990000002. «Зорка»"
    )
    assert taker.text == (
        "Вам падарунак: адзін гігабайт. Яго зрабіў абанент +375990000001. «Зорка»"
    )


async def test_a_sale_notifies_both_when_it_is_offered_and_when_it_is_done(
    harness: Harness,
) -> None:
    offer: Values = {
        "recipient": Digits("80990000003"),
        "unit": Word("minutes"),
        "amount": Count(21),
        "price": Count(3),
    }
    sold = await harness.run("sell", {**offer, "charge": Money(Decimal(0), "BYN")})
    assert sold == DONE
    quoted = await harness.run("buy-quote", {"offer": Digits("1")}, 3, "c2:1")
    assert quoted.values["seller"] == Digits(NUMBERS[1])
    assert quoted.values["charge"] == Money(Decimal(3))
    bought: Values = {"offer": Digits("1"), "charge": Money(Decimal(3))}
    assert (await harness.run("buy", bought, 3, "c2:2")).outcome == "ok"
    assert (await harness.run("buy", bought, 3, "c2:3")).outcome == "no-such"
    notified = {
        key.removeprefix("order:"): one.text for key, one in (await harness.texts()).items()
    }
    assert notified == {
        "c1:1:giver": "Ваше предложение отправлено: двадцать одна минута, цена три рубля. "
        "Кому: +375990000003. «Зорка»",
        "c1:1:taker": "+375990000001 offers to sell you twenty-one minutes for three rubles. "
        "To accept, please call us. Zorka",
        "c2:2:giver": "Вы продали: двадцать одна минута. Покупатель: +375990000003. "
        "На ваш счёт пришло: три рубля. «Зорка»",
        "c2:2:taker": "You have bought twenty-one minutes from +375990000001. "
        "You paid three rubles. Zorka",
    }


@pytest.mark.parametrize(
    "fault", ["lost-before", "lost-after", "silent-before", "silent-after", "slow"]
)
async def test_an_unknown_outcome_is_found_out_and_notified_once(
    billing: FakeBilling, harness: Harness, fault: Fault
) -> None:
    billing.faults = [fault]
    assert await harness.run("tariff-change", changed()) == Answered("accepted")
    billing.spoken.set()
    await harness.settle()
    assert billing.effects == {"c1:1": 1}
    texts = await harness.texts()
    assert texts.keys() == {"order:c1:1:ended"}
    assert texts["order:c1:1:ended"].text == (
        "Вы просили сменить тариф. Готово, всё сделано. Списано: один рубль. «Зорка»"
    )
    await again(harness)
    await harness.settle()
    assert await harness.run("tariff-change", changed()) == DONE
    assert await harness.texts() == texts


async def test_after_a_restart_billing_is_asked_at_once(
    billing: FakeBilling, harness: Harness
) -> None:
    billing.faults = ["lost-before"] * 4
    assert (await harness.run("tariff-change", changed())).outcome == "accepted"
    for asked in (2, 3, 4):
        billing.heard.clear()
        await again(harness)
        async with within(5):
            await billing.heard.wait()
        assert billing.asked == ["c1:1"] * asked


async def test_pauses_grow_and_no_order_is_given_up(billing: FakeBilling, harness: Harness) -> None:
    billing.faults = ["lost-before"] * 8
    await harness.run("tariff-change", changed())
    for attempts, pause in enumerate((*ordering.PAUSES, ordering.PAUSES[-1]), 1):
        [kept] = await harness.kept()
        assert (kept.attempts, kept.next_at) == (attempts, harness.now + pause)
        billing.heard.clear()
        harness.now += pause
        harness.orders.wake()
        async with within(5):
            await billing.heard.wait()
        await harness.until(partial(tried, attempts + 1))


async def test_billing_that_is_away_is_no_order_and_stays_none(
    billing: FakeBilling, harness: Harness
) -> None:
    billing.faults = ["unavailable"]
    assert await harness.run("gift", gift()) == Answered("unavailable")
    await again(harness)
    await harness.settle()
    assert await harness.run("gift", gift()) == Answered("unavailable")
    assert not billing.effects
    assert await harness.texts() == {}


async def test_billing_that_is_away_later_leaves_it_unknown(
    billing: FakeBilling, harness: Harness
) -> None:
    billing.faults = ["lost-after", "unavailable", "unavailable"]
    assert await harness.run("gift", gift()) == Answered("accepted")
    await harness.settle()
    assert billing.effects == {"c1:1": 1}
    assert (await harness.texts()).keys() == {"order:c1:1:giver", "order:c1:1:taker"}


async def test_a_hang_up_cancels_nothing_and_the_outcome_is_notified(
    billing: FakeBilling, harness: Harness
) -> None:
    billing.faults = ["silent-after"]
    calling = asyncio.create_task(harness.run("tariff-change", changed()))
    await billing.heard.wait()
    calling.cancel()
    with suppress(asyncio.CancelledError):
        await calling
    billing.spoken.set()
    await harness.settle()
    assert billing.effects == {"c1:1": 1}
    assert (await harness.texts()).keys() == {"order:c1:1:ended"}


@pytest.mark.parametrize(
    ("code", "charge", "outcome"), [("9", "1", "no-such"), ("2", "2", "changed")]
)
async def test_a_refusal_changes_nothing_and_stays(
    billing: FakeBilling, harness: Harness, code: str, charge: str, outcome: str
) -> None:
    for _ in range(2):
        assert await harness.run("tariff-change", changed(code, charge)) == Answered(outcome)
    assert not billing.effects
    billing.faults = ["lost-before"]
    late = await harness.run("tariff-change", changed(code, charge), key="c2:1")
    assert late == Answered("accepted")
    await harness.settle()
    text = (await harness.texts())["order:c2:1:ended"].text
    assert text.startswith("Вы просили сменить тариф. ")
    assert text.endswith("Мы ничего не изменили и не списали. «Зорка»")


async def test_two_gifts_at_once_give_no_more_than_there_is(
    billing: FakeBilling, harness: Harness
) -> None:
    answers = await asyncio.gather(
        *(harness.run("gift", gift(60), key=f"c{call}:1") for call in (1, 2))
    )
    assert sorted(answer.outcome for answer in answers) == ["ok", "too-little"]
    assert [billing.of(id).left["minutes"] for id in (1, 2)] == [40, 160]


async def test_limits_count_days_and_months_of_the_site(
    billing: FakeBilling, harness: Harness
) -> None:
    harness.now = harness.now.replace(hour=23, minute=59, month=3, day=1)
    daily, monthly = CATALOGUE["gift"].daily, CATALOGUE["gift"].monthly
    day = 0
    for number in range(monthly):
        if number % daily == 0 and number:
            assert (await harness.run("gift", gift(1), key=f"d{day}:1")).outcome == "limit"
            harness.now += timedelta(days=1)
            day += 1
        billing.of(1).left["minutes"] = 100
        assert (await harness.run("gift", gift(1), key=f"c{number}:1")).outcome == "ok"
    harness.now += timedelta(days=1)
    assert (await harness.run("gift", gift(1), key="m:1")).outcome == "limit"
    assert (await harness.run("gift", gift(1), key="m:1")).outcome == "limit"
    assert (await harness.run("gift", gift(1, NUMBERS[1]), 2, key="n:1")).outcome == "ok"
    harness.now = harness.now.replace(month=4, day=1, hour=0, minute=1)
    assert (await harness.run("gift", gift(1), key="a:1")).outcome == "ok"
    assert (await harness.run("gift", gift(1), key="m:1")).outcome == "limit", "for ever"


async def test_what_was_not_done_counts_for_no_limit(
    billing: FakeBilling, harness: Harness
) -> None:
    billing.faults = ["unavailable"]
    await harness.run("gift", gift(), key="f:1")
    for number in range(CATALOGUE["gift"].daily):
        assert (await harness.run("gift", gift(1000), key=f"r{number}:1")).outcome == "too-little"
    assert (await harness.run("gift", gift())).outcome == "ok"


def tried(attempts: int, one: OrderRecord) -> bool:
    return one.attempts == attempts


def changed(code: str = "2", charge: str = "1") -> Values:
    return {"code": Digits(code), "charge": Money(Decimal(charge), "BYN")}
