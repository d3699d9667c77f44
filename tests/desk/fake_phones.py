"""Phones of agents, in memory."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import ClientSession, ClientWebSocketResponse

from ari_app.desk.phone.account import BrowserPhone
from ari_app.desk.ports import Colleague, DeskUnavailable
from tests.desk.fakes import PHONES


class FakePhones:
    """Anna's and Boris's phones."""

    def of(self, agent: str) -> str | None:
        return PHONES.get(agent)

    def agent(self, interface: str) -> str | None:
        return {at: name for name, at in PHONES.items()}.get(interface)

    def everyone(self) -> Sequence[Colleague]:
        return [Colleague(name, name.title(), at[-3:]) for name, at in PHONES.items()]


class FakeBrowserPhones:
    """Phones in browsers, and a WebSocket that stands for Asterisk's at ``url``, if there is
    one."""

    def __init__(self) -> None:
        self.accounts: dict[str, BrowserPhone] = {}
        self.url = ""

    def of(self, agent: str) -> BrowserPhone | None:
        return self.accounts.get(agent)

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[ClientWebSocketResponse]:
        if not self.url:
            raise DeskUnavailable("Asterisk does not answer")
        async with ClientSession() as http, http.ws_connect(self.url, protocols=["sip"]) as socket:
            yield socket
