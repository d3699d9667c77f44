"""Tickets at the desk: listed, shown, changed, and counted when late."""

import asyncio

import pytest

from ari_app.desk import messages as m
from ivr.tickets import STATES
from tests.desk.harness import AgentTab, DeskHarness, board, of_type


@pytest.fixture
def harness() -> DeskHarness:
    return DeskHarness()


async def test_tickets_are_listed_shown_and_changed(harness: DeskHarness) -> None:
    anna = AgentTab(harness, "anna")
    await anna.sends(m.Tickets("t:1"))
    await anna.sends(m.Ticket("t:2", 7))
    await anna.sends(m.Ticket("t:3", 7, "working", "on my way"))
    listed, shown, changed = of_type(anna.received(), m.Answer)
    assert "&lt;i&gt;no sound" in listed.html
    assert "overdue" in listed.html
    assert all(f'value="{state}"' in shown.html for state in STATES if state != "open")
    assert changed.text == "The ticket was changed."
    assert harness.tickets.written == [("anna 7 working", "on my way")]
    assert harness.profiles.views == [("anna", None, "tickets"), *[("anna", 1, "ticket 7")] * 2]


async def test_the_number_of_late_tickets_is_shown(harness: DeskHarness) -> None:
    anna = AgentTab(harness, "anna")
    counting = asyncio.create_task(harness.desk.late_tickets.run(60.0))
    publishing = asyncio.create_task(harness.desk.panels.publish_queues(0.0))
    try:
        with harness.tabs.opened(anna.tab):
            harness.update(board())
            assert "1 overdue" in await _queues(anna)
            await anna.sends(m.Ticket("t:1", 7, "solved", ""))
            assert "overdue" not in await _queues(anna)
    finally:
        for task in (counting, publishing):
            task.cancel()


async def _queues(anna: AgentTab) -> str:
    """The newest word of the queues."""
    for _ in range(20):
        await asyncio.sleep(0)
    html: str = of_type(anna.received(), m.Queues)[-1].html
    return html


@pytest.mark.parametrize(
    ("text", "found"),
    [("7", True), ("№ 7", True), ("#7", True), ("ticket 7", True), ("Заявка №7", True),
     ("10", False), ("anna 7", False), ("7 7", False)],
)  # fmt: skip
async def test_a_ticket_is_found_by_its_number(
    harness: DeskHarness, text: str, found: bool
) -> None:
    anna = AgentTab(harness, "anna")
    await anna.sends(m.Search("t:1", text))
    [answer] = of_type(anna.received(), m.Answer)
    assert ('data-ticket="7"' in answer.html) == found
