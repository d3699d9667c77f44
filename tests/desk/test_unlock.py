"""A locked code word on a card: senior agents unlock it, and it is recorded who did."""

from datetime import timedelta

from ari_app.desk import messages as m
from tests.desk.fakes import NOW
from tests.desk.harness import AgentTab, DeskHarness, board, caller, of_type


async def locked_card(harness: DeskHarness, tab: AgentTab) -> str:
    """The card of a caller whose code word is locked; what it shows."""
    harness.profiles.locked_until = NOW + timedelta(hours=1)
    harness.update(board(talking={"PJSIP/701": caller()}))
    await harness.settled()
    [html] = [one.html for one in of_type(tab.received(), m.Part) if one.part == "subscriber"]
    return str(html)


async def unlock(tab: AgentTab, harness: DeskHarness, reason: str, key: str = "t:1") -> m.Answer:
    await tab.sends(m.Form(harness.card("anna").id, key, "unlock", {"reason": reason}))
    await harness.settled()
    [answer] = of_type(tab.received(), m.Answer)
    assert isinstance(answer, m.Answer)
    return answer


async def test_a_senior_agent_unlocks_with_a_reason() -> None:
    harness = DeskHarness()
    anna = AgentTab(harness, "anna", supervisor=True)
    with harness.tabs.opened(anna.tab):
        assert 'data-form="unlock"' in await locked_card(harness, anna)
        refused = await unlock(anna, harness, " ", "t:0")
        assert (refused.ok, refused.text) == (False, "Fill in: Reason")
        harness.profiles.locked_until = None
        await anna.sends(m.Form(harness.card("anna").id, "t:1", "unlock", {"reason": "passport"}))
        await harness.settled()
        received = anna.received()
        [part] = [one for one in of_type(received, m.Part) if one.part == "subscriber"]
        [answer] = of_type(received, m.Answer)
    assert (answer.ok, answer.text) == (True, "The code word is unlocked.")
    assert "unlock" not in part.html
    assert harness.queue_control.unlocked == [(1, "anna", "passport")]


async def test_other_agents_are_refused() -> None:
    harness = DeskHarness()
    anna = AgentTab(harness, "anna")
    with harness.tabs.opened(anna.tab):
        await locked_card(harness, anna)
        answer = await unlock(anna, harness, "passport")
    assert (answer.ok, harness.queue_control.unlocked) == (False, [])
    assert "Only a senior agent" in answer.text


async def test_the_wrong_word_that_locks_says_so_on_all_cards_of_the_subscriber() -> None:
    harness = DeskHarness()
    anna, boris = AgentTab(harness, "anna"), AgentTab(harness, "boris")
    talking = {"PJSIP/701": caller(), "PJSIP/702": caller("1.2")}
    harness.update(board(talking=talking))
    await harness.settled()
    with harness.tabs.opened(anna.tab), harness.tabs.opened(boris.tab):
        harness.profiles.locked_until = NOW + timedelta(hours=1)
        await anna.sends(m.Verify(harness.card("anna").id, "t:1", "буря"))
        await harness.settled()
        [answer] = of_type(anna.received(), m.Answer)
        parts = {one.part: one.html for one in of_type(boris.received(), m.Part)}
    assert answer.text.endswith("locked until 24.11 13:30.")
    assert "data-locked" in parts["subscriber"]
