"""Operations of self-service: every answer is one that the catalogue promises."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import cast

import pytest
from msgspec.structs import replace

from ari_app.selfcare.backends import Backends
from ari_app.selfcare.billing import (
    Balance,
    Bill,
    Billing,
    BillingUnavailable,
    Payment,
    Service,
    UnknownSubscriber,
)
from ari_app.selfcare.code_word_port import CodeWords, CodeWordsUnavailable
from ari_app.selfcare.message_port import Messages, MessagesUnavailable
from ari_app.selfcare.one_time_code_port import OneTimeCodes
from ari_app.selfcare.operations import CATALOGUE, Selfcare
from ari_app.selfcare.reads import PAYMENTS_PLAYED
from ari_app.selfcare.request_port import Asker, RequestDesk, RequestsUnavailable
from ari_app.selfcare.surveys import Surveys
from ari_app.sim.in_memory import EverybodyAsked, PlainOrders, SameCodes
from ivr.events import Answered
from ivr.secret import Secret
from ivr.terms import Need
from ivr.values import (
    Count,
    Day,
    Digits,
    Moment,
    Money,
    Name,
    Recording,
    Rows,
    Sealed,
    Text,
    Value,
    Values,
    Word,
)
from tests.selfcare.fake_billing import NOON, TV, FakeBilling
from tests.selfcare.fakes import KNOWN, Broken, Neighbours, Sent, Willing, Words
from tests.selfcare.samples import NAMES, bill

KINDS: Mapping[str, type[Value]] = {
    "money": Money,
    "count": Count,
    "name": Name,
    "day": Day,
    "each": Rows,
    "digits": Digits,
    "moment": Moment,
    "text": Text,
    "word": Word,
}
INPUTS: Mapping[str, Value] = {
    "recording": Recording("/spool/said.wav", 4.2),
    "digits": Digits("5266"),
    "secret": Sealed(Secret("5266")),
    "word": Word("minutes"),
    "count": Count(3),
    "money": Money(Decimal(0)),
    "moment": Moment(NOON),
}
KEYED: Mapping[str, Value] = {
    "recipient": Digits("375990000003"),
    "since": Digits("0"),
    "answer": Word("yes"),
}
OF_BILLING = [name for name, one in CATALOGUE.items() if "unavailable" in one.outcomes]
OF_SETTINGS = {"area", "billing", "call-back-time", "help-page", "lesson"}
"""They ask neither billing nor people."""
OF_STAFF = sorted(CATALOGUE.keys() - set(OF_BILLING) - OF_SETTINGS)
OF_ANYBODY = {"tariffs", "service-offers", "packets", "roaming", "rewards"}
OF_TICKETS = {"ticket", "situation"}
"""They answer as those of billing do, from people; a situation without billing is a usual one."""
RICH, POOR, NO_ONE = KNOWN, 2, 9


class Books(FakeBilling):
    """Billing with something of everything for ``RICH``, and little for ``POOR``."""

    async def balance(self, subscriber: int) -> Balance:
        self.of(subscriber)
        poor = Balance(Decimal("-3.40"), "EUR", self.as_of)
        return poor if subscriber == POOR else Balance(Decimal("12.50"), "BYN", as_of=self.as_of)

    async def services(self, subscriber: int) -> Sequence[Service]:
        self.of(subscriber)
        return [] if subscriber == POOR else [TV]

    async def payments(self, subscriber: int, limit: int) -> Sequence[Payment]:
        self.of(subscriber)
        paid = [Payment(date(2026, 3, day), Decimal(day)) for day in range(9, 0, -1)]
        return [] if subscriber == POOR else paid[:limit]

    async def bills(self, subscriber: int, limit: int) -> Sequence[Bill]:
        self.of(subscriber)
        sent = [bill(2, "3.00", home="15.00"), bill(1, "2.40", home="12.00")]
        return [] if subscriber == POOR else sent[:limit]


def back(
    billing: Billing,
    staff: RequestDesk | None = None,
    words: CodeWords | None = None,
    messages: Messages | None = None,
    codes: OneTimeCodes | None = None,
    surveys: Surveys | None = None,
) -> Backends:
    proofs = (words or Words(), codes or SameCodes())
    behind = (staff or Willing(), *proofs, PlainOrders(billing), messages or Sent())
    asked = surveys or EverybodyAsked()
    return Backends(billing, *behind, Neighbours(), lambda: NOON, surveys=asked)


def selfcare(
    billing: Billing, staff: RequestDesk | None = None, words: CodeWords | None = None
) -> Selfcare:
    return Selfcare(back(billing, staff, words))


@pytest.fixture
async def billing() -> FakeBilling:
    return Books()


def asker(subscriber: int | None = RICH) -> Asker:
    identity: Need = "none" if subscriber is None else "code-word"
    return Asker("s1", "375990000001", subscriber, identity=identity)


def inputs(name: str) -> Values:
    kinds = CATALOGUE[name].inputs.items()
    return {value: KEYED.get(value) or INPUTS[kind] for value, kind in kinds}


async def ask(billing: Billing, name: str, subscriber: int | None) -> Answered:
    broken = billing if isinstance(billing, Broken) else None
    care = Selfcare(back(billing, *([broken] * 5)))
    return await care.run(name, inputs(name), asker(subscriber), "s1:1")


def promised(name: str, answer: Answered) -> None:
    """The answer is one of the signature's outcomes, with its values in their kinds."""
    kinds = CATALOGUE[name].outcomes[answer.outcome]
    assert answer.values.keys() == kinds.keys()
    for value, kind in kinds.items():
        assert type(answer.values[value]) is KINDS[kind]


