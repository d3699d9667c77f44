"""Tickets at the desk: those that are late are seen, and changed with what was done."""

import asyncio

import pytest

from ari_app.desk import messages as m
from ivr.tickets import STATES
from tests.desk.house import House, Seat, board, only


@pytest.fixture
def house() -> House:
    return House()


async def test_what_is_late_is_seen_and_its_change_is_told(house: House) -> None:
    anna = Seat(house, "anna")
    await anna.says(m.Tickets("t:1"))
    await anna.says(m.Ticket("t:2", 7))
    await anna.says(m.Ticket("t:3", 7, "working", "on my way"))
    listed, shown, changed = only(anna.told(), m.Answer)
    assert "&lt;i&gt;no sound" in listed.html
    assert "late" in listed.html
    assert all(f'value="{state}"' in shown.html for state in STATES if state != "open")
    assert changed.told == "The ticket is changed."
    assert house.clerk.written == [("anna 7 working", "on my way")]
    assert house.facts.seen == [("anna", None, "tickets"), *[("anna", 1, "ticket 7")] * 2]


async def test_how_many_are_late_stands_beside_the_queues(house: House) -> None:
    anna = Seat(house, "anna")
    counting = asyncio.create_task(house.desk.count_late(60.0))
    telling = asyncio.create_task(house.desk.tell_queues(0.0))
    try:
        with house.hub.opened(anna.tab):
            house.tells(board())
            assert "1 late" in await _queues(anna)
            await anna.says(m.Ticket("t:1", 7, "solved", ""))
            assert "late" not in await _queues(anna)
    finally:
        for task in (counting, telling):
            task.cancel()


async def _queues(anna: Seat) -> str:
    """The newest word of the queues."""
    for _ in range(20):
        await asyncio.sleep(0)
    html: str = only(anna.told(), m.Queues)[-1].html
    return html
