"""The phone in the browser: its controls, its keys, and the states in which it cannot be used."""

import hashlib
import json
import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Locator, Page, WebSocketRoute, expect

from ari_app.desk.web.server import FILES as STATIC
from tests.deadlines import pause, within
from tests.desk.fake_sip import FakeSip
from tests.desk.harness import DeskHarness, board, caller
from tests.desk.http_client import RunningDesk
from tests.desk.test_browser_forms import sign_in
from tests.docs.markdown import ROOT


@pytest.fixture
def harness(server: RunningDesk) -> DeskHarness:
    return server.harness


@pytest.fixture
def sip() -> FakeSip:
    return FakeSip()


def _with_phone(route: WebSocketRoute, sip: FakeSip) -> None:
    """The snapshot of the desk has an account."""
    server = route.connect_to_server()

    def said(text: str | bytes) -> None:
        message = json.loads(text)
        if message["type"] == "hello" and sip.account:
            message["phone"] = sip.account
        route.send(json.dumps(message))

    server.on_message(said)


NO_MEDIA = """if (window.RTCPeerConnection) {
const { prototype } = RTCPeerConnection, listen = prototype.addEventListener;
prototype.addEventListener = function (name, ...rest) {
  if (name !== "iceconnectionstatechange") listen.call(this, name, ...rest);
}; }"""
"""The page does not notice that no media come, which would end a call after some time."""


async def opens(tab: Page, server: RunningDesk, sip: FakeSip) -> None:
    """Anna opens the desk; her phone is in it."""
    await tab.route_web_socket(re.compile("/wire$"), lambda route: _with_phone(route, sip))
    await sip.serve(tab)
    await tab.add_init_script(NO_MEDIA)
    await sign_in("anna", server, tab)


@pytest.fixture
async def desk(server: RunningDesk, tab: Page, sip: FakeSip) -> AsyncIterator[Page]:
    """Anna's desk with a phone that can be rung."""
    await tab.context.grant_permissions(["microphone"])
    await opens(tab, server, sip)
    await expect(tab.locator("#phone-button[data-state=ready]")).to_be_visible()
    yield tab
    await tab.goto("about:blank")


def control(page: Page, name: str) -> Locator:
    return page.locator(f"[data-call={name}]")


async def test_a_call_by_keys_alone(desk: Page, sip: FakeSip, harness: DeskHarness) -> None:
    harness.update(board(ringing={"PJSIP/701": caller()}))
    await expect(desk.locator("article.card")).to_be_visible()
    sip.ring("375990000001", "Василёк")
    await expect(desk.locator("article.card [data-call=answer]")).to_be_visible()
    await expect(desk).to_have_title(re.compile("375990000001"))
    await control(desk, "answer").focus()
    await desk.keyboard.press("Alt+KeyY")
    await sip.says("200 INVITE")
    harness.update(board(talking={"PJSIP/701": caller()}))
    await expect(control(desk, "answer")).to_be_hidden()
    await expect(desk).not_to_have_title(re.compile("375990000001"))
    await expect(control(desk, "hang-up")).to_be_focused()
    await desk.keyboard.down("Alt")
    for _ in range(2):  # it is held: once is meant
        await desk.keyboard.down("KeyM")
    await desk.keyboard.up("KeyM")
    await desk.keyboard.up("Alt")
    await expect(desk.locator("[data-call-word]")).to_have_text("Muted: you are not heard.")
    await desk.keyboard.press("Alt+KeyM")
    await desk.keyboard.press("Alt+KeyL")
    await sip.says("INVITE")
    await expect(desk.locator("[data-call-word]")).to_have_text("On hold: they hear music.")
    await desk.keyboard.press("Alt+KeyL")
    await sip.says("INVITE")
    await expect(desk.locator("[data-call-word]")).to_have_text("")
    await desk.keyboard.press("Alt+KeyK")
    await expect(desk.locator("[data-key='1']")).to_be_focused()
    await desk.keyboard.press("Escape")
    await expect(desk.locator("#keypad")).to_be_hidden()
    await expect(control(desk, "keypad")).to_be_focused()
    await desk.keyboard.press("Alt+KeyX")
    await sip.says("BYE")
    await expect(desk.locator("#call")).to_be_hidden()


