"""An order is done exactly once, and what a caller is told of it is true."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from ari_app.fulfilment import orders as ordering
from ari_app.selfcare.operations import CATALOGUE
from ari_app.store import orders
from ari_app.store.db import Store, StoreError
from ari_app.store.orders import Kept
from ivr.events import Answered
from ivr.values import Count, Digits, Money, Values, Word
from tests.fulfilment.ordering import NUMBERS, House, gift
from tests.selfcare.bank import Bank, Fault

DONE = Answered("ok", {"order": Digits("1")})


@pytest.fixture
async def bank() -> Bank:
    return Bank()


@pytest.fixture
async def house(bank: Bank, tmp_path: Path) -> AsyncIterator[House]:
    house = await House.open(bank, tmp_path / "firstline.db", deadline=0.3)
    yield house
    await house.end()


async def again(house: House) -> None:
    """Die, and start again."""
    await house.end()
    await house.begin()


async def test_an_order_is_written_down_before_billing_is_asked(bank: Bank, house: House) -> None:
    bank.faults = ["silent-before"]
    assert await house.run("gift", gift()) == Answered("accepted")
    [kept] = await house.kept()
    assert (kept.key, kept.operation, kept.agreed, kept.state) == ("c1:1", "gift", "0.50", "open")
    assert (kept.subscriber, kept.call, kept.language) == (1, "c1", "ru")


async def test_the_same_key_is_the_same_order_with_the_same_answer(
    bank: Bank, house: House
) -> None:
    assert await house.run("gift", gift()) == DONE
    assert await house.run("gift", gift()) == DONE
    await again(house)
    assert await house.run("gift", gift()) == DONE
    both = await asyncio.gather(*(house.run("gift", gift(), key="c2:1") for _ in range(2)))
    assert both == [Answered("ok", {"order": Digits("2")})] * 2
    assert bank.effects == {"c1:1": 1, "c2:1": 1}
    assert bank.asked == ["c1:1", "c2:1"], "what is known is not asked again"


async def test_whoever_asks_again_meanwhile_waits_no_longer(bank: Bank, house: House) -> None:
    bank.faults = ["silent-before"]
    async with asyncio.timeout(5):
        for _ in range(3):
            assert await house.run("gift", gift()) == Answered("accepted")
    assert bank.asked == ["c1:1"]


async def test_a_gift_tells_both_in_their_languages(house: House) -> None:
    await house.run("gift", gift(1, unit="gigabytes"))
    texts = await house.texts()
    giver, taker = texts["order:c1:1:giver"], texts["order:c1:1:taker"]
    assert (giver.number, taker.number) == (NUMBERS[1], NUMBERS[2])
    assert giver.text == (
        "Ваш подарок отправлен: один гигабайт. Его получил абонент +375990000002. «Зорка»"
    )
    assert taker.text == (
        "Вам падарунак: адзін гігабайт. Яго зрабіў абанент +375990000001. «Зорка»"
    )


async def test_a_sale_tells_both_when_it_is_offered_and_when_it_is_done(house: House) -> None:
    offer: Values = {
        "recipient": Digits("80990000003"),
        "unit": Word("minutes"),
        "amount": Count(21),
        "price": Count(3),
    }
    sold = await house.run("sell", {**offer, "charge": Money(Decimal(0))})
    assert sold == DONE
    quoted = await house.run("buy-quote", {"offer": Digits("1")}, 3, "c2:1")
    assert quoted.values["seller"] == Digits(NUMBERS[1])
    assert quoted.values["charge"] == Money(Decimal(3))
    bought: Values = {"offer": Digits("1"), "charge": Money(Decimal(3))}
    assert (await house.run("buy", bought, 3, "c2:2")).outcome == "ok"
    assert (await house.run("buy", bought, 3, "c2:3")).outcome == "no-such"
    told = {key.removeprefix("order:"): one.text for key, one in (await house.texts()).items()}
    assert told == {
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
async def test_what_is_not_known_is_found_out_and_told_once(
    bank: Bank, house: House, fault: Fault
) -> None:
    bank.faults = [fault]
    assert await house.run("tariff-change", changed()) == Answered("accepted")
    bank.spoken.set()
    await house.settle()
    assert bank.effects == {"c1:1": 1}
    texts = await house.texts()
    assert texts.keys() == {"order:c1:1:ended"}
    assert texts["order:c1:1:ended"].text == (
        "Вы просили сменить тариф. Готово, всё сделано. Списано: один рубль. «Зорка»"
    )
    await again(house)
    await house.settle()
    assert await house.run("tariff-change", changed()) == DONE
    assert await house.texts() == texts


async def test_after_a_restart_billing_is_asked_at_once(bank: Bank, house: House) -> None:
    bank.faults = ["lost-before"] * 4
    assert (await house.run("tariff-change", changed())).outcome == "accepted"
    for asked in (2, 3, 4):
        bank.heard.clear()
        await again(house)
        await asyncio.wait_for(bank.heard.wait(), 5)
        assert bank.asked == ["c1:1"] * asked


async def test_pauses_grow_and_no_order_is_given_up(bank: Bank, house: House) -> None:
    bank.faults = ["lost-before"] * 8
    await house.run("tariff-change", changed())
    for attempts, pause in enumerate((*ordering.PAUSES, ordering.PAUSES[-1]), 1):
        [kept] = await house.kept()
        assert (kept.attempts, kept.next_at) == (attempts, house.now + pause)
        bank.heard.clear()
        house.now += pause
        house.orders.wake()
        await asyncio.wait_for(bank.heard.wait(), 5)
        await house.until(partial(tried, attempts + 1))


async def test_billing_that_is_away_is_no_order_and_stays_none(bank: Bank, house: House) -> None:
    bank.faults = ["unavailable"]
    assert await house.run("gift", gift()) == Answered("unavailable")
    await again(house)
    await house.settle()
    assert await house.run("gift", gift()) == Answered("unavailable")
    assert not bank.effects
    assert await house.texts() == {}


async def test_billing_that_is_away_later_leaves_it_unknown(bank: Bank, house: House) -> None:
    bank.faults = ["lost-after", "unavailable", "unavailable"]
    assert await house.run("gift", gift()) == Answered("accepted")
    await house.settle()
    assert bank.effects == {"c1:1": 1}
    assert (await house.texts()).keys() == {"order:c1:1:giver", "order:c1:1:taker"}


async def test_a_hang_up_cancels_nothing_and_is_told_the_end(bank: Bank, house: House) -> None:
    bank.faults = ["silent-after"]
    calling = asyncio.create_task(house.run("tariff-change", changed()))
    await bank.heard.wait()
    calling.cancel()
    with suppress(asyncio.CancelledError):
        await calling
    bank.spoken.set()
    await house.settle()
    assert bank.effects == {"c1:1": 1}
    assert (await house.texts()).keys() == {"order:c1:1:ended"}


@pytest.mark.parametrize(
    ("code", "charge", "outcome"), [("9", "1", "no-such"), ("2", "2", "changed")]
)
async def test_a_refusal_changes_nothing_and_stays(
    bank: Bank, house: House, code: str, charge: str, outcome: str
) -> None:
    for _ in range(2):
        assert await house.run("tariff-change", changed(code, charge)) == Answered(outcome)
    assert not bank.effects
    bank.faults = ["lost-before"]
    late = await house.run("tariff-change", changed(code, charge), key="c2:1")
    assert late == Answered("accepted")
    await house.settle()
    text = (await house.texts())["order:c2:1:ended"].text
    assert text.startswith("Вы просили сменить тариф. ")
    assert text.endswith("Мы ничего не изменили и не списали. «Зорка»")


async def test_two_gifts_at_once_give_no_more_than_there_is(bank: Bank, house: House) -> None:
    answers = await asyncio.gather(
        *(house.run("gift", gift(60), key=f"c{call}:1") for call in (1, 2))
    )
    assert sorted(answer.outcome for answer in answers) == ["ok", "too-little"]
    assert [bank.of(id).left["minutes"] for id in (1, 2)] == [40, 160]


async def test_limits_count_days_and_months_of_the_site(bank: Bank, house: House) -> None:
    house.now = house.now.replace(hour=23, minute=59, month=3, day=1)
    daily, monthly = CATALOGUE["gift"].daily, CATALOGUE["gift"].monthly
    day = 0
    for number in range(monthly):
        if number % daily == 0 and number:
            assert (await house.run("gift", gift(1), key=f"d{day}:1")).outcome == "limit"
            house.now += timedelta(days=1)
            day += 1
        bank.of(1).left["minutes"] = 100
        assert (await house.run("gift", gift(1), key=f"c{number}:1")).outcome == "ok"
    house.now += timedelta(days=1)
    assert (await house.run("gift", gift(1), key="m:1")).outcome == "limit"
    assert (await house.run("gift", gift(1), key="m:1")).outcome == "limit"
    assert (await house.run("gift", gift(1, NUMBERS[1]), 2, key="n:1")).outcome == "ok"
    house.now = house.now.replace(month=4, day=1, hour=0, minute=1)
    assert (await house.run("gift", gift(1), key="a:1")).outcome == "ok"
    assert (await house.run("gift", gift(1), key="m:1")).outcome == "limit", "for ever"


async def test_what_was_not_done_counts_for_no_limit(bank: Bank, house: House) -> None:
    bank.faults = ["unavailable"]
    await house.run("gift", gift(), key="f:1")
    for number in range(CATALOGUE["gift"].daily):
        assert (await house.run("gift", gift(1000), key=f"r{number}:1")).outcome == "too-little"
    assert (await house.run("gift", gift())).outcome == "ok"


async def test_without_the_store_nothing_is_done(bank: Bank, house: House) -> None:
    await house.store.close()
    assert await house.run("gift", gift()) == Answered("unavailable")
    assert not bank.asked
    house.store = await Store.open(house.file)


async def test_a_store_that_waits_too_long_writes_nothing_down(bank: Bank, house: House) -> None:
    other = await Store.open(house.file)
    held, let_go = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def hold(_: object) -> None:
        loop.call_soon_threadsafe(held.set)
        asyncio.run_coroutine_threadsafe(let_go.wait(), loop).result()

    holding = asyncio.create_task(other.write(hold))
    await held.wait()
    assert await house.run("gift", gift()) == Answered("unavailable")
    let_go.set()
    await holding
    assert await house.kept() == []
    await house.store.write(lambda _: None)
    assert await house.kept() == []
    assert not bank.asked
    await other.close()


async def test_an_end_that_cannot_be_kept_is_kept_later(
    bank: Bank, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.faults = ["unavailable"]

    def full(*_: object) -> bool:
        raise StoreError("its disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(orders, "end", full)
        assert await house.run("gift", gift()) == Answered("accepted"), "it is still written down"
        assert await house.run("gift", gift(), key="c2:1") == Answered(
            "ok", {"order": Digits("1")}
        ), "it is done, whatever is kept"
    await house.settle()
    assert bank.effects == {"c1:1": 1, "c2:1": 1}
    assert len(await house.texts()) == 4


async def test_an_order_that_cannot_be_read_keeps_no_other_waiting(
    bank: Bank, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    bank.faults = ["lost-before"] * 2
    for key in ("c1:1", "c2:1"):
        assert (await house.run("gift", gift(), key=key)).outcome == "accepted"
    await house.store.write(
        lambda db: db.execute("update orders set wanted = '' where key = 'c1:1'")
    )
    house.now += timedelta(hours=2)
    house.orders.wake()
    await house.until(lambda one: one.key == "c1:1" or one.state == "done")
    assert bank.effects == {"c2:1": 1}
    assert "c1:1: gift broke" in caplog.text


def tried(attempts: int, one: Kept) -> bool:
    return one.attempts == attempts


def changed(code: str = "2", charge: str = "1") -> Values:
    return {"code": Digits(code), "charge": Money(Decimal(charge))}
