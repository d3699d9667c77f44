"""What agents type is kept: from two tabs, and on a card that was not answered."""

import asyncio

import pytest

from ari_app.desk import messages as m
from ari_app.desk.web.message_codec import decode
from tests.desk.fakes import FakeCardStore
from tests.desk.harness import AgentTab, DeskHarness, board, caller, of_type


@pytest.fixture
def harness() -> DeskHarness:
    return DeskHarness()


async def test_two_tabs_in_a_field_do_not_overwrite_each_other(harness: DeskHarness) -> None:
    one, two = AgentTab(harness, "anna"), AgentTab(harness, "anna")
    harness.update(board(talking={"PJSIP/701": caller()}))
    card = harness.card("anna").id
    await one.sends(m.Save(card, "question", "a:1", "no sound"))
    await one.sends(m.Save(card, "question", "a:2", "no sound at all"))
    await two.sends(m.Save(card, "question", "b:1", "no picture"))
    assert two.received() == [m.Conflict(card, "question", "no sound at all", "a:2")]
    await two.sends(m.Save(card, "question", "b:1", "no picture"))
    assert of_type(two.received(), m.Saved) == [], "it stays in the browser until one is chosen"
    await two.sends(m.Save(card, "question", "b:2", "no picture", base="a:2"))
    assert two.received() == [m.Saved("b:2")]
    await one.sends(m.Save(card, "question", "a:2", "no sound at all"))
    assert m.Saved("a:2") in one.received(), "a burst that is sent again is stored already"
    await one.sends(m.Save(card, "question", "a:3", "neither", base="b:2"))
    await two.sends(m.Save(card, "solution", "b:3", "restarted"))
    assert await harness.store.texts(card) == {"question": "neither", "solution": "restarted"}


@pytest.mark.parametrize("base", ["", "abc:w1"])
def test_a_page_says_what_it_saw_or_that_it_saw_nothing(base: str) -> None:
    sent = f'{{"type":"save","card":"{"0" * 16}","field":"question","key":"a:1","text":"x"'
    assert decode(f'{sent},"base":"{base}"}}') == m.Save("0" * 16, "question", "a:1", "x", base)


async def unanswered(
    harness: DeskHarness, anna: AgentTab, text: str, field: m.Field = "question"
) -> str:
    """The card of a call that rang at Anna's phone, where she typed, and rings elsewhere now."""
    harness.update(board(ringing={"PJSIP/701": caller()}))
    card = harness.card("anna").id
    await asyncio.sleep(0)
    await anna.sends(m.Save(card, field, "a:1", text))
    harness.update(board(ringing={"PJSIP/702": caller()}))
    await harness.settled()
    return card


async def test_what_was_typed_while_it_rang_stays_when_it_was_not_answered(
    harness: DeskHarness,
) -> None:
    anna = AgentTab(harness, "anna")
    with harness.tabs.opened(anna.tab):
        card = await unanswered(harness, anna, "again the router")
        got = anna.received()
        assert not of_type(got, m.Gone)
        assert of_type(got, m.Phased)[-1].text == "Not answered: what you typed is kept"
        assert "colleague" in of_type(got, m.Notice)[-1].text
        harness.update(board(ringing={"PJSIP/701": caller()}))
        await harness.settled()
        assert of_type(anna.received(), m.Phased)[-1].text == "Ringing"
    assert (harness.card("anna").id, harness.card("anna").phase) == (card, "ringing")
    harness.update(board(talking={"PJSIP/701": caller()}))
    assert harness.card("anna").phase == "talking"


async def test_a_kept_card_survives_a_restart_and_may_be_dropped(harness: DeskHarness) -> None:
    anna = AgentTab(harness, "anna")
    card = await unanswered(harness, anna, "again the router")
    store: FakeCardStore = harness.store
    after = DeskHarness(store)
    await after.cards.restore()
    assert after.card("anna").missed
    tab = AgentTab(after, "anna")
    await tab.sends(m.Save(card, "question", "b:1", "", base="a:1"))
    await tab.sends(m.Finish(card, "t:2"))
    assert [one.ok for one in of_type(tab.received(), m.Answer)] == [True]


async def test_a_form_that_is_not_sent_keeps_the_card(harness: DeskHarness) -> None:
    """The browser has what is typed into it, and reports to the server that there is something."""
    anna = AgentTab(harness, "anna")
    card = await unanswered(harness, anna, "filled in", "forms")
    assert harness.card("anna").missed
    assert await harness.store.texts(card) == {}
    await anna.sends(m.Save(card, "forms", "a:2", ""))
    await anna.sends(m.Finish(card, "t:2"))
    assert [one.ok for one in of_type(anna.received(), m.Answer)] == [True]


async def test_a_card_on_which_nothing_was_typed_closes(harness: DeskHarness) -> None:
    anna = AgentTab(harness, "anna")
    await unanswered(harness, anna, " ")
    assert not list(harness.cards.of("anna"))
