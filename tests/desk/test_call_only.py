"""What an agent may do for a caller ends with the call; what one reads without one is limited."""

from datetime import timedelta

import pytest

from ari_app.desk import messages as m
from ari_app.desk.commands import browsing
from ari_app.desk.tasks_port import Task
from ari_app.rate_limit import Rate
from tests.desk.fakes import NOW
from tests.desk.harness import AgentTab, DeskHarness, board, caller, of_type

AFTER = 120
FORMS = ("operation", "operation-submit", "operation-confirm", "unlock")


async def asked(tab: AgentTab, message: m.FromBrowser) -> m.Answer:
    await tab.sends(message)
    await tab.harness.settled()
    answer = of_type(tab.received(), m.Answer)[-1]
    assert isinstance(answer, m.Answer)
    return answer


@pytest.mark.parametrize(
    ("talked", "seconds", "allowed"),
    [(True, None, True), (True, AFTER, True), (True, AFTER + 1, False), (False, None, False)],
)
async def test_code_words_and_operations_belong_to_the_call(
    talked: bool, seconds: int | None, allowed: bool
) -> None:
    """In it, shortly after it, later, and while the phone rings."""
    harness = DeskHarness()
    tab = AgentTab(harness, "anna", supervisor=True)
    at = {"PJSIP/701": caller()}
    harness.update(board(talking=at) if talked else board(ringing=at))
    if seconds is not None:
        harness.update(board())
        harness.now += timedelta(seconds=seconds)
    card = harness.card("anna")
    answers = [await asked(tab, m.Verify(card.id, "t:0", "ветер"))]
    values = {"operation": "balance", "reason": "r", "action": "a"}
    for number, form in enumerate(FORMS):
        answers.append(await asked(tab, m.Form(card.id, f"t:{number}", form, values)))
    refused = ["Only during the call" in one.text for one in answers]
    assert refused == [not allowed] * len(answers)
    assert card.record.identity == ("code-word" if allowed else "caller")
    assert bool(harness.queue_control.unlocked) is allowed


async def test_a_proof_does_not_outlive_its_call() -> None:
    harness = DeskHarness()
    tab = AgentTab(harness, "anna")
    harness.update(board(talking={"PJSIP/701": caller()}))
    card = harness.card("anna")
    assert (await asked(tab, m.Verify(card.id, "t:0", "ветер"))).ok
    harness.update(board())
    harness.now += timedelta(hours=3)
    values = {"operation": "tariff-change", "reason": "r", "action": "a", "in-code": "plus"}
    answer = await asked(tab, m.Form(card.id, "t:1", "operation-confirm", values))
    assert (answer.ok, harness.operations.done) == (False, [])
    note = await asked(tab, m.Form(card.id, "t:2", "note", {"text": "call back"}))
    assert note.ok, "what is left for colleagues has time"


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three records, and two more with a reason."""
    rates = {what: Rate(burst=3, each=60.0) for what in browsing.RATES}
    rates["records with a reason"] = Rate(burst=2, each=60.0)
    monkeypatch.setattr(browsing, "RATES", rates)


@pytest.mark.usefixtures("few")
async def test_records_that_are_read_without_a_call_are_limited_and_reported(
    caplog: pytest.LogCaptureFixture,
) -> None:
    harness = DeskHarness()
    anna, boris = AgentTab(harness, "anna"), AgentTab(harness, "boris", supervisor=True)
    with harness.tabs.opened(anna.tab), harness.tabs.opened(boris.tab):
        got = [await asked(anna, m.ViewSubscriber(f"t:{n}", n)) for n in range(10, 16)]
        assert [one.ok for one in got] == [True] * 3 + [False] * 3
        assert 'data-why="13"' in got[3].html
        why = [await asked(anna, m.ViewSubscriber(f"w:{n}", n, why="owes")) for n in range(3)]
        assert [one.ok for one in why] == [True, True, False]
        assert why[2].text == "Too many without a call. Wait 60 s."
        notices = [one.text for one in of_type(boris.received(), m.Notice)]
    assert notices == ["Anna is opening many customers' records without a call."], "once"
    assert "anna reads many records without a call (3): limited" in caplog.text
    what = [what for _, _, what in harness.profiles.views]
    assert what == ["chronology"] * 3 + ["limited: many records"] + ["chronology: owes"] * 2
    harness.now += timedelta(seconds=60)
    assert (await asked(anna, m.ViewSubscriber("t:9", 9))).ok


@pytest.mark.usefixtures("few")
async def test_cards_of_tasks_are_limited_as_records_are() -> None:
    harness = DeskHarness()
    anna = AgentTab(harness, "anna")
    for n in range(4):
        due = NOW + timedelta(hours=1)
        task = Task(id=0, text="call", owner="anna", author="boris", due=due, subscriber=n + 10)
        await harness.tasks.add(f"t:{n}", task)
    got = [await asked(anna, m.Task(f"t:{n}", n + 1, "open")) for n in range(4)]
    assert [one.ok for one in got] == [True] * 3 + [False]
    assert 'data-why="13"' in got[3].html
    assert (await asked(anna, m.Task("t:5", 1, "open"))).ok, "the card is open"
    what = [what for _, _, what in harness.profiles.views]
    assert what.count("task") == 4
    assert what.count("limited: many records") == 1


@pytest.mark.usefixtures("few")
async def test_the_caller_of_a_card_is_read_without_a_limit() -> None:
    harness = DeskHarness()
    anna = AgentTab(harness, "anna")
    harness.update(board(talking={"PJSIP/701": caller()}))
    got = [await asked(anna, m.ViewSubscriber(f"t:{n}", 1)) for n in range(5)]
    assert [one.ok for one in got] == [True] * 5


@pytest.mark.usefixtures("few")
async def test_searches_and_tickets_are_limited() -> None:
    harness = DeskHarness()
    anna = AgentTab(harness, "anna")
    for kind in (lambda n: m.Search(f"t:{n}", "0001"), lambda n: m.Ticket(f"t:{n}", n)):
        got = [await asked(anna, kind(n)) for n in range(4)]
        assert [one.ok for one in got] == [True] * 3 + [False]
