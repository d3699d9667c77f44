"""The books as time goes by: what becomes due, and what was kept for a while only."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from ari_app.demo.books import ledger
from ari_app.selfcare.books import Books
from ari_app.selfcare.order_effects import apply_order
from ari_app.selfcare.orders import (
    Buy,
    ChangeTariff,
    Completed,
    Order,
    Pause,
    PromisePayment,
    Refused,
    Sell,
)
from tests.selfcare.billings import AT

FREE = Decimal("0.00")
APRIL = datetime(2026, 4, 1, tzinfo=UTC)


def after(order: Order, who: int = 8, charge: Decimal = FREE) -> Books:
    books, answer = apply_order(ledger(AT).books, who, order, charge, AT)
    assert isinstance(answer, Completed)
    return books


def test_a_tariff_and_a_whole_allowance_come_with_the_month() -> None:
    books = after(ChangeTariff("1"), charge=Decimal("5.00"))
    eve = books.account(8, (APRIL - timedelta(days=1)).date())
    assert (eve.tariff, eve.minutes) == ("4", 366)
    first = books.account(8, APRIL.date())
    assert (first.tariff, first.next, first.minutes, first.gigabytes) == ("1", None, 100, 2)
    assert first.balance == Decimal("100.05")


def test_a_month_comes_out_of_the_operators_totals() -> None:
    books = ledger(AT).books
    april, _ = apply_order(books, 8, ChangeTariff("1"), Decimal("5.00"), APRIL)
    assert april.operator.minutes == books.accounts[8].minutes - 1000
    assert april.operator.money == Decimal("5.00")


def test_a_pause_and_a_promise_end_by_themselves() -> None:
    paused = after(Pause(AT.date(), APRIL.date()), charge=Decimal("1.50"))
    assert paused.account(8, (APRIL - timedelta(days=1)).date()).paused
    assert not paused.account(8, APRIL.date()).paused
    promised = after(PromisePayment(AT.date() + timedelta(days=7)), who=3)
    assert promised.account(3, AT.date() + timedelta(days=7)).promised
    assert not promised.account(3, AT.date() + timedelta(days=8)).promised


def test_an_offer_stands_for_a_week() -> None:
    books = after(Sell(4, "minutes", 10, Decimal("2.00")))
    last, late = AT + timedelta(days=6), AT + timedelta(days=7)
    assert [one.number for one in books.offers_to(4, last.date())] == ["1"]
    _, answer = apply_order(books, 4, Buy("1"), Decimal("2.00"), late)
    assert answer == Refused("no-such")
    again, _ = apply_order(books, 8, Sell(1, "minutes", 1, Decimal("1.00")), FREE, late)
    assert list(again.offers) == ["2"], "what is too old is forgotten"
