"""Operations of self-service: every answer is one that the catalogue promises."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import cast

import pytest
from msgspec.structs import replace

from ari_app.selfcare.billing import (
    Billing,
    BillingUnavailable,
    Payment,
    Service,
    Tariff,
    UnknownSubscriber,
)
from ari_app.selfcare.books import Account, Books, Rules, Shelf, by_code
from ari_app.selfcare.codeword import CodeWords, CodeWordsUnavailable
from ari_app.selfcare.memory import Ledger, MemoryBilling
from ari_app.selfcare.operations import CATALOGUE, PAYMENTS_TOLD, Selfcare
from ari_app.selfcare.staff import Asker, Staff, StaffUnavailable
from ivr.events import Answered
from ivr.values import Count, Day, Digits, Money, Name, Recording, Rows, Value, Values
from tests.selfcare.people import KNOWN, Broken, Willing, Words
from tests.selfcare.samples import NAMES, bill

KINDS: Mapping[str, type[Value]] = {
    "money": Money,
    "count": Count,
    "name": Name,
    "day": Day,
    "each": Rows,
    "digits": Digits,
}
INPUTS: Mapping[str, Value] = {
    "recording": Recording("/spool/said.wav", 4.2),
    "digits": Digits("5266"),
}
OF_BILLING = [name for name, one in CATALOGUE.items() if "unavailable" in one.outcomes]
OF_STAFF = sorted(CATALOGUE.keys() - set(OF_BILLING))
RICH, POOR, NOBODY = KNOWN, 2, 3


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def ledger(currency: str = "BYN") -> Ledger:
    shelf = Shelf(
        by_code(
            (
                Tariff(NAMES, Decimal("15.00"), 300, 10, code="1"),
                Tariff(NAMES, Decimal("9.90"), 100, 2, code="2"),
            )
        ),
        by_code([Service(NAMES, Decimal("7.50"), code="1")]),
        rules=Rules(currency=currency),
    )
    accounts = {
        RICH: Account(Decimal("12.50"), "1", ("1",)),
        POOR: Account(Decimal("-3.40"), "1"),
    }
    paid = [Payment(date(2026, 3, day), Decimal(day)) for day in range(9, 0, -1)]
    bills = {RICH: [bill(2, "3.00", home="15.00"), bill(1, "2.40", home="12.00")]}
    return Ledger(Books(shelf, accounts), {RICH: paid}, bills)


def selfcare(
    billing: Billing, staff: Staff | None = None, words: CodeWords | None = None
) -> Selfcare:
    return Selfcare(billing, staff or Willing(), words or Words())


@pytest.fixture
async def billing() -> Billing:
    memory = MemoryBilling(ledger, lambda: NOON)
    await memory.refresh()
    return memory


def asker(subscriber: int | None = RICH) -> Asker:
    return Asker("s1", "375990000001", subscriber)


def inputs(name: str) -> Values:
    return {value: INPUTS[kind] for value, kind in CATALOGUE[name].inputs.items()}


async def ask(billing: Billing, name: str, subscriber: int | None) -> Answered:
    broken = billing if isinstance(billing, Broken) else None
    return await selfcare(billing, broken, broken).run(
        name, inputs(name), asker(subscriber), "s1:1"
    )


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
    needs = "unknown" in CATALOGUE[name].outcomes
    assert (answer.outcome == "unknown") is (needs and subscriber in (NOBODY, None))


async def test_balance_is_exact(billing: Billing) -> None:
    assert await ask(billing, "balance", RICH) == Answered(
        "ok", {"balance": Money(Decimal("12.50"), "BYN")}
    )
    euros = MemoryBilling(partial(ledger, "EUR"), lambda: NOON)
    await euros.refresh()
    assert await ask(euros, "balance", POOR) == Answered(
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


async def test_all_tariffs_are_told_to_anybody_the_cheapest_first(billing: Billing) -> None:
    answer = await ask(billing, "tariffs", None)
    fees = [row["fee"] for row in cast(Rows, answer.values["tariffs"]).rows]
    assert fees == [Money(Decimal("9.90")), Money(Decimal("15.00"))]


async def test_a_complaint_is_kept_with_who_asks_and_its_key(billing: Billing) -> None:
    staff = Willing()
    said = Recording("/spool/said.wav", 4.2)
    answer = await selfcare(billing, staff).run(
        "complaint", {"recording": said}, asker(None), "s1:9"
    )
    assert answer == Answered("ok", {"complaint": Digits("1024")})
    assert staff.kept == [("s1:9", asker(None), said)]


async def test_a_wish_for_a_message_is_noted_once(billing: Billing) -> None:
    care = selfcare(billing)
    assert await care.run("tell-when-mended", {}, asker(), "s1:1") == Answered("ok")
    assert await care.run("tell-when-mended", {}, asker(), "s1:2") == Answered("already")


async def test_a_call_back_is_noted_once(billing: Billing) -> None:
    care = selfcare(billing)
    assert await care.run("call-back", {}, asker(), "s1:1") == Answered("ok")
    assert await care.run("call-back", {}, asker(), "s1:2") == Answered("already")


@pytest.mark.parametrize("name", OF_STAFF)
@pytest.mark.parametrize("fault", [StaffUnavailable("disk full"), CodeWordsUnavailable("busy")])
async def test_what_cannot_be_kept_has_failed(name: str, fault: Exception) -> None:
    answer = await ask(Broken(fault), name, RICH)
    promised(name, answer)
    assert answer.outcome == "failed"


@pytest.mark.parametrize("name", sorted(set(OF_BILLING) - {"tariffs"}))
@pytest.mark.parametrize(
    ("fault", "outcome"),
    [(BillingUnavailable("maintenance"), "unavailable"), (UnknownSubscriber(1), "unknown")],
)
async def test_fault_of_billing_is_an_outcome(name: str, fault: Exception, outcome: str) -> None:
    answer = await ask(Broken(fault), name, RICH)
    promised(name, answer)
    assert answer.outcome == outcome


@pytest.mark.parametrize("name", CATALOGUE)
async def test_silence_ends_at_the_deadline(name: str) -> None:
    hasty = {name: replace(CATALOGUE[name], deadline=0.01)}
    silent = Broken(None)
    answer = await Selfcare(silent, silent, silent, hasty).run(name, inputs(name), asker(), "s1:1")
    assert answer == Answered("failed" if name in OF_STAFF else "unavailable")


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
        await selfcare(billing).run("gift", {}, asker(), "s1:1")
    with pytest.raises(ValueError, match="balance takes"):
        await selfcare(billing).run("balance", {"of": Count(1)}, asker(), "s1:1")
    with pytest.raises(ValueError, match="takes a recording, not Count"):
        await selfcare(billing).run("complaint", {"recording": Count(1)}, asker(), "s1:1")


def changing(old: str, new: str, again: str) -> Values:
    return {"old": Digits(old), "new": Digits(new), "again": Digits(again)}


async def test_the_right_word_proves_the_caller(billing: Billing) -> None:
    words = Words()
    care = selfcare(billing, words=words)
    right = await care.run("code-word", {"word": Digits("5266")}, asker(), "s1:1")
    assert right == Answered("ok", proves=True)
    for who, word in ((RICH, "1234"), (POOR, "5266"), (None, "5266")):
        wrong = await care.run("code-word", {"word": Digits(word)}, asker(who), "s1:2")
        assert wrong == Answered("wrong")
    assert words.asked[0] == (asker(), "s1:1")


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (("5266", "92562", "92562"), "ok"),
        (("5266", "92562", "92563"), "different"),
        (("5267", "92562", "92562"), "wrong"),
        (("5266", "1111", "1111"), "weak"),
    ],
)
async def test_a_word_is_changed_by_who_knows_it(
    billing: Billing, given: tuple[str, str, str], outcome: str
) -> None:
    care = selfcare(billing)
    changed = await care.run("change-code-word", changing(*given), asker(), "s1:1")
    assert changed == Answered(outcome), "and it proves nothing"
    now = given[1] if outcome == "ok" else "5266"
    proven = await care.run("code-word", {"word": Digits(now)}, asker(), "s1:2")
    assert proven.proves


async def test_a_word_is_keyed(billing: Billing) -> None:
    with pytest.raises(ValueError, match="takes digits, not Count"):
        await selfcare(billing).run("code-word", {"word": Count(5266)}, asker(), "s1:1")


async def test_memory_is_unavailable_until_it_is_read() -> None:
    memory = MemoryBilling(ledger, lambda: NOON)
    with pytest.raises(BillingUnavailable):
        await memory.balance(RICH)
    await memory.refresh()
    assert (await memory.balance(RICH)).amount == Decimal("12.50")
