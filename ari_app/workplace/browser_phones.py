"""The agents' phones in browsers: their accounts, and the way to Asterisk's WebSocket for SIP."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from ipaddress import ip_address

import aiohttp
from yarl import URL

from ari_app.desk.phone.account import BrowserPhone
from ari_app.desk.ports import DeskUnavailable
from ari_app.store.agents import Agent

PATH = "ws"
"""Where ``res_http_websocket`` answers, below the prefix of ``http.conf``."""
CONNECT = 5.0
"""Seconds."""
LONGEST = 64 * 1024
"""Bytes of a message of Asterisk's."""
OWN_ADDRESS = "127.83.73.80"
"""Where phones come from on this machine: a trunk at 127.0.0.1 is found by its address, which goes
before the name of an account."""


class BrowserPhones:
    """See :class:`ari_app.desk.phone.account.BrowserPhones`; ``http`` is where ARI is."""

    def __init__(self, http: str) -> None:
        self._url = URL(http) / PATH
        self._accounts: Mapping[str, BrowserPhone] = {}

    def set_agents(self, agents: Iterable[Agent]) -> frozenset[str]:
        """Take the current list of agents; returns those whose phone is another one now."""
        before, self._accounts = (
            self._accounts,
            {
                one.name: BrowserPhone(one.sip_user, one.sip_password)
                for one in agents
                if one.phone == "browser" and not one.suspended
            },
        )
        names = before.keys() | self._accounts.keys()
        return frozenset(each for each in names if before.get(each) != self._accounts.get(each))

    def of(self, agent: str) -> BrowserPhone | None:
        """The account of an agent; None if the phone is none in the browser, or refused."""
        return self._accounts.get(agent)

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """A WebSocket of Asterisk's for SIP; raises :class:`DeskUnavailable`."""
        local = (OWN_ADDRESS, 0) if _is_loopback(self._url.host or "") else None
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(local_addr=local),
            timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT),
        ) as http:
            try:
                socket = await http.ws_connect(self._url, protocols=("sip",), max_msg_size=LONGEST)
            except aiohttp.WSServerHandshakeError as error:
                raise DeskUnavailable(
                    f"Asterisk takes no SIP at {self._url} ({error.status}); `firstline doctor` "
                    "says what is missing"
                ) from error
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                raise DeskUnavailable(
                    f"Asterisk does not answer at {self._url} ({error})"
                ) from error
            try:
                yield socket
            finally:
                await socket.close()


def _is_loopback(host: str) -> bool:
    try:
        found = ip_address(host)
    except ValueError:
        return host == "localhost"
    return found.version == 4 and found.is_loopback
