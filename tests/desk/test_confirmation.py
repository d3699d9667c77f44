"""What an agent confirms: the object of an operation, what is so now, and whether it was done."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from ari_app.desk.cards.caller_profile import PendingOrder
from ari_app.desk.ports import EarlierAction
from ivr.events import Answered
from ivr.values import Day, Digits, Money, Name, Rows, Values, Word
from tests.desk.fakes import NOW
from tests.desk.harness import AgentTab, DeskHarness
from tests.desk.test_operation_forms import filled, hidden, in_call


def money(amount: str) -> Money:
    return Money(Decimal(amount), "BYN")


def tariff(code: str, name: str, fee: str) -> Values:
    return {"tariff": Name({"en": name}), "fee": money(fee), "code": Digits(code)}


NOTHING: Values = {
    "charge": money("0"), "monthly": money("0"), "since": Day(date(2026, 12, 1)),
}  # fmt: skip
ANSWERS = {
    "tariff": Answered("ok", {**tariff("1", "Home", "20"), "tariff_code": Word("1")}),
    "tariffs": Answered(
        "ok",
        {"tariffs": Rows((tariff("1", "Home", "20"), tariff("2", "Plus", "25")))},
    ),
    "services": Answered(
        "ok",
        {
            "services": Rows(
                ({"service": Name({"en": "Roaming"}), "fee": money("3"), "code": Digits("7")},)
            )
        },
    ),
    "service-offers": Answered(
        "ok",
        {
            "offered": Rows(
                tuple(
                    {"service": Name({"en": name}), "fee": money("3"), "code": Digits(code)}
                    for code, name in (("7", "Roaming"), ("8", "Antivirus"))
                )
            )
        },
    ),
    "tariff-change-quote": Answered(
        "ok",
        {
            **NOTHING,
            "charge": money("5"),
            "monthly": money("5"),
            "tariff": Name({"en": "Plus"}),
            "fee": money("25"),
        },
    ),
    "gift-quote": Answered("ok", NOTHING),
    "resume-quote": Answered("not-on"),
}
GIFT = {
    "operation": "gift", "in_recipient": "8 (029) 111-22-33", "in_unit": "gigabytes",
    "in_amount": "5", "reason": "asked",
}  # fmt: skip


@pytest.fixture
async def harness() -> DeskHarness:
    made = DeskHarness()
    made.operations.answers.update(ANSWERS)
    return made


async def verified(harness: DeskHarness) -> tuple[AgentTab, str]:
    """Anna in a call of somebody whose code word was right, with all that is known."""
    card = in_call(harness)
    await harness.settled()
    harness.cards.identify(harness.card("anna"), "code-word")
    return AgentTab(harness, "anna"), card


async def test_a_tariff_is_confirmed_with_both_prices_and_from_when(harness: DeskHarness) -> None:
    anna, card = await verified(harness)
    asked = {"operation": "tariff-change", "in_code": "2", "reason": "asked"}
    page = (await filled(anna, card, "operation-submit", **asked)).html
    for line in (
        "Home → <b>Plus</b>",
        "20.00 BYN → <b>25.00 BYN</b>",
        "Total per month</dt><dd>23.00 BYN → <b>28.00 BYN</b>",
        "01.12.2026",
        "Will be charged</dt><dd>5.00 BYN",
    ):
        assert line in page
    assert "Change a month" not in page, "a difference is nothing to read out"


async def test_a_gift_is_confirmed_with_whom_and_how_much(harness: DeskHarness) -> None:
    anna, card = await verified(harness)
    page = (await filled(anna, card, "operation-submit", **GIFT)).html
    for line in ("+375 29 111-22-33", "Gigabytes", "How much</dt><dd>5<"):
        assert line in page
    assert "Total per month" not in page


async def test_what_the_subscriber_has_is_not_offered(harness: DeskHarness) -> None:
    anna, card = await verified(harness)
    tariffs = (await filled(anna, card, "operation", operation="tariff-change")).html
    services = (await filled(anna, card, "operation", key="t:2", operation="service-on")).html
    assert ("Plus" in tariffs, "Home" in tariffs) == (True, False)
    assert ("Antivirus" in services, "Roaming" in services) == (True, False)
    shown = harness.card("anna")
    account = shown.profile.account
    assert account is not None
    ordered = PendingOrder("tariff-change", "2", {"en": "Plus"}, date(2026, 12, 1))
    shown.profile = replace(shown.profile, account=replace(account, pending=(ordered,)))
    part = harness.desk.render.part("account", shown, "en")
    assert "Change the tariff: Plus, from 01.12.2026" in part
    tariffs = (await filled(anna, card, "operation", key="t:3", operation="tariff-change")).html
    assert ("Plus" in tariffs, "Home" in tariffs) == (False, True), "the order may be taken back"


async def test_what_cannot_be_done_is_said_before_a_reason_is_asked(harness: DeskHarness) -> None:
    anna, card = await verified(harness)
    page = (await filled(anna, card, "operation", operation="resume")).html
    assert ("It is not active." in page, "reason" in page) == (True, False)


async def test_the_same_order_twice_is_asked_about(harness: DeskHarness) -> None:
    anna, card = await verified(harness)
    first = await filled(anna, card, "operation-submit", **GIFT)
    at = NOW - timedelta(minutes=5)
    harness.operations.before["gift"] = [EarlierAction(at, "Boris", "ok")]
    again = await filled(anna, card, "operation-submit", key="t:2", **GIFT)
    assert "This was already done, 24.11 12:25, Boris: Done." in again.html
    assert "Yes, once more" in again.html
    stale = await filled(anna, card, "operation-confirm", key="t:3", **hidden(first.html))
    assert "Yes, once more" in stale.html, "it was done after this was asked"
    assert not harness.operations.done
    await filled(anna, card, "operation-confirm", key="t:4", **hidden(again.html))
    assert len(harness.operations.done) == 1


async def test_what_costs_nothing_is_asked_about_when_it_was_done(harness: DeskHarness) -> None:
    anna, card = await verified(harness)
    settings = {"operation": "apn-settings", "reason": "x"}
    await filled(anna, card, "operation-submit", **settings)
    assert len(harness.operations.done) == 1
    harness.operations.before["apn-settings"] = [EarlierAction(NOW, "", "ok")]
    again = await filled(anna, card, "operation-submit", key="t:2", **settings)
    assert "the caller in the menu: Done." in again.html
