"""The forms of a card: operations with quote and confirmation, tickets, notes, callbacks."""

import re
from datetime import date
from decimal import Decimal

import pytest

from ari_app.desk import messages as m
from ari_app.desk.cards.caller_profile import Callback
from ari_app.desk.forms.offered import for_agents
from ari_app.desk.words import page_languages, words
from ari_app.pages import operations
from ari_app.selfcare.operations import CATALOGUE
from ivr.events import Answered
from ivr.values import Count, Day, Digits, Money, Name, Rows, Values
from tests.desk.fakes import NOW
from tests.desk.harness import AgentTab, DeskHarness, board, caller, of_type

QUOTED: Values = {
    "charge": Money(Decimal("2.50"), "BYN"),
    "monthly": Money(Decimal(20), "BYN"),
    "since": Day(date(2026, 12, 1)),
    "tariff": Name({"ru": "Домашний", "en": "Home"}),
}


@pytest.fixture
def harness() -> DeskHarness:
    return DeskHarness()


def in_call(harness: DeskHarness) -> str:
    harness.update(board(talking={"PJSIP/701": caller()}))
    return harness.card("anna").id


async def filled(tab: AgentTab, card: str, form: str, key: str = "t:1", **values: str) -> m.Answer:
    """The answer to a form."""
    named = {name.replace("in_", "in-"): value for name, value in values.items()}
    await tab.sends(m.Form(card, key, form, named))
    await tab.harness.settled()
    answer: m.Answer = of_type(tab.received(), m.Answer)[-1]
    return answer


def hidden(html: str) -> dict[str, str]:
    """The fields that a form brings along."""
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', html)
    return dict(found)


async def test_a_query_is_answered_without_a_form(harness: DeskHarness) -> None:
    anna = AgentTab(harness, "anna")
    rows = Rows(({"service": Name({"en": "<b>Roaming</b>"}), "fee": Money(Decimal(3), "BYN")},))
    harness.operations.answers["services"] = Answered("ok", {"services": rows})
    answer = await filled(anna, in_call(harness), "operation", operation="services")
    assert "&lt;b&gt;Roaming" in answer.html
    assert "3.00 BYN" in answer.html
    assert not harness.operations.done


async def test_a_charge_needs_code_word_quote_and_confirmation(harness: DeskHarness) -> None:
    anna, card = AgentTab(harness, "anna"), in_call(harness)
    for step in ("operation", "operation-submit", "operation-confirm"):
        asks = await filled(anna, card, step, key="t:2", operation="tariff-change")
        assert (
            "data-after-code-word" in asks.html,
            "calling from their own number" in asks.html,
        ) == (
            True,
            True,
        )
    await anna.sends(m.Verify(card, "t:0", "ветер"))
    fee = Money(Decimal(20), "BYN")
    home: Values = {"tariff": Name({"en": "Home"}), "fee": fee, "code": Digits("2")}
    tariffs = Rows((home,))
    harness.operations.answers["tariffs"] = Answered("ok", {"tariffs": tariffs})
    form = await filled(anna, card, "operation", key="t:3", operation="tariff-change")
    assert '<option value="2">Home · 20.00 BYN</option>' in form.html
    assert "code word verified" in form.html
    harness.operations.answers["tariff-change-quote"] = Answered("ok", QUOTED)
    asked = {"operation": "tariff-change", "in_code": "2", "reason": "on request"}
    confirm = await filled(anna, card, "operation-submit", key="t:4", **asked)
    assert "2.50 BYN" in confirm.html
    assert not harness.operations.done
    fields = hidden(confirm.html)
    assert fields["in-charge"] == "2.50"
    results = [
        await filled(anna, card, "operation-confirm", key=key, **fields)
        for key in ("t:8", "t:8", "t:9")
    ]
    assert ["−12.50" in one.html or "-12.50 BYN → <b>-15.00" in one.html for one in results] == [
        True
    ] * 3
    [(operation, key, reason)] = harness.operations.done
    assert (operation, reason) == ("tariff-change", "on request")
    assert key == f"{card}:{fields['action']}"


async def test_an_unverified_caller_needs_the_code_word_for_account_queries(
    harness: DeskHarness,
) -> None:
    anna, card = AgentTab(harness, "anna"), in_call(harness)
    harness.cards.identify(harness.card("anna"), "none")
    asks = await filled(anna, card, "operation", operation="balance")
    assert ("data-after-code-word" in asks.html, "not verified" in asks.html) == (True, True)
    harness.operations.answers["tariffs"] = Answered("ok", {"tariffs": Rows(())})
    answer = await filled(anna, card, "operation", key="t:2", operation="tariffs")
    assert "data-after-code-word" not in answer.html


