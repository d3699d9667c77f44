"""A page notices a dead connection and reconnects."""

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, WebSocket, expect

from ari_app.desk.web.tabs import Tab
from tests.ari.facts import until
from tests.deadlines import within
from tests.desk.browser import Chromium, driven, opened
from tests.desk.harness import DeskHarness, board, caller
from tests.desk.http_client import RunningDesk
from tests.desk.test_browser_forms import sign_in

SILENCE = 11_000
"""Milliseconds after which a page drops a silent connection."""


@pytest.fixture
def harness(server: RunningDesk) -> DeskHarness:
    return server.harness


@pytest.fixture
async def page(tab: Page) -> AsyncIterator[Page]:
    """A tab whose clock the test sets."""
    await tab.clock.install()
    yield tab
    await tab.goto("about:blank")


def of_type(harness: DeskHarness) -> Tab:
    """Anna's one tab, on the server."""
    [found] = harness.tabs.of("anna")
    return found


async def test_a_silent_connection_is_replaced(
    server: RunningDesk, harness: DeskHarness, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ari_app.desk.web.websocket.BEAT", 3600)
    await sign_in("anna", server, page)
    first = of_type(harness)
    await page.clock.fast_forward(SILENCE)
    await until(lambda: harness.tabs.of("anna") not in ((), (first,)))
    await until(lambda: len(tuple(harness.tabs.of("anna"))) == 1)
    harness.update(board(ringing={"PJSIP/701": caller()}))
    await expect(page.locator("article.card")).to_be_visible()
    await expect(page.locator("#lost")).to_be_hidden()


async def test_an_idle_connection_is_kept(
    server: RunningDesk, harness: DeskHarness, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ari_app.desk.web.websocket.BEAT", 0.05)
    sockets: list[WebSocket] = []
    page.on("websocket", lambda opened: sockets.append(opened))
    await sign_in("anna", server, page)
    first = of_type(harness)
    for _ in range(3):
        await sockets[0].wait_for_event("framereceived")
        await page.clock.fast_forward(SILENCE - 3000)
    assert of_type(harness) is first


SLOWED = """() => { for (const name of ["setTimeout", "setInterval"]) {
  const real = window[name].bind(window);
  window[name] = (does, after, ...rest) => real(does, Math.max(after ?? 0, 60000), ...rest);
} }"""
"""The timers of a tab that is hidden for minutes, as Chrome slows them."""


async def test_a_hidden_tab_reconnects_though_its_timers_are_slow(
    server: RunningDesk, harness: DeskHarness, tab: Page
) -> None:
    await sign_in("anna", server, tab)
    await tab.evaluate(SLOWED)
    first = of_type(harness)
    first.close()
    async with within(20):
        await until(lambda: harness.tabs.of("anna") not in ((), (first,)))
    await tab.goto("about:blank")


async def test_a_browser_that_slept_shows_the_current_cards(
    server: RunningDesk, harness: DeskHarness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ari_app.desk.web.server.HEARTBEAT", 1.0)
    with Chromium(tmp_path / "profile") as chromium:
        async with driven(chromium) as browser, opened(browser) as page:
            await sign_in("anna", server, page)
            harness.update(board(ringing={"PJSIP/701": caller()}))
            await expect(page.locator("article.card")).to_be_visible()
            os.killpg(chromium.pid, signal.SIGSTOP)
            try:
                await until(lambda: not harness.tabs.of("anna"))
                harness.update(board(talking={"PJSIP/702": caller()}))
                harness.update(board(ringing={"PJSIP/701": caller("2.2", "442071234567")}))
            finally:
                os.killpg(chromium.pid, signal.SIGCONT)
            await expect(page.locator("article.card")).to_have_count(1)
            await expect(page.locator("article.card:visible")).to_contain_text("442071234567")
            await expect(page.locator("#tabs button")).to_have_count(1)
