"""Orders about a SIM card notify whom they concern, and the number of a voucher is not kept."""

from decimal import Decimal

import pytest

from ari_app.selfcare.billing import BillingUnavailable
from ari_app.selfcare.orders import Completed
from ari_app.store import subscribers
from ivr.events import Answered
from ivr.secret import Secret
from ivr.values import Digits, Money, Sealed, Values
from tests.fulfilment.harness import NUMBERS, Harness
from tests.selfcare.fake_billing import VOUCHERS

NOTHING: Values = {"charge": Money(Decimal(0), "BYN")}


async def block(harness: Harness, name: str = "sim-block", key: str = "c1:1") -> Answered:
    return await harness.run(name, NOTHING, key=key)


async def test_a_blocked_sim_card_notifies_its_number_and_the_second_contact(
    harness: Harness,
) -> None:
    await harness.store.write(subscribers.set_second_contact, 1, NUMBERS[2])
    assert (await block(harness)).outcome == "ok"
    texts = {one.number: one.text for one in (await harness.texts()).values()}
    assert texts.keys() == {NUMBERS[1], NUMBERS[2]}
    assert all(f"+{NUMBERS[1]}" in text for text in texts.values())
    assert (await block(harness, key="c1:2")).outcome == "already"
    assert (await block(harness, "sim-unblock", "c1:3")).outcome == "ok"
    assert len(await harness.texts()) == 4, "nothing of the order that changed nothing"


async def test_texts_are_in_the_language_of_who_gets_them_not_of_the_phone_it_was_blocked_from(
    harness: Harness,
) -> None:
    await harness.store.write(subscribers.set_second_contact, 1, NUMBERS[2])
    await harness.run("sim-block", NOTHING, phone=3)
    texts = {one.number: one.text for one in (await harness.texts()).values()}
    assert texts[NUMBERS[1]].startswith("Сим-карта номера")
    assert texts[NUMBERS[2]].startswith("Сім-карта нумара")


async def test_without_a_second_contact_only_the_number_is_notified(harness: Harness) -> None:
    await block(harness)
    [text] = (await harness.texts()).values()
    assert text.number == NUMBERS[1]


async def test_the_order_is_done_one_time_although_the_answer_was_lost(harness: Harness) -> None:
    harness.billing.faults = ["lost-after"]
    assert (await block(harness)).outcome == "accepted"
    await harness.settle()
    assert harness.billing.accounts[1].blocked
    assert harness.billing.effects == {"c1:1": 1}
    assert len(await harness.texts()) == 1, "the number is notified also then"


@pytest.mark.parametrize("contact", ["", "5", NUMBERS[1]])
async def test_a_second_contact_is_another_number(harness: Harness, contact: str) -> None:
    if contact:
        with pytest.raises(ValueError, match="no number of somebody else"):
            await harness.store.write(subscribers.set_second_contact, 1, contact)
    else:
        await harness.store.write(subscribers.set_second_contact, 1, NUMBERS[2])
        await harness.store.write(subscribers.set_second_contact, 1, contact)
    assert await harness.store.read(subscribers.second_contact, 1) == ""


async def test_a_second_contact_abroad_may_be_written_as_it_is_shown(harness: Harness) -> None:
    for contact in ("+48 990000503", "48990000503"):
        await harness.store.write(subscribers.set_second_contact, 1, contact)
        assert await harness.store.read(subscribers.second_contact, 1) == "48990000503"


def voucher(number: str) -> Values:
    return {"voucher": Sealed(Secret(number)), **NOTHING}


@pytest.mark.parametrize("number", [VOUCHERS[0], "99999999999999"])
async def test_no_order_keeps_the_number_of_a_voucher_after_its_end(
    harness: Harness, number: str
) -> None:
    await harness.run("top-up", voucher(number))
    [kept] = await harness.kept()
    assert kept.state in ("done", "refused")
    assert number not in str(kept)
    assert number not in str(await harness.texts())


async def test_an_open_order_has_the_number_sealed_and_is_asked_again(harness: Harness) -> None:
    harness.billing.faults = ["lost-before"]
    assert (await harness.run("top-up", voucher(VOUCHERS[0]))).outcome == "accepted"
    [kept] = await harness.kept()
    assert kept.state == "open"
    assert VOUCHERS[0] not in str(kept)
    assert VOUCHERS[0].encode() not in b"".join(
        file.read_bytes() for file in harness.file.parent.iterdir() if file.is_file()
    )
    await harness.settle()
    [kept] = await harness.kept()
    assert (kept.state, "****" in kept.order) == ("done", True)
    assert harness.billing.accounts[1].money == 30


async def test_five_wrong_vouchers_a_day_are_enough(harness: Harness) -> None:
    found = [
        (await harness.run("top-up", voucher(f"{n}" * 14), key=f"c{n}:1")).outcome
        for n in range(1, 7)
    ]
    assert found == ["no-such"] * 5 + ["limit"]
    assert (await harness.run("top-up", voucher(VOUCHERS[0]), key="c9:1")).outcome == "limit"
    assert (await harness.run("top-up", voucher(VOUCHERS[0]), 2, "c9:2")).outcome == "ok"
    assert not any("66666666" in str(one) for one in await harness.kept())


async def test_prices_abroad_take_the_code_with_zeros_before_it(harness: Harness) -> None:
    for code in ("48", "0048"):
        found = await harness.run("roaming", {"country": Digits(code)})
        assert found.outcome == "ok"


async def test_the_end_of_an_order_that_another_worker_has_taken_is_open_still(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That one asks billing again, with all that the order wants."""

    async def place(*_: object) -> Completed:
        await harness.store.write(
            lambda db: db.conn.execute("update orders set owner = 2").rowcount
        )
        raise BillingUnavailable

    monkeypatch.setattr(harness.billing, "place", place)
    assert await harness.run("top-up", voucher(VOUCHERS[0])) == Answered("accepted")
    (order,) = await harness.kept()
    assert order.state == "open"
    assert "****" not in order.order
    assert not await harness.texts()