async def test_fields_match_the_kinds_of_inputs(harness: DeskHarness) -> None:
    anna, card = AgentTab(harness, "anna"), in_call(harness)
    await anna.sends(m.Verify(card, "t:0", "ветер"))
    pause = await filled(anna, card, "operation", key="t:1", operation="pause")
    assert re.findall(r'name="in-(.*?)" type="(.*?)"', pause.html) == [
        ("since", "date"), ("months", "number"),
    ]  # fmt: skip
    gift = await filled(anna, card, "operation", key="t:2", operation="gift")
    assert '<option value="minutes">Minutes</option>' in gift.html
    off = await filled(anna, card, "operation", key="t:3", operation="service-off")
    assert "nothing to choose from" in off.html
    harness.operations.answers["pause-quote"] = Answered("ok", QUOTED)
    days = {"in_since": "2026-12-01", "in_months": "3", "reason": "x"}
    confirm = await filled(anna, card, "operation-submit", key="t:4", operation="pause", **days)
    await filled(anna, card, "operation-confirm", key="t:5", **hidden(confirm.html))
    charge = Money(Decimal("2.50"))
    assert harness.operations.inputs == {
        "since": Digits("0112"),
        "months": Count(3),
        "charge": charge,
    }


async def test_typing_is_saved_while_billing_is_slow(harness: DeskHarness) -> None:
    anna, card = AgentTab(harness, "anna"), in_call(harness)
    harness.operations.billing.clear()
    await anna.sends(
        m.Form(card, "t:1", "operation-submit", {"operation": "apn-settings", "reason": "x"})
    )
    await anna.sends(m.Save(card, "question", "k:1", "settings"))
    assert of_type(anna.received(), m.Saved) == [m.Saved("k:1")]
    again = m.Form(card, "t:1", "operation-submit", {"operation": "apn-settings", "reason": "x"})
    other = AgentTab(harness, "anna")
    await other.sends(again)  # from a page that was reloaded
    harness.operations.billing.set()
    await harness.settled()
    assert len(harness.operations.done) == 1
    for tab in (anna, other):
        assert [one.ok for one in of_type(tab.received(), m.Answer)] == [True]


async def test_a_failed_action_can_be_retried(
    harness: DeskHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, card = AgentTab(harness, "anna"), in_call(harness)

    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(harness.operations, "do", broken)
        said = m.Form(card, "t:1", "operation-submit", {"operation": "apn-settings", "reason": "x"})
        await anna.sends(said)
        with pytest.raises(ZeroDivisionError):
            await harness.settled()
        [answer] = of_type(anna.received(), m.Answer)
        assert (answer.ok, "server error" in answer.text) == (False, True)
    for outcome, ok in (("nowhere", False), ("ok", True)):
        harness.operations.answers["apn-settings"] = Answered(outcome)
        harness.operations.done.clear()
        answer = await filled(anna, card, "operation-submit", operation="apn-settings", reason="x")
        assert (answer.ok, len(harness.operations.done)) == (ok, 1)


async def test_a_rejected_quote_is_shown(harness: DeskHarness) -> None:
    anna, card = AgentTab(harness, "anna"), in_call(harness)
    await anna.sends(m.Verify(card, "t:0", "ветер"))
    harness.operations.answers["resume-quote"] = Answered("not-on")
    answer = await filled(anna, card, "operation-submit", operation="resume", reason="x")
    assert (answer.ok, answer.text) == (False, "It is not active.")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"operation": "pause", "in_since": "2026-12-01"}, "For how many months"),
        ({"operation": "pause", "in_since": "0112", "in_months": "3"}, "From which day"),
        ({"operation": "pause", "in_since": "2026-11-23", "in_months": "3"}, "From which day"),
        ({"operation": "pause", "in_since": "2027-11-24", "in_months": "3"}, "From which day"),
        (
            {"operation": "pause", "in_since": "2026-12-01", "in_months": "-1"},
            "For how many months",
        ),
        ({"operation": "pause", "in_since": "2026-12-01", "in_months": "3"}, "Reason"),
        ({"operation": "gift", "in_recipient": "Goto(x)"}, "To whom (number)"),
        ({"operation": "gift", "in_recipient": "+375 29", "in_unit": "rubles"}, "What"),
        ({"operation": "code-word"}, "action"),
        ({"operation": "pause-quote"}, "action"),
        ({}, "action"),
    ],
)
async def test_invalid_fields_are_named(
    harness: DeskHarness, values: dict[str, str], field: str
) -> None:
    anna, card = AgentTab(harness, "anna"), in_call(harness)
    harness.cards.identify(harness.card("anna"), "code-word")
    answer = await filled(anna, card, "operation-submit", **values)
    assert (answer.ok, answer.text) == (False, f"Fill in: {field}")
    assert not harness.operations.done


