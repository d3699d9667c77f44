"""Money and accounts: exact, or refused."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ari_app.store import demo_accounts, subscribers
from ari_app.store.db import Store
from ari_app.store.demo_accounts import Account, Payment, ServiceOffer, TariffPlan, kopecks, money
from tests.store.samples import subscriber


@settings(deadline=None)
@given(st.integers(-(2**63) + 1, 2**63 - 1))
def test_money_survives_both_ways(kept: int) -> None:
    amount = money(kept)
    assert kopecks(amount) == kept
    assert amount == Decimal(kept) / 100
    assert amount.as_tuple().exponent == -2


@settings(deadline=None)
@given(st.decimals(Decimal("-1e12"), Decimal("1e12"), places=2))
def test_every_amount_in_kopecks_comes_back(amount: Decimal) -> None:
    assert money(kopecks(amount)) == amount


@settings(deadline=None)
@given(st.decimals())
def test_amount_is_kept_exactly_or_refused(amount: Decimal) -> None:
    try:
        kept = kopecks(amount)
    except ValueError:
        whole = amount.is_finite() and abs(amount) < Decimal("1e16") and amount * 100 % 1 == 0
        assert not whole
    else:
        assert money(kept) == amount


@pytest.mark.parametrize(
    "amount", ["0.001", "NaN", "sNaN", "Infinity", "1e20", "1e-999999", "1e999999"]
)
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(ValueError, match="kopecks"):
        kopecks(Decimal(amount))


HOME = TariffPlan("home", {"ru": "Домашний", "en": "Home"}, Decimal("15.00"), 300, 10, "1")
TV = ServiceOffer("tv", {"ru": "ТВ", "be": "ТБ"}, Decimal("7.50"), "1")
SMS = ServiceOffer("sms", {"ru": "СМС"}, Decimal("0.00"), "2")


async def test_accounts_come_back_as_they_were(store: Store) -> None:
    opened = [
        Account(
            1,
            Decimal("-0.01"),
            "home",
            ("sms", "tv"),
            7,
            1,
            date(2026, 2, 1),
            40,
            "home",
            date(2026, 3, 1),
            paused_since=date(2026, 2, 3),
            paused_until=date(2026, 2, 9),
            promised=date(2026, 2, 5),
        ),
        Account(2, Decimal("100500.00"), "home", ()),
    ]
    paid = [Payment(1, date(2026, 2, day), Decimal("5.00")) for day in (3, 2, 1)]
    await store.write(subscribers.add, [subscriber(), subscriber(2, "375990000002")])
    await store.write(demo_accounts.add_tariffs, [HOME, HOME])
    await store.write(demo_accounts.add_services, [SMS, TV, TV])
    await store.write(demo_accounts.add_accounts, iter(opened))
    await store.write(demo_accounts.add_payments, reversed(paid))
    assert await store.read(demo_accounts.tariffs) == [HOME]
    assert await store.read(demo_accounts.services) == [SMS, TV]
    assert await store.read(demo_accounts.accounts) == opened
    assert await store.read(demo_accounts.payments) == paid
