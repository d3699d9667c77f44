"""The reports: who may see them, what they show, what opens, and their files."""

import csv
import json
from datetime import date
from io import StringIO
from urllib.parse import parse_qs, urlsplit

import pytest
from msgspec.structs import replace

from ari_app.desk.reports.asked import Asked
from ari_app.desk.reports.report_pages import PAGE, after
from ari_app.desk.web.accounts import Role
from ivr.acd.figures import SECOND, Figures
from tests.desk.fake_reports import AT, STAY
from tests.desk.fakes import NOW
from tests.desk.http_client import HttpClient

TODAY = f"{NOW:%Y-%m-%d}"
DAY = f"since={TODAY}&until={TODAY}"


@pytest.fixture
async def boss(client: HttpClient) -> HttpClient:
    """A client in which a supervisor is signed in."""
    client.server.accounts.set_role("boris", "supervisor")
    await client.sign_in("boris")
    return client


async def text(client: HttpClient, path: str, language: str = "en") -> str:
    answer = await client.get(path, Accept_Language=language)
    assert answer.status == 200, path
    return await answer.text()


@pytest.mark.parametrize("role", ["agent", "senior"])
async def test_only_supervisors_see_reports(client: HttpClient, role: Role) -> None:
    client.server.accounts.set_role("boris", role)
    await client.sign_in("boris")
    assert "/reports" not in await text(client, "/")
    for path in ("", ".csv", ".json", "/calls", "/calls.csv", "/calls/7", "/menu-calls/c1"):
        assert (await client.get(f"/reports{path}")).status == 403


async def test_figures_open_to_the_calls_behind_them(boss: HttpClient) -> None:
    page = await text(boss, f"/reports?{DAY}&by=queue")
    assert 'href="/reports"' in page  # in the bar
    for shown in ("33.3 %", "0:30", "1:05", "50 %", "Calls in queues", "data-chart"):
        assert shown in page, shown
    link = f"/reports/calls?view=calls&amp;since={TODAY}&amp;until={TODAY}&amp;by=queue"
    assert f'{link}&amp;is-queue=support&amp;what=abandoned">1</a>' in page
    calls = await text(boss, f"/reports/calls?{DAY}&is-queue=support&what=abandoned")
    [chosen] = boss.server.harness.reports.chosen
    assert (chosen.among, chosen.what) == ({"queue": "support"}, "abandoned")
    assert chosen.since <= AT < chosen.until == chosen.since + 86400 * SECOND
    assert '<a href="/reports/calls/7">' in calls
    assert "…0001" in calls
    assert STAY.number not in calls


async def test_one_call_is_shown_whole_and_the_view_is_recorded(boss: HttpClient) -> None:
    page = await text(boss, "/reports/calls/7")
    for shown in (
        *("0:12", "0:20", "0.2 s", "1:00", "0:05", "Main menu &lt;b&gt;", "<kbd>1</kbd>"),
        *("Why &lt;more&gt;?", "The tax.", "solved at once", "dialled 611", "611 · 6a01f3c2"),
    ):
        assert shown in page, shown
    assert ("boris", 1, "call in the reports") in boss.server.harness.profiles.views
    assert (await boss.get("/reports/calls/8")).status == 404
    assert "Main menu" in await text(boss, "/reports/menu-calls/c1")
    assert (await boss.get("/reports/menu-calls/c2")).status == 404


async def test_calls_of_many_subscribers_are_not_read_one_after_another(boss: HttpClient) -> None:
    answers = [(await boss.get("/reports/calls/7")).status for _ in range(21)]
    assert answers == [*([200] * 20), 429]


async def test_a_day_opens_as_a_period(boss: HttpClient) -> None:
    page = await text(boss, "/reports?since=2026-11-20&until=2026-11-24&is-topic=money")
    opened = f"since={TODAY}&amp;until={TODAY}&amp;"
    assert f'href="/reports?view=calls&amp;{opened}by=queue&amp;is-topic=money"' in page
    assert f'{opened}is-topic=money&amp;what=abandoned"' in page
    menus = await text(boss, f"/reports?{DAY}&view=menus&is-topic=money")
    assert 'class="among"' not in menus


async def test_lists_have_pages(boss: HttpClient) -> None:
    found = [replace(STAY, id=place, joined=AT - place) for place in range(PAGE + 5)]
    boss.server.harness.reports.listed = found
    first = await text(boss, f"/reports/calls?{DAY}")
    last = found[PAGE - 1]
    assert f"after={last.joined}-{last.id}" in first
    second = await text(boss, f"/reports/calls?{DAY}&after={last.joined}-{last.id}")
    assert second.count("/reports/calls/1") == 5
    assert "after=" not in second


