"""Nothing at the desk hinders people who see, hear or move otherwise: axe-core finds nothing in any
state of its pages."""

import asyncio
from datetime import UTC, datetime, timedelta

from axe_playwright_python.async_playwright import Axe
from msgspec.structs import replace
from playwright.async_api import Page, expect

from ari_app.desk import messages as m
from tests.desk.fake_reports import STAY, WHOLE
from tests.desk.harness import AgentTab, board, caller
from tests.desk.http_client import RunningDesk
from tests.desk.test_browser_forms import sign_in

OTHER = board(ringing={"PJSIP/701": caller("2.2", "442071234567")})


async def _clean(page: Page, state: str) -> None:
    """Fail with what axe-core finds."""
    found = (await Axe().run(page)).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], state


async def test_axe_finds_nothing_in_any_state(server: RunningDesk, tab: Page) -> None:
    harness = server.harness
    await tab.goto(server.url)
    await _clean(tab, "sign-in")
    server.accounts.set_role("anna", "admin")
    await sign_in("anna", server, tab)
    await tab.locator("#menu summary").click()
    await _clean(tab, "no card, menu")
    await tab.keyboard.press("Escape")
    harness.update(board(talking={"PJSIP/701": caller(), "PJSIP/702": caller("3.3")}))
    card = tab.locator("article.card:visible")
    await expect(card.locator(".part-account dl")).to_be_visible()
    for summary in await card.locator(".actions > details > summary").all():
        await summary.click()
    await expect(card.locator("[data-targets]")).to_be_visible()
    await _clean(tab, "a call, all forms")
    await card.locator("[data-operation]").select_option("tariff-change")
    await card.locator("[data-operation]").press("Control+Enter")
    await expect(card.locator("[data-after-code-word]")).to_be_visible()
    await tab.emulate_media(color_scheme="dark")
    await _clean(tab, "code word needed, dark")
    for panel in ("[data-tickets]", "#found [data-ticket]", "[data-calls]"):
        await tab.locator(panel).first.click()
        await expect(tab.locator("#found")).to_be_visible()
    await _clean(tab, "a panel, dark")
    await tab.locator(".side [data-tasks]").click()
    added = tab.locator("[data-task-add]")
    await added.locator("[name=text]").fill("Send the <b>contract")
    await added.locator("[name=due]").fill("2026-11-24T14:00")
    await added.locator("[name=text]").press("Control+Enter")
    task = tab.locator("[data-tasks-list] li")
    await expect(task).to_contain_text("Send the <b>contract due 24.11 14:00")
    await task.locator("select").focus()  # to whom it can be given is filled in then
    await task.locator("select").select_option("boris")
    await expect(task).to_contain_text("Boris · from Anna")
    await _clean(tab, "tasks, dark")
    await task.get_by_role("button", name="Done").click()
    await expect(task).to_have_text("No tasks.")
    await tab.keyboard.press("Escape")
    await AgentTab(harness, "anna", supervisor=True).sends(m.Supervise("t:1", "boris", "listen"))
    await expect(tab.locator("article.watched:visible")).to_be_visible()
    await _clean(tab, "the card of a call one listens to, dark")
    harness.desk.supervision.reconnected(())
    await expect(tab.locator("article.watched")).to_have_count(0)
    await tab.emulate_media(color_scheme="light")
    harness.update(board())
    await expect(card).to_have_attribute("data-phase", "after")
    await card.locator("[data-field=question]").focus()
    harness.update(OTHER)
    await expect(tab.locator("#strip")).to_be_visible()
    await card.locator("[data-form=note] textarea").fill("Speak louder")
    await card.locator("[data-field=question]").press("Control+Enter")
    await expect(card.locator("[data-unsent]")).to_be_visible()
    await tab.set_viewport_size({"width": 390, "height": 844})
    await _clean(tab, "strip and question, narrow")
    await _board(server, tab)
    await tab.goto(f"{server.url}/admin")
    await _clean(tab, "administration")
    for path in ("?view=calls&by=queue", "?view=waiting", "?view=agents", "/calls", "/calls/7"):
        await tab.goto(f"{server.url}/reports{path}")
        await _clean(tab, f"reports{path}, narrow")
        assert await tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    await tab.emulate_media(color_scheme="dark")
    await _clean(tab, "reports, dark")
    await _quality(server, tab)


