"""Recorded conversations at the desk: shown, paused, and played to those who may."""

from pathlib import Path

import pytest

from ari_app.desk import messages as m
from tests.desk.fakes import NOW
from tests.desk.harness import AgentTab, DeskHarness, board, caller, of_type
from tests.desk.http_client import HttpClient, RunningDesk

KEY = "k:1"


@pytest.fixture
def recorded(tmp_path: Path) -> Path:
    file = tmp_path / "1.1_1.wav"
    file.write_bytes(bytes(range(100)))
    return file


async def in_call(harness: DeskHarness, phone: str = "PJSIP/701", agent: str = "anna") -> str:
    harness.update(board(ringing={phone: caller()}))
    harness.update(board(talking={phone: caller()}))
    await harness.settled()
    return harness.card(agent).id


def part(tab: AgentTab) -> str:
    parts = [one for one in of_type(tab.received(), m.Part) if one.part == "recording"]
    return parts[-1].html if parts else ""


async def test_a_card_shows_whether_its_call_is_recorded() -> None:
    harness = DeskHarness()
    tab = AgentTab(harness, "anna")
    harness.conversations.states["1.1"] = "on"
    with harness.tabs.opened(tab.tab):
        card = await in_call(harness)
        assert harness.conversations.attached == [card]
        assert "This call is recorded" in part(tab)
        harness.conversations.states["1.1"] = "paused"
        harness.desk.recording_changed({"2.2"})
        assert part(tab) == ""
        harness.desk.recording_changed({"1.1"})
        assert "silence is recorded" in part(tab)
        assert "silence is recorded" in harness.desk.render.card(harness.card("anna"), {}, "en")
        harness.update(board())
        assert part(tab).strip() == ""


async def test_an_agent_pauses_the_recording_of_their_own_call() -> None:
    harness = DeskHarness()
    card = await in_call(harness)
    anna, boris = AgentTab(harness, "anna"), AgentTab(harness, "boris")
    await anna.sends(m.Recording(card, KEY, pause=True, why="secret"))
    await boris.sends(m.Recording(card, KEY, pause=False))
    assert [one.ok for one in of_type([*anna.received(), *boris.received()], m.Answer)] == [
        True,
        False,
    ]
    assert harness.conversations.pauses == [("1.1", "secret", True)]
    harness.update(board())
    await anna.sends(m.Recording(card, KEY, pause=False))
    assert len(harness.conversations.pauses) == 1


async def test_a_colleague_who_is_only_asked_pauses_nothing() -> None:
    """The caller hears music: it is the agent's conversation that is recorded."""
    harness = DeskHarness()
    harness.conversations.states["1.1"] = "on"
    harness.cards.asked("boris", "1.1", "Anna")
    card = await in_call(harness, "PJSIP/702", "boris")
    boris = AgentTab(harness, "boris")
    with harness.tabs.opened(boris.tab):
        harness.desk.recording_changed({"1.1"})
        await boris.sends(m.Recording(card, KEY, pause=True, why="secret"))
        assert part(boris) == ""
    assert not harness.conversations.pauses
    assert not harness.conversations.attached


async def test_the_list_is_for_those_who_may_listen(recorded: Path) -> None:
    harness = DeskHarness()
    harness.conversations.files[7] = recorded
    form = m.Form(await in_call(harness), KEY, "conversations")
    tab = AgentTab(harness, "anna")
    await tab.sends(form)
    await harness.settled()
    assert not of_type(tab.received(), m.Answer)[0].ok
    tab.tab.listens = True
    await tab.sends(m.Form(form.card, "k:2", "conversations"))
    await harness.settled()
    [answer] = of_type(tab.received(), m.Answer)
    assert 'src="/recordings/7"' in answer.html
    assert "1:01" in answer.html


async def test_who_listens_is_recorded_once_a_listening(
    server: RunningDesk, client: HttpClient, recorded: Path
) -> None:
    server.harness.conversations.files[7] = recorded
    await client.sign_in("boris")
    for _ in range(2):
        answer = await client.get("/recordings/7", Range="bytes=10-19")
        assert (answer.status, answer.headers["Content-Range"]) == (206, "bytes 10-19/100")
    assert answer.headers["Content-Type"] == "audio/wav"
    assert answer.headers["Cache-Control"] == "no-store"
    views = server.harness.profiles.views
    assert views == [("boris", 1, "recording 7")]
    server.harness.now = NOW.replace(hour=NOW.hour + 1)
    await client.get("/recordings/7")
    assert len(views) == 2
    assert (await client.get("/recordings/8")).status == 404


async def test_who_may_not_listen_does_not(
    server: RunningDesk, anna: HttpClient, recorded: Path
) -> None:
    server.harness.conversations.files[7] = recorded
    assert (await anna.get("/recordings/7")).status == 403
    assert server.harness.profiles.views == []
    anna.forget()
    assert (await anna.get("/recordings/7")).status == 303