async def test_escape_closes_the_dialog_of_the_phone_alone(desk: Page) -> None:
    found, dialog = desk.locator("#found"), desk.locator("#phone-settings")
    await desk.locator("[data-tickets]").click()
    await expect(found).to_be_visible()
    await desk.locator("#phone-button").click()
    await expect(dialog).to_be_visible()
    await desk.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(found).to_be_visible()
    await desk.keyboard.press("Escape")
    await expect(found).to_be_hidden()


async def test_only_a_call_that_was_clicked_for_is_answered_by_itself(
    desk: Page, sip: FakeSip, harness: DeskHarness
) -> None:
    sip.ring("375990000001", clicked=True)  # in another browser
    await expect(control(desk, "answer")).to_be_visible()
    await control(desk, "hang-up").click()
    await sip.says("486 INVITE")
    await desk.locator("[data-calls]").click()
    await desk.locator("[data-callback][data-do=call]").click()
    await expect(desk.locator("#notices")).to_contain_text("+375 99 000-00-01")
    assert harness.queue_control.asked == [("anna", "375990000001")]
    sip.ring("375990000001", clicked=True)
    await sip.says("200 INVITE")


OPEN = """async (needed) => {
  const { Sound } = await import(document.scripts[0].src.replace("desk.js", "phone/sound.js"));
  const sound = new Sound();
  await sound.trouble(() => needed);
  return sound.stream !== undefined;
}"""
"""Whether the microphone is open after a look for it, during which it came to be needed or not."""


async def test_a_phone_that_is_none_in_the_browser_any_more_is_not_shown(
    desk: Page, sip: FakeSip, harness: DeskHarness
) -> None:
    assert [await desk.evaluate(OPEN, needed) for needed in (True, False)] == [True, False]
    account, sip.account = sip.account, None
    for one in harness.tabs.of("anna"):
        one.close()
    await expect(desk.locator("#phone")).to_be_hidden()
    await expect(desk.locator("#phone-button")).to_be_hidden()
    await expect(desk.locator("#lost")).to_be_hidden()
    sip.account = account
    for one in harness.tabs.of("anna"):
        one.close()
    await expect(desk.locator("#phone-button[data-state=ready]")).to_be_visible()


@pytest.mark.parametrize("file", ["phone/jssip.js", "chart/uplot.js", "chart/uplot.css"])
def test_the_vendored_file_is_the_one_that_the_licences_name(file: str) -> None:
    made = hashlib.sha256((STATIC / file).read_bytes()).hexdigest()
    assert f"`{made}`" in (ROOT / "docs" / "licences.md").read_text()


async def talks(desk: Page, sip: FakeSip, harness: DeskHarness) -> None:
    """Anna answers a call."""
    harness.update(board(ringing={"PJSIP/701": caller()}))
    sip.ring("375990000001")
    await control(desk, "answer").click()
    await sip.says("200 INVITE")
    harness.update(board(talking={"PJSIP/701": caller()}))
    await expect(desk.locator("article.card [data-call=hang-up]")).to_be_visible()


async def test_a_call_keeps_the_page_and_its_line(
    desk: Page, sip: FakeSip, harness: DeskHarness
) -> None:
    await talks(desk, sip, harness)
    sip.ring("375990000002")  # she has no second line
    await sip.says("486 INVITE")
    await desk.evaluate("document.documentElement.dataset.build = 'of yesterday'")
    for one in harness.tabs.of("anna"):
        one.close()  # the page connects again, and hears of another build
    notice = "The page is loaded again when the call is over."
    await expect(desk.locator("#notices")).to_contain_text(notice)
    sip.hang_up()
    await sip.says("200 BYE")
    await expect(desk.locator("html")).not_to_have_attribute("data-build", "of yesterday")