async def _quality(server: RunningDesk, tab: Page) -> None:
    """A call is scored and calibrated, in the dark; its agent reads the score."""
    harness = server.harness
    harness.reports.whole = replace(WHOLE, stays=[replace(STAY, agent="boris")])
    harness.quality.known.append(replace(harness.quality.known[0], name="other"))
    await harness.quality.calibrate(7, harness.quality.known[0], "anna", ["anna", "boris"])
    await tab.goto(f"{server.url}/quality/calls/7")
    await tab.get_by_role("button", name="Save the score").click()
    await expect(tab.locator("fieldset.missing")).to_have_count(3)
    await _clean(tab, "a score card with missing answers, dark, narrow")
    assert await tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for mark in ("[name=mark-greeted][value='1']", "[name=mark-solved][value='4']"):
        await tab.locator(mark).check()
    await tab.locator("[name=mark-identified][value='-']").check()
    await tab.locator("#comment").fill("Well <done>")
    await tab.get_by_role("button", name="Save the score").click()
    await expect(tab.get_by_role("status")).to_have_text("The score is saved.")
    await _clean(tab, "conversations to score")
    [score] = harness.quality.scores
    for who in ("anna", "boris"):
        await harness.quality.save(replace(score, scorer=who, calibration=1))
    await harness.quality.save(replace(score, agent="anna"))
    for path in ("/quality/calibrations/1", "/scores", "/reports?view=quality"):
        await tab.goto(f"{server.url}{path}")
        await _clean(tab, path)
    await tab.emulate_media(color_scheme="light")
    await tab.goto(f"{server.url}/reports?view=surveys&by=agent")
    await _clean(tab, "surveys")
    await tab.goto(f"{server.url}/scores")
    await tab.get_by_role("button", name="Acknowledge").click()
    await expect(tab.locator("main")).to_contain_text("Acknowledged")
    await _clean(tab, "own scores")


async def _board(server: RunningDesk, tab: Page) -> None:
    """The board: what it shows is live, its buttons act, and its chart is drawn from a table."""
    harness = server.harness
    harness.update(board(waiting=[caller()], talking={"PJSIP/701": caller("2.2")}))
    running = asyncio.create_task(harness.desk.boards.run())
    try:
        await tab.set_viewport_size({"width": 1024, "height": 768})
        await tab.goto(f"{server.url}/board")
        boris = tab.locator("[data-key=boris]")
        await expect(tab.locator("[data-rows=waiting] tr")).to_have_count(1)
        await expect(tab.locator("[data-plot] canvas")).to_be_visible()
        await boris.locator("details.more summary").click()
        await _clean(tab, "board")
        await boris.get_by_role("button", name="technical").click()
        await tab.keyboard.press("Escape")
        await expect(boris.locator("details.more summary")).to_be_focused()
        await boris.locator("[data-do=pause]").click()
        await expect(boris.locator("[data-do=pause]")).to_be_focused()
        assert harness.queue_control.paused == {"boris": "supervisor"}
        assert harness.board.put_into == [("anna", "boris", "technical", True)]
        late = replace(caller(), since=datetime.now(UTC) - timedelta(minutes=5))
        harness.update(board(waiting=[late, caller("3.3")], paused=True, reason="lunch"))
        await expect(tab.locator("[data-rows=waiting] tr")).to_have_count(2)
        await expect(boris.locator("[data-do=ready]")).to_be_focused()
        await expect(tab.locator("[data-rows=waiting] .over")).not_to_have_count(0)
        await tab.emulate_media(color_scheme="dark")
        await tab.locator(".chart summary").click()
        await _clean(tab, "board, dark, numbers of the chart")
        await tab.goto(f"{server.url}/board?wall")
        await expect(tab.locator("[data-rows=people] tr")).to_have_count(2)
        await _clean(tab, "wall, dark")
        await tab.emulate_media(color_scheme="light")
        await tab.set_viewport_size({"width": 390, "height": 844})
    finally:
        running.cancel()
