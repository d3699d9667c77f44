"""A call in the browser phone: what is in sight, the keys of the system, leaving the page."""

import pytest
from playwright.async_api import Dialog, Page, ViewportSize, expect

from tests.desk.fake_sip import FakeSip
from tests.desk.harness import DeskHarness
from tests.desk.http_client import RunningDesk
from tests.desk.test_browser_phone import control, desk, harness, opens, sip, talks

__all__ = ("desk", "harness", "sip")

SIZES = {
    "wide": (1440, 757), "small": (1024, 768), "zoomed": (720, 378), "narrow": (390, 844)
}  # fmt: skip
"""Windows; "zoomed" is the wide one at 200 %."""


async def test_the_reason_and_the_controls_are_on_the_first_screen(
    desk: Page, sip: FakeSip, harness: DeskHarness
) -> None:
    await desk.set_viewport_size(ViewportSize(width=1440, height=757))
    await talks(desk, sip, harness)
    card = desk.locator("article.card:visible")
    for scheme in ("light", "dark"):
        await desk.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for width, height in SIZES.values():
            await desk.set_viewport_size(ViewportSize(width=width, height=height))
            await desk.evaluate("scrollTo(0, 0)")
            await expect(card.locator(".why li").first).to_be_in_viewport(ratio=1)
            for name in ("mute", "hold", "keypad", "hang-up"):
                await expect(card.locator(f"[data-call={name}]")).to_be_in_viewport(ratio=1)
            wider = "document.documentElement.scrollWidth > innerWidth"
            assert not await desk.evaluate(wider), (width, "no scrolling to the side")


async def test_the_keypad_moves_nothing_and_the_test_call_ends_no_call(
    desk: Page, sip: FakeSip, harness: DeskHarness
) -> None:
    await talks(desk, sip, harness)
    await desk.evaluate("new Promise((later) => setTimeout(later, 1000))")  # sound was looked for
    await expect(desk.locator("[data-phone-state=silenced]")).to_be_hidden()
    places = [control(desk, "mute"), desk.locator("article.card:visible .why")]
    before = [await one.bounding_box() for one in places]
    await desk.keyboard.press("Alt+KeyK")
    await expect(desk.locator("[data-key='#']")).to_be_in_viewport(ratio=1)
    assert [await one.bounding_box() for one in places] == before
    await desk.keyboard.press("Escape")
    await desk.locator("#phone-button").click()
    test = desk.locator("[data-try=echo]")
    await expect(test).to_have_text("Test call: hear yourself")
    await expect(test).to_have_attribute("aria-disabled", "true")
    await test.click(force=True)
    await desk.keyboard.press("Escape")
    await expect(control(desk, "hang-up")).to_be_visible()


MEDIA = """if (window.MediaSession) { window.media = {};
MediaSession.prototype.setActionHandler = (action, handler) => { media[action] = handler; }; }"""
"""The keys of the system, which the test presses."""


async def test_the_media_keys_answer_mute_and_hang_up(
    server: RunningDesk, tab: Page, sip: FakeSip
) -> None:
    await tab.add_init_script(MEDIA)
    await tab.context.grant_permissions(["microphone"])
    await opens(tab, server, sip)
    await expect(tab.locator("#phone-button[data-state=ready]")).to_be_visible()
    sip.ring("375990000001")
    await expect(control(tab, "answer")).to_be_visible()
    await tab.evaluate("media.play()")
    await sip.says("200 INVITE")
    await expect(control(tab, "mute")).to_be_visible()
    for action, muted in (("pause", "true"), ("togglemicrophone", "false")):
        await tab.evaluate(f"media.{action}()")
        await expect(control(tab, "mute")).to_have_attribute("aria-pressed", muted)
    await tab.evaluate("media.hangup()")
    await sip.says("BYE")
    await expect(tab.locator("#call")).to_be_hidden()
    await tab.goto("about:blank")


@pytest.mark.parametrize("in_call", [True, False])
async def test_a_page_with_a_call_is_not_left_without_a_question(
    desk: Page, sip: FakeSip, harness: DeskHarness, in_call: bool
) -> None:
    asked: list[str] = []

    async def stays(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    desk.on("dialog", stays)
    await talks(desk, sip, harness)
    if in_call:
        async with desk.expect_event("dialog"):
            await desk.close(run_before_unload=True)
        await expect(control(desk, "hang-up")).to_be_visible()
        sip.hang_up()
        await sip.says("200 BYE")
        await expect(desk.locator("#call")).to_be_hidden()
        assert asked == ["beforeunload"]
        return
    sip.hang_up()
    await sip.says("200 BYE")
    await expect(desk.locator("#call")).to_be_hidden()
    await desk.goto("about:blank")
    assert asked == []
