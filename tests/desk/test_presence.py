"""Agents who do not answer, and who leave the desk."""

import asyncio

import pytest
from msgspec.structs import replace

from ari_app.desk import messages as m
from ivr.acd.board import Board
from ivr.acd.queues import Connected, Unanswered
from tests.desk.fakes import NOW
from tests.desk.harness import AgentTab, DeskHarness, board, caller, of_type

MISSED = Unanswered("support", "PJSIP/701", "1.1")
ANSWERED = Connected("support", "PJSIP/701", caller(), NOW)


@pytest.fixture
def harness() -> DeskHarness:
    made = DeskHarness()
    made.update(board())
    return made


async def test_who_does_not_answer_gets_no_calls_until_ready(harness: DeskHarness) -> None:
    anna, boris = AgentTab(harness, "anna"), AgentTab(harness, "boris", supervisor=True)
    observe = harness.desk.presence.observe
    with harness.tabs.opened(anna.tab), harness.tabs.opened(boris.tab):
        for event in (MISSED, MISSED, ANSWERED, MISSED, MISSED):
            observe(Board(), event)
        await harness.settled()
        assert not harness.queue_control.paused
        observe(Board(), MISSED)
        await harness.settled()
        assert harness.queue_control.paused == {"anna": "not-answering"}
        shown = [of_type(one.received(), m.Notice)[-1].text for one in (anna, boris)]
        assert shown == [
            "Calls not answered: 3. No more come until you press Ready.",
            "Does not answer calls: Anna.",
        ]
        harness.update(board(paused=True, reason="not-answering", state="not in use"))
        assert "Not answering" in harness.desk.panels.state(anna.tab)
        assert 'data-state="ready"' in harness.desk.panels.state(anna.tab)
        assert "<li>Anna</li>" in harness.desk.panels.queues(boris.tab)
        assert "<li>Anna</li>" not in harness.desk.panels.queues(anna.tab)
        await anna.sends(m.State("t:1", ready=True))
        assert not harness.queue_control.paused


async def test_any_number_of_rings_may_be_missed(harness: DeskHarness) -> None:
    one = DeskHarness(site=replace(harness.desk.render.site, missed_calls=0))
    for _ in range(9):
        one.desk.presence.observe(Board(), MISSED)
    await one.settled()
    assert not one.queue_control.paused


async def left(harness: DeskHarness) -> dict[str, str]:
    """Who is off the queues soon after."""
    await asyncio.sleep(0.01)
    await harness.settled()
    return harness.queue_control.paused


async def test_who_signs_out_gets_no_calls_until_the_desk_is_open_again(
    harness: DeskHarness,
) -> None:
    presence, tab = harness.desk.presence, AgentTab(harness, "anna").tab
    with harness.tabs.opened(tab):
        presence.signed_out("anna")
        assert await left(harness) == {}, "a tab is still open"
    presence.closed("anna")
    assert await left(harness) == {"anna": "signed-out"}
    harness.update(board(paused=True, reason="signed-out"))
    with harness.tabs.opened(tab):
        presence.opened("anna")
        assert await left(harness) == {}


async def test_who_closes_the_last_page_has_some_time(harness: DeskHarness) -> None:
    harness.desk.presence.closed("anna")
    assert await left(harness) == {}, "a minute"
    one = DeskHarness(site=replace(harness.desk.render.site, away_after=0))
    one.update(board())
    one.desk.presence.closed("anna")
    assert await left(one) == {}, "never"


async def test_a_pause_of_their_own_stays(harness: DeskHarness) -> None:
    harness.update(board(paused=True, reason="lunch"))
    harness.desk.presence.signed_out("anna")
    assert await left(harness) == {}
    harness.desk.presence.opened("anna")
    assert await left(harness) == {}


async def test_a_reload_long_after_the_sign_out_of_another_browser_is_none(
    harness: DeskHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ari_app.desk.agents.presence.CLOSING", 0.001)
    presence = harness.desk.presence
    with harness.tabs.opened(AgentTab(harness, "anna").tab):
        presence.signed_out("anna")
        assert await left(harness) == {}
    presence.closed("anna")
    assert await left(harness) == {}, "there is a minute"


async def test_who_comes_back_in_time_has_the_whole_time_again(harness: DeskHarness) -> None:
    one = DeskHarness(site=replace(harness.desk.render.site, away_after=60))
    one.update(board())
    presence, tab = one.desk.presence, AgentTab(one, "anna").tab
    loop = asyncio.get_running_loop()
    presence.closed("anna")
    [first] = presence._timers.values()
    with one.tabs.opened(tab):
        presence.opened("anna")
    assert first.cancelled()
    presence.closed("anna")
    presence.closed("anna")
    [last] = presence._timers.values()
    assert last.when() > loop.time() + 50


async def test_who_opens_the_desk_while_they_are_taken_off_is_brought_back(
    harness: DeskHarness,
) -> None:
    presence, control = harness.desk.presence, harness.queue_control
    paused, asked = asyncio.Event(), control.pause

    async def slow(agent: str, reason: str) -> None:
        await paused.wait()
        await asked(agent, reason)

    control.pause = slow  # type: ignore[method-assign]
    presence.signed_out("anna")
    await asyncio.sleep(0.01)
    with harness.tabs.opened(AgentTab(harness, "anna").tab):
        presence.opened("anna")
        paused.set()
        assert await left(harness) == {}


async def test_a_desk_that_another_worker_has_takes_no_one_off(harness: DeskHarness) -> None:
    """Its tabs close because that one has them; their agents are there."""
    one = DeskHarness(site=replace(harness.desk.render.site, leads=lambda: False))
    one.update(board())
    one.desk.presence.signed_out("anna")
    assert await left(one) == {}
