"""The connection of a page ends in ways that nobody tells it of."""

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, WebSocket, expect

from ari_app.desk.hub import Tab
from tests.ari.facts import until
from tests.desk.browser import Chromium, driven, opened
from tests.desk.door import Door
from tests.desk.house import House, board, caller
from tests.desk.test_forms_page import sits

SILENCE = 11_000
"""Milliseconds after which a page gives a silent connection up."""


@pytest.fixture
def house(door: Door) -> House:
    return door.house


@pytest.fixture
async def page(tab: Page) -> AsyncIterator[Page]:
    """A tab whose clock a test may put forward."""
    await tab.clock.install()
    yield tab
    await tab.goto("about:blank")


def only(house: House) -> Tab:
    """Her tab, as the server knows it."""
    [found] = house.hub.of("anna")
    return found


async def test_a_connection_that_fell_silent_is_left_for_a_new_one(
    door: Door, house: House, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ari_app.desk.wire.BEAT", 3600)
    await sits("anna", door, page)
    first = only(house)
    await page.clock.fast_forward(SILENCE)
    await until(lambda: house.hub.of("anna") not in ((), (first,)))
    await until(lambda: len(tuple(house.hub.of("anna"))) == 1)
    house.tells(board(rings={"PJSIP/701": caller()}))
    await expect(page.locator("article.card")).to_be_visible()
    await expect(page.locator("#lost")).to_be_hidden()


async def test_a_desk_on_which_nothing_happens_is_not_taken_for_dead(
    door: Door, house: House, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ari_app.desk.wire.BEAT", 0.05)
    sockets: list[WebSocket] = []
    page.on("websocket", lambda opened: sockets.append(opened))
    await sits("anna", door, page)
    first = only(house)
    for _ in range(3):
        await sockets[0].wait_for_event("framereceived")
        await page.clock.fast_forward(SILENCE - 3000)
    assert only(house) is first


async def test_a_browser_that_slept_wakes_to_the_right_picture(
    door: Door, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ari_app.desk.site.HEARTBEAT", 1.0)
    with Chromium(tmp_path / "profile") as chromium:
        async with driven(chromium) as browser, opened(browser) as page:
            await sits("anna", door, page)
            house.tells(board(rings={"PJSIP/701": caller()}))
            await expect(page.locator("article.card")).to_be_visible()
            os.killpg(chromium.pid, signal.SIGSTOP)
            try:
                await until(lambda: not house.hub.of("anna"))
                house.tells(board(speaks={"PJSIP/702": caller()}))
                house.tells(board(rings={"PJSIP/701": caller("2.2", "442071234567")}))
            finally:
                os.killpg(chromium.pid, signal.SIGCONT)
            await expect(page.locator("article.card")).to_have_count(1)
            await expect(page.locator("article.card:visible")).to_contain_text("442071234567")
            await expect(page.locator("#tabs button")).to_have_count(1)
