"""An agent whose phone is in the browser, on a real Asterisk."""

import asyncio
import base64
import hashlib
import subprocess

from playwright.async_api import Locator, Playwright, expect

from tests.deadlines import allowed
from tests.desk.browser import PATIENCE, Chromium, faults_of
from tests.desk.live_agent import AgentPage, signed_in
from tests.live.installation import Installation

COUNTED = """if (window.RTCPeerConnection) { window.connections = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...all) { super(...all); connections.push(this); }
}; }"""
RAW = """if (navigator.mediaDevices) {
  const asked = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = ({ audio, ...others }) => asked({ ...others, audio:
    { ...audio, echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
}"""
"""What the microphone hears is left as it is: to cancel its echo takes a fifth of a call's CPU."""
HEARD = """async (more) => {
  for (const one of (await connections.at(-1).getStats()).values())
    if (one.type === "inbound-rtp") return one.packetsReceived;
  return 0;
}"""


class Agent:
    """An agent, whose browser can be killed."""

    def __init__(self, one: Installation, number: int, chromium: Chromium) -> None:
        self._one = one
        self._number = number
        self._chromium = chromium
        self._password = ""
        self._faults: list[list[str]] = []
        self.desk: AgentPage

    async def begins(self, playwright: Playwright) -> None:
        """Open the desk, whose phone can be rung then."""
        browser = await playwright.chromium.connect_over_cdp(self._chromium.address)
        context = browser.contexts[0]
        context.set_default_timeout(1000 * allowed(PATIENCE))
        self._faults.append(faults_of(context))
        page = await context.new_page()
        await page.add_init_script(COUNTED + RAW)
        if not self._password:
            name = self._one.status().agents[self._number].name
            said = await asyncio.to_thread(self._one.out, "agents", "password", name, "--generate")
            self._password = said.split("is set: ")[1].split()[0]
        self.desk = await signed_in(page, self._one, self._number, self._password)
        await expect(page.locator("#phone-button[data-state=ready]")).to_be_visible()
        await expect(self.desk.state).to_contain_text("На линии")

    def killed(self) -> None:
        """End the browser at once."""
        self._chromium.kill()
        self._chromium.start()

    @property
    def faults(self) -> list[str]:
        """What went wrong in the pages."""
        return [fault for page in self._faults for fault in page]

    @property
    def card(self) -> Locator:
        """The card that is shown."""
        return self.desk.card

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.desk.page.keyboard.press(f"Alt+Key{key}")

    async def rings(self) -> None:
        """Wait until the browser rings, with the card."""
        await expect(self.card.locator("[data-call=answer]")).to_be_visible(
            timeout=1000 * allowed(40)
        )
        await self.desk.phase("ringing")

    async def takes(self) -> None:
        """Answer what rings, and hear somebody."""
        await self.rings()
        await self.press("Y")
        await self.desk.phase("talking")
        await self.hears()

    async def hears(self) -> None:
        """Wait until more sound comes."""
        page = self.desk.page
        before = await page.evaluate(HEARD)
        await page.wait_for_function(
            f"async (before) => await ({HEARD})() > before + 20", arg=before
        )

    async def finds(self, number: str) -> None:
        """Find a subscriber."""
        page = self.desk.page
        await page.locator("#sought").fill(number)
        await page.keyboard.press("Enter")
        await page.locator("[data-view]").first.click()

    async def transfers(self, to: str, how: str) -> None:
        """Transfer the caller, or ask first."""
        form = self.card.locator("[data-form=transfer]")
        if not await form.is_visible():
            await self.card.locator("[data-load-form=transfer-targets] summary").click()
        await form.locator("[name=to]").select_option(to)
        await form.locator(f"[name=how][value={how}]").check()
        await form.locator("button").click()

    async def acts(self, act: str) -> None:
        """Go on after asking somebody."""
        await self.card.locator(f"[data-passing={act}]").click()

    async def shows(self, text: str) -> None:
        await expect(self.card).to_contain_text(text)


def pin(certificate: str) -> str:
    """The hash of the public key of a certificate, by which a browser trusts it."""
    words = ["openssl", "x509", "-in", certificate, "-noout", "-pubkey"]
    pem = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    key = base64.b64decode("".join(pem.splitlines()[1:-1]))
    return base64.b64encode(hashlib.sha256(key).digest()).decode()