@pytest.mark.parametrize("name", CATALOGUE)
@pytest.mark.parametrize("subscriber", [RICH, POOR, NO_ONE, None])
async def test_every_answer_is_as_promised(
    billing: Billing, name: str, subscriber: int | None
) -> None:
    if subscriber is None and CATALOGUE[name].need == "code-word":
        return  # this operation is reached with it alone
    answer = await ask(billing, name, subscriber)
    promised(name, answer)
    needs = "unknown" in CATALOGUE[name].outcomes
    assert (answer.outcome == "unknown") is (needs and subscriber in (NO_ONE, None))


async def test_balance_is_exact(billing: Billing) -> None:
    assert await ask(billing, "balance", RICH) == Answered(
        "ok", {"balance": Money(Decimal("12.50"), "BYN")}
    )
    assert await ask(billing, "balance", POOR) == Answered(
        "ok", {"balance": Money(Decimal("-3.40"), "EUR")}
    )


async def test_tariff_plays_what_it_includes(billing: Billing) -> None:
    assert await ask(billing, "tariff", RICH) == Answered(
        "ok",
        {
            "tariff": Name(NAMES),
            "fee": Money(Decimal("15.00")),
            "minutes": Count(300),
            "gigabytes": Count(10),
            "tariff_code": Word("1"),
        },
    )


async def test_services_are_rows_or_none(billing: Billing) -> None:
    row: Values = {"service": Name(NAMES), "fee": Money(Decimal("7.50")), "code": Digits("7")}
    assert await ask(billing, "services", RICH) == Answered("ok", {"services": Rows((row,))})
    assert await ask(billing, "services", POOR) == Answered("none")


async def test_only_the_last_payments_are_played(billing: Billing) -> None:
    answer = await ask(billing, "payments", RICH)
    rows = cast(Rows, answer.values["payments"]).rows
    assert len(rows) == PAYMENTS_PLAYED
    assert rows[0] == {"day": Day(date(2026, 3, 9), date(2026, 3, 1)), "amount": Money(Decimal(9))}
    assert await ask(billing, "payments", POOR) == Answered("none")


async def test_all_tariffs_are_played_to_anyone_the_cheapest_first(billing: Billing) -> None:
    answer = await ask(billing, "tariffs", None)
    played = [(row["fee"], row["code"]) for row in cast(Rows, answer.values["tariffs"]).rows]
    assert played == [(Money(Decimal(9)), Digits("2")), (Money(Decimal(15)), Digits("1"))]


async def test_a_complaint_is_kept_with_who_asks_and_its_key(billing: Billing) -> None:
    staff = Willing()
    said = Recording("/spool/said.wav", 4.2)
    answer = await selfcare(billing, staff).run(
        "complaint", {"recording": said}, asker(None), "s1:9"
    )
    assert answer == Answered("ok", {"complaint": Digits("1024")})
    assert staff.kept == [("s1:9", asker(None), said)]


async def test_a_request_for_a_message_is_noted_once(billing: Billing) -> None:
    care = selfcare(billing)
    assert await care.run("tell-when-mended", {}, asker(), "s1:1") == Answered("ok")
    assert await care.run("tell-when-mended", {}, asker(), "s1:2") == Answered("already")


@pytest.mark.parametrize("name", OF_STAFF)
@pytest.mark.parametrize(
    "fault",
    [RequestsUnavailable("disk full"), CodeWordsUnavailable("busy"), MessagesUnavailable("full")],
)
async def test_what_cannot_be_kept_has_failed(name: str, fault: Exception) -> None:
    answer = await ask(Broken(fault), name, RICH)
    promised(name, answer)
    assert answer.outcome == "failed"


@pytest.mark.parametrize("name", sorted(set(OF_BILLING) - OF_ANYBODY - OF_TICKETS))
@pytest.mark.parametrize(
    ("fault", "outcome"),
    [(BillingUnavailable("maintenance"), "unavailable"), (UnknownSubscriber(1), "unknown")],
)
async def test_fault_of_billing_is_an_outcome(name: str, fault: Exception, outcome: str) -> None:
    answer = await ask(Broken(fault), name, RICH)
    promised(name, answer)
    assert answer.outcome == outcome


@pytest.mark.parametrize(
    ("who", "calls", "low", "outcome"),
    [
        (POOR, 0, 2, "debt"),
        (RICH, 0, 2, "usual"),
        (RICH, 0, 13, "low"),
        (RICH, 1, 2, "usual"),
        (RICH, 2, 2, "again"),
        (NO_ONE, 0, 2, "usual"),
        (None, 5, 2, "usual"),
    ],
)
async def test_the_situation_of_a_caller(
    who: int | None, calls: int, low: int, outcome: str
) -> None:
    staff = Willing()
    staff.calls = calls
    given = {"low": Count(low)}
    answer = await selfcare(Books(), staff).run("situation", given, asker(who), "s1:1")
    assert answer == Answered(outcome)


@pytest.mark.parametrize("name", sorted(CATALOGUE.keys() - OF_SETTINGS))
async def test_silence_ends_at_the_deadline(name: str) -> None:
    hasty = {name: replace(CATALOGUE[name], deadline=0.01)}
    silent = Broken(None)
    care = Selfcare(back(silent, *([silent] * 5)), hasty)
    answer = await care.run(name, inputs(name), asker(), "s1:1")
    outcome = "accepted" if CATALOGUE[name].costs else "unavailable"
    assert answer == Answered("failed" if name in OF_STAFF else outcome)


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
        await selfcare(billing).run("lottery", {}, asker(), "s1:1")
    with pytest.raises(ValueError, match="balance takes"):
        await selfcare(billing).run("balance", {"of": Count(1)}, asker(), "s1:1")
    with pytest.raises(ValueError, match="takes a recording, not Count"):
        await selfcare(billing).run("complaint", {"recording": Count(1)}, asker(), "s1:1")
