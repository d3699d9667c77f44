"""Tasks: added on a card or on none, listed, given, put off, done; reminded of when due."""

from datetime import timedelta

import pytest

from ari_app.desk import messages as m
from tests.desk.fakes import NOW
from tests.desk.harness import AgentTab, DeskHarness, board, of_type
from tests.desk.test_operation_forms import filled, in_call
from tests.desk.test_promised_calls import reminded
from tests.desk.test_records import answer

DUE = "2026-11-24T14:00"
"""In the desk's time zone: an hour and a half from now."""


@pytest.fixture
def harness() -> DeskHarness:
    return DeskHarness()


@pytest.fixture
def anna(harness: DeskHarness) -> AgentTab:
    return AgentTab(harness, "anna")


@pytest.fixture
def boris(harness: DeskHarness) -> AgentTab:
    return AgentTab(harness, "boris")


async def test_a_task_of_a_card_stands_there_and_opens_it_again(
    harness: DeskHarness, anna: AgentTab, boris: AgentTab
) -> None:
    card = in_call(harness)
    done = await filled(anna, card, "task", text="Send the contract", due=DUE, owner="boris")
    await harness.settled()
    assert done.text == "The task is noted, due 24.11 14:00."
    assert "Send the contract" in harness.desk.render.part("tasks", harness.card("anna"), "en")
    listed = await answer(boris, m.Tasks("t:1"))
    assert "from Anna" in listed.html
    assert "+375 99 000-00-01" in listed.html
    opened = await answer(boris, m.Task("t:2", 1, "open"))
    assert opened.card == harness.card("boris").id
    assert harness.card("boris").record.arrival.subscriber == 1
    closed = await answer(boris, m.Task("t:3", 1, "done"))
    assert (closed.ok, harness.tasks.done) == (True, [(1, "boris")])
    await harness.settled()
    assert "contract" not in harness.desk.render.part("tasks", harness.card("anna"), "en")
    late = await answer(anna, m.Task("t:4", 1, "take"))
    assert (late.ok, late.text) == (False, "This task is done.")


@pytest.mark.parametrize(
    ("given", "field"),
    [({"text": " "}, "Text"), ({"due": "2026-11-24T12:00"}, "Due"), ({"owner": "eve"}, "Whose"),
     ({"due": ""}, "Due"), ({"text": "x" * 501}, "Text")],
)  # fmt: skip
async def test_a_task_that_cannot_be_read_is_not_added(
    harness: DeskHarness, anna: AgentTab, given: dict[str, str], field: str
) -> None:
    values = {"text": "Call the van", "due": DUE, "owner": "", **given}
    added = await answer(anna, m.NewTask("t:1", **values))
    on_card = await filled(anna, in_call(harness), "task", **values)
    assert added.text == on_card.text == f"Fill in: {field}"
    assert not harness.tasks.open


async def test_a_task_is_given_put_off_and_taken(
    harness: DeskHarness, anna: AgentTab, boris: AgentTab
) -> None:
    assert (await answer(anna, m.NewTask("t:1", "Call the van", DUE, "anna"))).ok
    due = harness.tasks.open[1].due
    refused = await answer(boris, m.Task("t:2", 1, "take"))
    assert (refused.ok, "Call the van" in (await answer(boris, m.Tasks("t:3"))).html) == (
        False,
    ) * 2
    assert not (await answer(anna, m.Task("t:4", 1, "give", "eve"))).ok
    assert (await answer(anna, m.Task("t:5", 1, "give"))).ok
    assert "Call the van" in (await answer(boris, m.Tasks("t:6"))).html
    taken = await answer(boris, m.Task("t:7", 1, "take"))
    assert taken.text == "The task is yours now, due 24.11 14:00."
    assert (await answer(boris, m.Task("t:8", 1, "later"))).text == "Postponed: 24.11 15:00."
    assert (await answer(boris, m.Task("t:9", 1, "tomorrow"))).ok
    assert harness.tasks.open[1].due == due + timedelta(days=1, hours=1)
    senior = AgentTab(harness, "carol", supervisor=True)
    given = await answer(senior, m.Task("t:10", 1, "give", "anna"))
    assert given.text == "Given to Anna."


async def test_who_has_a_due_task_is_reminded_and_a_supervisor_if_they_are_away(
    harness: DeskHarness, anna: AgentTab, boris: AgentTab
) -> None:
    senior = AgentTab(harness, "carol", supervisor=True)
    harness.tickets.calls.clear()
    await answer(anna, m.NewTask("t:1", "Call the van", DUE, "anna"))
    tabs = harness.tabs
    with tabs.opened(anna.tab), tabs.opened(boris.tab), tabs.opened(senior.tab):
        harness.update(board())
        assert await reminded(harness, anna, boris, senior) == [[""]] * 3
        harness.now = NOW + timedelta(hours=2)
        [[mine], *others] = await reminded(harness, anna, boris, senior)
        assert "Tasks due now" in mine
        assert others == [[], []]
        harness.update(board(paused=True))
        [_, other, theirs] = await reminded(harness, anna, boris, senior)
        assert (other, "Call the van" in theirs[0]) == ([], True)
        await answer(anna, m.Task("t:2", 1, "done"))
        assert await reminded(harness, anna, senior) == [[""], [""]]
        assert not of_type(boris.received(), m.Due)
