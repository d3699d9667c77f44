"""The desk with real calls and a real browser, through crashes of either."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from ari_app.phone.handset import Disconnected, Incoming
from tests.desk.browser import Chromium, driven, opened
from tests.desk.live_agent import UNHURRIED, answered, calling, phones, signed_in
from tests.live.installation import Installation, installed

pytestmark = pytest.mark.live

RECORDED = """
[queues.support]
record = true

[conversations]
listen = "agent"
room = 0.0001
"""


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation for these tests."""
    with installed(
        tmp_path_factory.mktemp("desk") / "state", RECORDED, environment=UNHURRIED
    ) as installation:
        installation.out("agents", "role", "boris", "supervisor")
        yield installation


@pytest.fixture
def fragile(tmp_path: Path) -> Iterator[Chromium]:
    """A browser to be killed."""
    with Chromium(tmp_path / "profile") as running:
        yield running


async def test_screen_pop_before_answering_survives_a_browser_crash(
    one: Installation, fragile: Chromium
) -> None:
    async with phones(one, 0) as [anna]:
        async with driven(fragile) as browser:
            desk = await signed_in(await browser.contexts[0].new_page(), one)
            await expect(desk.state).to_contain_text("На линии")
            async with calling(one, 2, "10") as caller:
                await anna.wait(Incoming, timeout=40)
                await desk.phase("ringing")
                await expect(desk.card).to_contain_text("+375 99 000-00-03")
                await expect(desk.card).to_contain_text("Дубровская Вера")
                await expect(desk.card.locator(".why")).to_contain_text("счёт и деньги")
                await expect(desk.card.locator(".why")).to_contain_text("обращение № 4")
                await expect(desk.card.locator(".part-path")).to_contain_text("Баланс и счета")
                await expect(desk.card.locator(".part-history")).to_contain_text("про карту")
                await answered(anna)  # not before all that was seen
                await desk.phase("talking")
                await desk.type("question", "Карта не принимается")
                await desk.saved()
                fragile.kill()
                await caller.hangup()
                await anna.wait(Disconnected)
        fragile.start()
        async with driven(fragile) as browser:
            desk = await signed_in(await browser.contexts[0].new_page(), one)
            await desk.phase("after")
            await expect(desk.field("question")).to_have_value("Карта не принимается")
            await desk.type("solution", "Заменили карту")
            await desk.field("solved").select_option("yes")
            await desk.page.keyboard.press("Control+Enter")
            await expect(desk.card).to_have_count(0)
            await expect(desk.page.locator("#notices")).to_contain_text("Записано")
            await desk.page.fill("#sought", "заменили")
            await desk.page.keyboard.press("Enter")
            await expect(desk.page.locator("#found")).to_contain_text("Дубровская Вера")


async def test_a_server_crash_loses_no_typing(one: Installation, browser: Browser) -> None:
    async with phones(one, 0) as [anna], opened(browser) as page:
        desk = await signed_in(page, one)
        async with calling(one, 4) as caller:
            await anna.wait(Incoming, timeout=40)
            await anna.answer()
            await desk.phase("talking")
            await desk.type("question", "До смерти. ")
            await desk.saved()
            one.kill()
            await desk.type("question", "После смерти.")
            await expect(page.locator("#lost")).to_be_visible()
            await expect(desk.card.locator("[data-saving]")).to_have_text("ещё не сохранено")
            one.up()
            await desk.saved()
            await expect(page.locator("#lost")).to_be_hidden()
            await expect(desk.field("question")).to_have_value("До смерти. После смерти.")
            await caller.hangup()
            await desk.phase("after")
        await page.reload()
        await expect(desk.field("question")).to_have_value("До смерти. После смерти.")
        await page.keyboard.press("Control+Enter")
        await expect(desk.card).to_have_count(0)


async def test_a_network_loss_loses_no_typing(one: Installation, fragile: Chromium) -> None:
    async with phones(one, 0) as [anna], calling(one, 5) as caller:
        async with driven(fragile) as browser:
            page = await browser.contexts[0].new_page()
            desk = await signed_in(page, one)
            await anna.wait(Incoming, timeout=40)
            await anna.answer()
            await desk.phase("talking")
            await page.context.set_offline(True)
            await expect(page.locator("#lost")).to_be_visible()
            await desk.type("question", "Без сети")
            unsaved = desk.card.locator("[data-saving][data-safe=true]")
            await expect(unsaved).to_have_text("ещё не сохранено")
            fragile.kill()
        fragile.start()
        async with driven(fragile) as browser:
            desk = await signed_in(await browser.contexts[0].new_page(), one)
            await expect(desk.field("question")).to_have_value("Без сети")
            await desk.saved()
            await caller.hangup()
            await desk.phase("after")
            await desk.field("topic").select_option("other")
            await desk.page.keyboard.press("Control+Enter")
            await expect(desk.card).to_have_count(0)


