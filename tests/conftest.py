"""What all tests share: one browser, and what installations spoke; and in which order they run."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Page

from tests.desk.browser import Chromium, driven, opened
from tests.live.installation import SHARED


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Side by side, calls come first: they mostly wait, and the quick tests fill what is left."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: item.get_closest_marker("live") is None)


@pytest.fixture(scope="session", autouse=True)
def _sounds(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One directory for all workers, whose own are side by side in one."""
    own = tmp_path_factory.getbasetemp()
    run = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    os.environ[SHARED] = str(run / "sounds")


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
