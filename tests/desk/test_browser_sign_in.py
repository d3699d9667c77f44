"""Signing in and out in a real browser, by keyboard."""

from playwright.async_api import Page, expect

from tests.desk.http_client import PASSWORD, RunningDesk


async def sign_in(tab: Page, password: str = PASSWORD) -> None:
    await tab.get_by_label("Пароль").fill(password)
    await tab.keyboard.press("Enter")


async def test_signing_in_and_out_by_keyboard(server: RunningDesk, tab: Page) -> None:
    await tab.goto(server.url)
    await expect(tab).to_have_url(f"{server.url}/sign-in")
    await expect(tab.get_by_label("Логин")).to_be_focused()
    await tab.keyboard.type("Anna")
    await sign_in(tab, "wrong")
    await expect(tab.get_by_role("alert")).to_have_text("Логин или пароль неверны.")
    await expect(tab.get_by_label("Логин")).to_have_value("anna")
    await expect(tab.get_by_label("Пароль")).to_be_focused()
    await sign_in(tab)
    await expect(tab.get_by_text("Анна <script>Ветрова</script>")).to_be_visible()
    await expect(tab.locator("#agent-state .state")).to_be_visible()
    await tab.locator("#menu summary").click()
    await tab.get_by_role("button", name="Выйти").click()
    await expect(tab).to_have_url(f"{server.url}/sign-in")
    assert not server.sessions.stored


async def test_a_session_ended_elsewhere_leads_to_the_sign_in_page(
    server: RunningDesk, tab: Page
) -> None:
    await tab.goto(server.url)
    await tab.get_by_label("Логин").fill("anna")
    await sign_in(tab)
    await expect(tab.locator("#agent-state .state")).to_be_visible()
    server.sessions.stored.clear()
    await server.recheck_sessions()
    await expect(tab).to_have_url(f"{server.url}/sign-in")


async def test_the_language_can_be_chosen_before_signing_in(server: RunningDesk, tab: Page) -> None:
    await tab.goto(server.url)
    await tab.get_by_role("link", name="English").click()
    await expect(tab.get_by_role("button", name="Sign in")).to_be_visible()
    await tab.get_by_label("Login").fill("anna")
    await tab.get_by_label("Password").fill(PASSWORD)
    await tab.keyboard.press("Enter")
    await expect(tab.get_by_role("heading", level=1)).to_have_text("Firstline")