async def test_a_conversation_is_recorded_but_no_secret(
    one: Installation, browser: Browser
) -> None:
    """The pause is silence, so that the player shows how long it was."""
    async with phones(one, 0) as [anna], opened(browser) as page:
        desk = await signed_in(page, one)
        recording = desk.card.locator("[data-part=recording]")
        async with calling(one, 2, "10") as caller:
            await anna.wait(Incoming, timeout=40)
            await answered(anna)
            await expect(recording).to_contain_text("Разговор записывается")
            await page.locator("[data-verify] input:visible").focus()
            await expect(recording).to_contain_text("на паузе")
            await desk.field("question").focus()
            await expect(recording).to_contain_text("Разговор записывается")
            await recording.get_by_role("button").click()
            await expect(recording.get_by_role("button")).to_have_text("Записывать дальше")
            await expect(recording.get_by_role("button")).to_be_focused()
            await page.keyboard.press("Enter")
            await expect(recording).to_contain_text("Разговор записывается")
            await caller.hangup()
            await desk.phase("after")
            await expect(recording).to_have_text("")
        await desk.card.locator("details.listens summary").click()
        audio = desk.card.locator(".listens audio").first  # the newest
        await expect(audio).to_be_visible()
        played = (
            "one => new Promise((ok, no) => { one.onloadedmetadata = () => ok(one.duration);"
            " one.onerror = no; one.preload = 'auto'; one.load() })"
        )
        assert await audio.evaluate(played) > 0
        files = (one.state / "recorded" / "conversations").iterdir()
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
        await desk.finish_card()
        await asyncio.to_thread(one.out, "agents", "role", "anna", "supervisor")
        await page.goto(f"{one.status().desk.url}reports?by=agent")
        row = page.get_by_role("row", name="Анна")
        await row.get_by_role("link").nth(1).click()  # who was answered, or not
        await page.locator("tbody th a").first.click()
        await expect(page.locator("main")).to_contain_text("ответили")
        await expect(page.locator("main .steps")).to_contain_text("Баланс и счета")
        await expect(page.locator("main article")).to_contain_text("Конец")
        audio = page.locator("main audio")
        assert await audio.evaluate(played) > 0


async def answered_today(board: Page) -> tuple[int, int]:
    """The callers of today who were answered, and those who abandoned, by the board."""
    rows = board.locator("[data-rows=queues] tr")
    columns = [await rows.locator(f"td:nth-child({nth})").all_inner_texts() for nth in (5, 6)]
    answered, abandoned = (sum(map(int, texts)) for texts in columns)
    return answered, abandoned


async def test_a_supervisor_moves_and_takes_a_caller_who_waits(
    one: Installation, browser: Browser
) -> None:
    async with phones(one, 0, 1) as [anna, boris], opened(browser) as page:
        supervisor = await signed_in(page, one, 1)
        board = await page.context.new_page()
        await board.goto(f"http://127.0.0.1:{one.ports.desk}/board")
        one.ordered("queue unpause member PJSIP/702 queue support")  # as a test before left it
        people = {name: board.locator(f"[data-key={name}]") for name in ("anna", "boris")}
        for row in people.values():
            await row.locator("[data-do=pause]").click()
            await expect(row.locator("[data-do=ready]")).to_be_visible()
        before = await answered_today(board)
        annas = people["anna"].locator("td").nth(3)
        calls = int(await annas.inner_text())
        waits = board.locator("[data-rows=waiting] tr")
        async with calling(one, 7):
            await expect(waits).to_contain_text("Поддержка")
            await waits.locator("summary").click()
            await waits.locator("[data-queue=claims]").click()
            await expect(waits).to_contain_text("Претензии")
            await waits.locator("[data-do=take]").click()
            await boris.wait(Incoming, timeout=20)
            await supervisor.phase("ringing")
            await boris.answer()
            await expect(people["boris"]).to_contain_text("Разговор")
            await expect(waits).to_have_count(0)
            await boris.hangup()
        async with calling(one, 8):
            await expect(waits).to_have_count(1)
            await people["anna"].locator("[data-do=ready]").click()
            await anna.wait(Incoming, timeout=40)
            await anna.answer()
            await expect(people["anna"].locator("[data-how=listen]")).to_be_visible()
            await anna.hangup()
        await expect(annas).to_have_text(str(calls + 1))
        assert await answered_today(board) == (before[0] + 1, before[1]), "none abandoned"
