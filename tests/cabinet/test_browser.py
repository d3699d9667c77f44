"""The cabinet in a real browser on a telephone: signing in, an order, axe-core, light and dark."""

import os
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.ari.facts import until
from tests.cabinet.fakes import CODE, WORD
from tests.cabinet.harness import Harness

PHONE = {"width": 390, "height": 844}
PICTURES = os.environ.get("FIRSTLINE_TEST_PICTURES", "")
"""Where pictures of the pages are written, if anywhere."""


async def _clean(page: Page, name: str) -> None:
    """Fail with what axe-core finds, and with what is wider than the telephone."""
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
    found = (await Axe().run(page)).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], name
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name


async def test_a_subscriber_orders_on_a_telephone(here: Harness, tab: Page) -> None:
    await tab.set_viewport_size(PHONE)  # type: ignore[arg-type] # its type is playwright's own
    await tab.goto(f"{here.url}/my")
    await _clean(tab, "sign-in")
    await tab.emulate_media(color_scheme="dark")
    await tab.get_by_label("Ваш номер").fill("+375 99 000-00-01")
    await tab.keyboard.press("Enter")
    await expect(code := tab.get_by_label("Шесть цифр")).to_be_visible()
    await _clean(tab, "code")
    await code.fill(CODE)
    await tab.keyboard.press("Enter")
    await expect(tab.get_by_role("heading", name="Деньги")).to_be_visible()
    await _clean(tab, "home")
    for path in ("operations/charges", "operations/tariffs", "letters", "lessons", "menu"):
        await tab.goto(f"{here.url}/my/{path}")
        await _clean(tab, path.replace("/", "-"))

    for language in ("be", "en", "ru"):
        await tab.locator(f".languages [lang={language}]").click()
        await expect(tab.locator("html")).to_have_attribute("lang", language)
        await tab.goto(f"{here.url}/my")
        await _clean(tab, f"home-{language}")

    await tab.emulate_media(color_scheme="light")
    await tab.goto(f"{here.url}/my/operations/tariff-change")
    await _clean(tab, "code-word")
    await tab.get_by_label("Кодовое слово или ПИН").fill(WORD)
    await tab.keyboard.press("Enter")
    await expect(price := tab.get_by_role("button", name="Узнать стоимость")).to_be_visible()
    await _clean(tab, "form")
    await price.click()
    yes = tab.get_by_role("button", name="Да, выполнить")
    await expect(tab.get_by_text("5,00 руб.", exact=True)).to_be_visible()
    await _clean(tab, "confirm")

    here.operations.slow.clear()
    shown = tab.url
    await yes.evaluate("button => { button.click(); button.click(); }")
    await until(lambda: here.operations.asked[-1][0] == "tariff-change")
    await tab.goto(shown)  # the connection is lost before the answer, and the page loaded again
    await yes.evaluate("button => button.click()")
    here.operations.slow.set()
    await expect(tab.get_by_text("Готово.")).to_be_visible()
    await _clean(tab, "result")
    assert here.operations.costly == ["tariff-change"]
