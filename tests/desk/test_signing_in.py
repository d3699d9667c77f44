"""Signing in with a real browser, by keyboard, and being signed out."""

from playwright.async_api import Page, expect

from tests.desk.door import PASSWORD, Door


async def sign_in(tab: Page, password: str = PASSWORD) -> None:
    await tab.get_by_label("Пароль").fill(password)
    await tab.keyboard.press("Enter")


async def test_an_agent_signs_in_works_and_signs_out(door: Door, tab: Page) -> None:
    await tab.goto(door.url)
    await expect(tab).to_have_url(f"{door.url}/sign-in")
    await expect(tab.get_by_label("Логин")).to_be_focused()
    await tab.keyboard.type("Anna")
    await sign_in(tab, "wrong")
    await expect(tab.get_by_role("alert")).to_have_text("Логин или пароль неверны.")
    await expect(tab.get_by_label("Логин")).to_have_value("anna")
    await expect(tab.get_by_label("Пароль")).to_be_focused()
    await sign_in(tab)
    await expect(tab.get_by_text("Анна <script>Ветрова</script>")).to_be_visible()
    await expect(tab.locator("#standing .state")).to_be_visible()
    await tab.get_by_role("button", name="Выйти").click()
    await expect(tab).to_have_url(f"{door.url}/sign-in")
    assert not door.signed.kept


async def test_who_was_signed_out_elsewhere_sees_where_to_sign_in(door: Door, tab: Page) -> None:
    await tab.goto(door.url)
    await tab.get_by_label("Логин").fill("anna")
    await sign_in(tab)
    await expect(tab.locator("#standing .state")).to_be_visible()
    door.signed.kept.clear()
    await door.site.look()
    await expect(tab).to_have_url(f"{door.url}/sign-in")


async def test_the_language_is_chosen_before_signing_in(door: Door, tab: Page) -> None:
    await tab.goto(door.url)
    await tab.get_by_role("link", name="English").click()
    await expect(tab.get_by_role("button", name="Sign in")).to_be_visible()
    await tab.get_by_label("Login").fill("anna")
    await tab.get_by_label("Password").fill(PASSWORD)
    await tab.keyboard.press("Enter")
    await expect(tab.get_by_role("button", name="Sign out")).to_be_visible()
