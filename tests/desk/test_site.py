"""The desk of a site with departments, topics and a currency of its own, and without billing."""

from datetime import timedelta
from decimal import Decimal

import pytest

from ari_app.desk import messages as m
from ari_app.desk.cards.caller_profile import Contact, Ticket
from ari_app.desk.site import DeskSite
from ivr.numbers import NumberPlan
from ivr.tickets import Department, TicketPolicy, Topic
from tests.desk.fakes import NOW
from tests.desk.harness import AgentTab, DeskHarness, board, caller, of_type

SITE = DeskSite(
    zone="Asia/Almaty",
    wrapups={"support": 10},
    numbers=NumberPlan.of("KZ"),
    tickets=TicketPolicy(
        {
            "care": Department(label={"en": "Customer care", "ru": "Забота"}),
            "poles": Department(label={"": "Poles & wires"}, visits=True),
            "bare": Department(),
        },
        {
            "general": Topic(chosen=False),
            "roaming": Topic(label={"en": "roaming abroad", "ru": "роуминг"}),
            "internet": Topic(label={"en": "the line"}, department="poles"),
        },
    ),
    currency="USD",
    billing=False,
)
OLD = Ticket(8, "field", "repair", "cable", "open", "", NOW, NOW + timedelta(days=1), False)
SPOKEN = Contact(NOW - timedelta(days=9), "call", "tv", "No sound", "", "anna", False)


@pytest.fixture
def harness() -> DeskHarness:
    made = DeskHarness(site=SITE)
    made.profiles.open_tickets = (OLD,)
    made.profiles.contacts = (SPOKEN,)
    return made


async def opened(harness: DeskHarness, language: str) -> tuple[str, dict[str, str]]:
    """The card of Vera's call, and the parts that were loaded."""
    anna = AgentTab(harness, "anna", language)
    with harness.tabs.opened(anna.tab):
        harness.update(board(ringing={"PJSIP/701": caller()}))
        await harness.settled()
        received = anna.received()
    [card] = of_type(received, m.Card)
    return card.html, {one.part: one.html for one in of_type(received, m.Part)}


@pytest.mark.parametrize(
    ("language", "labels"),
    [
        ("en", ("Customer care", "roaming abroad", ">general<", "the line")),
        ("ru", ("Забота", "роуминг", ">общий вопрос<", "the line")),
    ],
)
async def test_labels_are_in_the_language_of_the_agent(
    harness: DeskHarness, language: str, labels: tuple[str, ...]
) -> None:
    card, _ = await opened(harness, language)
    for label in (*labels, "Poles &amp; wires", ">bare<"):
        assert label in card
    assert '<option value="poles" selected>' in card, "the department of the topic"
    for other in ("information", "Finance", "complaint"):
        assert other not in card


async def test_names_that_the_site_does_not_know_are_shown(harness: DeskHarness) -> None:
    _, parts = await opened(harness, "en")
    assert "field: cable" in parts["tickets"]
    assert "cable" in parts["why"]
    assert ">tv, Anna<" in parts["history"]


async def test_a_text_that_expired_is_shown_and_is_no_contact(harness: DeskHarness) -> None:
    late = Contact(NOW, "sms", "", "As of noon", "", "", False, "expired")
    harness.profiles.contacts = (late,)
    _, parts = await opened(harness, "en")
    assert "As of noon" in parts["history"]
    assert "text message expired before it could be delivered" in parts["history"]
    assert "As of noon" not in parts["why"]


async def test_without_billing_there_is_no_account(harness: DeskHarness) -> None:
    card, parts = await opened(harness, "en")
    assert 'data-part="account"' not in card
    assert "account" not in parts
    assert "-12.50" not in card
    assert "Paid actions" not in parts["tips"]


async def test_only_topics_and_departments_of_the_site_are_taken(harness: DeskHarness) -> None:
    anna = AgentTab(harness, "anna")
    with harness.tabs.opened(anna.tab):
        harness.update(board(talking={"PJSIP/701": caller()}))
        harness.update(board())
        card = harness.card("anna").id
        for key, topic in (("t:1", "money"), ("t:2", "roaming")):
            await anna.sends(m.Save(card, "question", f"{key}q", "?"))
            await anna.sends(m.Save(card, "topic", f"{key}t", topic))
            await anna.sends(m.Finish(card, key))
        first, second = of_type(anna.received(), m.Answer)
    assert (first.ok, second.ok) == (False, True)


def test_money_without_a_currency_is_in_that_of_the_site(harness: DeskHarness) -> None:
    render = harness.desk.render
    assert render.money(Decimal("9.9"), "", "en") == "9.90 USD"
    assert render.money(Decimal("9.9"), "EUR", "ru") == "9,90 EUR"
