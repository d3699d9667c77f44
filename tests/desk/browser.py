"""A real browser: Debian's Chromium without its windows, which tests drive, unplug and kill.

async def test_a_card_opens(tab: Page) -> None:
    await tab.goto(url)
    await expect(tab.get_by_role("heading")).to_have_text("Василёк Алеся")
    async with unplugged(tab):
        ...
    await tab.screenshot(path=tmp_path / "card.png", full_page=True)
"""

import os
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    async_playwright,
    expect,
)

from tests.deadlines import allowed, until

PATIENCE = 20.0
"""Seconds in which a browser must be up, and a page must show what is waited for."""
QUIET = (
    *("--no-sandbox", "--no-first-run", "--disable-dev-shm-usage"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-background-timer-throttling", "--disable-renderer-backgrounding"),
    *("--disable-backgrounding-occluded-windows", "--disable-breakpad"),
    *("--hide-scrollbars", "--disable-gpu"),
    # A microphone that beeps and may be used; calls between the programs of this machine.
    *("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"),
    "--allow-loopback-in-peer-connection",
)
"""No window, no traffic of its own, root may run it; pages in the background are not slowed."""
STILL: Literal["reduce"] = "reduce"
"""The motion in pages: the dot of a card that rings takes 7 % of a core while it pulses. Playwright
sets it for each page, where the browser's own flag counts for nothing."""


class Chromium:
    """One browser process, alive inside ``with``; what it remembers is in its profile directory.

    ``kill`` is a crash: nothing is written down any more. The next ``start`` finds what was there;
    IndexedDB is on the disk when its transaction completes, localStorage some seconds later.
    """

    def __init__(self, profile: Path, *flags: str) -> None:
        self.profile = profile
        self._flags = flags
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            self._ended()

    @property
    def pid(self) -> int:
        assert self._process is not None, "the browser does not run"
        return self._process.pid

    @property
    def _port_file(self) -> Path:
        """Where it writes the port at which it is driven."""
        return self.profile / "DevToolsActivePort"

    @property
    def address(self) -> str:
        """Where it is driven, for DevTools."""
        return f"http://127.0.0.1:{self._port_file.read_text().split()[0]}"

    def start(self) -> None:
        """Start it and wait until it can be driven."""
        self.profile.mkdir(parents=True, exist_ok=True)
        self._port_file.unlink(missing_ok=True)
        words = [
            "chromium-headless-shell",
            *QUIET,
            *self._flags,
            "--remote-debugging-port=0",
            f"--user-data-dir={self.profile}",
        ]
        log = self.profile / "stderr.log"
        with log.open("wb") as stderr:
            self._process = subprocess.Popen(
                [*words, "about:blank"],
                stderr=stderr,
                env={**os.environ, "XDG_CONFIG_HOME": str(self.profile)},
                process_group=0,
            )
        process = self._process
        until(lambda: self._drivable() or process.poll() is not None, PATIENCE)
        assert process.poll() is None, log.read_text()

    def _drivable(self) -> bool:
        with suppress(FileNotFoundError):
            return "/devtools/" in self._port_file.read_text()
        return False

    def kill(self) -> None:
        """End it at once, as a crash or a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._ended()

    def _ended(self) -> None:
        assert self._process is not None
        self._process.wait(allowed(PATIENCE))
        with suppress(ProcessLookupError):  # its own processes follow it only after a while
            os.killpg(self.pid, signal.SIGKILL)
        self._process = None


class Driver:
    """The program that drives browsers. It takes a second of CPU to start: one drives them all."""

    def __init__(self) -> None:
        self._running: Playwright | None = None

    async def playwright(self) -> Playwright:
        """What browsers are connected to; started when it is first asked for."""
        if self._running is None:
            self._running = await async_playwright().start()
        return self._running

    async def stop(self) -> None:
        """End it, in the event loop in which it was started."""
        running, self._running = self._running, None
        if running is not None:
            await running.stop()


DRIVER = Driver()


@asynccontextmanager
async def driven(chromium: Chromium) -> AsyncIterator[Browser]:
    """A browser that runs, to open windows in; ``.contexts[0]`` is that of its own profile."""
    playwright = await DRIVER.playwright()
    browser = await playwright.chromium.connect_over_cdp(chromium.address)
    expect.set_options(timeout=1000 * allowed(PATIENCE))
    browser.contexts[0].set_default_timeout(1000 * allowed(PATIENCE))
    try:
        yield browser
    finally:
        await browser.close()


@asynccontextmanager
async def opened(browser: Browser) -> AsyncIterator[Page]:
    """A tab in a window that shares nothing with any other: no cookies, no storage, no cache.

    At the end no script may have failed, and no content security policy have refused anything.
    """
    expect.set_options(timeout=1000 * allowed(PATIENCE))
    context = await browser.new_context(
        locale="ru-RU", timezone_id="Europe/Minsk", reduced_motion=STILL
    )
    complaints = faults_of(context)
    context.set_default_timeout(1000 * allowed(PATIENCE))
    try:
        yield await context.new_page()
    finally:
        await context.close()
    assert not complaints, complaints


def faults_of(context: BrowserContext) -> list[str]:
    """What goes wrong in the pages of a window, as it happens."""
    found: list[str] = []

    def read(message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            found.append(message.text)

    context.on("console", read)
    context.on("weberror", lambda failure: found.append(str(failure.error)))
    return found


@asynccontextmanager
async def unplugged(page: Page) -> AsyncIterator[None]:
    """The window of a page without a network, and at the end with it again.

    What is open stays open and falls silent, as behind a pulled cable; nothing new can be opened.
    What was sent on a WebSocket meanwhile arrives afterwards.
    """
    await page.context.set_offline(True)
    try:
        yield
    finally:
        await page.context.set_offline(False)
