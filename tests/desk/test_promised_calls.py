"""Calls that are to be made: reminded of when due, dialled by a click, taken over, closed."""

import asyncio
from datetime import timedelta

import pytest

from ari_app.desk import messages as m
from ari_app.desk.cards.caller_profile import Callback
from ari_app.desk.phone.account import BrowserPhone
from ivr.secret import Secret
from tests.desk.fakes import NOW
from tests.desk.harness import AgentTab, DeskHarness, board, caller, of_type
from tests.desk.test_records import answer


@pytest.fixture
def harness() -> DeskHarness:
    return DeskHarness()


async def reminded(harness: DeskHarness, *tabs: AgentTab) -> list[list[str]]:
    """What is due in each tab, as it was sent."""
    reminding = asyncio.create_task(harness.desk.promised.run(60.0))
    for _ in range(10):
        await asyncio.sleep(0)
    reminding.cancel()
    return [[one.html.strip() for one in of_type(tab.received(), m.Due)] for tab in tabs]


async def test_the_card_of_a_call_back_says_so_and_what_it_is_for() -> None:
    harness = DeskHarness()
    harness.profiles.open_callbacks = [
        Callback(NOW, None, "", "", "375990000001", 5, topic="internet", calling=True)
    ]
    tab = AgentTab(harness, "anna")
    with harness.tabs.opened(tab.tab):
        for channel, says in (("callback-5-2", True), ("1.1", False)):
            harness.update(board(ringing={"PJSIP/701": caller(channel)}))
            await harness.settled()
            parts = [one.html for one in of_type(tab.received(), m.Part) if one.part == "callbacks"]
            assert ("call back, attempt 2" in parts[-1]) == says
            harness.update(board())


async def test_a_call_is_listed_dialled_and_closed(harness: DeskHarness) -> None:
    anna = AgentTab(harness, "anna")
    listed = await answer(anna, m.Calls("t:1"))
    assert "<b>Вера</b> +375 99 000-00-01" in listed.html
    assert "due 24.11 14:30" in listed.html
    called = await answer(anna, m.CallBack("t:2", 5, "call"))
    assert harness.queue_control.asked == [("anna", "375990000001")]
    assert (called.ok, called.card) == (True, harness.card("anna").id)
    assert harness.tickets.calls[5].agent == "anna"
    assert harness.card("anna").record.arrival.subscriber == 1
    done = await answer(anna, m.CallBack("t:3", 5, "done"))
    assert (done.ok, harness.tickets.calls) == (True, {})
    late = await answer(anna, m.CallBack("t:4", 5, "take"))
    assert (late.ok, "not open any more" in late.text) == (False, True)


async def test_who_gave_up_is_listed_and_left_to_the_queue(harness: DeskHarness) -> None:
    anna = AgentTab(harness, "anna")
    who = (NOW, None, "", "", "375990000001", 5, 1, "")
    harness.tickets.calls = {5: Callback(*who, attempts=2, outcome="no-answer", gave_up=True)}
    listed = await answer(anna, m.Calls("t:1"))
    assert "hung up while waiting · did not answer · attempts: 2" in listed.html
    left = await answer(anna, m.CallBack("t:2", 5, "leave"))
    assert left.text == "The queue calls back: +375 99 000-00-01."
    harness.tickets.calls = {5: Callback(*who, calling=True)}
    listed = await answer(anna, m.Calls("t:3"))
    assert "is being called now" in listed.html
    assert "Leave to the queue" not in listed.html


async def test_a_phone_in_the_browser_answers_by_itself(harness: DeskHarness) -> None:
    harness.browser_phones.accounts["anna"] = BrowserPhone("701", Secret("word"))
    called = await answer(AgentTab(harness, "anna"), m.CallBack("t:2", 5, "call"))
    assert called.text == "Dialling +375 99 000-00-01; answer if your phone rings."


async def test_a_phone_that_is_away_opens_no_card(harness: DeskHarness) -> None:
    anna = AgentTab(harness, "anna")
    harness.queue_control.away = True
    called = await answer(anna, m.CallBack("t:1", 5, "call"))
    assert (called.ok, called.text) == (False, "Your phone is not registered.")
    assert not list(harness.cards.of("anna"))


async def test_who_promised_is_reminded_at_the_moment_and_a_colleague_if_they_are_away(
    harness: DeskHarness,
) -> None:
    anna, boris = AgentTab(harness, "anna"), AgentTab(harness, "boris")
    due = NOW + timedelta(hours=1)
    harness.tickets.calls = {5: Callback(NOW, due, "anna", "<b>bill", "375990000001", 5, 1)}
    with harness.tabs.opened(anna.tab), harness.tabs.opened(boris.tab):
        harness.update(board())
        assert await reminded(harness, anna, boris) == [[""], [""]]
        harness.now = due
        [[mine], hers] = await reminded(harness, anna, boris)
        assert "Calls due now" in mine
        assert "&lt;b&gt;bill" in mine
        assert "Take over" not in mine
        assert hers == [], "Anna is there"
        harness.update(board(paused=True))
        harness.desk.promised.reread()
        _, [theirs] = await reminded(harness, anna, boris)
        assert "Anna, away" in theirs
        assert "Take over" in theirs
        taken = await answer(boris, m.CallBack("t:1", 5, "take"))
        assert taken.ok
        later = await answer(boris, m.CallBack("t:2", 5, "later"))
        assert later.text == "Postponed: +375 99 000-00-01, 24.11 13:45."
        assert await reminded(harness, boris) == [[""]]


async def test_what_is_due_comes_with_the_page_and_is_counted(harness: DeskHarness) -> None:
    anna = AgentTab(harness, "anna")
    harness.tickets.calls = {5: Callback(NOW, NOW, "anna", "", "375990000001", 5, 1)}
    with harness.tabs.opened(anna.tab):
        harness.update(board())
        await reminded(harness, anna)
        hello = await harness.desk.snapshot.of(anna.tab)
    assert "Calls due now" in hello.due
    assert "1 due" in hello.queues
