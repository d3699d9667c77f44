"""The administrators' page: who may see it, what it shows, and what its forms ask for."""

from datetime import timedelta
from typing import get_args

import pytest
from playwright.async_api import Page, expect

from ari_app.desk.admin import administration as admin
from ari_app.desk.admin.change_words import changed
from ari_app.desk.render import Render
from ari_app.desk.web.accounts import Role
from ari_app.desk.words import page_languages, word
from ari_app.menus.live import How
from ari_app.store.changes import What
from tests.desk.fakes import NOW
from tests.desk.http_client import PASSWORD, HttpClient, RunningDesk

SOON = NOW + timedelta(hours=2)
FULL = admin.Overview(
    schedules=[admin.ScheduleRow("claims", True, SOON, "boris", "drill <b>")],
    announcements=[admin.AnnouncementRow(7, "", "Outage & repair", SOON, "anna", 12, 3)],
    callbacks=[admin.CallbackRow(8, NOW, "375990000001", None, "")],
    complaints=[admin.ComplaintRow(9, NOW, "", 12.4, SOON)],
    agents=[admin.AgentRow("vera", "Vera Ryabinina", "703", "senior", False, ["claims"])],
    changes=[
        admin.ChangeRow(NOW, "anna", "hours force closed", "claims", "drill"),
        admin.ChangeRow(NOW, "anna", "agents queues", "vera", "claims, vip"),
    ],
    menus=[admin.MenuSetRow(4, NOW, "reload", "vera", ["flow 611: node main: key 5 is new"])],
    areas=["Minsk"],
    languages=["ru", "en"],
    queues=["support", "claims"],
    flows=["*111"],
)


@pytest.fixture
async def boss(client: HttpClient) -> HttpClient:
    """A client in which an administrator is signed in."""
    client.server.accounts.set_role("boris", "admin")
    await client.sign_in("boris")
    return client


@pytest.mark.parametrize("role", ["agent", "senior", "supervisor"])
async def test_only_administrators_see_and_change(client: HttpClient, role: Role) -> None:
    client.server.accounts.set_role("boris", role)
    await client.sign_in("boris")
    assert "/admin" not in await (await client.get("/")).text()
    assert (await client.get("/admin")).status == 403
    form = {"csrf": await client.token(), "what": "free", "schedule": "claims"}
    assert (await client.post("/admin", form)).status == 403
    assert client.server.administration.changed == []


async def test_the_page_shows_what_is_so(boss: HttpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Render, "queue", lambda _self, name, language: f"{name} in {language}")
    boss.server.administration.overview_is = FULL
    assert 'href="/admin"' in await (await boss.get("/")).text()
    page = await (await boss.get("/admin", Accept_Language="en")).text()
    for shown in (
        *("claims: open until", "Forced by boris: drill &lt;b&gt;", "Outage &amp; repair"),
        *("Heard: 12, waiting for a text: 3.", "Complaint 9", "Vera Ryabinina", "cannot sign in"),
        "opening hours, forced closed: claims: drill",
        *("Queues: claims in en", 'name="queue-claims" checked> claims in en<', '"queue-support">'),
        "queues of vera: claims in en, vip in en",
        *("Set 4", "reload, vera", "flow 611: node main: key 5 is new", "Restore this set"),
    ):
        assert shown in page, shown