async def test_waits_agents_and_menus(boss: HttpClient) -> None:
    waiting = await text(boss, f"/reports?{DAY}&view=waiting")
    for shown in ("5–10 s", "600 s and more", "0:48", "shade-9", "Calls by the hours of the week"):
        assert shown in waiting, shown
    agents = await text(boss, f"/reports?{DAY}&view=agents")
    for shown in ("7:40", "75 %", "Paused: lunch", "1:00", "Anna"):
        assert shown in agents, shown
    menus = await text(boss, f"/reports?{DAY}&view=menus")
    for shown in ("40 %", "Main menu", "20 %", "Queue: support", "60 %", "menu: gone", "node=main"):
        assert shown in menus, shown
    for shown in ("Canary 3, new menus for 10 %: rolled back", "25 %", "50 %", "0:30"):
        assert shown in menus, shown
    gone = await text(boss, f"/reports/menu-calls?{DAY}&flow=611&node=main")
    assert "/reports/menu-calls/c1" in gone


async def test_what_callers_said_and_what_was_scored(boss: HttpClient) -> None:
    said = await text(boss, f"/reports?{DAY}&view=surveys&by=agent")
    for shown in (
        "Anna",
        "66.7 %",
        "80 %",
        "is-agent=anna&amp;what=surveyed",
    ):
        assert shown in said, shown
    scored = await text(boss, f"/reports?{DAY}&view=quality")
    for shown in ("85 %", f"/quality?week={TODAY}&amp;agent=anna", "a greeting?", "old", "100 %"):
        assert shown in scored, shown
    found = json.loads(await text(boss, f"/reports.json?{DAY}&view=surveys&by=agent"))
    [anna, _] = found["tables"]["surveys"]["rows"]
    assert (anna["asked"], anna["replied"], anna["solved"]) == (4, 2, 50.0)


async def test_files_have_the_figures_of_the_page(boss: HttpClient) -> None:
    answer = await boss.get(f"/reports.csv?{DAY}&by=queue", Accept_Language="en")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="calls-')
    rows = list(csv.DictReader(StringIO((await answer.text()).removeprefix("\ufeff"))))
    assert [row["Queue"] for row in rows] == ["support", "Total"]
    assert rows[0]["In time, %"][:4] == "33.3"
    assert rows[0]["Mean wait, s"] == "30"
    assert (await boss.get(f"/reports.csv?{DAY}&table=other")).status == 404
    found = json.loads(await text(boss, f"/reports.json?{DAY}&by=queue"))
    [row] = found["tables"]["calls"]["rows"]
    assert (row["value"], row["joined"], row["asa"], row["repeated"]) == ("support", 4, 30.0, 50.0)
    [call] = json.loads(await text(boss, f"/reports/calls.json?{DAY}"))["calls"]
    assert (call["number"], call["waited"], call["how"]) == ("…0001", 12.0, "answered")
    listed = await text(boss, f"/reports/calls.csv?{DAY}")
    assert listed.count("\n") == 2


async def test_what_a_spreadsheet_would_compute_is_text(boss: HttpClient) -> None:
    boss.server.harness.reports.listed = [replace(STAY, topic='=HYPERLINK("x")')]
    assert "'=HYPERLINK" in await text(boss, f"/reports/calls.csv?{DAY}")


async def test_without_calls_there_is_a_page_without_figures(boss: HttpClient) -> None:
    boss.server.harness.reports.found = {}
    assert "—" in await text(boss, f"/reports?{DAY}")
    for view in ("calls&by=queue", "waiting"):
        assert "За это время ничего нет." in await text(boss, f"/reports?{DAY}&view={view}", "ru")
    assert "Anna" in await text(boss, f"/reports?{DAY}&view=agents")
    boss.server.harness.reports.found = {"support": Figures(joined=1, waiting=1)}
    assert "—" in await text(boss, f"/reports?{DAY}&by=queue")


def test_an_address_asks_for_what_it_says() -> None:
    today = date(2026, 11, 29)
    asked = Asked(
        since=date(2026, 11, 1), until=today, by="topic", among={"queue": "a&b", "topic": ""},
        what="late",
    )  # fmt: skip
    query = {name: one for name, [one] in parse_qs(asked.query(), True).items()}
    assert Asked.of(query, today) == asked
    assert Asked.of({}, today) == Asked(since=date(2026, 11, 23), until=today)
    wrong = {"since": "x", "until": "2027-01-01", "by": "wait", "view": "no", "what": "?"}
    assert Asked.of(wrong, today) == Asked.of({}, today)
    for name, value in (
        *(("until", "0001-01-01"), ("is-hour", "abc"), ("is-hour", "24"), ("is-day", "x")),
        *(("is-wait", "99"), ("is-weekday", "²"), ("is-week-hour", "168")),
    ):
        assert Asked.of({name: value}, today) == Asked.of({}, today), (name, value)
    assert after("²-1") is None
    assert after(f"{'9' * 30}-1") is None
    assert (today - Asked.of({"since": "2001-01-01"}, today).since).days == 366
    assert urlsplit(f"/reports?{asked.query()}").query.startswith("view=calls&since=2026-11-01")
