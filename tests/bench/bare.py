"""The bare loop: the least program that steers the call of the bench over ARI.

It has no engine, store, log, deadlines or reconnection: what remains is what a loop of uvloop,
aiohttp's WebSocket and msgspec costs on this machine at this moment. Beside it, and only beside
it, the figures of Firstline mean something.

    python -m tests.bench.bare STATE FIRST SECOND BYE
"""

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

import aiohttp
import uvloop
from msgspec import json

from ari_app.ari.events import ChannelDtmfReceived, PlaybackFinished, StasisEnd, StasisStart, parse
from ari_app.config.state import State

APPLICATION = "bare"
READY = "ready"
WANTED = ("StasisStart", "StasisEnd", "ChannelDtmfReceived", "PlaybackFinished", "RESTResponse")


class Loop:
    """All calls: the number of the screen that each of them is at."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, screens: tuple[str, ...]) -> None:
        self._socket = socket
        self._screens = screens
        self._calls: dict[str, int] = {}

    async def run(self) -> None:
        """Serve calls until the socket ends."""
        allowed = json.encode({"allowed": [{"type": name} for name in WANTED]}).decode()
        await self._ask("PUT", f"applications/{APPLICATION}/eventFilter", body=allowed)
        print(READY, flush=True)
        async for message in self._socket:
            match parse(message.data):
                case StasisStart(channel):
                    self._calls[channel.id] = 0
                    await self._play(channel.id)
                case ChannelDtmfReceived(channel) if channel.id in self._calls:
                    at = self._calls[channel.id]
                    await self._ask("DELETE", f"playbacks/{channel.id}-{at}")
                case PlaybackFinished(playback):
                    await self._went_on(playback.id.rpartition("-")[0])
                case StasisEnd(channel):
                    self._calls.pop(channel.id, None)

    async def _went_on(self, channel: str) -> None:
        if channel in self._calls:
            self._calls[channel] += 1
            if self._calls[channel] < len(self._screens):
                await self._play(channel)
            else:
                await self._ask("DELETE", f"channels/{channel}")

    async def _play(self, channel: str) -> None:
        at = self._calls[channel]
        media = f"sound:{self._screens[at]}"
        await self._ask("POST", f"channels/{channel}/play/{channel}-{at}", {"media": media})

    async def _ask(
        self, method: str, uri: str, query: Mapping[str, str] | None = None, body: str = ""
    ) -> None:
        """Send a request; its answer is not looked at."""
        message: dict[str, object] = {
            "type": "RESTRequest",
            "transaction_id": "1",
            "request_id": "1",
            "method": method,
            "uri": uri,
        }
        if query:
            message["query_strings"] = [{"name": k, "value": v} for k, v in query.items()]
        if body:
            message |= {"content_type": "application/json", "message_body": body}
        await self._socket.send_str(json.encode(message).decode())


async def main(directory: str, *screens: str) -> None:
    """Connect and serve."""
    state = State(Path(directory))
    config = state.config({})
    login = aiohttp.encode_basic_auth(config.ari.user, state.keys().ari.reveal())
    url = f"{config.ari_url}/ari/events?app={APPLICATION}"
    async with (
        aiohttp.ClientSession(headers={"Authorization": login}) as session,
        session.ws_connect(url) as socket,
    ):
        await Loop(socket, screens).run()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main(*sys.argv[1:]))
