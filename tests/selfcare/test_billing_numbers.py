"""SIM cards, packets of data, vouchers and prices abroad, in each billing that there is."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest

from ari_app.selfcare.billing import Billing, UnknownSubscriber
from ari_app.selfcare.orders import (
    BlockSim,
    BuyPacket,
    Pause,
    Quote,
    Refused,
    TopUp,
    UnblockSim,
)
from ivr.secret import Secret
from tests.selfcare.billings import AT, BILLINGS, FREE, done, order, over_tmforum

EVERY = {**BILLINGS, "tmforum": over_tmforum}
VOUCHER = Secret("61120260000002")
TODAY = AT.date()


@pytest.fixture(params=EVERY)
async def billing(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Billing]:
    async with EVERY[request.param](tmp_path) as made:
        yield made


async def test_a_sim_card_is_blocked_and_unblocked_for_nothing(billing: Billing) -> None:
    assert not (await billing.sim(1)).blocked
    assert await order(billing, 1, UnblockSim(), "k0") == Refused("not-on")
    assert await done(billing, 1, BlockSim(), "k1") == Quote(FREE, FREE, TODAY, "BYN")
    assert (await billing.sim(1)).blocked
    assert not (await billing.sim(2)).blocked
    assert await order(billing, 1, BlockSim(), "k2") == Refused("already")
    await done(billing, 1, UnblockSim(), "k3")
    assert not (await billing.sim(1)).blocked


async def test_a_sim_card_is_blocked_also_in_a_pause(billing: Billing) -> None:
    await done(billing, 8, Pause(TODAY, TODAY.replace(month=4)), "k1")
    await done(billing, 8, BlockSim(), "k2")
    assert (await billing.sim(8)).blocked


async def test_each_card_has_a_puk_that_is_hidden(billing: Billing) -> None:
    card = await billing.sim(1)
    assert card.puk is not None
    assert len(card.puk.reveal()) == 8
    assert card.puk.reveal() not in repr(card)
    with pytest.raises(UnknownSubscriber):
        await billing.sim(99)


async def test_a_packet_of_data_is_paid_and_there_at_once(billing: Billing) -> None:
    packet = next(one for one in await billing.packets() if one.code == "2")
    before, money = await billing.allowance(8), (await billing.balance(8)).amount
    quote = await done(billing, 8, BuyPacket("2"), "k1")
    assert quote == Quote(packet.price, FREE, TODAY, "BYN")
    assert (await billing.allowance(8)).gigabytes == before.gigabytes + packet.gigabytes
    assert (await billing.balance(8)).amount == money - packet.price
    assert await order(billing, 8, BuyPacket("77"), "k2") == Refused("no-such")
    assert await order(billing, 2, BuyPacket("3"), "k3") == Refused("too-little")


async def test_a_voucher_is_worth_its_value_for_the_first(billing: Billing) -> None:
    money = (await billing.balance(1)).amount
    assert await done(billing, 1, TopUp(VOUCHER), "k1") == Quote(FREE, FREE, TODAY, "BYN")
    assert (await billing.balance(1)).amount == money + 10
    [paid] = await billing.payments(1, 1)
    assert (paid.day, paid.amount) == (TODAY, Decimal("10.00"))
    await billing.place(1, TopUp(VOUCHER), FREE, "k1")
    assert (await billing.balance(1)).amount == money + 10
    used, guessed = TopUp(VOUCHER), TopUp(Secret("61120269999999"))
    assert await billing.place(2, used, FREE, "k2") == Refused("already")
    assert await billing.place(2, guessed, FREE, "k3") == Refused("no-such")


async def test_a_quote_does_not_look_at_a_voucher(billing: Billing) -> None:
    guessed = TopUp(Secret("1234"))
    assert await billing.quote(1, guessed) == await billing.quote(1, TopUp(VOUCHER))


async def test_prices_abroad_by_the_code_of_the_country(billing: Billing) -> None:
    found = await billing.roaming("48")
    assert found is not None
    assert (found.names["en"], found.currency) == ("Poland", "BYN")
    assert (found.minute, found.message, found.megabyte) == tuple(
        map(Decimal, ("0.90", "0.30", "0.50"))
    )
    assert await billing.roaming("999") is None
