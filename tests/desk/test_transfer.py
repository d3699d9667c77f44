"""Transfers with the notes for the colleague, and supervision."""

import pytest

from ari_app.desk import messages as m
from ivr.acd.board import Board
from ivr.acd.dials import HungUp
from tests.desk.fakes import NOW
from tests.desk.harness import AgentTab, DeskHarness, board, caller, of_type
from tests.desk.test_operation_forms import filled, in_call


@pytest.fixture
def harness() -> DeskHarness:
    return DeskHarness()


async def test_a_ringing_caller_cannot_be_transferred(harness: DeskHarness) -> None:
    anna = AgentTab(harness, "anna")
    harness.update(board(ringing={"PJSIP/701": caller()}))
    answer = await filled(anna, harness.card("anna").id, "transfer", to="702", how="ask")
    assert (answer.ok, harness.queue_control.asked) == (False, [])


async def test_forms_of_a_colleagues_card_are_rejected(harness: DeskHarness) -> None:
    boris, card = AgentTab(harness, "boris"), in_call(harness)
    assert not (await filled(boris, card, "note", text="x")).ok
    assert not harness.tickets.written


async def test_a_supervisor_joins_and_the_agent_is_notified(harness: DeskHarness) -> None:
    in_call(harness)
    senior, anna = AgentTab(harness, "boris", supervisor=True), AgentTab(harness, "anna")
    with harness.tabs.opened(anna.tab):
        await senior.sends(m.Supervise("t:1", "anna", "whisper"))
        assert [one.ok for one in of_type(senior.received(), m.Answer)] == [True]
        notices = [one.text for one in of_type(anna.received(), m.Notice)]
        assert notices == ["Boris is whispering to you; the caller does not hear it."]
        assert notices[0] in harness.desk.panels.state(anna.tab), "as long as it lasts"
        assert 'id="stop-anna"' in harness.desk.panels.queues(senior.tab)
        assert "Anna" not in harness.desk.panels.queues(
            AgentTab(harness, "anna", supervisor=True).tab
        )
        await senior.sends(m.Supervise("t:2", "anna", "stop"))
        [joined] = harness.queue_control.joined
        assert harness.queue_control.asked.pop() == (joined, "hang up")
        harness.desk.supervision.observe(Board(), HungUp(joined, "", NOW))
        assert notices[0] not in harness.desk.panels.state(anna.tab)
        await senior.sends(m.Supervise("t:3", "anna", "stop"))
        assert [one.ok for one in of_type(senior.received(), m.Answer)] == [True, False]
    assert harness.queue_control.asked == [("boris", "whisper anna")]
    assert ("boris", 1, "whisper anna") in harness.profiles.views


async def test_a_supervisor_who_is_not_in_the_call_any_more_is_not_shown(
    harness: DeskHarness,
) -> None:
    in_call(harness)
    senior, supervision = AgentTab(harness, "boris", supervisor=True), harness.desk.supervision
    harness.queue_control.away = True
    await senior.sends(m.Supervise("t:1", "anna", "whisper"))
    await senior.sends(m.Supervise("t:2", "anna", "stop"))
    assert [one.ok for one in of_type(senior.received(), m.Answer)] == [False, False]
    harness.queue_control.away = False
    await senior.sends(m.Supervise("t:3", "anna", "whisper"))
    supervision.reconnected(harness.queue_control.joined)
    assert harness.desk.states.watched == {"anna": (("Boris", "whisper"),)}
    supervision.reconnected(())
    assert harness.desk.states.watched == {}


