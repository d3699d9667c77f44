"""From keys to orders: what is quoted, and what can be no order."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ari_app.selfcare.backends import Backends
from ari_app.selfcare.billing import Charge
from ari_app.selfcare.operations import CATALOGUE, Selfcare
from ari_app.selfcare.order_input import months_after
from ari_app.selfcare.orders import Reason
from ari_app.selfcare.request_port import Asker
from ari_app.sim.in_memory import PlainOrders, SameCodes
from ivr.events import Answered
from ivr.values import Count, Day, Digits, Moment, Money, Name, Rows, Value, Values, Word
from tests.selfcare.fake_billing import NOON, SINCE, FakeBilling
from tests.selfcare.fakes import Neighbours, Sent, Willing, Words
from tests.selfcare.samples import NAMES

ASKER = Asker("c1", "375990000001", 1, "ru", "code-word")
GIFT: Mapping[str, Value] = {
    "recipient": Digits("375990000002"),
    "unit": Word("minutes"),
    "amount": Count(10),
}


@pytest.fixture
async def billing() -> FakeBilling:
    return FakeBilling()


async def ask(
    billing: FakeBilling, name: str, inputs: Values, now: datetime = NOON, sent: Sent | None = None
) -> Answered:
    behind = (Willing(), Words(), SameCodes(), PlainOrders(billing), sent or Sent(), Neighbours())
    return await Selfcare(Backends(billing, *behind, lambda: now)).run(name, inputs, ASKER, "c1:1")


async def refused(billing: FakeBilling, name: str, inputs: Values) -> str:
    """The outcome of a quote, which is that of the operation, too."""
    before = repr([vars(one) for one in billing.accounts.values()])
    outcome = (await ask(billing, f"{name}-quote", inputs)).outcome
    agreed: Values = {"price": Count(1)} if name == "redeem" else {"charge": Money(Decimal("0.50"))}
    assert (await ask(billing, name, {**inputs, **agreed})).outcome == outcome
    assert repr([vars(one) for one in billing.accounts.values()]) == before
    return outcome


@pytest.mark.parametrize("name", [name for name, one in CATALOGUE.items() if one.costs])
def test_every_action_has_a_quote_that_costs_nothing(name: str) -> None:
    action, quote = CATALOGUE[name], CATALOGUE[f"{name}-quote"]
    agreed = action.inputs.keys() - quote.inputs.keys()
    assert {key: quote.outcomes["ok"][key] for key in agreed} == {
        key: action.inputs[key] for key in agreed
    }
    assert len(agreed) == 1
    assert not quote.costs
    assert action.daily > 0 < action.monthly


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"recipient": Digits("375990000001")}, "self"),
        ({"recipient": Digits("375990000009")}, "no-recipient"),
        ({"recipient": Digits("")}, "no-recipient"),
        ({"recipient": Digits("1" * 5000)}, "no-recipient"),
        ({"amount": Count(0)}, "zero"),
        ({"amount": Count(101)}, "too-little"),
        ({"amount": Count(10**4000)}, "too-much"),
    ],
)
async def test_what_can_be_no_gift_is_refused(
    billing: FakeBilling, change: Values, outcome: str
) -> None:
    assert await refused(billing, "gift", {**GIFT, **change}) == outcome
    if "price" not in change:
        sold = {**GIFT, **change, "price": Count(1)}
        assert (await ask(billing, "sell-quote", sold)).outcome == outcome


@pytest.mark.parametrize(("price", "outcome"), [(0, "zero"), (10**9, "too-much"), (1, "ok")])
async def test_a_price_is_something(billing: FakeBilling, price: int, outcome: str) -> None:
    assert (await ask(billing, "sell-quote", {**GIFT, "price": Count(price)})).outcome == outcome


async def test_a_unit_is_the_flows_to_get_right(billing: FakeBilling) -> None:
    with pytest.raises(ValueError, match="unit is minutes or gigabytes"):
        await ask(billing, "gift-quote", {**GIFT, "unit": Word("hours")})


@pytest.mark.parametrize(
    ("since", "months", "quoted"),
    [
        ("0", 1, (date(2026, 3, 1), date(2026, 4, 1))),
        ("0103", 1, (date(2026, 3, 1), date(2026, 4, 1))),
        ("3112", 2, (date(2026, 12, 31), date(2027, 2, 28))),
        ("2802", 12, (date(2027, 2, 28), date(2028, 2, 28))),
        ("0", 0, None),
        ("0", 13, None),
        ("3002", 1, None),
        ("2902", 1, None),
        ("0013", 1, None),
        ("", 1, None),
        ("103", 1, None),
        ("01032026", 1, None),
        ("²²²²", 1, None),
    ],
)
async def test_a_pause_begins_on_the_next_such_day(
    billing: FakeBilling, since: str, months: int, quoted: tuple[date, date] | None
) -> None:
    asked: Values = {"since": Digits(since), "months": Count(months)}
    answer = await ask(billing, "pause-quote", asked)
    if quoted is None:
        assert answer == Answered("day")
    else:
        assert answer.values["until"] == Day(quoted[1])
        assert quoted[1] == months_after(quoted[0], months)


@given(st.dates(date(1, 1, 1), date(9990, 1, 1)), st.integers(1, 12))
def test_months_are_calendar_months(day: date, months: int) -> None:
    later = months_after(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day
    assert later.day == day.day or (later + timedelta(1)).day == 1


@pytest.mark.parametrize(("days", "outcome"), [(0, "day"), (1, "ok"), (367, "day"), (10**9, "day")])
async def test_a_promise_is_for_some_days(billing: FakeBilling, days: int, outcome: str) -> None:
    answer = await ask(billing, "promise-payment-quote", {"days": Count(days)})
    assert answer.outcome == outcome


async def test_quotes_name_what_is_chosen(billing: FakeBilling) -> None:
    charge, monthly, since = Money(Decimal(1)), Money(Decimal(0)), Day(SINCE, SINCE)
    tariff = await ask(billing, "tariff-change-quote", {"code": Digits("2")})
    assert tariff.values == {
        "charge": charge,
        "monthly": monthly,
        "since": since,
        "tariff": Name(NAMES),
        "fee": Money(Decimal(9)),
    }
    reward = await ask(billing, "redeem-quote", {"code": Digits("5")})
    assert reward.values["price"] == Count(100)
    assert reward.values["reward"] == Name(NAMES)
    service = await ask(billing, "service-on-quote", {"code": Digits("7")})
    assert service.values["service"] == Name(NAMES)
    for name, code in (("tariff-change", "3"), ("service-on", "1"), ("redeem", "1")):
        assert await refused(billing, name, {"code": Digits(code)}) == "no-such"


async def test_a_reason_that_is_none_of_the_outcomes_is_billings_fault(
    billing: FakeBilling, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def odd(*_: object) -> Reason:
        return "no-recipient"

    monkeypatch.setattr(billing, "_why_not", odd)
    assert await refused(billing, "tariff-change", {"code": Digits("2")}) == "unavailable"
    assert "billing refused tariff-change as no-recipient" in caplog.text


async def test_a_balance_of_another_moment_is_old(billing: FakeBilling) -> None:
    billing.as_of = datetime(2026, 3, 1, 10, tzinfo=UTC)
    now = NOON.astimezone(ZoneInfo("Europe/Minsk"))
    answer = await ask(billing, "balance", {}, now)
    assert answer.outcome == "old"
    assert answer.values["balance"] == Money(Decimal("20.00"), "BYN")
    assert cast(Moment, answer.values["as_of"]).at.hour == 13


async def test_charges_are_played_in_short_and_written_in_full(billing: FakeBilling) -> None:
    assert await ask(billing, "charges", {}) == Answered("none")
    assert await ask(billing, "charges-text", {}) == Answered("none")
    billing.used = [
        Charge(NOON - timedelta(hours=hour), NAMES, "375170000001", 60, Decimal("0.10"))
        for hour in range(30)
    ]
    answer = await ask(billing, "charges", {})
    assert len(cast(Rows, answer.values["charges"]).rows) == 3
    assert (answer.values["total"], answer.values["many"]) == (Money(Decimal("2.40")), Count(24))
    sent = Sent()
    assert await ask(billing, "charges-text", {}, sent=sent) == Answered("ok")
    rows = [row for text in sent.sent for row in cast(Rows, text.values["charges"]).rows]
    assert len(rows) == 24
    assert rows[0]["number"] == Name({"": "+375170000001"})


async def test_an_offer_is_played_with_its_seller(billing: FakeBilling) -> None:
    assert await ask(billing, "offers", {}) == Answered("none")
    sale = {**GIFT, "recipient": Digits("375990000001"), "price": Count(3)}
    behind = (Willing(), Words(), SameCodes(), PlainOrders(billing), Sent(), Neighbours())
    seller = Asker("c2", "375990000002", 2, "be", "code-word")
    care = Selfcare(Backends(billing, *behind, lambda: NOON))
    await care.run("sell", {**sale, "charge": Money(Decimal(0))}, seller, "c2:1")
    [offer] = cast(Rows, (await ask(billing, "offers", {})).values["offers"]).rows
    assert offer == {
        "offer": Digits("1"),
        "seller": Digits("375990000002"),
        "what": offer["what"],
        "charge": Money(Decimal(3)),
    }
    assert cast(Name, offer["what"]).in_("be") == "дзесяць хвілін"
