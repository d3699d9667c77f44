"""Scoring conversations: who may, what is asked for, what the agent sees, and calibrations."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
from aiohttp import ClientResponse

from ari_app.desk import messages as m
from ari_app.desk.web.accounts import Role, User
from ivr.quality.scoring import Answer
from tests.desk.fake_quality import FakeQuality
from tests.desk.fakes import NOW
from tests.desk.harness import AgentTab, of_type
from tests.desk.http_client import HttpClient, RunningDesk

GIVEN = {"card": "service", "mark-greeted": "1", "mark-identified": "-", "mark-solved": "4"}
CALL = "/quality/calls/7"


@pytest.fixture
async def boss(client: HttpClient) -> HttpClient:
    """A client in which a supervisor is signed in."""
    client.server.accounts.set_role("boris", "supervisor")
    await client.sign_in("boris")
    return client


@pytest.fixture
async def vera(server: RunningDesk) -> AsyncIterator[HttpClient]:
    """Another supervisor."""
    server.accounts.users["vera"] = User("vera", "Вера Лис", "supervisor")
    async with server.client() as client:
        await client.sign_in("vera")
        yield client


def fake(client: HttpClient) -> FakeQuality:
    return client.server.harness.quality


async def posted(client: HttpClient, path: str, /, **fields: str) -> ClientResponse:
    """What a form of its page gets."""
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    return await client.post(path, {"csrf": await client.token(), **named})


async def text(client: HttpClient, path: str) -> str:
    answer = await client.get(path, Accept_Language="en")
    assert answer.status == 200, path
    return await answer.text()


@pytest.mark.parametrize("role", ["agent", "senior"])
async def test_only_supervisors_score(client: HttpClient, role: Role) -> None:
    client.server.accounts.set_role("boris", role)
    await client.sign_in("boris")
    for path in ("/quality", CALL, "/quality/calibrations/1"):
        assert (await client.get(path)).status == 403
    assert (await posted(client, CALL, **GIVEN)).status == 403
    assert (await posted(client, f"{CALL}/calibration", card="service")).status == 403
    assert "no scores yet" in await text(client, "/scores")


async def test_a_week_has_its_conversations(boss: HttpClient) -> None:
    page = await text(boss, "/quality?week=2026-11-25")
    assert fake(boss).weeks == [date(2026, 11, 23)]
    for shown in ('href="/quality"', f'href="{CALL}"', "1:00", "week=2026-11-16", "agent=anna"):
        assert shown in page, shown
    assert "375990000001" not in page
    for strange in ("week=1", "week=9999-12-31", "week=0001-01-01", "agent=x"):
        assert (await boss.get(f"/quality?{strange}")).status == 200


async def test_a_call_is_shown_beside_its_card_and_the_view_is_recorded(boss: HttpClient) -> None:
    page = await text(boss, CALL)
    for shown in ("Main menu &lt;b&gt;", "How well was it solved?", "weight 3", "does not apply"):
        assert shown in page, shown
    assert ("boris", 1, "call to be scored") in boss.server.harness.profiles.views
    assert (await boss.get("/quality/calls/8")).status == 404


async def test_a_score_is_kept_and_its_agent_notified(boss: HttpClient) -> None:
    anna = AgentTab(boss.server.harness, "anna")
    with boss.server.harness.tabs.opened(anna.tab):
        given = {**GIVEN, "note-solved": "slow", "comment": "Good <b>"}
        answer = await posted(boss, CALL, **given)
    assert answer.status == 303
    assert answer.headers["Location"].endswith("&done")
    [score] = fake(boss).scores
    assert (score.agent, score.scorer, score.at) == ("anna", "boris", NOW)
    assert score.answers == {
        "greeted": Answer(1), "identified": Answer(None), "solved": Answer(4, "slow"),
    }  # fmt: skip
    [notice] = of_type(anna.received(), m.Notice)
    assert "scored" in notice.text
    again = await text(boss, CALL)
    assert "Good &lt;b&gt;" in again
    assert 'value="4" checked' in again
    assert "85 %" in await text(boss, "/quality")


async def test_what_is_missing_is_asked_for_and_nothing_is_lost(boss: HttpClient) -> None:
    given = {**GIVEN, "mark-solved": "6", "mark-greeted": "-", "note-greeted": "how?"}
    answer = await posted(boss, CALL, **given, comment="kept")
    page = await answer.text()
    assert answer.status == 422
    assert ("boris", 1, "call to be scored") in boss.server.harness.profiles.views
    assert page.count('class="missing"') == 2
    assert 'value="how?"' in page
    assert "kept</textarea>" in page
    assert fake(boss).scores == []
    assert (await posted(boss, CALL, **{**GIVEN, "card": "other"})).status == 409


async def test_no_one_scores_their_own_call(client: HttpClient) -> None:
    client.server.accounts.set_role("anna", "admin")
    await client.sign_in("anna")
    assert (await client.get(CALL)).status == 403
    assert (await posted(client, CALL, **GIVEN)).status == 403
    assert f'href="{CALL}"' not in await text(client, "/quality")


async def test_agents_read_and_acknowledge_their_own_scores(
    boss: HttpClient, server: RunningDesk
) -> None:
    await posted(boss, CALL, **GIVEN, comment="Well done")
    assert (await posted(boss, "/scores/1", reply="not mine")).status == 404
    async with server.client() as anna:
        await anna.sign_in()
        page = await text(anna, "/scores")
        for shown in ("85 %", "Well done", "does not apply", "4 of 5"):
            assert shown in page, shown
        given = NOW.isoformat()
        assert (await posted(anna, "/scores/1", reply="Thanks <i>", given=given)).status == 303
        assert "Thanks &lt;i&gt;" in await text(anna, "/scores")
    assert "acknowledged" in await text(boss, "/quality")


async def test_a_score_that_was_changed_is_shown_before_it_is_acknowledged(
    boss: HttpClient, server: RunningDesk
) -> None:
    await posted(boss, CALL, **GIVEN)
    async with server.client() as anna:
        await anna.sign_in()
        old = (NOW - timedelta(minutes=1)).isoformat()
        stale = await posted(anna, "/scores/1", reply="Thanks", given=old)
        assert stale.headers["Location"] == "/scores?changed"
        assert "Read it again" in await text(anna, "/scores?changed")
    [score] = fake(boss).scores
    assert (score.seen, score.reply) == (None, "")


async def test_a_supervisor_sees_no_calibration_of_their_own_call(
    boss: HttpClient, vera: HttpClient, server: RunningDesk
) -> None:
    server.accounts.set_role("anna", "supervisor")
    await posted(boss, f"{CALL}/calibration", card="service", **{"scorer-vera": "on"})
    for one in (boss, vera):
        await posted(one, CALL, **GIVEN, calibration="1", comment="alone")
    async with server.client() as anna:
        await anna.sign_in()
        assert (await anna.get("/quality/calibrations/1")).status == 403
        assert "calibrations/1" not in await text(anna, "/quality")
    assert "calibrations/1" in await text(boss, "/quality")


async def test_a_calibration_hides_the_others_until_all_are_done(
    boss: HttpClient, vera: HttpClient
) -> None:
    alone = await posted(boss, f"{CALL}/calibration", card="service")
    assert alone.status == 400
    begun = await posted(boss, f"{CALL}/calibration", card="service", **{"scorer-vera": "on"})
    assert begun.headers["Location"] == "/quality/calibrations/1"
    assert fake(boss).begun[1].scorers == ("boris", "vera")
    await posted(boss, CALL, **GIVEN, calibration="1", comment="mine alone")
    assert "Waits for your score" in await text(vera, "/quality")
    for path in ("/quality/calibrations/1", "/quality", f"{CALL}?calibration=1", CALL):
        page = await text(vera, path)
        assert "mine alone" not in page, path
        assert "85 %" not in page, path
    assert "mine alone" in await text(boss, "/quality/calibrations/1")
    await posted(vera, CALL, **{**GIVEN, "mark-solved": "1"}, calibration="1")
    both = await text(vera, "/quality/calibrations/1")
    for shown in ("mine alone", "85 %", "60 %", "40 %"):
        assert shown in both, shown
    changed = await posted(vera, CALL, **GIVEN, calibration="1")
    assert changed.status == 409
    assert fake(boss).scores[0].calibration == 1
    assert "85 %" not in await text(boss, "/quality"), "it counts in no figure"
    for strange in ("2", "x", "²"):
        assert (await vera.get(f"{CALL}?calibration={strange}")).status == 404


async def test_faulty_cards_and_a_site_without_any_are_shown(boss: HttpClient) -> None:
    fake(boss).known, fake(boss).faults = [], ["quality/a.yaml:3:1: no key 'asked'"]
    page = await text(boss, "/quality")
    assert "quality/a.yaml:3:1" in page
    assert "There are no score cards" in await text(boss, CALL)
