"""An agent's page in a real browser, and real phones."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
from playwright.async_api import Locator, Page, expect

from ari_app.main.installation import installation
from ari_app.phone.handset import Connected, Incoming, Phone, PhoneError
from tests.deadlines import pause
from tests.desk.browser import STILL
from tests.live.installation import Installation

CARD = "article.card:visible"
UNHURRIED = {"FIRSTLINE_DESK_MISSED_CALLS": "0"}
"""For agents whose phones may ring in vain while a busy machine starts a browser: the state "Not
answering" would keep the next ring away for ever. See :func:`answered`."""


async def answered(phone: Phone) -> None:
    """Answer the call that rings at an agent's phone, or its next ring: a queue stops ringing after
    its time, and rings again, while a busy machine starts an application or a browser."""
    while True:
        try:
            return await phone.answer()
        except PhoneError as error:
            if "there is no incoming call" not in str(error):
                raise
        await phone.wait(Incoming, timeout=40)


class AgentPage:
    """A tab in which an agent is signed in."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def card(self) -> Locator:
        """The card that is shown."""
        return self.page.locator(CARD)

    @property
    def state(self) -> Locator:
        """The agent's state."""
        return self.page.locator("#agent-state .state")

    def field(self, name: str) -> Locator:
        """A field of the card that is shown."""
        return self.card.locator(f"[data-field={name}]")

    async def phase(self, phase: str) -> None:
        """Wait for the card's call to be in a phase."""
        await expect(self.card).to_have_attribute("data-phase", phase)

    async def saved(self) -> None:
        """Wait until everything on the card is acknowledged."""
        await expect(self.card.locator("[data-saving]")).to_have_text("сохранено")

    async def type(self, name: str, text: str) -> None:
        """Type into a field, key by key."""
        await self.field(name).press_sequentially(text)

    async def finish_card(self) -> None:
        """Wait for the end of the call and finish the card."""
        await self.phase("after")
        of = await self.card.get_attribute("data-card")
        await self.type("question", "Конец")
        await self.field("topic").select_option("other")
        await self.page.keyboard.press("Control+Enter")
        await expect(self.page.locator(f'{CARD}[data-card="{of}"]')).to_have_count(0)


async def signed_in(page: Page, one: Installation, agent: int = 0, password: str = "") -> AgentPage:
    """Sign an agent in, by default with the password of their phone, and wait for the desk."""
    status = one.status()
    who = status.agents[agent]
    desk = AgentPage(page)
    await page.emulate_media(reduced_motion=STILL)  # also in the window of a browser's own profile
    await page.goto(f"{status.desk.url}language/ru")
    if await page.locator("#name").count():
        await page.fill("#name", who.name)
        await page.fill("#password", password or who.sip_password)
        await page.keyboard.press("Enter")
    await expect(desk.state).to_be_visible()
    return desk


@asynccontextmanager
async def phones(one: Installation, *agents: int) -> AsyncIterator[list[Phone]]:
    """Registered phones of agents."""
    async with AsyncExitStack() as stack:
        made = []
        for agent in agents:
            phone = await stack.enter_async_context(Phone(one.agent(agent)))
            await phone.register()
            made.append(phone)
        yield made


@asynccontextmanager
async def calling(one: Installation, subscriber: int, keys: str = "0") -> AsyncIterator[Phone]:
    """A subscriber who dials 611 and presses keys."""
    async with Phone(one.subscriber(subscriber)) as phone:
        await phone.dial("611")
        await phone.wait(Connected)
        for key in keys:
            await pause(1.5)
            await phone.press(key)
        yield phone


async def queue_callers(one: Installation, number: str, name: str = "", times: int = 1) -> None:
    """Callers from another dialplan, who wait in the queue."""
    login = aiohttp.encode_basic_auth("firstline", installation(one.state).keys().ari.reveal())
    url = f"http://127.0.0.1:{one.ports.http}/ari/channels"
    where = {
        "endpoint": "Local/s@firstline-test-waits/n",
        "context": "firstline-test-queue",
        "extension": "support",
        "priority": "1",
        "formats": "alaw",  # avoids resampling
        "callerId": f'"{name}" <{number}>',
    }
    for step in (
        "s,1,Answer, into firstline-test-waits",
        "s,2,Wait,600 into firstline-test-waits",
        "support,1,Queue,support into firstline-test-queue",
    ):
        await asyncio.to_thread(one.ordered, f"dialplan add extension {step}")
    async with aiohttp.ClientSession(headers={"Authorization": login}) as http:
        for _ in range(times):
            async with http.post(url, params=where) as answer:
                answer.raise_for_status()


async def hang_up_all(one: Installation) -> None:
    """Hang up all channels."""
    await asyncio.to_thread(one.ordered, "channel request hangup all")
