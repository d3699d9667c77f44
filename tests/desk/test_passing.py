"""Callers whom agents transfer: at once, or asked first."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from ari_app.desk import messages as m
from ivr.acd.board import Board, Offer, Talk
from ivr.acd.channels import Consultation
from ivr.acd.dials import DialEnded, Dialled, HungUp, Rung
from ivr.acd.queues import CallerJoined, Event
from tests.desk.fakes import NOW
from tests.desk.harness import AgentTab, DeskHarness, board, caller, of_type
from tests.desk.test_operation_forms import filled, in_call

ANNAS, BORISS, WAY = "PJSIP/701-1", "PJSIP/702-2", "Local/702@firstline-people-1;1"
QUEUE = "Local/queue-support@firstline-ask-queue"
RINGS = (Dialled(caller(), "Local/702@firstline-people", WAY, NOW), Rung(WAY))
ASKS = (replace(RINGS[0], caller=replace(caller("9"), channel=ANNAS)), Rung(WAY))
ANSWERED = DialEnded(WAY, True, NOW, "ANSWER")
BUSY = DialEnded(WAY, False, NOW, "BUSY")


@pytest.fixture
async def harness() -> AsyncIterator[DeskHarness]:
    yield (one := DeskHarness())
    await one.settled()


def free(**member: object) -> Board:
    """Anna talks, both phones are as ``member`` says."""
    state: dict[str, Any] = {"state": "not in use", **member}
    return board(talking={"PJSIP/701": caller()}, **state)


class Passes:
    """Anna, who has a call and passes it on."""

    def __init__(self, harness: DeskHarness) -> None:
        self.harness = harness
        self.anna = AgentTab(harness, "anna")
        self.card = in_call(harness)
        self.acted = 0
        harness.update(free())

    async def passes(self, *events: Event, **values: str) -> m.Answer:
        """The answer to the form, while the events come."""
        sent = asyncio.create_task(filled(self.anna, self.card, "transfer", **values))
        while not (self.harness.queue_control.asked or sent.done()):  # noqa: ASYNC110 - fakes
            await asyncio.sleep(0)
        self.happen(*events)
        return await sent

    def happen(self, *events: Event) -> None:
        for event in events:
            self.harness.desk.passing.observe(Board(), event)

    async def acts(self, act: str) -> m.Answer:
        self.acted += 1
        return await filled(self.anna, self.card, "passing", f"t:{self.acted}", act=act)

    def shows(self) -> str:
        card = self.harness.cards.own("anna", self.card)
        return self.harness.desk.render.part("passing", card, "en")

    def both(self, *, rings: bool = False) -> None:
        """Boris's phone rings for the caller, or they talk to Anna about them."""
        now = free()
        if rings:
            offer = Offer("", "PJSIP/702", caller(), NOW, BORISS)
            return self.harness.update(replace(now, offers=(offer,)))
        talk = Talk("", "PJSIP/702", caller(), NOW, BORISS)
        return self.harness.update(replace(now, talks=(*now.talks, talk)))


@pytest.mark.parametrize(
    ("values", "event", "moved"),
    [
        ({"to": "702", "how": "at-once"}, RINGS, (ANNAS, "702")),
        ({"to": "702", "how": "ask"}, ASKS, (ANNAS, "consult 702")),
        (
            {"to": "queue-support", "how": "ask"},
            (replace(ASKS[0], interface=QUEUE), Rung(WAY)),
            (ANNAS, "consult queue-support"),
        ),
        (
            {"to": "queue-support", "how": "at-once"},
            (CallerJoined("support", 1, caller()),),
            (ANNAS, "queue-support"),
        ),
        (
            {"to": "number", "number": "+375 29 123-45-67", "how": "at-once"},
            RINGS,
            (ANNAS, "375291234567"),
        ),
        ({"to": "number", "number": "404", "how": "at-once"}, (), None),
        ({"to": "number", "number": "x", "how": "at-once"}, (), None),
        ({"to": "701", "how": "ask"}, (), None),
        ({"to": "queue-nowhere", "how": "at-once"}, (), None),
        ({"to": "", "how": "at-once"}, (), None),
        ({"to": "702", "how": ""}, (), None),
        ({"to": "Goto(x)", "how": "at-once"}, (), None),
    ],
)
async def test_success_is_shown_when_something_rings(
    harness: DeskHarness,
    values: dict[str, str],
    event: tuple[Event, ...],
    moved: tuple[str, str] | None,
) -> None:
    one = Passes(harness)
    answer = await one.passes(*event, **values)
    assert answer.ok == (moved is not None), answer
    await filled(one.anna, one.card, "transfer", **values)  # a double click
    assert harness.queue_control.asked == ([moved] if moved else [])


