"""A small real ARI server: HTTP, the WebSocket and REST over it, with faults that a test plans.

It keeps to what was measured on Asterisk 22: answers over the WebSocket come in request order,
a channel's variable waits for the end of its playback, the event filter holds for answers too.
"""

import asyncio
import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import unquote

from aiohttp import WSMsgType, web
from msgspec import json

from tests.ari.facts import send_events
from tests.ari.fake_channel import FakeChannel
from tests.ari.fake_owner import Owner
from tests.ari.fake_recordings import FakeRecordings
from tests.ari.faults import Action, Asked, Fault, StatusError

USER, PASSWORD, APP = "firstline", "a-password-of-tests", "firstline"
LOGIN = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


class Server:
    """An Asterisk as far as one application sees it."""

    def __init__(self) -> None:
        self.url = ""
        self.over_socket = True
        self.pongs = True
        self.refusing = 0
        self.instant = False  # whether a playback is over as soon as it began
        self.finished = 0  # playbacks
        self.stops = True
        """Whether a playback whose stop is requested stops before the answer."""
        self.channels: dict[str, FakeChannel] = {}
        self.texts: dict[str, list[tuple[str, str]]] = {}
        """Phones that are registered, and the texts that came to them, each with its sender."""
        self.sources: list[str] = []
        """Which application subscribed to which endpoints."""
        self.asked: list[Asked] = []
        self.owner = Owner()
        self.connections = 0
        self.allowed: list[str] | None = None
        self.doubled: list[str] = []
        """Playbacks that were asked for while another one played."""
        self.recordings = FakeRecordings(self.spoken)
        self.waited: list[str] = []
        """Variables that had to wait for a playback."""
        self._socket: web.WebSocketResponse | None = None
        self._transport: asyncio.BaseTransport | None = None
        self._planned: list[tuple[str, Action]] = []
        self._events: asyncio.Queue[str] = asyncio.Queue()

    # What a test plans and looks at.

    def plan(self, line: str, action: Action) -> None:
        """At the next request that begins with ``line``, do this first."""
        self._planned.append((line, action))

    def lines(self, beginning: str = "") -> list[str]:
        """The requests so far, without those that make a connection ready."""
        ours = ("asterisk/", "applications/firstline/eventFilter")
        made = [one.line for one in self.asked if not one.line.split(" ")[1].startswith(ours)]
        return [line for line in made if line.startswith(beginning)]

    @property
    def plays(self) -> list[str]:
        """The media of every playback that was asked for."""
        return [one.query["media"] for one in self.asked if "/play/" in one.line]

    # What happens in Asterisk.

    def emit(self, kind: str, **fields: object) -> None:
        """Send an event, if somebody is connected and its type is allowed."""
        if self._socket is not None and (self.allowed is None or kind in self.allowed):
            self._events.put_nowait(json.encode({"type": kind, **fields}).decode())

    def raw(self, text: str) -> None:
        """Send this text."""
        self._events.put_nowait(text)

    def enter(self, channel: str, *args: str, caller: str = "375290001234") -> None:
        """A call enters the application, a new one or one back from the queue."""
        fake = self.channels.setdefault(channel, FakeChannel())
        fake.inside, fake.arguments = True, args
        fake.quiet.set()
        person = {"number": caller, "name": ""}
        self.emit("StasisStart", channel={"id": channel, "caller": person}, args=args)

    def leave(self, channel: str) -> None:
        """A channel goes on in the dialplan."""
        self.channels[channel].inside = False
        self.emit("StasisEnd", channel={"id": channel})

    def hang_up(self, channel: str, cause: int = 16, spoken: bytes | None = None) -> None:
        """The caller hangs up; ``spoken`` is what was recorded until then."""
        fake = self.channels.pop(channel, None)
        if fake is None:
            return
        fake.quiet.set()
        if channel in self.recordings.live:
            self.spoken(channel, spoken)
        if fake.inside:
            self.emit("StasisEnd", channel={"id": channel})
        if fake.subscribed:
            self.emit("ChannelDestroyed", channel={"id": channel}, cause=cause)

    def press(self, channel: str, *digits: str) -> None:
        """Keys are pressed."""
        for digit in digits:
            self.emit("ChannelDtmfReceived", channel={"id": channel}, digit=digit)

    def finish(self, channel: str, state: str = "done") -> None:
        """What the channel plays comes to its end."""
        fake = self.channels[channel]
        playback, fake.playback = fake.playback, ""
        self.finished += 1
        fake.quiet.set()
        self.emit("PlaybackFinished", playback={"id": playback, "state": state})

    def spoken(self, channel: str, words: bytes | None = b"words") -> None:
        """What the channel says comes to its end; None leaves no file."""
        self.emit("RecordingFinished", recording=self.recordings.over(channel, words))

    def drop(self) -> None:
        """The WebSocket breaks, without a word."""
        if isinstance(self._transport, asyncio.Transport):
            self._transport.abort()
        self._socket = self._transport = None

    # How it is asked.

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Server"]:
        """The server, on a port of its own, while the context lasts."""
        app = web.Application()
        app.router.add_get("/ari/events", self._on_events)
        app.router.add_route("*", "/ari/{path:.*}", self._on_http)
        host = web.AppRunner(app, access_log=None, shutdown_timeout=0.01, handler_cancellation=True)
        await host.setup()
        site = web.TCPSite(host, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{host.addresses[0][1]}"
        try:
            yield self
        finally:
            self.drop()
            await host.cleanup()

    def _refusal(self, request: web.Request) -> int:
        wrong = request.headers.get("Authorization") != LOGIN
        return self.refusing or (401 if wrong else 0)

    async def _on_events(self, request: web.Request) -> web.StreamResponse:
        if status := self._refusal(request):
            return web.Response(status=status)
        self.emit("ApplicationReplaced", application=APP)  # to the socket of before
        socket = web.WebSocketResponse(autoping=self.pongs)
        await socket.prepare(request)
        self._socket, self._transport = socket, request.transport
        self._events = asyncio.Queue()
        self.connections += 1
        self.allowed = None
        sending = asyncio.create_task(send_events(socket, self._events))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT and self.over_socket:
                    await self._on_message(message.data)
        finally:
            sending.cancel()
            if self._socket is socket:
                self._socket = None
        return socket

    async def _on_message(self, text: str) -> None:
        message = json.decode(text)
        assert message["type"] == "RESTRequest"
        query = {pair["name"]: pair["value"] for pair in message.get("query_strings", [])}
        line = f"{message['method']} {unquote(message['uri'])}"
        asked = Asked(line, query, message.get("message_body", ""), "websocket")
        answer = await self._answer(asked)
        if answer is not None:
            self.emit(
                "RESTResponse",
                request_id=message["request_id"],
                status_code=answer[0],
                reason_phrase="",
                message_body=answer[1],
            )

    async def _on_http(self, request: web.Request) -> web.Response:
        if status := self._refusal(request):
            return web.Response(status=status)
        line = f"{request.method} {request.match_info['path']}"
        asked = Asked(line, dict(request.query), await request.text(), "http")
        answer = await self._answer(asked)
        if answer is None:
            await asyncio.Event().wait()
            raise AssertionError
        return web.Response(status=answer[0], body=answer[1].encode(errors="surrogateescape"))

    async def _answer(self, asked: Asked) -> tuple[int, str] | None:
        if (claimed := self.owner.answer(asked, self._socket is not None, self.raw)) is not None:
            return claimed
        self.asked.append(asked)
        fault = self._due(asked.line)
        if fault is Fault.DROP:
            self.drop()
        if isinstance(fault, int):
            return fault, json.encode({"message": "planned"}).decode()
        if fault in (Fault.DROP, Fault.MUTE):
            return None
        try:
            body = await self._do(asked)
        except StatusError as error:
            return error.status, json.encode({"message": "no"}).decode()
        if fault is Fault.LOST:
            self.drop()
            return None
        if isinstance(body, bytes):
            return 200, body.decode(errors="surrogateescape")
        return (204, "") if body is None else (200, json.encode(body).decode())

    def _due(self, line: str) -> Fault | int | None:
        for planned in self._planned:
            if line.startswith(planned[0]):
                self._planned.remove(planned)
                return planned[1]()
        return None

    def _endpoint(self, which: list[str], query: Mapping[str, str]) -> object:
        phone = query.get("to", which[-1]).removeprefix("pjsip:")
        if which != ["sendMessage"]:
            return {"state": "online" if phone in self.texts else "offline"}
        if phone not in self.texts:
            raise StatusError(404)
        self.texts[phone].append((query["from"], query["body"]))
        return None

    def _application(self, name: str, rest: list[str], asked: Asked) -> object:
        source = asked.query.get("eventSource", "")
        if rest == ["eventFilter"]:
            before = [] if name == APP else self.allowed or []
            self.allowed = [*before, *(one["type"] for one in json.decode(asked.body)["allowed"])]
        elif source.startswith("endpoint:"):
            self.sources.append(f"{name} {source}")
        elif rest:
            if source.removeprefix("channel:") not in self.channels:
                raise StatusError(422)
            self.channels[source.removeprefix("channel:")].subscribed = True
        ids = [id_ for id_, fake in self.channels.items() if fake.known_to(name)]
        return {"name": name, "channel_ids": ids, "bridge_ids": []}

    async def _do(self, asked: Asked) -> object:
        method, _, path = asked.line.partition(" ")
        match method, *path.split("/"):
            case ["GET", "asterisk", _]:
                return {"system": {"version": "22.0.0-tests", "entity_id": "x"}, "ping": "pong"}
            case [_, "applications", name, *rest]:
                return self._application(name, rest, asked)
            case [_, "endpoints", *which]:
                return self._endpoint(which, asked.query)
            case [method, "recordings", *which]:
                return self.recordings.do(method, *which)
            case ["DELETE", "playbacks", playback]:
                self._stop(playback)
            case ["GET", "channels"]:
                return [fake.listed(id_) for id_, fake in self.channels.items()]
            case [method, "channels", channel, "moh"] if channel in self.channels:
                self.channels[channel].music = method == "POST"
            case ["DELETE", "channels", channel] if channel in self.channels:
                self.hang_up(channel)
            case ["POST", "channels", channel, "move"] if fake := self.channels.get(channel):
                fake.application = asked.query["app"]
                self.enter(channel, asked.query["appArgs"])
            case ["POST", "channels", channel, *rest]:
                return await self._steer(channel, rest, asked.query)
            case _:
                raise StatusError(404)
        return None

    def _stop(self, playback: str) -> None:
        for channel, fake in self.channels.items():
            if fake.playback == playback:
                if self.stops:
                    self.finish(channel)
                return
        raise StatusError(404)

    async def _steer(self, channel: str, rest: list[str], query: dict[str, str]) -> object:
        fake = self.channels.get(channel)
        if fake is None:
            raise StatusError(404)
        if not fake.inside:
            raise StatusError(409)
        match rest:
            case ["continue"]:
                self.leave(channel)
            case ["variable"]:
                if fake.playback:
                    self.waited.append(query["variable"])
                    await fake.quiet.wait()
                fake.variables[query["variable"]] = query["value"]
            case ["play", playback]:
                if fake.playback:
                    self.doubled.append(playback)
                fake.play(playback)
                if self.instant:
                    self.finish(channel)
                return {"id": playback, "state": "queued"}
            case ["record"]:
                if fake.playback:
                    self.doubled.append(query["name"])
                return self.recordings.begin(channel, query["name"])
            case _:
                raise StatusError(404)
        return None
