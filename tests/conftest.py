"""One browser for all tests that show pages in it."""

from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Page

from tests.desk.browser import Chromium, driven, opened


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """A browser that runs, shared: open windows of your own in it, and do not kill it."""
    with Chromium(tmp_path_factory.mktemp("chromium") / "profile") as one:
        yield one


@pytest.fixture
async def tab(chromium: Chromium) -> AsyncIterator[Page]:
    """An empty tab in a window of the test's own."""
    async with driven(chromium) as browser, opened(browser) as page:
        yield page
