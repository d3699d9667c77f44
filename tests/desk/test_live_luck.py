"""Bad luck at the desk: none of it loses a caller, a card, or what was acknowledged."""

import asyncio
import os
import signal
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, suppress

import pytest
from playwright.async_api import Browser, expect

from ari_app.main.demo import installation
from ari_app.phone.handset import Incoming, PhoneError
from tests.desk.browser import Chromium, driven, opened
from tests.desk.seat import Desk, calling, gone, phones, signed_in, waiting
from tests.live.installation import Installation, installed

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation for these tests."""
    with installed(tmp_path_factory.mktemp("luck") / "state") as installation:
        yield installation


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with Chromium(tmp_path_factory.mktemp("profile")) as running:
        yield running


@pytest.fixture
async def browser(chromium: Chromium) -> AsyncIterator[Browser]:
    async with driven(chromium) as browser:
        yield browser


async def finished(desk: Desk) -> None:
    """Write the card down, so that the next test finds an empty desk."""
    await desk.phase("after")
    await desk.typed("question", "Конец")
    await desk.field("topic").select_option("other")
    await desk.page.keyboard.press("Control+Enter")
    await expect(desk.card).to_have_count(0)


async def test_two_tabs_of_one_agent_show_the_same(one: Installation, browser: Browser) -> None:
    async with phones(one, 0) as [anna], opened(browser) as page:
        desk = await signed_in(page, one)
        other = await signed_in(await page.context.new_page(), one)
        await waiting(one, "375990000008")
        await anna.wait(Incoming, timeout=20)
        await anna.answer()
        for each in (desk, other):
            await each.phase("talking")
        await desk.typed("question", "В первой вкладке")
        await expect(other.field("question")).to_have_value("В первой вкладке")
        await other.typed("solution", "Во второй")
        await expect(desk.field("solution")).to_have_value("Во второй")
        await gone(one)
        await finished(other)
        await expect(desk.card).to_have_count(0)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>"])
async def test_a_name_that_is_html_is_shown_as_it_is(
    one: Installation, browser: Browser, name: str
) -> None:
    async with phones(one, 0) as [anna], opened(browser) as page:  # which hears of what runs
        desk = await signed_in(page, one)
        await waiting(one, "442071234567", name)
        await anna.wait(Incoming, timeout=20)
        await desk.phase("ringing")
        await expect(desk.card.locator(".claimed")).to_have_text(name)
        await expect(desk.card).to_contain_text("Незнакомый номер")
        await gone(one)
        await expect(desk.card).to_have_count(0)


async def test_a_locked_database_keeps_no_card_away_and_loses_no_key(
    one: Installation, browser: Browser
) -> None:
    async with phones(one, 0) as [anna], opened(browser) as page:
        desk = await signed_in(page, one)
        with closing(sqlite3.connect(installation(one.state).database)) as other:
            other.execute("begin immediate")
            await waiting(one, "375990000009")
            await anna.wait(Incoming, timeout=20)
            await desk.phase("ringing")
            await expect(desk.card).to_contain_text("+375 99 000-00-09")
            await anna.answer()
            await desk.phase("talking")
            await desk.typed("question", "Пока закрыто")
            await expect(desk.card.locator("[data-saving]")).to_have_text("не сохранено")
            other.rollback()
        await desk.saved()
        await gone(one)
        await finished(desk)


async def test_an_unplugged_phone_gives_the_caller_to_a_colleague(
    one: Installation, browser: Browser
) -> None:
    async with phones(one, 0) as [anna], opened(browser) as first, opened(browser) as second:
        desks = [await signed_in(first, one, 0), await signed_in(second, one, 1)]
        await waiting(one, "375990000010")
        await anna.wait(Incoming, timeout=20)
        await desks[0].phase("ringing")
        os.kill(anna.pid, signal.SIGSTOP)  # it says nothing any more
        try:
            async with phones(one, 1) as [boris]:
                await boris.wait(Incoming, timeout=60)
                await desks[1].phase("ringing")
                await expect(desks[0].card).to_have_count(0)
                await boris.answer()
                await desks[1].phase("talking")
                await gone(one)
                await finished(desks[1])
        finally:
            os.kill(anna.pid, signal.SIGCONT)


async def test_a_browser_that_slept_wakes_to_the_right_picture(
    one: Installation, browser: Browser
) -> None:
    async with phones(one, 0) as [anna], opened(browser) as page:
        desk = await signed_in(page, one)
        sleeper = await page.context.new_cdp_session(page)
        await sleeper.send("Page.setWebLifecycleState", {"state": "frozen"})
        await waiting(one, "375990000014")
        await anna.wait(Incoming, timeout=20)
        await anna.answer()
        await sleeper.send("Page.setWebLifecycleState", {"state": "active"})
        await desk.phase("talking")
        await expect(desk.card).to_contain_text("+375 99 000-00-14")
        await gone(one)
        await finished(desk)


async def test_an_offer_withdrawn_at_the_moment_of_answering_leaves_nothing_behind(
    one: Installation, browser: Browser
) -> None:
    async with phones(one, 0) as [anna], opened(browser) as page:
        desk = await signed_in(page, one)
        await waiting(one, "375990000015")
        await anna.wait(Incoming, timeout=20)
        await desk.phase("ringing")
        with suppress(PhoneError):  # whoever is faster
            await asyncio.gather(anna.answer(), gone(one))
        await expect(page.locator("article.card[data-phase=ringing]")).to_have_count(0)
        await expect(page.locator("article.card[data-phase=talking]")).to_have_count(0)
        if await desk.card.count():  # they spoke for a moment
            await finished(desk)
        await expect(desk.state).to_contain_text("Готов")


async def test_without_ami_and_without_asterisk_every_card_stays(
    one: Installation, browser: Browser
) -> None:
    async with opened(browser) as page:
        desk = await signed_in(page, one)
        async with phones(one, 0) as [anna], calling(one, 12):
            await anna.wait(Incoming, timeout=40)
            await anna.answer()
            await desk.phase("talking")
            await desk.typed("question", "Тишина")
            connected = (await asyncio.to_thread(one.ordered, "manager show connected")).split("\n")
            [ours] = [line.split() for line in connected if "firstline" in line]
            await asyncio.to_thread(one.ordered, f"manager kick session {ours[-4]}")
            await expect(page.locator("#notices")).to_contain_text("Станция снова на связи")
            await desk.phase("talking")
            await asyncio.to_thread(one.out, "pbx", "stop")
            await expect(page.locator("#queues")).to_contain_text("Станция молчит")
            await desk.typed("solution", "Ждём")
            await desk.saved()
        await asyncio.to_thread(one.out, "pbx", "start")
        await expect(page.locator("#queues")).not_to_contain_text("Станция молчит")
        await desk.phase("after")
        await expect(desk.field("question")).to_have_value("Тишина")
        await finished(desk)


async def test_everything_is_done_by_keyboard_alone(one: Installation, browser: Browser) -> None:
    async with phones(one, 0) as [anna], opened(browser) as page:
        desk = await signed_in(page, one)
        press = page.keyboard.press
        await press("Alt+KeyG")
        await expect(desk.state).to_contain_text("Пауза: перерыв")
        await press("Alt+KeyG")
        await expect(desk.state).to_contain_text("Готов")
        await waiting(one, "375990000013")
        await anna.wait(Incoming, timeout=20)
        await anna.answer()
        await desk.phase("talking")
        await press("Alt+Digit1")
        await press("Alt+KeyD")
        await page.keyboard.type("Вопрос")
        await press("Alt+KeyH")
        await page.keyboard.type("Решение")
        await desk.saved()
        await press("Alt+KeyA")
        await page.keyboard.type("0013")
        await press("Enter")
        await expect(page.locator("#found button[data-see]")).to_have_count(1)
        await gone(one)
        await desk.phase("after")
        await press("Control+Enter")
        await expect(desk.card.locator("[data-answer=finish]")).to_contain_text("тему")
        await page.keyboard.press("Alt+KeyH")
        await page.keyboard.press("Tab")
        await press("End")
        await press("Control+Enter")
        await expect(desk.card).to_have_count(0)


async def test_two_hundred_wait_and_the_card_opens_as_ever(
    one: Installation, browser: Browser
) -> None:
    async with opened(browser) as page:
        desk = await signed_in(page, one)
        await waiting(one, "375990000011", times=200)
        await expect(page.locator("#queues")).to_contain_text("ждут 200")
        async with phones(one, 0) as [anna]:
            await anna.wait(Incoming, timeout=20)
            await desk.phase("ringing")
            await expect(page.locator("#queues")).to_contain_text("ждут 200")
            await anna.answer()
            await desk.phase("talking")
            await expect(page.locator("#queues")).to_contain_text("ждут 199")
