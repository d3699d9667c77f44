"""What was under way for a card's subscriber when another tab linked the card to somebody else."""

import asyncio
from collections.abc import Sequence
from typing import Literal

import pytest

from ari_app.desk import messages as m
from ari_app.desk.cards.caller_profile import Note, Subscriber
from ari_app.desk.cards.card import Card
from ivr.events import Answered
from tests.desk.fakes import NOW
from tests.desk.harness import AgentTab, DeskHarness, board, caller, of_type
from tests.desk.test_operation_forms import QUOTED, filled, hidden

OTHER = 2


class Slow:
    """What takes its time, until the card was linked."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.linked = asyncio.Event()

    async def wait(self) -> None:
        self.begun.set()
        await self.linked.wait()


@pytest.fixture
async def harness() -> DeskHarness:
    made = DeskHarness()
    made.update(board(talking={"PJSIP/701": caller()}))
    return made


def link(harness: DeskHarness) -> Card:
    card = harness.card("anna")
    harness.cards.link(card, OTHER, "375990000002", "document")
    harness.desk.cards.identify(card, "caller")
    return card


async def test_the_code_word_of_one_proves_nothing_for_the_other(harness: DeskHarness) -> None:
    slow, anna = Slow(), AgentTab(harness, "anna")

    async def match(*_: object) -> Literal["match"]:
        await slow.wait()
        return "match"

    harness.queue_control.verify_code_word = match  # type: ignore[assignment,method-assign]
    sent = asyncio.create_task(anna.sends(m.Verify(harness.card("anna").id, "t:1", "x")))
    await slow.begun.wait()
    card = link(harness)
    slow.linked.set()
    await sent
    [answer] = of_type(anna.received(), m.Answer)
    assert (answer.ok, card.record.identity) == (False, "caller")
    assert "another customer now" in answer.text


async def test_what_loads_for_one_is_not_shown_as_the_others(harness: DeskHarness) -> None:
    slow = Slow()
    await harness.settled()

    async def notes(subscriber: int) -> Sequence[Note]:
        if subscriber != OTHER:
            await slow.wait()
        return [Note(NOW, "boris", f"of {subscriber}")]

    harness.profiles.notes = notes  # type: ignore[method-assign]
    harness.desk.cards.link(harness.card("anna"), 1, "375990000001", "document")
    details = harness.desk.snapshot._details
    details.load(harness.card("anna"))
    await slow.begun.wait()
    card = link(harness)
    details.load(card)
    while not card.profile.notes:  # noqa: ASYNC110 - fakes
        await asyncio.sleep(0)
    slow.linked.set()
    await harness.settled()
    assert [one.text for one in card.profile.notes or ()] == [f"of {OTHER}"]


async def test_the_yes_of_one_orders_nothing_for_the_other(harness: DeskHarness) -> None:
    anna, card = AgentTab(harness, "anna"), harness.card("anna")
    harness.cards.identify(card, "code-word")
    harness.operations.answers["tariff-change-quote"] = Answered("ok", QUOTED)
    values = {"operation": "tariff-change", "in_code": "2"}
    asks = await filled(anna, card.id, "operation-submit", reason="asked", **values)
    fields = hidden(asks.html)
    link(harness)
    harness.cards.identify(card, "code-word")
    await anna.sends(m.Form(card.id, "t:2", "operation-confirm", fields))
    await harness.settled()
    answer = of_type(anna.received(), m.Answer)[-1]
    assert (answer.ok, harness.operations.done) == (False, [])
    assert "another customer now" in answer.text


async def test_an_answer_about_one_is_not_shown_on_the_card_of_the_other(
    harness: DeskHarness,
) -> None:
    slow, anna = Slow(), AgentTab(harness, "anna")

    async def ask(*_: object) -> Answered:
        await slow.wait()
        return Answered("ok")

    harness.operations.ask = ask  # type: ignore[assignment,method-assign]
    values = {"operation": "services"}
    card = harness.card("anna").id
    sent = asyncio.create_task(anna.sends(m.Form(card, "t:1", "operation", values)))
    await slow.begun.wait()
    link(harness)
    slow.linked.set()
    await sent
    await harness.settled()
    [answer] = of_type(anna.received(), m.Answer)
    assert (answer.html, "another customer now" in answer.text) == ("", True)


async def test_a_card_that_was_finished_meanwhile_is_not_linked(harness: DeskHarness) -> None:
    slow, anna, card = Slow(), AgentTab(harness, "anna"), harness.card("anna")
    found = harness.profiles.subscriber
    harness.desk.browsing.shown("anna", OTHER)

    async def subscriber(subscriber: int) -> Subscriber:
        if subscriber == OTHER:
            await slow.wait()
        return await found(subscriber)

    harness.profiles.subscriber = subscriber  # type: ignore[method-assign]
    with harness.tabs.opened(anna.tab):
        sent = asyncio.create_task(anna.sends(m.Link(card.id, "t:1", OTHER, "document")))
        await slow.begun.wait()
        harness.update(board())
        await harness.cards.finish(card)
        slow.linked.set()
        await sent
        got = anna.received()
    assert [one.ok for one in of_type(got, m.Answer)] == [False]
    assert not of_type(got, m.Card)
    assert card.record.arrival.subscriber == 1
