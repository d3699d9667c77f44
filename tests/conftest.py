"""What all tests share: their kinds, deadlines, one browser, and what installations spoke."""

import gc
import os
import signal
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import nullcontext, suppress
from math import inf
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from playwright.async_api import Browser, Page

from ari_app.phone import handset
from tests.databases import MIGRATE, copied
from tests.deadlines import SPARE, allowed, prefer, within
from tests.desk.browser import DRIVER, Chromium, driven, opened
from tests.fuzz import DEEP, examples
from tests.kinds import KINDS, PARTS, SLOW, kind, order, waits
from tests.live.renewal import FAILED, renew
from tests.live.seed import SHARED
from tests.live.spawned import spawning
from tests.shares import Dealer, is_of_another
from tests.shipped import kept

TIMEOUT = 180.0
"""Seconds after which a test that hangs says where."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--part``: the tests that mostly wait, or the others, so that both can run side by side."""
    parser.addoption("--part", choices=PARTS, help="only files whose tests mostly wait, or not")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Whether a file of tests is of the other part, or in the share of another worker."""
    if not collection_path.match("test_*.py"):
        return None
    part = config.getoption("part")
    if part is not None and waits(collection_path, config.rootpath) != (part == "waits"):
        return True
    return is_of_another(collection_path, config) or None


def pytest_configure(config: pytest.Config) -> None:
    """Make the kinds known as markers. Property tests try the same examples in each run, however
    slow the machine is; ``FIRSTLINE_TEST_RANDOM=1`` tries others, and more.

    Ctrl-C ends what tests start, also where a shell runs them in the background and ignores it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    hypothesis.settings.register_profile(
        "patient", deadline=None, derandomize=not DEEP, max_examples=examples(30)
    )
    hypothesis.settings.load_profile("patient")
    for name, meaning in {**KINDS, "slow": SLOW}.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")
    if config.getoption("dist", "no") == "each" and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Dealer())


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark each test with its kind, before any are chosen by it, and what is not measured."""
    item.add_marker(of := kind(item))
    if of in ("live", "browser") and item.config.getoption("part") == "computes":
        raise pytest.UsageError(f"{item.nodeid} waits: tests/kinds.py does not see it")
    if item.get_closest_marker("slow") or item.get_closest_marker("live"):
        item.add_marker("no_cover")  # coverage takes twice the time, and finds nothing new there


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Side by side, what takes longest comes first."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=order)


def pytest_collection_finish() -> None:
    """What was collected stays: the collector of garbage need not look at it again and again."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.hookimpl(tryfirst=True, wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Give a test more time on a slow machine."""
    if not item.get_closest_marker("timeout") and item.config.getoption("timeout") is None:
        item.add_marker(pytest.mark.timeout(allowed(TIMEOUT)))
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember that a test failed."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Whatever a failed test left in an installation is not for the next one."""
    yield
    renew(item)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory for the database that others are copies of."""
    return tmp_path_factory.mktemp("template")


@pytest.fixture(scope="module", autouse=True)
def _databases(request: pytest.FixtureRequest, template: Path) -> Iterator[None]:
    """New databases are copies, except in the tests of migrations."""
    if request.module.__name__ in MIGRATE:
        yield
    else:
        with copied(template):
            yield


@pytest.fixture(scope="session", autouse=True)
def _shipped() -> Iterator[None]:
    """What is shipped is the same in all tests: it is read one time in a process."""
    with kept():
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_authorities() -> None:
    """No test trusts the authorities of this machine: to read them takes 70 ms for each client."""
    os.environ["SSL_CERT_FILE"] = os.devnull


@pytest.fixture(scope="session", autouse=True)
def _espeak_speaks() -> None:
    """No test fetches voices or depends on those of this machine, but the one that is of them."""
    os.environ["FIRSTLINE_VOICE_ENGINE"] = "espeak"
    os.environ["FIRSTLINE_SITE_LATE"] = "0"  # a busy machine under test is no overload


@pytest.fixture(scope="session", autouse=True)
def _patient_phones() -> Iterator[None]:
    """Phones wait longer on a slow machine, too, and are not kept from their sound."""
    as_shipped = handset.Phone._next

    async def patient(phone: Any, kinds: Any, position: int, timeout: float, what: str) -> Any:
        with suppress(TimeoutError):
            async with within(SPARE * timeout):
                return await as_shipped(phone, kinds, position, inf, what)
        return await as_shipped(phone, kinds, position, 0.0, what)  # it says what it has not heard

    enter = handset.Phone.__aenter__

    async def preferred(phone: handset.Phone) -> handset.Phone:
        entered = await enter(phone)
        prefer(phone.pid)
        return entered

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(handset.Phone, "__aenter__", preferred)
        patch.setattr(handset.Phone, "_next", patient)
        patch.setattr(handset, "END", allowed(handset.END))
        yield


@pytest.fixture(scope="module", autouse=True)
def _forked(request: pytest.FixtureRequest) -> Iterator[None]:
    """Phones and processes of speech are forks, except where they start by themselves."""
    of_them = request.module.__name__.startswith(("tests.phone.", "tests.prompts.test_speech_busy"))
    with nullcontext() if of_them else spawning():
        yield


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


@pytest.fixture(scope="session", autouse=True)
async def _driver() -> AsyncIterator[None]:
    """One program drives the browsers of all tests."""
    yield
    await DRIVER.stop()


@pytest.fixture(scope="session")
async def browser(chromium: Chromium) -> AsyncIterator[Browser]:
    """The shared browser, to open windows in."""
    async with driven(chromium) as one:
        yield one


@pytest.fixture
async def tab(browser: Browser) -> AsyncIterator[Page]:
    """An empty tab in a window of the test's own."""
    async with opened(browser) as page:
        yield page
