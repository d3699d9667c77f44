"""The application crashes during calls: ringing and talking agents get their cards back."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from ari_app.phone.handset import Connected, Disconnected, Incoming, Phone
from tests.desk.browser import Chromium, driven, opened
from tests.desk.live_agent import answered, calling, hang_up_all, phones, signed_in
from tests.live.installation import Installation, installed

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation for these tests."""
    with installed(tmp_path_factory.mktemp("restart") / "state") as installation:
        yield installation


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: Chromium) -> AsyncIterator[Browser]:
    async with driven(chromium) as browser:
        yield browser


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
