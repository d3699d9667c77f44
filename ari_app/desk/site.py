"""The desk over HTTP: its pages, its scripts, its WebSocket."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from aiohttp import web
from msgspec import Struct

from ari_app.desk import languages
from ari_app.desk.desk import Desk
from ari_app.desk.guard import BODY, ENTERED, Guard, Rules, signed_in
from ari_app.desk.hub import Tab
from ari_app.desk.languages import language
from ari_app.desk.messages import LONGEST
from ari_app.desk.people import Accounts, SignedStore
from ari_app.desk.render import Render
from ari_app.desk.sessions import LONGEST as SIGNED_IN
from ari_app.desk.sessions import Sessions
from ari_app.desk.signin import SignIn
from ari_app.desk.wire import HEARTBEAT, talk

log = logging.getLogger(__name__)

STATIC = Path(__file__).with_name("static")

OPEN = ("/sign-in", "/language/ru", "/language/en")
"""What anybody may ask for."""


class SiteError(Exception):
    """The desk cannot be opened; the text says what to do."""


class Where(Struct, frozen=True):
    """Where the desk is: port 0 is any that is free. ``names`` are further names of this host."""

    host: str
    port: int
    names: Collection[str] = ()
    https: bool = False


@asynccontextmanager
async def opened(
    where: Where,
    desk: Desk,
    accounts: Accounts,
    signed: SignedStore,
    now: Callable[[], datetime],
) -> AsyncIterator[int]:
    """The desk is open while the context lasts; the port that it is at."""
    hosts: set[str] = set()
    site = _Site(desk, now)
    sessions = Sessions(signed, accounts, now)
    guard = Guard(Rules(hosts, OPEN, where.https), sessions, site.refuse)
    sign_in = SignIn(accounts, sessions, guard, desk.render, desk.hub.cut)
    app = web.Application(client_max_size=BODY, middlewares=[guard.middleware])
    app.add_routes(
        [
            web.get("/", site.page),
            web.get("/wire", site.wire),
            web.get("/sign-in", sign_in.page),
            web.post("/sign-in", sign_in.enter),
            web.post("/sign-out", sign_in.leave),
            web.get("/language/{language}", languages.choose),
            web.static("/static", STATIC),
        ]
    )
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, where.host, where.port).start()
        except OSError as error:
            why = str(error.strerror).rpartition(": ")[2]
            raise SiteError(
                f"the desk cannot listen on {where.host}:{where.port} ({why}): set `desk` under "
                "[ports], or host under [desk]"
            ) from error
        port: int = runner.addresses[0][1]
        names = (where.host, "localhost", "127.0.0.1")
        hosts |= {f"{name}:{port}" for name in names} | set(where.names)
        yield port
    finally:
        for tab in desk.hub.all():
            tab.cut()
        await runner.cleanup()


class _Site:
    """The pages."""

    def __init__(self, desk: Desk, now: Callable[[], datetime]) -> None:
        self._desk = desk
        self._render: Render = desk.render
        self._now = now

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The desk of who asks."""
        entered = request[ENTERED]
        text = self._render.page(
            "desk", language(request), person=entered.person, csrf=entered.signed.csrf
        )
        return web.Response(text=text, content_type="text/html")

    async def wire(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket of a tab, until the session of its browser must end."""
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=LONGEST)
        await socket.prepare(request)
        person = signed_in(request)
        tab = Tab(person.name, language(request), person.may("senior"))
        lasts = request[ENTERED].signed.created + SIGNED_IN - self._now()
        try:
            async with asyncio.timeout(lasts.total_seconds()):
                await talk(socket, self._desk, tab)
        except TimeoutError:
            await socket.close(code=4401, message=b"sign in again")
        return socket

    def refuse(
        self, request: web.Request, status: int, word: str, headers: Mapping[str, str]
    ) -> web.Response:
        """The page that says why not."""
        spoken = language(request)
        text = self._render.page("refused", spoken, told=self._render.refusal(word, spoken))
        return web.Response(text=text, content_type="text/html", status=status, headers=headers)