async def test_the_phone_goes_from_tab_to_tab(
    desk: Page, sip: FakeSip, harness: DeskHarness, server: RunningDesk
) -> None:
    other = await desk.context.new_page()
    second = FakeSip()
    await other.route_web_socket(re.compile("/wire$"), lambda route: _with_phone(route, second))
    await second.serve(other)
    await other.add_init_script(NO_MEDIA)
    await other.goto(server.url)
    await expect(other.locator("[data-phone-state=elsewhere]")).to_be_visible()
    await other.get_by_role("button", name="Use the phone here").click()
    await second.registered.wait()
    await expect(desk.locator("[data-phone-state=elsewhere]")).to_be_visible()
    await talks(other, second, harness)
    await desk.get_by_role("button", name="Use the phone here").click()
    await expect(desk.locator("#notices")).to_contain_text("There is a call in the other tab.")
    await expect(other.locator("article.card [data-call=hang-up]")).to_be_visible()
    await other.close()
    await expect(desk.locator("#phone-button[data-state=ready]")).to_be_visible()
    await sip.close(4409)  # a browser on another computer took it
    await expect(desk.locator("[data-phone-state=elsewhere]")).to_be_visible()
    await desk.get_by_role("button", name="Use the phone here").click()
    await expect(desk.locator("#phone-button[data-state=ready]")).to_be_visible()
    await sip.close(1013)  # Asterisk is away for a moment
    await sip.registered.wait()
    await expect(desk.locator("#phone-button[data-state=ready]")).to_be_visible()


FORBIDDEN = """if (window.MediaDevices) { window.allowed = MediaDevices.prototype.getUserMedia;
MediaDevices.prototype.getUserMedia = async () => {
  throw new DOMException("", "NotAllowedError");
}; }"""
ALLOWED = "() => { MediaDevices.prototype.getUserMedia = window.allowed; }"


async def test_without_a_microphone_the_agent_is_paused_and_sees_why(
    server: RunningDesk, tab: Page, sip: FakeSip, harness: DeskHarness
) -> None:
    await tab.add_init_script(FORBIDDEN)
    harness.queue_control.away = True  # the pause is sent again with the next connection
    await opens(tab, server, sip)
    shown = tab.locator("[data-phone-state=forbidden]")
    await expect(shown).to_contain_text("allow the microphone")
    await expect(tab.locator("#phone-button[data-state=forbidden]")).to_be_visible()
    await sip.registered.wait()
    sip.ring("375990000001")
    await sip.says("480 INVITE")
    harness.queue_control.away = False
    for one in harness.tabs.of("anna"):
        one.close()
    async with within(20):
        while harness.queue_control.paused != {"anna": "microphone"}:
            await pause(0.01)
    await tab.evaluate(ALLOWED)
    await shown.get_by_role("button").click()
    await expect(tab.locator("#notices")).to_contain_text("The microphone works again.")
    await expect(shown).to_be_hidden()
    await tab.goto("about:blank")


HEADSET = """
const bit = (...usages) =>
  ({ isRange: false, usages, reportSize: 1, reportCount: usages.length });
window.device = Object.assign(new EventTarget(), {
  opened: true, productName: "Headset 1", lights: [],
  collections: [{ children: [],
    inputReports: [{ reportId: 3, items: [bit(0x0b0020), bit(0x0b002f)] }],
    outputReports: [{ reportId: 4, items: [bit(0x080018, 0x080017), bit(0x080009)] }] }],
  async sendReport(report, data) { this.lights = [report, ...data]; },
});
window.press = (byte) => device.dispatchEvent(Object.assign(new Event("inputreport"),
  { device, reportId: 3, data: new DataView(new Uint8Array([byte]).buffer) }));
const hid = Object.assign(new EventTarget(), { getDevices: async () => [device] });
Object.defineProperty(navigator, "hid", { value: hid });"""


async def test_the_buttons_of_a_headset(server: RunningDesk, tab: Page, sip: FakeSip) -> None:
    await tab.add_init_script(HEADSET)
    await opens(tab, server, sip)
    await expect(tab.locator("[data-headset]")).to_have_text("Headset 1")
    await sip.registered.wait()
    sip.ring("375990000001")
    await expect(control(tab, "answer")).to_be_visible()
    assert await tab.evaluate("device.lights") == [4, 1], "it rings"
    await tab.evaluate("press(1)")
    await sip.says("200 INVITE")
    await expect(control(tab, "mute")).to_be_visible()
    assert await tab.evaluate("device.lights") == [4, 2], "it is off the hook"
    await tab.evaluate("press(3)")
    await expect(control(tab, "mute")).to_have_attribute("aria-pressed", "true")
    assert await tab.evaluate("device.lights") == [4, 6], "it is muted"
    await tab.evaluate("press(0)")
    await sip.says("BYE")
    await expect(tab.locator("#call")).to_be_hidden()
    await tab.goto("about:blank")
