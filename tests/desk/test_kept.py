"""What is typed into the tabs of one browser is lost with none of them."""

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Locator, Page, WebSocketRoute, expect

from tests.desk.door import Door
from tests.desk.house import House
from tests.desk.test_forms import talking
from tests.desk.test_forms_page import sits


@pytest.fixture
def house(door: Door) -> House:
    return door.house


@pytest.fixture
async def tabs(house: House, door: Door, tab: Page) -> AsyncIterator[tuple[Page, Page]]:
    """Two tabs of Anna, while she speaks with a caller."""
    talking(house)
    await sits("anna", door, tab)
    other = await tab.context.new_page()
    await other.goto(door.url)
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
    """What the server does not have is on the browser's disk."""
    await expect(page.locator("[data-saving][data-safe=true]")).to_have_text("not saved yet")


async def kept(house: House) -> str:
    texts = await house.keep.texts(house.card("anna").id)
    return texts.get("question", "")


def mute(route: WebSocketRoute) -> None:
    """The server hears nothing of what is typed."""
    server = route.connect_to_server()
    route.on_message(lambda said: None if '"save"' in str(said) else server.send(said))


async def test_what_was_typed_into_a_tab_that_was_closed_is_sent_by_the_other(
    house: House, tabs: tuple[Page, Page]
) -> None:
    tab, other = tabs
    await tab.route_web_socket(re.compile("/wire$"), mute)
    await tab.reload()
    await question(tab).press_sequentially("typed and not heard")
    await safe(tab)
    await tab.close()
    assert not await kept(house)
    house.hub.cut("anna")
    await expect(question(other)).to_have_value("typed and not heard")
    await saved(other)
    assert await kept(house) == "typed and not heard"


async def test_what_was_typed_later_is_not_taken_off_the_disk_by_the_other_tab(
    house: House, tabs: tuple[Page, Page]
) -> None:
    tab, other = tabs
    await tab.route_web_socket(re.compile("/wire$"), mute)
    await tab.reload()
    await question(tab).press_sequentially("once")
    await safe(tab)
    house.keep.locked = True
    await other.reload()
    await expect(question(other)).to_have_value("once")
    await question(tab).press_sequentially(" and again")
    await safe(tab)
    house.keep.locked = False
    await saved(other)
    await tab.close()
    await other.reload()
    await expect(question(other)).to_have_value("once and again")
    await saved(other)
    assert await kept(house) == "once and again"
