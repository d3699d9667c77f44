"""The demo operator's billing: its books in the store, its answers from memory."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from functools import partial

from msgspec import json

from ari_app.demo.accounts import (
    PACKETS,
    PRIZES,
    ROAMING,
    SERVICES,
    TARIFFS,
    VOUCHERS,
    demo_accounts,
    demo_bills,
    demo_charges,
    demo_payments,
)
from ari_app.demo.settings import CURRENCY
from ari_app.selfcare import billing, books
from ari_app.selfcare.billing import BillingUnavailable, BillingUncertain
from ari_app.selfcare.books import Books, ProductCatalogue, TariffChange, by_code
from ari_app.selfcare.memory import Answer, Ledger, MemoryBilling, PlacedOrder, payment_of
from ari_app.selfcare.order_effects import apply_order
from ari_app.selfcare.orders import Completed, Refused, Unit, order_to_json, redacted
from ari_app.store import demo_accounts as accounts
from ari_app.store import demo_bills as bills
from ari_app.store import demo_orders, demo_vouchers
from ari_app.store.db import Store, StoreError
from ari_app.store.demo_accounts import Account, Payment, ServiceOffer, TariffPlan
from ari_app.store.demo_bills import Bill
from ari_app.store.demo_orders import AnsweredOrder, Charge, OpenOffer, OperatorTotals
from ari_app.store.sqlite import Database
from ivr.secret import Secret


async def demo_billing(store: Store, now: Callable[[], datetime]) -> MemoryBilling:
    """The demo operator's billing, as the store has it now; ``now`` is its clock, in local time.

    It is unavailable until it is refreshed if the store is.
    """
    memory = MemoryBilling(partial(store.read, _ledger), now, partial(_apply, store))
    with suppress(StoreError):  # its health and the log say it
        await memory.refresh()
    return memory


def ledger(now: datetime) -> Ledger:
    """What the demo operator's billing knows at a moment, without a store."""
    today = now.date()
    catalogue = _catalogue(TARIFFS, SERVICES)
    opened = _accounts(demo_accounts(today), TARIFFS, SERVICES)
    return _kept(
        Books(catalogue, opened, vouchers=VOUCHERS),
        demo_payments(today),
        demo_bills(today),
        demo_charges(now),
    )


async def _apply(store: Store, _: Books, request: PlacedOrder) -> tuple[Books, Answer]:
    """See :data:`ari_app.selfcare.memory.Apply`; what the store has counts, not what is remembered.

    When the store fails, it is asked what became of the order.
    """
    try:
        return await store.write(_apply_in_store, request)
    except StoreError as error:
        try:
            answer, now = await store.read(_answered, request.key)
        except StoreError:
            raise BillingUncertain(str(error)) from error
        if answer is None:
            raise BillingUnavailable(str(error)) from error
        return now, answer


def _apply_in_store(db: Database, request: PlacedOrder) -> tuple[Books, Answer]:
    """One transaction: the books, and the key with its answer."""
    answer, before = _answered(db, request.key)
    if answer is not None:
        return before, answer
    after, answer = apply_order(
        before, request.subscriber, request.order, request.agreed, request.at
    )
    if after is not before:
        _keep(db, before, after)
        paid = payment_of(before, after, request)
        if paid is not None:
            accounts.add_payments(db, [Payment(request.subscriber, paid.day, paid.amount)])
    demo_orders.add(
        db,
        AnsweredOrder(
            request.key,
            int(answer.number) if isinstance(answer, Completed) else None,
            request.subscriber,
            request.at,
            order_to_json(redacted(request.order)),
            json.encode(answer).decode(),
        ),
    )
    return after, answer


def _answered(db: Database, key: str) -> tuple[Answer | None, Books]:
    """The first answer to an order, and the books as they are."""
    kept = demo_orders.answer(db, key)
    if kept is None:
        return None, _books(db)
    done, answer = kept
    kind: type[Completed] | type[Refused] = Completed if done else Refused
    return json.decode(answer, type=kind), _books(db)


