"""Typing in several tabs of one browser is not lost."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Locator, Page, WebSocketRoute, expect

from tests.deadlines import pause, within
from tests.desk.harness import DeskHarness
from tests.desk.http_client import RunningDesk
from tests.desk.test_browser_forms import sign_in
from tests.desk.test_operation_forms import in_call


@pytest.fixture
def harness(server: RunningDesk) -> DeskHarness:
    return server.harness


@pytest.fixture
async def tabs(
    harness: DeskHarness, server: RunningDesk, tab: Page
) -> AsyncIterator[tuple[Page, Page]]:
    """Two tabs of Anna, during a call."""
    in_call(harness)
    await sign_in("anna", server, tab)
    other = await tab.context.new_page()
    await other.goto(server.url)
    for page in (tab, other):
        await expect(page.locator("article.card")).to_be_visible()
    yield tab, other
    for page in tab.context.pages:
        await page.goto("about:blank")


def question(page: Page) -> Locator:
    return page.locator("[data-field=question]")


async def saved(page: Page) -> None:
    await expect(page.locator("[data-saving]")).to_have_text("saved")


async def safe(page: Page) -> None:
    """Wait until unacknowledged typing is on the browser's disk."""
    await expect(page.locator("[data-saving][data-safe=true]")).to_have_text("not saved yet")


async def stored(harness: DeskHarness) -> str:
    texts = await harness.store.texts(harness.card("anna").id)
    return texts.get("question", "")


def mute(route: WebSocketRoute) -> None:
    """Keep what is typed from the server."""
    server = route.connect_to_server()
    route.on_message(lambda said: None if '"save"' in str(said) else server.send(said))


async def test_drafts_of_a_closed_tab_are_sent_by_another(
    harness: DeskHarness, tabs: tuple[Page, Page]
) -> None:
    tab, other = tabs
    await tab.route_web_socket(re.compile("/wire$"), mute)
    await tab.reload()
    await question(tab).press_sequentially("typed and not heard")
    await safe(tab)
    await tab.close()
    assert not await stored(harness)
    for one in harness.tabs.of("anna"):
        one.close()
    await expect(question(other)).to_have_value("typed and not heard")
    await saved(other)
    assert await stored(harness) == "typed and not heard"


async def test_newer_drafts_are_not_removed_by_another_tab(
    harness: DeskHarness, tabs: tuple[Page, Page]
) -> None:
    tab, other = tabs
    await tab.route_web_socket(re.compile("/wire$"), mute)
    await tab.reload()
    await question(tab).press_sequentially("once")
    await safe(tab)
    harness.store.locked = True
    await other.reload()
    await expect(question(other)).to_have_value("once")
    await question(tab).press_sequentially(" and again")
    await safe(tab)
    harness.store.locked = False
    await saved(other)
    await tab.close()
    await other.reload()
    await expect(question(other)).to_have_value("once and again")
    await saved(other)
    assert await stored(harness) == "once and again"


async def test_a_text_of_another_tab_is_not_overwritten_without_a_choice(
    harness: DeskHarness, tabs: tuple[Page, Page]
) -> None:
    tab, other = tabs
    await question(tab).press_sequentially("first")
    await saved(tab)
    await expect(question(other)).to_have_value("first")
    typed, box = harness.card("anna").typed, other.locator(".conflict")
    typed.saved("question", "elsewhere:1", "second")
    await question(other).press_sequentially("!")
    await expect(box).to_contain_text("second")
    await other.keyboard.press("Control+Enter")
    await expect(box.get_by_role("button", name="Keep this")).to_be_focused()
    await box.get_by_role("button", name="Keep this").click()
    await saved(other)
    assert await stored(harness) == "first!"
    typed.saved("question", "elsewhere:2", "third")
    await question(other).press_sequentially("?")
    await box.get_by_role("button", name="Take that").click()
    await expect(question(other)).to_have_value("third")
    await expect(question(other)).to_be_focused()


async def test_a_form_that_is_not_sent_in_another_tab_is_asked_about(
    tabs: tuple[Page, Page],
) -> None:
    tab, other = tabs
    await tab.get_by_text("Note for colleagues").click()
    note = "[data-form=note] textarea"
    await tab.locator(note).press_sequentially("Speak louder")
    await other.bring_to_front()
    async with within(20):
        while not await other.locator("[data-unsent]").is_visible():
            await other.keyboard.press("Control+Enter")
            await pause(0.1)
    await expect(other.locator("[data-unsent]")).to_contain_text("Note for colleagues")
    await expect(other.locator(note)).to_have_value(re.compile("^Speak"))