@pytest.mark.parametrize(
    ("member", "colleague", "queue"),
    [
        ({}, True, True),
        ({"closed": True}, True, False),
        ({"state": "in use"}, False, True),
        ({"state": "unavailable"}, False, False),
        ({"paused": True}, False, False),
    ],
)
async def test_who_cannot_be_reached_is_not_offered(
    harness: DeskHarness, member: dict[str, object], colleague: bool, queue: bool
) -> None:
    if member.pop("closed", False):  # by its hours
        closed = replace(harness.desk.render.site, is_open=lambda name: name != "support")
        harness = DeskHarness(site=closed)
    one = Passes(harness)
    harness.update(free(**member))
    html = (await filled(one.anna, one.card, "transfer-targets")).html
    assert ("Boris · " in html, '"queue-support"' in html) == (colleague, queue)
    assert '"701"' not in html
    assert '<option value="" selected>' in html, "there is no target before one is chosen"
    for to, offered in (("702", colleague), ("queue-support", queue)):
        if not offered:
            answer = await filled(one.anna, one.card, "transfer", f"t:{to}", to=to, how="at-once")
            assert not answer.ok
    assert not harness.queue_control.asked


async def test_a_failure_is_shown_and_the_card_goes_on(harness: DeskHarness) -> None:
    one = Passes(harness)
    with harness.tabs.opened(one.anna.tab):
        assert (await one.passes(*RINGS, to="702", how="at-once")).ok
        harness.update(board())
        assert harness.card("anna").phase == "after"
        again = Dialled(caller(), "PJSIP/701", "PJSIP/701-3", NOW)
        one.anna.received()
        one.happen(BUSY, again)
        notices = [each.text for each in of_type(one.anna.received(), m.Notice)]
    assert notices == ["Not transferred: the call comes back to you."]
    harness.update(board(ringing={"PJSIP/701": caller()}))
    assert (harness.card("anna").id, harness.card("anna").phase) == (one.card, "ringing")
    assert "(busy)" in one.shows()
    one.happen(DialEnded("PJSIP/701-3", True, NOW, "ANSWER"))
    harness.update(free())
    await harness.settled()
    card = harness.card("anna")
    assert (card.id, card.phase, card.record.ended) == (one.card, "talking", None)
    assert "the caller is back with you" in one.shows()
    assert harness.profiles.passings == [
        "calling Boris", "rings Boris", "returns Boris", "back-rings Boris", "back Boris",
    ]  # fmt: skip
    assert ("anna", 1, "transfer boris: returns busy") in harness.profiles.views


async def test_a_call_that_comes_back_in_vain_leaves_the_card(harness: DeskHarness) -> None:
    one = Passes(harness)
    await one.passes(*RINGS, to="702", how="at-once")
    harness.update(board())
    harness.update(board(ringing={"PJSIP/701": caller()}))
    harness.update(board(waiting=[caller()]))
    assert (harness.card("anna").id, harness.card("anna").phase) == (one.card, "after")


async def test_a_word_first_then_connected(harness: DeskHarness) -> None:
    one, boris = Passes(harness), AgentTab(harness, "boris")
    assert (await one.passes(*ASKS, to="702", how="ask")).ok
    assert not (await one.acts("complete")).ok, "no one answered yet"
    with harness.tabs.opened(boris.tab):
        one.both(rings=True)
        [opened] = of_type(boris.received(), m.Card)
        assert "Anna is asking you first" in opened.html
        one.happen(ANSWERED)
        one.both()
        other = harness.card("boris")
        assert (other.phase, other.record.answered) == ("talking", None), "not with the caller yet"
        assert "Connect them" in one.shows()
        assert (await one.acts("complete")).ok
        one.happen(HungUp("9", ANNAS, NOW))
        assert "is talking with the caller" in one.shows()
        parts = [each.html for each in of_type(boris.received(), m.Part) if each.part == "passing"]
    assert "asks you first" not in parts[-1]
    assert other.record.answered
    assert harness.queue_control.asked == [(ANNAS, "consult 702"), (ANNAS, "hang up")]