def _keep(db: Database, before: Books, after: Books) -> None:
    tariffs = {one.code: one.id for one in accounts.tariffs(db)}
    services = {one.code: one.id for one in accounts.services(db)}
    for id, one in after.accounts.items():
        if one is not before.accounts[id]:
            accounts.put(
                db,
                Account(
                    id,
                    one.balance,
                    tariffs[one.tariff],
                    tuple(services[code] for code in one.services),
                    one.minutes,
                    one.gigabytes,
                    one.month,
                    one.points,
                    tariffs[one.next.tariff] if one.next else None,
                    one.next.since if one.next else None,
                    one.paused.since if one.paused else None,
                    one.paused.until if one.paused else None,
                    one.promised,
                    one.blocked,
                    one.puk.reveal() if one.puk else "",
                ),
            )
    demo_orders.put_offers(
        db,
        (
            OpenOffer(
                int(one.offer.number),
                one.offer.seller,
                one.recipient,
                one.offer.unit,
                one.offer.amount,
                one.offer.price,
                one.until,
            )
            for one in after.offers.values()
        ),
    )
    for number, voucher in after.vouchers.items():
        if voucher is not before.vouchers[number]:
            demo_vouchers.use(db, number)
    operator = after.operator
    demo_orders.put_operator_totals(
        db, OperatorTotals(operator.money, operator.minutes, operator.gigabytes, operator.points)
    )


def _ledger(db: Database) -> Ledger:
    return _kept(_books(db), accounts.payments(db), bills.everyones(db), demo_orders.charges(db))


def _books(db: Database) -> Books:
    tariffs, services = accounts.tariffs(db), accounts.services(db)
    catalogue = _catalogue(tariffs, services)
    operator = demo_orders.operator_totals(db)
    return Books(
        catalogue,
        _accounts(accounts.accounts(db), tariffs, services),
        {str(one.number): _sale(one, catalogue.rules.currency) for one in demo_orders.offers(db)},
        books.OperatorTotals(operator.money, operator.minutes, operator.gigabytes, operator.points),
        demo_orders.last(db),
        {one.id: books.Voucher(one.amount, one.used) for one in demo_vouchers.vouchers(db)},
    )


def _catalogue(tariffs: Iterable[TariffPlan], services: Iterable[ServiceOffer]) -> ProductCatalogue:
    return ProductCatalogue(
        by_code(
            billing.Tariff(one.names, one.fee, one.minutes, one.gigabytes, CURRENCY, one.code)
            for one in tariffs
        ),
        by_code(billing.Service(one.names, one.fee, CURRENCY, one.code) for one in services),
        by_code(PRIZES),
        by_code(PACKETS),
        {one.code: one for one in ROAMING},
        rules=books.Rules(currency=CURRENCY),
    )


def _accounts(
    opened: Iterable[Account], tariffs: Iterable[TariffPlan], services: Iterable[ServiceOffer]
) -> dict[int, books.Account]:
    """The accounts, with codes instead of the store's ids."""
    plans = {one.id: one.code for one in tariffs}
    offers = {one.id: one.code for one in services}
    return {
        one.subscriber: books.Account(
            one.balance,
            plans[one.tariff],
            tuple(sorted(offers[id] for id in one.services)),
            one.minutes,
            one.gigabytes,
            one.month,
            one.points,
            TariffChange(plans[one.next_tariff], one.next_since)
            if one.next_tariff and one.next_since
            else None,
            billing.PausePeriod(one.paused_since, one.paused_until)
            if one.paused_since and one.paused_until
            else None,
            one.promised,
            one.blocked,
            Secret(one.puk) if one.puk else None,
        )
        for one in opened
    }


def _sale(one: OpenOffer, currency: str) -> books.OpenOffer:
    unit: Unit = "minutes" if one.unit == "minutes" else "gigabytes"
    offer = billing.Offer(str(one.number), one.seller, unit, one.amount, one.price, currency)
    return books.OpenOffer(offer, one.recipient, one.until)


def _kept(
    now: Books, payments: Iterable[Payment], sent: Iterable[Bill], used: Iterable[Charge]
) -> Ledger:
    paid: dict[int, list[billing.Payment]] = {id: [] for id in now.accounts}
    billed: dict[int, list[billing.Bill]] = {id: [] for id in now.accounts}
    charged: dict[int, list[billing.Charge]] = {id: [] for id in now.accounts}
    for one in payments:
        paid[one.subscriber].append(billing.Payment(one.day, one.amount, CURRENCY))
    for bill in sorted(sent, key=lambda bill: bill.month, reverse=True):
        lines = tuple(billing.BillLine(line.names, line.amount) for line in bill.lines)
        total = sum((line.amount for line in lines), bill.vat)
        billed[bill.subscriber].append(billing.Bill(bill.month, total, bill.vat, lines, CURRENCY))
    for use in used:
        charged[use.subscriber].append(
            billing.Charge(use.at, use.names, use.number, use.seconds, use.amount, CURRENCY)
        )
    return Ledger(now, paid, billed, charged)
