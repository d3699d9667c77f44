"""Pictures of the desk for the README: `python -m tests.desk.screenshots docs/pictures`.

A whole installation, a real call of a demo subscriber, and a real browser.
"""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Page, ViewportSize, expect

from ari_app.phone.handset import Incoming
from tests.desk.browser import DRIVER, Chromium, driven
from tests.desk.live_agent import calling, phones, signed_in
from tests.live.installation import Installation, installed

SIZE = ViewportSize(width=1280, height=900)
SOLUTION = "Карта исправна; терминал кассы обновят сегодня"
CALLER = 6
"""A demo subscriber who calls again and again."""


async def taken(one: Installation, profile: Path, directory: Path) -> None:
    """Take them all."""

    async def picture(page: Page, name: str) -> None:
        await page.mouse.move(0, 0)
        await page.screenshot(path=directory / f"{name}.png")

    with Chromium(profile) as chromium:
        async with driven(chromium) as browser:
            window = await browser.new_context(
                viewport=SIZE,
                locale="ru-RU",
                timezone_id="Europe/Minsk",
            )
            page = await window.new_page()
            await page.goto(f"http://127.0.0.1:{one.ports.desk}/sign-in")
            await picture(page, "sign-in")
            desk = await signed_in(page, one)
            async with phones(one, 0) as [anna], calling(one, CALLER, "10"):
                await anna.wait(Incoming, timeout=40)
                await desk.phase("ringing")
                await expect(desk.card.locator(".part-account dl")).to_be_visible()
                await expect(desk.state).to_contain_text("Звонит")
                await picture(page, "ringing")
                await anna.answer()
                await desk.phase("talking")
                await desk.type("question", "Карта не принимается в кассе, третий раз за неделю")
                await desk.type("solution", SOLUTION)
                await desk.saved()
                await desk.card.locator("[data-operation]").select_option("tariff-change")
                await picture(page, "talking")
                await page.emulate_media(color_scheme="dark")
                await page.goto(f"http://127.0.0.1:{one.ports.desk}/language/en")
                await expect(desk.field("solution")).to_have_value(
                    "Карта исправна; терминал кассы обновят сегодня"
                )
                await expect(desk.card.locator(".part-account dl")).to_be_visible()
                await picture(page, "dark-english")
    await DRIVER.stop()


def main() -> None:
    """See the module."""
    directory = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures")
    directory.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as name, installed(Path(name) / "state") as one:
        asyncio.run(taken(one, Path(name) / "profile", directory))
    for file in sorted(directory.glob("*.png")):
        print(f"{file}: {file.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
