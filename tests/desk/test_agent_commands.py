"""Commands of agents: what was acknowledged is stored, and agents see only their own cards."""

import pytest

from ari_app.desk import messages as m
from ari_app.desk.agents.agent_state import AgentState
from ari_app.desk.web.message_codec import decode
from ivr.bounds import Malformed
from tests.desk.harness import AgentTab, DeskHarness, board, caller, of_type


@pytest.fixture
def harness() -> DeskHarness:
    return DeskHarness()


def in_call(harness: DeskHarness) -> str:
    """Anna speaks with a caller: her card."""
    harness.update(board(talking={"PJSIP/701": caller()}))
    return harness.card("anna").id


async def test_typing_is_stored_then_acknowledged_and_shown_in_the_other_tab(
    harness: DeskHarness,
) -> None:
    anna, other = AgentTab(harness, "anna"), AgentTab(harness, "anna")
    card = in_call(harness)
    with harness.tabs.opened(anna.tab), harness.tabs.opened(other.tab):
        await anna.sends(m.Save(card, "question", "t:1", "нет звука"))
        assert of_type(anna.received(), m.Saved) == [m.Saved("t:1")]
        assert of_type(other.received(), m.Wrote) == [m.Wrote(card, "question", "нет звука", "t:1")]
    assert await harness.store.texts(card) == {"question": "нет звука"}


async def test_typing_sent_twice_is_acknowledged_twice_and_stored_one_time(
    harness: DeskHarness,
) -> None:
    anna = AgentTab(harness, "anna")
    card = in_call(harness)
    await anna.sends(m.Save(card, "question", "t:1", "первое"))
    await anna.sends(m.Save(card, "question", "t:2", "второе"))
    await anna.sends(m.Save(card, "question", "t:1", "первое"))
    assert [one.key for one in of_type(anna.received(), m.Saved)] == ["t:1", "t:2", "t:1"]
    assert await harness.store.texts(card) == {"question": "второе"}


async def test_while_the_database_is_locked_nothing_is_acknowledged(harness: DeskHarness) -> None:
    anna = AgentTab(harness, "anna")
    card = in_call(harness)
    await harness.settled()
    harness.store.locked = True
    await anna.sends(m.Save(card, "question", "t:1", "нет звука"))
    assert not anna.received()
    harness.store.locked = False
    await anna.sends(m.Save(card, "question", "t:1", "нет звука"))
    assert anna.received() == [m.Saved("t:1")]


async def test_agents_cannot_change_a_colleagues_card(
    harness: DeskHarness,
) -> None:
    boris = AgentTab(harness, "boris")
    card = in_call(harness)
    await harness.settled()
    await boris.sends(m.Save(card, "question", "t:1", "чужое"))
    assert not boris.received()
    await boris.sends(m.Finish(card, "t:2"))
    await boris.sends(m.Verify(card, "t:3", "ветер"))
    assert [one.ok for one in of_type(boris.received(), m.Answer)] == [False, False]
    assert harness.card("anna").record.identity == "caller"


async def test_a_card_cannot_be_finished_during_the_call(harness: DeskHarness) -> None:
    anna = AgentTab(harness, "anna")
    await anna.sends(m.Finish(in_call(harness), "t:1"))
    assert anna.received() == [m.Answer("t:1", ok=False, text="The call is still in progress.")]


@pytest.mark.parametrize(
    ("word", "ok", "identity"), [("ветер", True, "code-word"), ("дождь", False, "caller")]
)
async def test_the_agent_checks_the_code_word(
    harness: DeskHarness, word: str, ok: bool, identity: str
) -> None:
    anna = AgentTab(harness, "anna")
    card = in_call(harness)
    await anna.sends(m.Verify(card, "t:1", word))
    assert [one.ok for one in of_type(anna.received(), m.Answer)] == [ok]
    assert harness.card("anna").record.identity == identity
    assert word not in repr(m.Verify(card, "t:1", word))


async def test_ready_and_pause_and_asterisk_unavailable(
    harness: DeskHarness, caplog: pytest.LogCaptureFixture
) -> None:
    anna = AgentTab(harness, "anna")
    await anna.sends(m.State("t:1", ready=False, reason="lunch"))
    assert harness.queue_control.paused == {"anna": "lunch"}
    await anna.sends(m.State("t:1", ready=True))
    assert harness.queue_control.paused == {}
    harness.queue_control.away = True
    await anna.sends(m.State("t:1", ready=True))
    refused = m.Answer("t:1", ok=False, text="That did not work, try again.")
    assert anna.received()[-1] == refused
    assert "a command of anna failed: Asterisk does not answer" in caplog.text


def test_an_agent_who_did_not_answer_sees_why_no_calls_come(harness: DeskHarness) -> None:
    page = harness.desk.render.agent_state(AgentState("paused", True, "Auto-Pause"), "en")
    assert "Paused: a call was not answered" in " ".join(page.split())
    page = harness.desk.render.agent_state(AgentState("ready"), "en")
    assert 'value="lunch"' in page
    assert "Auto-Pause" not in page


async def test_search_and_view_are_recorded(harness: DeskHarness) -> None:
    anna = AgentTab(harness, "anna")
    await anna.sends(m.Search("t:1", "0001"))
    await anna.sends(m.ViewSubscriber("t:2", 1))
    found, seen = of_type(anna.received(), m.Answer)
    assert 'data-view="1"' in found.html
    assert "Вера &lt;b&gt;" in seen.html
    assert harness.profiles.views == [("anna", 1, "found"), ("anna", 1, "chronology")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"type":"fly"}',
        '{"type":"save","card":"../x","field":"question","key":"t:1","text":""}',
        '{"type":"save","card":"0123456789abcdef","field":"password","key":"t:1","text":""}',
        '{"type":"save","card":"0123456789abcdef","field":"question","key":"t 1","text":""}',
        '{"type":"look","key":"t:1","text":"' + "a" * 201 + '"}',
    ],
)
def test_invalid_messages_are_rejected(text: str) -> None:
    with pytest.raises(Malformed):
        decode(text)


async def test_a_tab_too_far_behind_is_closed_and_gets_a_new_snapshot(
    harness: DeskHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ari_app.desk.web.tabs.BACKLOG", 5)
    anna = AgentTab(harness, "anna")
    card = in_call(harness)
    with harness.tabs.opened(anna.tab):
        for number in range(10):
            anna.tab.send(m.Notice(str(number)))
        assert anna.tab.outbox.get_nowait() is None
    again = AgentTab(harness, "anna")
    hello = await harness.desk.snapshot.of(again.tab)
    assert [f'data-card="{card}"' in html for html in hello.cards] == [True]
