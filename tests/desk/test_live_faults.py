"""Faults at the desk: no caller, no card and no acknowledged text is lost."""

import asyncio
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest
from playwright.async_api import Browser, expect

from ari_app.main.installation import installation
from ari_app.phone.handset import Connected, Disconnected, Incoming, Phone, PhoneError
from tests.desk.browser import opened
from tests.desk.live_agent import (
    UNHURRIED,
    answered,
    calling,
    hang_up_all,
    phones,
    queue_callers,
    signed_in,
)
from tests.live.installation import Installation, installed

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation for these tests."""
    with installed(
        tmp_path_factory.mktemp("luck") / "state", environment=UNHURRIED
    ) as installation:
        yield installation


async def test_two_tabs_of_an_agent_stay_in_step(one: Installation, browser: Browser) -> None:
    async with phones(one, 0) as [anna], opened(browser) as page:
        desk = await signed_in(page, one)
        other = await signed_in(await page.context.new_page(), one)
        await queue_callers(one, "375990000008")
        await anna.wait(Incoming, timeout=20)
        await anna.answer()
        for each in (desk, other):
            await each.phase("talking")
        await desk.type("question", "В первой вкладке")
        await expect(other.field("question")).to_have_value("В первой вкладке")
        await other.type("solution", "Во второй")
        await expect(desk.field("solution")).to_have_value("Во второй")
        await hang_up_all(one)
        await other.finish_card()
        await expect(desk.card).to_have_count(0)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>"])
async def test_html_in_a_caller_name_is_escaped(
    one: Installation, browser: Browser, name: str
) -> None:
    async with phones(one, 0) as [anna], opened(browser) as page:  # which hears of what runs
        desk = await signed_in(page, one)
        await queue_callers(one, "442071234567", name)
        await anna.wait(Incoming, timeout=20)
        await desk.phase("ringing")
        await expect(desk.card.locator(".claimed")).to_have_text(name)
        await expect(desk.card).to_contain_text("Незнакомый номер")
        await hang_up_all(one)
        await expect(desk.card).to_have_count(0)


async def test_a_locked_database_neither_delays_cards_nor_loses_typing(
    one: Installation, browser: Browser
) -> None:
    async with phones(one, 0) as [anna], opened(browser) as page:
        desk = await signed_in(page, one)
        with closing(sqlite3.connect(installation(one.state).database)) as other:
            other.execute("begin immediate")
            await queue_callers(one, "375990000009")
            await anna.wait(Incoming, timeout=20)
            await desk.phase("ringing")
            await expect(desk.card).to_contain_text("+375 99 000-00-09")
            await answered(anna)
            await desk.phase("talking")
            await desk.type("question", "Пока закрыто")
            await expect(desk.card.locator("[data-saving]")).to_have_text("ещё не сохранено")
            other.rollback()
        await desk.saved()
        await hang_up_all(one)
        await desk.finish_card()


async def test_a_dead_phone_passes_the_offer_to_a_colleague(
    one: Installation, browser: Browser
) -> None:
    async with phones(one, 0) as [anna], opened(browser) as first, opened(browser) as second:
        desks = [await signed_in(first, one, 0), await signed_in(second, one, 1)]
        await queue_callers(one, "375990000010")
        await anna.wait(Incoming, timeout=20)
        await desks[0].phase("ringing")
        os.kill(anna.pid, signal.SIGSTOP)  # it says nothing any more
        try:
            async with phones(one, 1) as [boris]:
                await boris.wait(Incoming, timeout=60)
                await desks[1].phase("ringing")
                await expect(desks[0].card).to_have_count(0)
                await answered(boris)
                await desks[1].phase("talking")
                await hang_up_all(one)
                await desks[1].finish_card()
        finally:
            os.kill(anna.pid, signal.SIGCONT)


async def test_a_browser_that_slept_shows_the_current_cards(
    one: Installation, browser: Browser
) -> None:
    async with phones(one, 0) as [anna], opened(browser) as page:
        desk = await signed_in(page, one)
        sleeper = await page.context.new_cdp_session(page)
        await sleeper.send("Page.setWebLifecycleState", {"state": "frozen"})
        await queue_callers(one, "375990000014")
        await anna.wait(Incoming, timeout=20)
        await anna.answer()
        await sleeper.send("Page.setWebLifecycleState", {"state": "active"})
        await desk.phase("talking")
        await expect(desk.card).to_contain_text("+375 99 000-00-14")
        await hang_up_all(one)
        await desk.finish_card()


async def test_hanging_up_while_answering_leaves_no_stale_card(
    one: Installation, browser: Browser
) -> None:
    async with phones(one, 0) as [anna], opened(browser) as page:
        desk = await signed_in(page, one)
        await queue_callers(one, "375990000015")
        await anna.wait(Incoming, timeout=20)
        await desk.phase("ringing")
        with suppress(PhoneError):  # either may be faster
            await asyncio.gather(anna.answer(), hang_up_all(one))
        await expect(page.locator("article.card[data-phase=ringing]")).to_have_count(0)
        await expect(page.locator("article.card[data-phase=talking]")).to_have_count(0)
        if await desk.card.count():  # they spoke for a moment
            await desk.finish_card()
        await expect(desk.state).to_contain_text("На линии")


async def test_cards_survive_the_loss_of_ami_and_asterisk(
    one: Installation, browser: Browser
) -> None:
    async with opened(browser) as page:
        desk = await signed_in(page, one)
        async with phones(one, 0) as [anna], calling(one, 12):
            await anna.wait(Incoming, timeout=40)
            await anna.answer()
            await desk.phase("talking")
            await desk.type("question", "Тишина")
            connected = (await asyncio.to_thread(one.ordered, "manager show connected")).split("\n")
            [ours] = [line.split() for line in connected if "firstline" in line]
            await asyncio.to_thread(one.ordered, f"manager kick session {ours[-4]}")
            await expect(page.locator("#notices")).to_contain_text("Станция снова на связи")
            await desk.phase("talking")
            await asyncio.to_thread(one.out, "pbx", "stop")
            await expect(page.locator("#queues")).to_contain_text("Станция молчит")
            await desk.type("solution", "Ждём")
            await desk.saved()
        await asyncio.to_thread(one.out, "pbx", "start")
        await expect(page.locator("#queues")).not_to_contain_text("Станция молчит")
        await desk.phase("after")
        await expect(desk.field("question")).to_have_value("Тишина")
        await desk.finish_card()


async def test_the_desk_by_keyboard_alone(one: Installation, browser: Browser) -> None:
    async with phones(one, 0) as [anna], opened(browser) as page:
        desk = await signed_in(page, one)
        press = page.keyboard.press
        await press("Alt+KeyG")
        await expect(desk.state).to_contain_text("Пауза: перерыв")
        await press("Alt+KeyG")
        await expect(desk.state).to_contain_text("На линии")
        await queue_callers(one, "375990000013")
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
        await expect(page.locator("#found button[data-view]")).to_have_count(1)
        await hang_up_all(one)
        await desk.phase("after")
        await press("Alt+KeyD")  # in the search, Ctrl+Enter searches once more
        await press("Control+Enter")
        await expect(desk.card.locator("[data-answer=finish]")).to_contain_text("тему")
        await page.keyboard.press("Alt+KeyH")
        await page.keyboard.press("Tab")
        await press("End")
        await press("Control+Enter")
        await expect(desk.card).to_have_count(0)


async def test_ringing_and_talking_cards_survive_an_application_crash(
    one: Installation, browser: Browser
) -> None:
    async with opened(browser) as first, opened(browser) as second, phones(one, 0) as [anna]:
        desks = [await signed_in(first, one, 0), await signed_in(second, one, 1)]
        async with calling(one, 14) as speaks:
            await anna.wait(Incoming, timeout=40)
            await anna.answer()
            await desks[0].phase("talking")
            async with phones(one, 1) as [boris], calling(one, 15):
                await boris.wait(Incoming, timeout=40)
                await desks[1].phase("ringing")
                await asyncio.to_thread(one.kill)
                for desk in desks:
                    await expect(desk.page.locator("#lost")).to_be_visible()
                await asyncio.to_thread(one.up)
                for desk in desks:
                    await expect(desk.page.locator("#lost")).to_be_hidden()
                await expect(desks[0].state).to_contain_text("Разговор")
                await desks[0].phase("talking")
                await desks[1].phase("ringing")
                await expect(desks[1].card).to_contain_text("+375 99 000-00-16")
                await answered(boris)
                await desks[1].phase("talking")
                await hang_up_all(one)
                for desk in desks:
                    await desk.finish_card()
            await speaks.wait(Disconnected)


async def test_a_call_answered_during_an_outage_gets_its_card_later(
    one: Installation, browser: Browser
) -> None:
    async with opened(browser) as page, phones(one, 1) as [boris]:
        desk = await signed_in(page, one, 1)
        await asyncio.to_thread(one.kill)
        async with Phone(one.subscriber(16)) as caller:
            await caller.dial("611")
            await caller.wait(Connected)
            await boris.wait(Incoming, timeout=40)  # after an apology
            await answered(boris)
            await asyncio.to_thread(one.up)
            await desk.phase("talking")
            await expect(desk.card).to_contain_text("+375 99 000-00-17")
            await expect(desk.card.locator(".part-subscriber")).to_contain_text(
                "живёт", ignore_case=True
            )
            await caller.hangup()
            await desk.finish_card()


async def test_a_card_opens_with_200_callers_waiting(one: Installation, browser: Browser) -> None:
    async with opened(browser) as page:
        desk = await signed_in(page, one)
        # Music for 200 of them takes more than a core: no one listens.
        await asyncio.to_thread(one.ordered, "module unload res_musiconhold.so")
        await queue_callers(one, "375990000011", times=200)
        await expect(page.locator("#queues")).to_contain_text("ждут 200")
        async with phones(one, 0) as [anna]:
            await anna.wait(Incoming, timeout=20)
            await desk.phase("ringing")
            await expect(page.locator("#queues")).to_contain_text("ждут 200")
            await answered(anna)
            await desk.phase("talking")
            await expect(page.locator("#queues")).to_contain_text("ждут 199")
