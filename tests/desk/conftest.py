"""A desk whose door is open, and browsers before it."""

from collections.abc import AsyncIterator

import pytest

from tests.desk.door import Browser, Door, open_door


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is waited for, is told at once here."""
    monkeypatch.setattr("ari_app.desk.cards.WANE", 0.01)


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with open_door() as one:
        yield one


@pytest.fixture
async def browser(door: Door) -> AsyncIterator[Browser]:
    async with door.browser() as one:
        yield one


@pytest.fixture
async def anna(browser: Browser) -> Browser:
    """Anna's browser, in which she signed in."""
    assert (await browser.sign_in()).status == 303
    return browser
