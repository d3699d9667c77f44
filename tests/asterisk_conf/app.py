"""A bare ARI application: enough to take calls from the dialplan and give them back."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from asterisk_conf.pbx import Pbx
from tests.deadlines import within

_DEADLINE = 20.0


class App:
    """The application ``firstline``, connected."""

    def __init__(self, http: aiohttp.ClientSession, base: str) -> None:
        self.http, self.base = http, base
        self.events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def began(self) -> tuple[str, list[str]]:
        """The next call that comes in: its channel and its arguments."""
        async with within(_DEADLINE):
            while True:
                event = await self.events.get()
                if event["type"] == "StasisStart":
                    return event["channel"]["id"], event["args"]

    async def post(self, path: str, **query: str) -> int:
        """POST to ARI: the status."""
        async with self.http.post(f"{self.base}/ari/{path}", params=query) as answer:
            return answer.status

    async def get(self, path: str) -> Any:
        """GET from ARI: the JSON."""
        async with self.http.get(f"{self.base}/ari/{path}") as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def to_queue(self, channel: str, queue: str, **variables: str) -> None:
        """Give the channel to the queue, as our application does."""
        await self.to_dialplan(channel, "firstline-queue", queue, variables)

    async def to_dialplan(
        self, channel: str, context: str, extension: str, variables: Mapping[str, str]
    ) -> None:
        """Give the channel to a context of the dialplan."""
        for name, value in variables.items():
            assert await self.post(f"channels/{channel}/variable", variable=name, value=value) < 300
        status = await self.post(
            f"channels/{channel}/continue", context=context, extension=extension, priority="1"
        )
        assert status == 204


def client(pbx: Pbx, password: str = "") -> aiohttp.ClientSession:
    """A session for ARI, with its password or another one."""
    secret = password or pbx.site.secrets.ari_password
    header = aiohttp.encode_basic_auth("firstline", secret)
    return aiohttp.ClientSession(headers={"Authorization": header})


def base(pbx: Pbx) -> str:
    """Where ARI is."""
    return f"http://127.0.0.1:{pbx.site.ports.http}"


@asynccontextmanager
async def connected(pbx: Pbx) -> AsyncIterator[App]:
    """The application, until the end of the block."""
    async with client(pbx) as http, http.ws_connect(f"{base(pbx)}/ari/events?app=firstline") as ws:
        app = App(http, base(pbx))

        async def read() -> None:
            async for message in ws:
                app.events.put_nowait(message.json())

        reader = asyncio.create_task(read())
        try:
            yield app
        finally:
            reader.cancel()
            await asyncio.wait([reader])
