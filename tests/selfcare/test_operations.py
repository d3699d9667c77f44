"""Operations of self-service: every answer is one that the catalogue promises."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import cast

import pytest
from msgspec.structs import replace

from ari_app.selfcare.billing import (
    Balance,
    Billing,
    BillingUnavailable,
    Payment,
    Service,
    Tariff,
    UnknownSubscriber,
)
from ari_app.selfcare.memory import Ledger, MemoryBilling
from ari_app.selfcare.operations import CATALOGUE, PAYMENTS_TOLD, Selfcare
from ivr.events import Answered
from ivr.values import Count, Day, Money, Name, Rows, Value, Values

KINDS: Mapping[str, type[Value]] = {
    "money": Money,
    "count": Count,
    "name": Name,
    "day": Day,
    "each": Rows,
}
NAMES = {"ru": "Домашний", "be": "Хатні", "en": "Home"}
RICH, POOR, NOBODY = 1, 2, 3


async def ledger() -> Ledger:
    tariff = Tariff(NAMES, Decimal("15.00"), 300, 10)
    paid = [Payment(date(2026, 3, day), Decimal(day)) for day in range(9, 0, -1)]
    return Ledger(
        balances={RICH: Balance(Decimal("12.50")), POOR: Balance(Decimal("-3.40"), "EUR")},
        tariffs={RICH: tariff, POOR: tariff},
        services={RICH: [Service(NAMES, Decimal("7.50"))], POOR: []},
        payments={RICH: paid, POOR: []},
    )


class Broken:
    """A billing that meets every question with the same fault, or with silence."""

    def __init__(self, fault: Exception | None) -> None:
        self._fault = fault

    async def balance(self, subscriber: int) -> Balance:
        await self._fail(subscriber)
        raise AssertionError

    async def tariff(self, subscriber: int) -> Tariff:
        await self._fail(subscriber)
        raise AssertionError

    async def services(self, subscriber: int) -> Sequence[Service]:
        await self._fail(subscriber)
        raise AssertionError

    async def payments(self, subscriber: int, limit: int) -> Sequence[Payment]:
        await self._fail(subscriber + limit)
        raise AssertionError

    async def _fail(self, _: int) -> None:
        if self._fault is not None:
            raise self._fault
        await asyncio.get_running_loop().create_future()


@pytest.fixture
async def billing() -> Billing:
    memory = MemoryBilling(ledger)
    await memory.refresh()
    return memory


async def ask(billing: Billing, name: str, subscriber: int | None) -> Answered:
    return await Selfcare(billing).run(name, {}, subscriber, "s1:1")


def promised(name: str, answer: Answered) -> None:
    """The answer is one of the signature's outcomes, with its values in their kinds."""
    kinds = CATALOGUE[name].outcomes[answer.outcome]
    assert answer.values.keys() == kinds.keys()
    for value, kind in kinds.items():
        assert type(answer.values[value]) is KINDS[kind]


@pytest.mark.parametrize("name", CATALOGUE)
@pytest.mark.parametrize("subscriber", [RICH, POOR, NOBODY, None])
async def test_every_answer_is_as_promised(
    billing: Billing, name: str, subscriber: int | None
) -> None:
    answer = await ask(billing, name, subscriber)
    promised(name, answer)
    assert (answer.outcome == "unknown") is (subscriber in (NOBODY, None))


async def test_balance_is_exact(billing: Billing) -> None:
    assert await ask(billing, "balance", RICH) == Answered(
        "ok", {"balance": Money(Decimal("12.50"), "BYN")}
    )
    assert await ask(billing, "balance", POOR) == Answered(
        "ok", {"balance": Money(Decimal("-3.40"), "EUR")}
    )


async def test_tariff_tells_what_it_includes(billing: Billing) -> None:
    assert await ask(billing, "tariff", RICH) == Answered(
        "ok",
        {
            "tariff": Name(NAMES),
            "fee": Money(Decimal("15.00")),
            "minutes": Count(300),
            "gigabytes": Count(10),
        },
    )


async def test_services_are_rows_or_none(billing: Billing) -> None:
    row: Values = {"service": Name(NAMES), "fee": Money(Decimal("7.50"))}
    assert await ask(billing, "services", RICH) == Answered("ok", {"services": Rows((row,))})
    assert await ask(billing, "services", POOR) == Answered("none")


async def test_only_the_last_payments_are_told(billing: Billing) -> None:
    answer = await ask(billing, "payments", RICH)
    rows = cast(Rows, answer.values["payments"]).rows
    assert len(rows) == PAYMENTS_TOLD
    assert rows[0] == {"day": Day(date(2026, 3, 9)), "amount": Money(Decimal(9))}
    assert await ask(billing, "payments", POOR) == Answered("none")


@pytest.mark.parametrize("name", CATALOGUE)
@pytest.mark.parametrize(
    ("fault", "outcome"),
    [(BillingUnavailable("maintenance"), "unavailable"), (UnknownSubscriber(1), "unknown")],
)
async def test_fault_of_billing_is_an_outcome(name: str, fault: Exception, outcome: str) -> None:
    answer = await ask(Broken(fault), name, RICH)
    promised(name, answer)
    assert answer.outcome == outcome


@pytest.mark.parametrize("name", CATALOGUE)
async def test_silent_billing_is_unavailable_at_the_deadline(name: str) -> None:
    hasty = {name: replace(CATALOGUE[name], deadline=0.01)}
    answer = await Selfcare(Broken(None), hasty).run(name, {}, RICH, "s1:1")
    assert answer == Answered("unavailable")


async def test_hang_up_while_billing_is_asked_is_no_answer() -> None:
    asking = asyncio.create_task(ask(Broken(None), "balance", RICH))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_fault_in_billing_itself_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        await ask(Broken(ZeroDivisionError()), "balance", RICH)


async def test_what_the_catalogue_does_not_promise_is_refused(billing: Billing) -> None:
    with pytest.raises(KeyError):
        await ask(billing, "gift", RICH)
    with pytest.raises(ValueError, match="balance takes"):
        await Selfcare(billing).run("balance", {"of": Count(1)}, RICH, "s1:1")


async def test_memory_is_unavailable_until_it_is_read() -> None:
    memory = MemoryBilling(ledger)
    with pytest.raises(BillingUnavailable):
        await memory.balance(RICH)
    await memory.refresh()
    assert (await memory.balance(RICH)).amount == Decimal("12.50")