@pytest.mark.parametrize(
    ("form", "request_"),
    [
        (
            {
                "what": "force-closed",
                "schedule": "claims",
                "until": "2026-11-24T18:00",
                "why": " a  b",
            },
            admin.ForceHours("claims", "closed", "2026-11-24T18:00", "a b"),
        ),
        ({"what": "free", "schedule": "claims"}, admin.FreeHours("claims")),
        (
            {"what": "announce", "area": "", "text-ru": "Пожар.", "text-en": "Fire.", "until": "x"},
            admin.Announce("", {"ru": "Пожар.", "en": "Fire."}, "x"),
        ),
        ({"what": "cancel", "id": "7"}, admin.EndAnnouncement(7, False)),
        ({"what": "mended", "id": "7"}, admin.EndAnnouncement(7, True)),
        ({"what": "called-back", "id": "8"}, admin.CloseCallback(8)),
        ({"what": "answered", "id": "9", "answer": "Sorry."}, admin.CloseComplaint(9, "Sorry.")),
        ({"what": "role", "agent": "vera", "role": "admin"}, admin.PutRole("vera", "admin")),
        ({"what": "reload"}, admin.ReloadMenus()),
        ({"what": "rollback", "id": "4"}, admin.RollBack(4)),
        (
            {"what": "agent-queues", "agent": "vera", "queue-support": "on", "queue-b c": "on"},
            admin.PutQueues("vera", frozenset({"support", "b c"})),
        ),
        (
            {"what": "agent-queues", "agent": "vera"},
            admin.PutQueues("vera", frozenset()),
        ),
        ({"what": "agent-password", "agent": "vera"}, admin.NewPassword("vera")),
        (
            {
                "what": "agent-add",
                "name": "oleg",
                "full_name": "Oleg  Sych",
                "extension": "704",
                "role": "agent",
                "speaks-en": "on",
            },
            admin.AddAgent("oleg", "Oleg Sych", "704", "agent", ("en",)),
        ),
        (
            {
                "what": "agent-add",
                "name": "oleg",
                "full_name": "Oleg",
                "role": "agent",
                "extension": "704",
                "phone": "browser",
            },
            admin.AddAgent("oleg", "Oleg", "704", "agent", (), "browser"),
        ),
        ({"what": "agent-out", "agent": "vera"}, admin.SignOut("vera")),
        ({"what": "agent-suspend", "agent": "vera"}, admin.Suspend("vera", True)),
        ({"what": "agent-sip-phone", "agent": "vera"}, admin.PutPhone("vera", "sip")),
        ({"what": "agent-browser-phone", "agent": "vera"}, admin.PutPhone("vera", "browser")),
        ({"what": "agent-resume", "agent": "vera"}, admin.Suspend("vera", False)),
        ({"what": "agent-factor", "agent": "vera"}, admin.NewFactor("vera", False)),
        ({"what": "agent-no-factor", "agent": "vera"}, admin.NewFactor("vera", True)),
    ],
    ids=lambda value: value["what"] if isinstance(value, dict) else "",
)
async def test_each_form_changes_one_thing(
    boss: HttpClient, form: dict[str, str], request_: admin.Request
) -> None:
    answer = await boss.post("/admin", {**form, "csrf": await boss.token()})
    assert (answer.status, answer.headers["Location"]) == (303, "/admin?done")
    assert boss.server.administration.changed == [("boris", request_)]


@pytest.mark.parametrize(
    "form",
    [
        {"what": "answered", "id": "9", "answer": " "},
        {"what": "answered", "id": "nine", "answer": "Sorry."},
        {"what": "cancel", "id": "9" * 30},
        {"what": "role", "agent": "vera", "role": "king"},
        {"what": "free", "schedule": "x" * 601},
        {"what": "nothing", "id": "1"},
        {},
    ],
)
async def test_an_incomplete_form_changes_nothing(boss: HttpClient, form: dict[str, str]) -> None:
    answer = await boss.post("/admin", {**form, "csrf": await boss.token()}, Accept_Language="en")
    assert answer.status == 422
    assert "Nothing was changed: fill in all fields." in await answer.text()
    assert boss.server.administration.changed == []


