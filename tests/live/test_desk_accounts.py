"""Agents and their accounts at the desk of a whole installation: what commands do is so at once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import (
    ClientConnectionResetError,
    ClientSession,
    ClientWebSocketResponse,
    CookieJar,
)

from ari_app.admin.status import Desk
from tests.deadlines import within
from tests.live.installation import Installation

pytestmark = pytest.mark.live

MONTH_AHEAD = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%dT%H:%M}"


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Installation]:
    """An installation that is up."""
    installation = Installation(tmp_path / "state")
    try:
        await asyncio.to_thread(installation.up)
        yield installation
    finally:
        await asyncio.to_thread(installation.away)


async def agents(one: Installation, *words: str) -> list[str]:
    """What `firstline agents …` prints."""
    done = await asyncio.to_thread(one.run, "agents", *words)
    assert (done.returncode, done.stderr) == (0, ""), "the application runs, and was notified"
    return done.stdout.splitlines()


class Browser:
    """A browser before the desk."""

    def __init__(self, session: ClientSession, url: str) -> None:
        self._session = session
        self.url = url

    async def sign_in(self, password: str) -> int:
        form = {"name": "anna", "password": password}
        answer = await self._session.post(
            "/sign-in", data=form, headers={"Origin": self.url}, allow_redirects=False
        )
        return answer.status

    async def change(self, **form: str) -> str:
        """Send a form of the administrators' page; returns the page that follows."""
        page = await (await self._session.get("/admin")).text()
        token = page.partition('name="csrf" value="')[2].partition('"')[0]
        answer = await self._session.post(
            "/admin", data={**form, "csrf": token}, headers={"Origin": self.url}
        )
        return await answer.text()

    async def wire(self) -> ClientWebSocketResponse:
        """An open tab, to which the desk said what lies there."""
        socket = await self._session.ws_connect("/wire", headers={"Origin": self.url})
        assert '"type":"hello"' in await socket.receive_str()
        return socket


@pytest.fixture
async def browser(one: Installation) -> AsyncIterator[Browser]:
    url = f"http://127.0.0.1:{one.ports.desk}"
    async with ClientSession(url, cookie_jar=CookieJar(unsafe=True)) as session:
        yield Browser(session, url)


async def cut(socket: ClientWebSocketResponse) -> None:
    """The desk ends a connection, perhaps before it gets our answer to a ping."""
    with suppress(ClientConnectionResetError):
        async with within(20):
            async for _ in socket:
                pass


async def test_what_is_done_to_an_account_is_so_at_once(
    one: Installation, browser: Browser
) -> None:
    phone = one.agent(0).password
    desk = (await asyncio.to_thread(one.status)).desk
    assert desk == Desk(f"{browser.url}/", ("anna", "boris"))
    assert await browser.sign_in(phone) == 303
    tab = await browser.wire()
    assert await agents(one, "sign-out", "anna") == ["anna was signed out of 1 browser"]
    await cut(tab)
    assert await browser.sign_in(phone) == 303
    tab = await browser.wire()
    assert await agents(one, "role", "anna", "admin") == ["anna is admin now"]
    await cut(tab)
    texts = {f"text-{language}": "Пожар." for language in ("ru", "be", "en")}
    said = await browser.change(what="announce", area="", until=MONTH_AHEAD, **texts)
    assert "Пожар." in said
    assert "Пожар." in await asyncio.to_thread(one.out, "announce", "list")
    made = (await asyncio.to_thread(one.out, "changes", "--limit", "1")).strip()
    assert made.endswith("anna  announce add  everyone  Пожар.  (desk)")
    new = {"name": "vera", "full_name": "Vera", "extension": "703", "role": "agent"}
    assert "SIP 703" in await browser.change(what="agent-add", **new)
    await browser.change(**{"what": "agent-queues", "agent": "vera", "queue-claims": "on"})
    for queue, serves in (("claims", True), ("support", False)):
        members = await asyncio.to_thread(one.out, "pbx", "console", f"queue show {queue}")
        assert ("PJSIP/703" in members) == serves, members
    tab = await browser.wire()
    made, said = await agents(one, "password", "anna", "--generate")
    assert said == "anna was signed out of 1 browser"
    await cut(tab)
    assert (await asyncio.to_thread(one.status)).desk.by_phone == ("boris",)
    assert await browser.sign_in(phone) == 403
    assert await browser.sign_in(made.rpartition(": ")[2]) == 303
    tab = await browser.wire()
    await agents(one, "remove", "anna", "--yes")
    await cut(tab)
    assert await browser.sign_in(made.rpartition(": ")[2]) == 403
