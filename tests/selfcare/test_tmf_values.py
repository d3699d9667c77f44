"""Values go there and back: into TM Forum's resources, over the wire, and into values again."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, get_args

import msgspec
import pytest
from msgspec import json

from ari_app.selfcare.billing import (
    Allowance,
    Balance,
    Bill,
    BillLine,
    Charge,
    Offer,
    PausePeriod,
    Payment,
    Reward,
    Service,
    Sim,
    Tariff,
)
from ari_app.selfcare.orders import (
    BlockSim,
    Buy,
    BuyPacket,
    ChangeTariff,
    Completed,
    Give,
    Order,
    Pause,
    PromisePayment,
    Quote,
    Redeem,
    Resume,
    Sell,
    SwitchOff,
    SwitchOn,
    TopUp,
    UnblockSim,
)
from ari_app.selfcare.tmf import from_tmf, product_order, to_tmf
from ari_app.selfcare.tmf import resources as tmf
from ivr.secret import Secret

NAMES = {"ru": "Домашний", "be": "Хатні", "en": "Home"}
TARIFF = Tariff(NAMES, Decimal("15.10"), 300, 10, "BYN", "2")
SERVICE = Service(NAMES, Decimal("1.20"), "BYN", "12")
MONTH = date(2026, 11, 1)
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ORDERS: tuple[Order, ...] = (
    ChangeTariff("2"),
    SwitchOn("12"),
    SwitchOff("12"),
    Pause(date(2026, 12, 1), date(2027, 3, 1)),
    Resume(),
    PromisePayment(date(2026, 11, 30)),
    Give(7, "minutes", 10),
    Sell(7, "gigabytes", 2, Decimal("1.50")),
    Buy("41"),
    Redeem("3"),
    BlockSim(),
    UnblockSim(),
    BuyPacket("2"),
    TopUp(Secret("61120260000001")),
)


def wired(resource: Any, shape: Any) -> Any:
    """A resource after its way over the wire."""
    return json.decode(json.Encoder(decimal_format="number").encode(resource), type=shape)


def test_every_order_is_here() -> None:
    assert {type(order) for order in ORDERS} == set(get_args(Order))


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: type(order).__name__)
def test_an_order_with_its_quote(order: Order) -> None:
    asked = wired(
        product_order.order_request(5, order, Decimal("1.10"), "call:3", "BYN"), tmf.ProductOrder
    )
    assert product_order.ordered(asked.product_order_item[0]) == order
    assert (product_order.subscriber(asked), asked.external_id) == (5, "call:3")
    assert from_tmf.money(asked.order_total_price, "oneTime")[0] == Decimal("1.10")

    inquiry = wired(product_order.quote_request(5, order), tmf.Quote)
    assert product_order.ordered(inquiry.quote_item[0]) == order
    assert product_order.subscriber(inquiry) == 5
    quote = Quote(Decimal("1.10"), Decimal("-5.10"), MONTH, "BYN")
    assert product_order.quoted(wired(to_tmf.quote(order, quote), tmf.Quote), "BYN") == quote
    placed = Completed("123", NOON, quote)
    answer = to_tmf.product_order(order, "call:3", placed)
    assert product_order.placed(wired(answer, tmf.ProductOrder), "BYN") == placed


@pytest.mark.parametrize(
    ("paused", "status"),
    [
        (None, "active"),
        (PausePeriod(date(2026, 11, 1), date(2026, 12, 1)), "suspended"),
        (PausePeriod(date(2026, 12, 1), date(2027, 1, 1)), "active"),
    ],
)
def test_what_a_subscriber_has(paused: PausePeriod | None, status: str) -> None:
    card = Sim(blocked=paused is None, puk=Secret("12345678"))
    found = wired(to_tmf.products(TARIFF, [SERVICE], paused, card, NOON), list[tmf.Product])
    assert found[0].status == status
    assert from_tmf.tariff(found) == TARIFF
    assert from_tmf.services(found) == (SERVICE,)
    assert from_tmf.paused(found) == paused
    assert from_tmf.sim(found) == card
    assert from_tmf.sim(found[:-1]) == Sim(), "a billing that lists no SIM card"


def test_the_catalogue() -> None:
    reward = Reward("3", NAMES, 500)
    offered = [to_tmf.tariff(TARIFF), to_tmf.service(SERVICE), to_tmf.reward(reward)]
    found = wired(offered, list[tmf.Offering])
    assert from_tmf.tariffs(found) == (TARIFF,)
    assert from_tmf.service_offers(found) == (SERVICE,)
    assert from_tmf.rewards(found) == (reward,)


def test_what_is_on_the_account() -> None:
    balance, left = Balance(Decimal("-3.40")), Allowance(120, 7)
    found = wired(to_tmf.buckets(balance, left), list[tmf.Bucket])
    assert from_tmf.balance(found) == balance
    assert from_tmf.allowance(found) == left
    assert from_tmf.points(wired([to_tmf.loyalty(250)], list[tmf.LoyaltyAccount])) == 250


def test_buckets_add_up_in_whatever_unit_they_are() -> None:
    text = """[
        {"usageType": "voice", "remainingValue": {"amount": 90, "units": "seconds"}},
        {"usageType": "voice", "remainingValue": {"amount": 90, "units": "seconds"}},
        {"usageType": "data", "remainingValue": {"amount": 2560, "units": "MB"}},
        {"usageType": "sms", "remainingValue": {"amount": 5, "units": "items"}}
    ]"""
    assert from_tmf.allowance(json.decode(text, type=list[tmf.Bucket])) == Allowance(3, 2)


def test_the_past() -> None:
    lines = (BillLine(NAMES, Decimal("15.00")), BillLine({**NAMES, "en": "Calls"}, Decimal("4.80")))
    new = Bill(MONTH, Decimal("23.76"), Decimal("3.96"), lines)
    old = msgspec.structs.replace(new, month=date(2026, 10, 1))
    bills = wired([to_tmf.bill(5, one) for one in (old, new)], list[tmf.CustomerBill])
    rates = [each for one in (old, new) for each in to_tmf.rates(to_tmf.bill(5, one).id, one)]
    assert from_tmf.bills(bills, wired(rates, list[tmf.BillingRate])) == [new, old]

    payments = [Payment(date(2026, 11, day), Decimal("5.00")) for day in (3, 9)]
    paid = wired([to_tmf.payment(one) for one in payments], list[tmf.Payment])
    assert from_tmf.payments(paid) == payments[::-1]

    charges = [
        Charge(NOON.replace(hour=hour), NAMES, "375290001234", 61, Decimal("0.12"))
        for hour in (1, 2)
    ]
    used = wired([to_tmf.usage(one) for one in charges], list[tmf.Usage])
    assert from_tmf.charges(used) == charges[::-1]


def test_what_another_would_sell() -> None:
    offer = Offer("41", 7, "gigabytes", 2, Decimal("1.50"))
    assert from_tmf.offer(wired(to_tmf.offer(5, offer), tmf.Quote)) == offer


def test_a_name_without_languages_serves_all() -> None:
    text = """[{"id": "1", "name": "Home", "productSpecification": {"id": "service"},
                "productOfferingPrice": [{"price": {"unit": "BYN", "value": 1}}]}]"""
    [service] = from_tmf.service_offers(json.decode(text, type=list[tmf.Offering]))
    assert set(service.names.values()) == {"Home"}


@pytest.mark.parametrize(
    ("read", "shape", "text", "said"),
    [
        (from_tmf.balance, tmf.Bucket, "[]", "no bucket of money"),
        (from_tmf.tariff, tmf.Product, '[{"status": "terminated"}]', "no tariff in force"),
        (from_tmf.charges, tmf.Usage, '[{"usageDate": "2026-11-24T12:00:00Z"}]', "no amount"),
        (
            from_tmf.rewards,
            tmf.Offering,
            '[{"id": "1", "name": "SMS", "productSpecification": {"id": "reward"}}]',
            "has no price",
        ),
        (
            from_tmf.allowance,
            tmf.Bucket,
            '[{"usageType": "data", "remainingValue": {"amount": 1, "units": "bushels"}}]',
            "bushels",
        ),
    ],
)
def test_what_lacks_something_is_reported(read: Any, shape: Any, text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read(json.decode(text, type=list[shape]))
