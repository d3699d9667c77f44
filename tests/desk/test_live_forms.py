"""Actions of a card with real calls: an order, a transfer, a supervisor who joins."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from ari_app.demo.operator import code_word
from ari_app.phone.handset import Connected, Disconnected, Incoming, Phone
from tests.desk.browser import Chromium, driven, opened
from tests.desk.live_agent import calling, phones, signed_in
from tests.live.installation import Installation, installed

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation for these tests, in which Boris may supervise."""
    with installed(tmp_path_factory.mktemp("forms") / "state") as installation:
        installation.out("agents", "role", "boris", "supervisor")
        yield installation


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: Chromium) -> AsyncIterator[Browser]:
    async with driven(chromium) as browser:
        yield browser


async def test_a_confirmed_order_changes_the_account(one: Installation, browser: Browser) -> None:
    async with phones(one, 0) as [anna], opened(browser) as page:
        desk = await signed_in(page, one)
        async with calling(one, 7) as caller:
            await anna.wait(Incoming, timeout=40)
            await anna.answer()
            await desk.phase("talking")
            account = desk.card.locator(".part-account")
            await expect(account).to_contain_text("Услуги")
            await expect(account).not_to_contain_text("Роуминг")
            await desk.card.locator("[data-operation]").select_option("service-on")
            await desk.card.get_by_role("button", name="Открыть", exact=True).click()
            await expect(desk.card.locator("[data-verify] input")).to_be_focused()
            await page.keyboard.type(code_word(one.subscriber(7).user).reveal())
            await page.keyboard.press("Enter")
            await desk.card.locator("[name=in-code]").select_option("2")
            await desk.card.locator("[name=reason]").fill("едет к сестре")
            await page.keyboard.press("Enter")
            await desk.card.get_by_role("button", name="Да, выполнить").click()
            await expect(desk.card.locator(".outcome")).to_have_text("Готово.")
            await expect(desk.card.locator("[data-form-place]").first).to_contain_text("→ Роуминг")
            await expect(account).to_contain_text("Роуминг")
            await caller.hangup()


async def test_a_transfer_shows_the_colleagues_notes(one: Installation, browser: Browser) -> None:
    async with phones(one, 0, 1) as [anna, boris], opened(browser) as first, opened(browser) as two:
        desks = [await signed_in(first, one, 0), await signed_in(two, one, 1)]
        one.ordered("queue unpause member PJSIP/702 queue support")
        one.ordered("queue set penalty 9 on PJSIP/702 in support")  # Anna is rung first
        async with calling(one, 4) as caller:
            await anna.wait(Incoming, timeout=40)
            await anna.answer()
            await desks[0].phase("talking")
            await desks[0].type("question", "Нет звука")
            await desks[0].card.locator("[data-load-form=transfer-targets] summary").click()
            await desks[0].card.locator("[name=to]").select_option("702")
            await desks[0].card.locator("[name=how][value=at-once]").check()
            await desks[0].card.locator("[data-form=transfer] button").click()
            await boris.wait(Incoming, timeout=40)
            await desks[1].phase("ringing")
            await expect(desks[1].card.locator(".part-transfer")).to_contain_text("Нет звука")
            await expect(desks[1].card.locator(".why")).to_contain_text("Передали коллеги")
            await boris.answer()
            await desks[1].phase("talking")
            await desks[0].phase("after")
            passage = desks[0].card.locator(".passage-passed")
            await expect(passage).to_contain_text("звонок передан")
            await caller.hangup()
            await desks[1].phase("after")


async def test_a_call_is_promised_and_dialled_by_a_click(
    one: Installation, browser: Browser
) -> None:
    async with phones(one, 0) as [anna], opened(browser) as page:
        desk = await signed_in(page, one)
        account = one.subscriber(6)
        async with Phone(account) as called:
            await called.register()
            await page.locator("#sought").fill(account.user)
            await page.keyboard.press("Enter")
            await page.locator("[data-view]").first.click()
            await page.locator("[data-open-record]").click()
            await desk.phase("record")
            promise = desk.card.locator("[data-form=call-back]")
            await promise.locator("xpath=..").locator("summary").click()
            await promise.locator("[name=text]").fill("про счёт")
            due = datetime.now(ZoneInfo("Europe/Minsk")) + timedelta(minutes=2)
            await promise.locator("[name=due]").fill(f"{due:%Y-%m-%dT%H:%M}")
            await promise.locator("button").click()
            await page.locator(".side [data-calls]").click()
            listed = page.locator("[data-calls-list] li").filter(has_text="про счёт")
            await listed.get_by_role("button", name="Позвонить").click()
            await anna.wait(Incoming, timeout=40)
            await anna.answer()
            await called.wait(Incoming, timeout=40)
            await called.answer()
            await listed.get_by_role("button", name="Перезвонили").click()
            await expect(listed).to_have_count(0)
            await called.hangup()
            await desk.card.locator("[data-finish]").click()
            await expect(page.locator("article.card[data-phase=record]")).to_have_count(0)


async def test_a_supervisor_joins_reads_the_card_and_the_agent_is_notified(
    one: Installation, browser: Browser
) -> None:
    async with phones(one, 0, 1) as [anna, boris], opened(browser) as first, opened(browser) as two:
        agent, supervisor = await signed_in(first, one, 0), await signed_in(two, one, 1)
        one.ordered("queue pause member PJSIP/702 queue support")
        async with calling(one, 5) as caller:
            await anna.wait(Incoming, timeout=40)
            await anna.answer()
            await agent.phase("talking")
            await supervisor.page.locator("#listen-anna").click()
            await expect(agent.page.locator("#notices")).to_contain_text("слушает")
            read = supervisor.page.locator("article.watched")
            await expect(read.locator(".full")).not_to_be_empty()
            await agent.card.locator("[data-field=question]").fill("Не видно каналов")
            await expect(read.locator("[data-field=question]")).to_have_value("Не видно каналов")
            await supervisor.page.keyboard.press("Control+Enter")
            await expect(read.locator("button:visible, [name]:visible")).to_have_count(0)
            await boris.wait(Incoming, timeout=20)
            await boris.answer()
            await boris.wait(Connected)
            assert "ChanSpy" in one.ordered("core show channels concise")
            await caller.hangup()
            await expect(read).to_have_count(0)
            await boris.wait(Disconnected, timeout=20)


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
        calls = people["anna"].locator("td").nth(3)
        of_anna = int(await calls.inner_text())
        waits = board.locator("[data-rows=waiting] tr")
        async with calling(one, 7):
            await expect(waits).to_contain_text("support")
            await waits.locator("summary").click()
            await waits.locator("[data-queue=claims]").click()
            await expect(waits).to_contain_text("claims")
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
        await expect(calls).to_have_text(f"{of_anna + 1}")
        assert await answered_today(board) == (before[0] + 1, before[1]), "none abandoned"
