"""The page of another system in a real browser: it opens by itself, once for each call."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from msgspec.structs import replace
from playwright.async_api import Page, expect

from ari_app.desk.site import ScreenPop
from tests.deadlines import within
from tests.desk.harness import board, caller
from tests.desk.http_client import running_desk
from tests.desk.test_browser_forms import sign_in
from tests.desk.test_site import SITE


class Crm:
    """The other system; it keeps what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.came = asyncio.Event()
        self.url = ""

    async def find(self, request: web.Request) -> web.Response:
        self.asked.append(request.path_qs)
        self.came.set()
        return web.Response(text="<p>The caller in the CRM</p>", content_type="text/html")


@pytest.fixture
async def crm() -> AsyncIterator[Crm]:
    one = Crm()
    application = web.Application()
    application.router.add_get("/find", one.find)
    async with TestServer(application) as server:
        one.url = f"{server.make_url('/find')}?phone={{number}}&by={{agent}}"
        yield one


async def test_it_opens_in_a_tab_once(crm: Crm, tab: Page) -> None:
    site = replace(SITE, screen_pops={"*": ScreenPop(crm.url, "window")})
    async with running_desk(site=site) as server:
        await sign_in("anna", server, tab)
        server.harness.update(board(talking={"PJSIP/701": caller()}))
        await expect(tab.locator("[data-screen-pop]")).to_be_visible()
        async with within(10):
            await crm.came.wait()
        await tab.reload()
        await expect(tab.locator("[data-screen-pop]")).to_be_visible()
        assert crm.asked == [f"/find?phone={caller().number}&by=anna"]
        await tab.goto("about:blank")


async def test_it_opens_in_the_card(crm: Crm, tab: Page) -> None:
    site = replace(SITE, screen_pops={"*": ScreenPop(crm.url, "card")})
    async with running_desk(site=site) as server:
        await sign_in("anna", server, tab)
        server.harness.update(board(talking={"PJSIP/701": caller()}))
        frame = tab.frame_locator("iframe.screen-pop")
        await expect(frame.locator("p")).to_have_text("The caller in the CRM")
        await tab.goto("about:blank")