async def test_a_word_first_all_three_then_taken_back(harness: DeskHarness) -> None:
    one = Passes(harness)
    await one.passes(*ASKS, to="702", how="ask")
    one.both(rings=True)
    one.happen(ANSWERED)
    one.both()
    assert (await one.acts("three")).ok
    assert "all three" in one.shows()
    assert harness.card("boris").record.answered
    assert (await one.acts("take-back")).ok
    one.happen(HungUp("9", WAY, NOW))
    assert "(you took the call back)" in one.shows()
    assert harness.queue_control.asked[1:] == [
        (ANNAS, f"conference {caller().channel}"),
        (WAY, "hang up"),
    ]
    assert not (await one.acts("three")).ok


async def test_taken_back_before_the_caller_was_there(harness: DeskHarness) -> None:
    """The colleague has nothing to finish."""
    one = Passes(harness)
    await one.passes(*ASKS, to="702", how="ask")
    one.both(rings=True)
    one.happen(ANSWERED)
    one.both()
    await one.acts("take-back")
    one.happen(HungUp("9", WAY, NOW))
    harness.update(free())
    assert not harness.cards.of("boris")
    assert harness.card("anna").phase == "talking"


async def asked_again(harness: DeskHarness) -> tuple[Passes, datetime]:
    """Boris passed the caller to Anna, who asks Boris first; the end of their first talk."""
    harness.update(board(talking={"PJSIP/702": caller()}))
    one = Passes(harness)
    ended = harness.card("boris").record.ended
    assert ended
    await one.passes(*ASKS, to="702", how="ask")
    one.both(rings=True)
    assert "is asking you first" in harness.desk.render.part("passing", harness.card("boris"), "en")
    one.happen(ANSWERED)
    harness.now += timedelta(seconds=30)
    one.both()
    assert harness.card("boris").record.ended == ended, "not with the caller again"
    return one, ended


async def test_who_had_the_caller_before_is_only_asked(harness: DeskHarness) -> None:
    one, ended = await asked_again(harness)
    await one.acts("take-back")
    one.happen(HungUp("9", WAY, NOW))
    harness.update(free())
    boris = harness.card("boris")
    assert (boris.phase, boris.asked_by, boris.record.ended) == ("after", "", ended)


async def test_who_had_the_caller_before_gets_them_again(harness: DeskHarness) -> None:
    one, _ = await asked_again(harness)
    answered = harness.card("boris").record.answered
    await one.acts("complete")
    one.happen(HungUp("9", ANNAS, NOW))
    record = harness.card("boris").record
    assert (record.answered, record.ended) == (answered, None)


async def test_a_transfer_of_which_nothing_is_known_is_over(harness: DeskHarness) -> None:
    one = Passes(harness)
    await one.passes(*RINGS, to="702", how="at-once")
    again = await filled(one.anna, one.card, "transfer", "t:2", to="702", how="at-once")
    assert again.text == "This call is being transferred already."
    harness.desk.update(free(), False)
    harness.update(free())
    assert not one.shows().strip()
    sent = asyncio.create_task(filled(one.anna, one.card, "transfer", "t:3", to="702", how="ask"))
    while len(harness.queue_control.asked) < 2:  # noqa: ASYNC110 - fakes
        await asyncio.sleep(0)
    one.happen(*ASKS)
    assert (await sent).ok


@pytest.mark.parametrize("left", [False, True])
async def test_who_was_asked_before_the_gap(harness: DeskHarness, left: bool) -> None:
    """Both still talk, and it goes on; or the colleague has the caller now."""
    one = Passes(harness)
    await one.passes(*ASKS, to="702", how="ask")
    way = Dialled(replace(caller("h"), channel=WAY.replace(";1", ";2")), "PJSIP/702", BORISS, NOW)
    one.both(rings=True)
    one.happen(way, ANSWERED)
    one.both()
    harness.desk.update(harness.desk.states.board, False)
    if left:
        talk = Talk("", "PJSIP/702", caller(), NOW, BORISS)
        harness.update(replace(board(), talks=(talk,)))
        assert harness.card("boris").record.answered
    else:
        asking = Consultation(caller(), ANNAS, "702", "talking", (WAY, BORISS), ("PJSIP/702",))
        harness.desk.update(harness.desk.states.board, True, (asking,))
        assert (await one.acts("complete")).ok
        assert harness.card("boris").record.answered is None


async def test_without_asterisk_nothing_has_happened(harness: DeskHarness) -> None:
    one = Passes(harness)
    harness.queue_control.away = True
    answer = await filled(one.anna, one.card, "transfer", to="702", how="ask")
    assert (answer.ok, answer.text) == (False, "That did not work, try again.")
    assert not one.shows().strip()
    harness.queue_control.away = False
    assert (await one.passes(*RINGS, to="702", how="at-once")).ok
