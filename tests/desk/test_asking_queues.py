"""Agents who ask a queue first, and what is asked while the application is restarted."""

import pytest
from msgspec.structs import replace

from ari_app.desk import messages as m
from ivr.acd.board import Caller, Offer, Talk
from ivr.acd.channels import Consultation
from ivr.acd.dials import HungUp
from tests.desk.fakes import NOW
from tests.desk.harness import AgentTab, DeskHarness, board, caller, of_type
from tests.desk.test_operation_forms import filled
from tests.desk.test_passing import ANNAS, ANSWERED, ASKS, BORISS, QUEUE, WAY, Passes, free


@pytest.fixture
def harness() -> DeskHarness:
    return DeskHarness()


async def test_who_answers_in_a_queue_is_asked_first(harness: DeskHarness) -> None:
    one, boris = Passes(harness), AgentTab(harness, "boris")
    assert (await one.passes(replace(ASKS[0], interface=QUEUE), to="queue-support", how="ask")).ok
    assert "waiting for an answer" in one.shows()
    waits = Caller("half", WAY.replace(";1", ";2"), "701", "", NOW, held=caller())
    offer, talk = (kind("support", "PJSIP/702", waits, NOW, BORISS) for kind in (Offer, Talk))
    with harness.tabs.opened(boris.tab):
        harness.update(replace(free(), offers=(offer,)))
        [opened] = of_type(boris.received(), m.Card)
        assert "Anna is asking you first" in opened.html
        assert "00-01" in opened.html
        one.happen(ANSWERED)
        harness.update(replace(free(), talks=(*free().talks, talk)))
        other = harness.card("boris")
        assert (other.phase, other.record.answered) == ("talking", None)
        assert (await one.acts("complete")).ok
        one.happen(HungUp("9", ANNAS, NOW))
    assert other.record.answered
    assert "is talking with the caller" in one.shows()
    assert harness.queue_control.asked == [(ANNAS, "consult queue-support"), (ANNAS, "hang up")]
    harness.update(replace(board(), talks=(talk,)))
    assert (await filled(boris, other.id, "transfer", to="701", how="ask")).text, (
        "the call is with Boris"
    )
    assert harness.queue_control.asked[-1] == (BORISS, "consult 701")


async def test_a_member_who_does_not_answer_was_only_asked(harness: DeskHarness) -> None:
    one, boris = Passes(harness), AgentTab(harness, "boris")
    await one.passes(replace(ASKS[0], interface=QUEUE), to="queue-support", how="ask")
    waits = Caller("half", WAY.replace(";1", ";2"), "701", "", NOW, held=caller())
    with harness.tabs.opened(boris.tab):
        offer = Offer("support", "PJSIP/702", waits, NOW, BORISS)
        harness.update(replace(free(), offers=(offer,)))
        harness.update(free())
        await harness.settled()
        [gone] = of_type(boris.received(), m.Gone)
    assert not harness.cards.of("boris")
    assert "You did not answer" in gone.text
    assert (await one.acts("take-back")).ok
    assert harness.queue_control.asked[-1] == (WAY, "hang up")


@pytest.mark.parametrize("to", ["702", "queue-support"])
async def test_asking_goes_on_after_a_restart(harness: DeskHarness, to: str) -> None:
    """The cards are as they were stored, and what was asked is read from the channels."""
    before = Passes(harness)
    before.both(rings=True)
    await harness.settled()
    after = DeskHarness(harness.store)
    await after.cards.restore()
    asking = Consultation(caller(), ANNAS, to, "talking", (WAY, BORISS), ("PJSIP/702",))
    legs = (("PJSIP/701", ANNAS), ("PJSIP/702", BORISS))
    talks = tuple(Talk("", phone, caller(), NOW, leg) for phone, leg in legs)
    after.desk.update(replace(free(), talks=talks), True, (asking,))
    anna, boris = after.card("anna"), after.card("boris")
    assert (boris.phase, boris.asked_by, boris.record.answered) == ("talking", "Anna", None)
    assert "is talking to you" in after.desk.render.part("passing", anna, "en")
    await filled(AgentTab(after, "anna"), anna.id, "passing", "t:9", act="take-back")
    assert after.queue_control.asked[-1] == (WAY if "queue" in to else BORISS, "hang up")