async def test_ticket_note_and_callback(harness: DeskHarness) -> None:
    anna, card = AgentTab(harness, "anna"), in_call(harness)
    for _ in range(2):  # a double click
        ticket = await filled(anna, card, "ticket", department="field", text="no sound")
    assert ticket.text == "Ticket 7 is open, due 25.11 12:30."
    await filled(anna, card, "note", text="after six")
    with harness.tabs.opened(anna.tab):
        harness.profiles.open_callbacks = [Callback(NOW, NOW, "anna", "the <bill>")]
        call = await filled(anna, card, "call-back", due="2026-11-24T18:00", text="the bill")
    assert call.text == "Callback promised for 24.11 18:00."
    assert harness.card("anna").profile.callbacks == harness.profiles.open_callbacks
    assert harness.tickets.written == [
        ("field", "no sound"), ("note", "after six"), ("24.11 18:00", "the bill"),
    ]  # fmt: skip


async def test_a_subscriber_goes_to_a_chosen_agent_and_to_anyone_again(
    harness: DeskHarness,
) -> None:
    anna, card = AgentTab(harness, "anna"), in_call(harness)
    with harness.tabs.opened(anna.tab):
        harness.profiles.goes_to = "boris"
        await anna.sends(m.Form(card, "t:1", "goes-to", {"agent": "boris", "days": "14"}))
        await harness.settled()
        received = anna.received()
    assert [one.ok for one in of_type(received, m.Answer)] == [True]
    shown = [one.html for one in of_type(received, m.Part) if one.part == "subscriber"]
    assert "data-goes-to" in shown[-1]
    assert "Boris, until 08.12 12:30" in shown[-1]
    assert not (await filled(anna, card, "goes-to", "t:2", agent="boris", days="0")).ok
    assert (await filled(anna, card, "goes-to", "t:3", agent="", days="14")).text == (
        "Calls go to anyone again."
    )
    assert harness.tickets.written == [("goes to boris", "08.12"), ("goes to ", "")]


@pytest.mark.parametrize("due", ["", "yesterday", "2026-11-24T12:29", "2099-01-01T00:00"])
async def test_callbacks_need_a_future_time(harness: DeskHarness, due: str) -> None:
    anna, card = AgentTab(harness, "anna"), in_call(harness)
    answer = await filled(anna, card, "call-back", due=due)
    assert (answer.ok, answer.text) == (False, "Fill in: Due")


def test_all_operations_are_offered_except_those_agents_cannot_run() -> None:
    left = {name for name in CATALOGUE if name not in for_agents(CATALOGUE)}
    assert {name for name in left if not name.endswith("-quote")} == {
        "billing", "complaint", "code-word", "code-word-of", "no-network", "no-network-at",
        "one-time-code-of", "help-page", "lesson", "area", "call-back-at", "call-back-time",
        "change-code-word", "set-code-word", "set-pin", "situation", "promise-terms", "survey",
        "survey-answer",
    }  # fmt: skip
    assert all(name.removesuffix("-quote") in CATALOGUE for name in left)


def test_all_inputs_outputs_and_outcomes_have_texts() -> None:
    needed = set()
    for name, operation in for_agents(CATALOGUE).items():
        quote = CATALOGUE.get(f"{name}-quote", operation)
        needed |= {f"operation-{name}"}
        needed |= {f"value-{value}" for value in (*operation.inputs, *quote.inputs)}
        for one in (operation, quote):
            needed |= {f"outcome-{outcome}" for outcome in one.outcomes}
            needed |= {
                f"value-{value}"
                for brought in one.outcomes.values()
                for value, kind in brought.items()
                if kind != "word"
            }
    assert sorted(needed - words().keys()) == []


def test_all_texts_exist_in_all_languages() -> None:
    assert [name for name, said in words().items() if set(said) != set(page_languages())] == []


def test_free_actions_are_operations() -> None:
    assert CATALOGUE.keys() >= operations.FREE_ACTIONS
    assert operations.shown(Count(3), "en", "EUR") == "3"
    assert operations.shown(Money(Decimal(3)), "en", "EUR") == "3.00 EUR"
