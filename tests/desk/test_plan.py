"""The page of the plan: who may see it, what it shows, and what is chosen by its form."""

from datetime import date, timedelta

import pytest

from ari_app.desk.web.accounts import Role
from tests.desk.fakes import NOW
from tests.desk.http_client import HttpClient

TOMORROW = (NOW + timedelta(days=1)).date()


@pytest.mark.parametrize(
    ("role", "status"), [("agent", 403), ("senior", 403), ("supervisor", 200), ("admin", 200)]
)
async def test_supervisors_open_the_plan(client: HttpClient, role: Role, status: int) -> None:
    client.server.accounts.set_role("boris", role)
    await client.sign_in("boris")
    assert (await client.get("/plan")).status == status
    assert ('href="/plan"' in await (await client.get("/")).text()) is (status == 200)


async def shown(client: HttpClient, query: str = "") -> str:
    client.server.accounts.set_role("boris", "supervisor")
    await client.sign_in("boris")
    response = await client.get(f"/plan{query}", **{"Accept-Language": "en"})
    assert response.status == 200
    return await response.text()


async def test_it_shows_tomorrow_and_what_the_shifts_make_of_it(client: HttpClient) -> None:
    text = await shown(client)
    planning = client.server.harness.planning
    assert [each.day for each in planning.asked] == [TOMORROW]
    for part in (
        *("<b>100</b>", "days like it: 1", "<b>8</b>", "the shifts have 12", "22 %"),
        *("goal 80 %", "<b>1:00</b>", 'data-draws="bar"', 'data-draws="line"', "Erlang A"),
        *('<option value="claims">', 'name="shift-early"', 'value="12"', ">09:00<"),
    ):
        assert part in text, part
    assert ">09:30<" in text, "the shift is still there"
    assert ">10:00<" not in text
    assert f"day={TOMORROW + timedelta(days=1)}" in text
    assert f"day={TOMORROW - timedelta(days=1)}" in text


async def test_what_is_chosen_is_planned_and_kept_in_the_address(client: HttpClient) -> None:
    chosen = "day=2026-12-24&queue=claims&level=90&within=10&away=25&shift-early=20"
    text = await shown(client, f"?{chosen}")
    [asked] = client.server.harness.planning.asked
    assert (asked.day, asked.queue) == (date(2026, 12, 24), "claims")
    assert (asked.level, asked.within, asked.away) == (0.9, 10, 0.25)
    assert asked.agents == {"early": 20}
    for part in ('value="90"', 'value="25"', 'value="20"', '<option value="claims" selected>'):
        assert part in text
    assert "day=2026-12-25&amp;queue=claims&amp;level=90" in text


async def test_fields_that_are_empty_are_as_the_settings_say(client: HttpClient) -> None:
    await shown(client, "?day=&queue=&level=&within=&away=&shift-early=&other=1")
    [asked] = client.server.harness.planning.asked
    assert (asked.day, asked.level, asked.agents) == (TOMORROW, None, {})


@pytest.mark.parametrize("wrong", ["day=soon", "level=0", "within=x", "shift-early=-1", "away=99"])
async def test_values_without_sense_are_refused(client: HttpClient, wrong: str) -> None:
    await shown(client)
    assert (await client.get(f"/plan?{wrong}")).status == 400


async def test_without_a_history_it_says_so(client: HttpClient) -> None:
    client.server.harness.planning.calls = 0
    text = await shown(client)
    assert "nothing is expected" in text
    assert "data-chart" not in text


async def test_without_the_store_it_is_busy(client: HttpClient) -> None:
    await shown(client)
    client.server.harness.planning.fails = True
    assert (await client.get("/plan")).status == 503
