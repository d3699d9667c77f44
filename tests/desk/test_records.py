"""Subscribers who were found: a card without a call, and a call that is linked to one."""

import re
from datetime import timedelta

import pytest

from ari_app.desk import messages as m
from ari_app.desk.cards.caller_profile import (
    Arrival,
    CallerProfile,
    CallPath,
    Contact,
    Step,
    Ticket,
)
from ari_app.desk.cards.contact_reasons import reasons
from tests.desk.fakes import NOW, FakeCardStore
from tests.desk.harness import AgentTab, DeskHarness, board, caller, of_type
from tests.desk.test_operation_forms import filled
from tests.operators import DEMO_TICKETS

STRANGER = caller(number="375295550011")


@pytest.fixture
def harness() -> DeskHarness:
    return DeskHarness()


async def answer(tab: AgentTab, message: m.FromBrowser) -> m.Answer:
    """The answer to a message."""
    await tab.sends(message)
    await tab.harness.settled()
    found: m.Answer = of_type(tab.received(), m.Answer)[-1]
    return found


async def test_what_was_found_opens_as_a_card_to_work_with(harness: DeskHarness) -> None:
    anna = AgentTab(harness, "anna")
    early = await answer(anna, m.OpenRecord("t:1", 1))
    assert (early.ok, "record first" in early.text) == (False, True)
    page = await answer(anna, m.ViewSubscriber("t:2", 1))
    assert 'data-open-record="1"' in page.html
    assert "data-link" not in page.html, "no call could be theirs"
    opened = await answer(anna, m.OpenRecord("t:3", 1))
    again = await answer(anna, m.OpenRecord("t:4", 1))
    card = harness.card("anna")
    assert {opened.card, again.card} == {card.id}
    html = harness.desk.render.card(card, {}, "en")
    assert "Without a call" in html
    assert "without a call</li>" in html
    for piece in ("data-verify", "data-operation", "transfer-targets", "data-local"):
        assert piece not in html
    await filled(anna, card.id, "note", key="t:5", text="after six")
    await filled(anna, card.id, "ticket", key="t:6", department="field", text="no sound")
    assert [text for _, text in harness.tickets.written] == ["after six", "no sound"]
    refused = await filled(anna, card.id, "operation", key="t:7", operation="balance")
    assert (refused.ok, "during the call" in refused.text) == (False, True)
    closed = await answer(anna, m.Finish(card.id, "t:8"))
    assert closed.ok, "nothing was written: there is nothing to record"
    assert not list(harness.cards.of("anna"))


async def test_a_call_is_linked_to_whom_the_agent_identified(harness: DeskHarness) -> None:
    anna = AgentTab(harness, "anna")
    harness.update(board(talking={"PJSIP/701": STRANGER}))
    card = harness.card("anna")
    await harness.settled()
    await anna.sends(m.Save(card.id, "question", "k:1", "lost the phone"))
    linked = m.Link(card.id, "t:1", 1, "document")
    assert not (await answer(anna, linked)).ok, "the record was not read"
    page = await answer(anna, m.ViewSubscriber("t:2", 1))
    assert f'<option value="{card.id}">+375 29 555-00-11 · Talking' in page.html
    with harness.tabs.opened(anna.tab):
        await anna.sends(linked)
        await harness.settled()
        got = anna.received()
    [shown] = of_type(got, m.Card)
    assert "lost the phone" in shown.html
    assert "about +375 99 000-00-01" in shown.html
    for piece in ("data-verify", "data-operation", 'data-form="note"'):
        assert piece in shown.html
    parts = {one.part: one.html for one in of_type(got, m.Part)}
    assert "identified by an agent: showed a document" in parts["subscriber"]
    stored = harness.store.cards[card.id]
    assert (stored.arrival.subscriber, stored.identity) == (1, "caller")
    assert ("anna", 1, f"linked card {card.id}: document") in harness.profiles.views
    assert harness.conversations.linked == [(card.record.arrival.channel, "anna", 1)]
    assert (await answer(anna, m.Verify(card.id, "t:3", "ветер"))).ok
    assert harness.card("anna").record.identity == "code-word"


async def test_a_colleague_gets_the_link_with_the_caller(harness: DeskHarness) -> None:
    anna = AgentTab(harness, "anna")
    harness.update(board(talking={"PJSIP/701": STRANGER}))
    card = harness.card("anna")
    await answer(anna, m.ViewSubscriber("t:1", 1))
    await answer(anna, m.Link(card.id, "t:2", 1, "details"))
    harness.update(board(ringing={"PJSIP/702": STRANGER}))
    arrival = harness.card("boris").record.arrival
    assert (arrival.subscriber, arrival.identified) == (1, "details")


async def test_a_restart_brings_records_and_links_back() -> None:
    store = FakeCardStore()
    before = DeskHarness(store)
    anna = AgentTab(before, "anna")
    await answer(anna, m.ViewSubscriber("t:1", 1))
    await answer(anna, m.OpenRecord("t:2", 1))
    after = DeskHarness(store)
    await after.cards.restore()
    assert after.card("anna").phase == "record"


@pytest.mark.parametrize(
    ("call", "steps", "kind"),
    [("", 0, "direct"), ("c" * 16, 2, "unknown"), ("c" * 16, 9, "unstated")],
)
def test_who_met_no_menu_did_not_ask_for_an_agent_there(call: str, steps: int, kind: str) -> None:
    path = CallPath([Step(NOW, {"": "x"}, "", "", False)] * steps, (), 0)
    arrival = Arrival(channel="1.1", number="1", call=call)
    [line] = reasons(arrival, CallerProfile(path=path), DEMO_TICKETS, NOW)
    assert line.kind == kind


async def test_many_reasons_and_long_ones_are_cut(harness: DeskHarness) -> None:
    harness.profiles.open_tickets = [
        Ticket(id, "field", "", "no sound " * 100, "open", "", NOW, NOW, True) for id in range(5)
    ]
    harness.update(board(talking={"PJSIP/701": caller()}))
    await harness.settled()
    html = harness.desk.render.part("why", harness.card("anna"), "en")
    first, more = html.split("<details>")
    assert first.count("<li") == 3
    assert "more</summary>" in more
    assert max(map(len, html.splitlines())) < 250


async def test_earlier_contacts_come_on_demand(harness: DeskHarness) -> None:
    anna = AgentTab(harness, "anna")
    harness.profiles.contacts = [
        Contact(NOW - timedelta(days=day), "call", "tv", f"question {day}", "", "boris", False)
        for day in range(45)
    ]
    early = await answer(anna, m.History("t:0", 1, NOW.isoformat()))
    assert not early.ok, "neither a card nor the record"
    page = (await answer(anna, m.ViewSubscriber("t:1", 1, "0001"))).html
    seen = re.findall(r"question \d+", page)
    for key in ("t:2", "t:3"):
        [before] = re.findall('data-before="(.*?)"', page)
        page = (await answer(anna, m.History(key, 1, before))).html
        seen += re.findall(r"question \d+", page)
    assert seen == [f"question {day}" for day in range(45)]
    assert "data-before" not in page, "there are no more"
    assert not (await answer(anna, m.History("t:4", 1, "yesterday"))).ok