async def test_a_supervisor_in_the_call_reads_the_card(harness: DeskHarness) -> None:
    """As the agent writes it and links it; nothing can be done there but reading."""
    id, supervision = in_call(harness), harness.desk.supervision
    await harness.settled()
    anna, senior = AgentTab(harness, "anna"), AgentTab(harness, "boris", supervisor=True)
    with harness.tabs.opened(anna.tab), harness.tabs.opened(senior.tab):
        await senior.sends(m.Supervise("t:1", "anna", "listen"))
        [card] = of_type(senior.received(), m.Card)
        assert card.announcement.startswith("You are in the call of Anna")
        assert "Громова" in card.html
        for act in ("data-finish", "data-verify", "data-operation"):
            assert act not in card.html
        await anna.sends(m.Save(id, "question", "a:1", "No picture"))
        assert [one.text for one in of_type(senior.received(), m.Wrote)] == ["No picture"]
        assert (await harness.desk.snapshot.of(senior.tab)).cards[0].count("No picture") == 1
        await senior.sends(m.Save(id, "question", "t:2", "Mine"))
        assert not (await filled(senior, id, "note", text="x")).ok
        assert harness.store.bursts == {"a:1": (id, "question", "No picture")}
        harness.update(board())
        harness.desk.supervision.observe(Board(), HungUp(harness.queue_control.joined[0], "", NOW))
        received = senior.received()
        assert [one.phase for one in of_type(received, m.Phased)] == ["after"]
        assert [one.card for one in of_type(received, m.Gone)] == [id]
        assert (await harness.desk.snapshot.of(senior.tab)).cards == ()
        assert not of_type(anna.received(), m.Gone)
    supervision.reconnected(())


async def test_supervising_needs_the_role_and_an_active_call(harness: DeskHarness) -> None:
    boris = AgentTab(harness, "boris")
    in_call(harness)
    await boris.sends(m.Supervise("t:1", "anna", "listen"))
    senior = AgentTab(harness, "boris", supervisor=True)
    harness.update(board())
    await senior.sends(m.Supervise("t:2", "anna", "listen"))
    answers = [*of_type(boris.received(), m.Answer), *of_type(senior.received(), m.Answer)]
    assert [one.ok for one in answers] == [False, False]
    assert not harness.queue_control.asked


async def typed(tab: AgentTab, card: str, key: str, **fields: str) -> None:
    for field, text in fields.items():
        await tab.sends(m.Save(card, field, f"{key}:{field}", text))  # type: ignore[arg-type]


async def test_the_colleague_sees_the_notes_as_they_are_written(
    harness: DeskHarness,
) -> None:
    anna, boris = AgentTab(harness, "anna"), AgentTab(harness, "boris")
    first = in_call(harness)
    await typed(anna, first, "k", question="<b>No</b> sound", solution="asked to restart")
    with harness.tabs.opened(boris.tab):
        harness.update(board(ringing={"PJSIP/702": caller()}))
        await harness.settled()
        parts = {one.part: one.html for one in of_type(boris.received(), m.Part)}
        assert "Anna</b>: &lt;b&gt;No&lt;/b&gt; sound" in parts["transfer"]
        assert "asked to restart" in parts["transfer"]
        assert parts["why"].index("Transferred by a colleague") < parts["why"].index("Chose in the")
        await typed(anna, first, "k:again", solution="restarted: no sound")
        await harness.settled()
        [part] = [one for one in of_type(boris.received(), m.Part) if one.part == "transfer"]
        assert "restarted: no sound" in part.html


async def test_transfer_notes_survive_finishing_the_card_early(
    harness: DeskHarness,
) -> None:
    anna, first = AgentTab(harness, "anna"), in_call(harness)
    await anna.sends(m.Verify(first, "t:1", "ветер"))
    await typed(anna, first, "k", question="sound", topic="internet")
    harness.update(board(waiting=[caller()]))
    await anna.sends(m.Finish(first, "t:2"))
    assert not harness.cards.of("anna")
    harness.update(board(ringing={"PJSIP/702": caller()}))
    second = harness.card("boris")
    await harness.settled()
    assert (second.record.came_from, second.record.identity) == (first, "code-word")
    assert second.profile.transfer is not None
    assert second.profile.transfer.question == "sound"
    harness.update(board(ringing={"PJSIP/702": caller("2.2")}))
    await harness.settled()
    assert harness.card("boris").record.came_from == "", "another call"


async def test_the_number_of_remembered_cards_is_bounded(
    harness: DeskHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ari_app.desk.cards.cards.REMEMBERED", 2)
    for call in ("1.1", "1.2", "1.3"):
        harness.update(board(talking={"PJSIP/701": caller(call)}))
        harness.update(board())
        harness.cards.forget(harness.card("anna"))
    came = []
    for call in ("1.1", "1.3"):
        harness.update(board(ringing={"PJSIP/702": caller(call)}))
        await harness.settled()
        came.append(bool(harness.card("boris").record.came_from))
        harness.update(board())
    assert came == [False, True]