@pytest.mark.parametrize(
    ("differs", "shown", "reloads"),
    [
        (admin.Preview((), ()), "Nothing differs.", False),
        (admin.Preview(["flow 611: node x: is <new>"], ()), "node x: is &lt;new&gt;", True),
        (admin.Preview((), ["611.yaml:3:1: unknown-node"]), "611.yaml:3:1: unknown-node", False),
    ],
    ids=["same", "new", "wrong"],
)
async def test_menus_are_compared_before_they_are_reloaded(
    boss: HttpClient, differs: admin.Preview, shown: str, reloads: bool
) -> None:
    boss.server.administration.differs = differs
    page = await (await boss.get("/admin?preview", Accept_Language="en")).text()
    assert shown in page
    assert ("Reload the menus" in page) == reloads


async def test_what_is_shown_once_stands_in_the_answer(boss: HttpClient) -> None:
    boss.server.administration.outcome = admin.Outcome(
        [("admin-password-is", {"agent": "vera", "password": "<k7&>"})], ["flow 611: is <new>"]
    )
    form = {"what": "agent-password", "agent": "vera", "csrf": await boss.token()}
    answer = await boss.post("/admin", form, Accept_Language="en")
    page = await answer.text()
    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "The password of vera: &lt;k7&amp;&gt;." in page
    assert "<li>flow 611: is &lt;new&gt;</li>" in page


@pytest.mark.parametrize("code", page_languages())
def test_each_change_has_its_words(code: str) -> None:
    for what in get_args(What):
        line = changed(admin.ChangeRow(NOW, "anna", what, "x1", "drill"), code)
        assert "x1: drill" in line
        assert what not in line, f"no word of words.yaml for {what}"
    for how in get_args(How):
        assert word(f"how-{how}", code)
    assert changed(admin.ChangeRow(NOW, "a", "agents role", "vera", "admin"), "ru") == (
        "роль оператора vera: администратор"
    )
    assert changed(admin.ChangeRow(NOW, "a", "agents add", "vera", "admin, 703"), "ru") == (
        "добавлен оператор vera: администратор, 703"
    )
    assert "admin: " in changed(admin.ChangeRow(NOW, "a", "agents role", "admin", "agent"), "en")


async def test_a_flow_is_drawn(boss: HttpClient) -> None:
    boss.server.administration.overview_is = FULL
    there = "/admin/flows/%2A111.svg"
    assert there in await (await boss.get("/admin")).text()
    answer = await boss.get(there)
    assert (answer.content_type, await answer.text()) == ("image/svg+xml", "<svg/>")
    assert (await boss.get("/admin/flows/611.svg")).status == 404
    boss.server.administration.refuses = "admin-no-graph"
    assert "Graphviz is not installed" in await (await boss.get(there)).text()
    boss.server.accounts.set_role("boris", "supervisor")
    assert (await boss.get(there)).status == 403


async def test_why_nothing_was_changed_is_said(boss: HttpClient) -> None:
    boss.server.administration.refuses = "admin-last"
    form = {"what": "role", "agent": "boris", "role": "agent", "csrf": await boss.token()}
    answer = await boss.post("/admin", form, Accept_Language="en")
    assert "the last administrator must remain one" in await answer.text()


async def test_a_form_of_another_site_changes_nothing(boss: HttpClient) -> None:
    form = {"what": "called-back", "id": "8", "csrf": "guessed"}
    assert (await boss.post("/admin", form)).status == 403
    assert boss.server.administration.changed == []


async def test_a_callback_is_closed_in_a_browser(server: RunningDesk, tab: Page) -> None:
    server.accounts.set_role("boris", "admin")
    server.administration.overview_is = FULL
    await tab.goto(server.url)
    await tab.get_by_label("Логин").fill("boris")
    await tab.get_by_label("Пароль").fill(PASSWORD)
    await tab.keyboard.press("Enter")
    await tab.locator("#menu summary").click()
    await tab.get_by_role("link", name="Управление").click()
    await tab.get_by_role("button", name="Перезвонили: +375 99 000-00-01").click()
    await expect(tab.get_by_role("status")).to_have_text("Сделано.")
    assert server.administration.changed == [("boris", admin.CloseCallback(8))]
