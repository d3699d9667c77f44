"""The desk over HTTP: its pages, its scripts, its WebSocket."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from msgspec import Struct

from ari_app.desk import languages
from ari_app.desk.desk import Desk
from ari_app.desk.guard import BODY, ENTERED, STATIC, WIRE, Guard, Rules, signed_in
from ari_app.desk.hub import Tab
from ari_app.desk.languages import language
from ari_app.desk.messages import LONGEST
from ari_app.desk.people import Accounts, AccountsBusy, SignedStore
from ari_app.desk.render import Render
from ari_app.desk.sessions import Entered, Sessions
from ari_app.desk.signin import SignIn
from ari_app.desk.wire import HEARTBEAT, talk

log = logging.getLogger(__name__)

FILES = Path(__file__).with_name("static")

OPEN = ("/sign-in", "/language/ru", "/language/en")
"""What anybody may ask for."""


IDLE = 30.0
"""Seconds for which a connection stays open on which nothing is asked."""


class SiteError(Exception):
    """The desk cannot be opened; the text says what to do."""


class Where(Struct, frozen=True):
    """Where the desk is: port 0 is any that is free. ``names`` are further names of this host,
    ``proxies`` the addresses of those that ask for others."""

    host: str
    port: int
    names: Collection[str] = ()
    https: bool = False
    proxies: Collection[str] = ()


class Opened(Struct, frozen=True):
    """A desk that is open: its port, and what ends the connections of those who may stay no
    longer; that is to be called when an account was changed, and every minute."""

    port: int
    look: Callable[[], Awaitable[None]]


@asynccontextmanager
async def opened(
    where: Where,
    desk: Desk,
    accounts: Accounts,
    signed: SignedStore,
    now: Callable[[], datetime],
) -> AsyncIterator[Opened]:
    """The desk is open while the context lasts."""
    hosts: set[str] = set()
    sessions = Sessions(signed, accounts, now)
    site = _Site(desk, sessions)
    # Cookies know no ports: two desks on one host must not take each other's.
    cookie = f"{'__Host-' if where.https else ''}firstline-{where.port}"
    rules = Rules(hosts, OPEN, where.https, where.proxies, cookie)
    guard = Guard(rules, sessions, site.refuse)
    sign_in = SignIn(accounts, sessions, guard, desk.render, site.look)
    app = web.Application(client_max_size=BODY, middlewares=[guard.middleware])
    app.on_response_prepare.append(guard.tell)
    app.add_routes(
        [
            web.get("/", site.page),
            web.get(WIRE, site.wire),
            web.get("/sign-in", sign_in.page),
            web.post("/sign-in", sign_in.enter),
            web.post("/sign-out", sign_in.leave),
            web.get("/language/{language}", languages.choose),
            web.static(f"{STATIC}{desk.render.built}", FILES),
        ]
    )
    server = logging.getLogger(f"{__name__}.server")
    server.addFilter(_is_not_junk)
    # A connection that nobody uses is one that calls may need.
    runner = web.AppRunner(
        app, access_log=None, logger=server, shutdown_timeout=1.0, keepalive_timeout=IDLE
    )
    await runner.setup()
    try:
        port = await _listening(runner, where)
        here = (where.host, "localhost", "127.0.0.1", "::1")
        hosts |= {f"[{name}]:{port}" if ":" in name else f"{name}:{port}" for name in here}
        hosts |= set(where.names)
        yield Opened(port, site.look)
    finally:
        for tab in desk.hub.all():
            tab.cut()
        await runner.cleanup()


def _is_not_junk(record: logging.LogRecord) -> bool:
    """Whether a line of the server tells of a fault of ours, not of what is no HTTP at all."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))


async def _listening(runner: web.AppRunner, where: Where) -> int:
    """The port at which browsers are heard from now on."""
    try:
        await web.TCPSite(runner, where.host, where.port).start()
    except OSError as error:
        why = str(error.strerror).rpartition(": ")[2]
        raise SiteError(
            f"the desk cannot listen on {where.host}:{where.port} ({why}): set `desk` under "
            "[ports], or host under [desk]"
        ) from error
    port: int = runner.addresses[0][1]
    return port


class _Site:
    """The pages."""

    def __init__(self, desk: Desk, sessions: Sessions) -> None:
        self._desk = desk
        self._render: Render = desk.render
        self._sessions = sessions
        self._entered: dict[Tab, Entered] = {}
        """Who came in at an open tab."""

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The desk of who asks."""
        entered = request[ENTERED]
        text = self._render.page(
            "desk", language(request), person=entered.person, csrf=entered.signed.csrf
        )
        return web.Response(text=text, content_type="text/html")

    async def wire(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket of a tab, until the session of its browser ends."""
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=LONGEST)
        await socket.prepare(request)
        person = signed_in(request)
        tab = Tab(person.name, language(request), person.may("senior"))
        self._entered[tab] = request[ENTERED]
        try:
            if await self._may_stay(tab):  # it may have ended while this one was on its way
                await talk(socket, self._desk, tab)
            await socket.close()
        except Exception:  # the outermost frame of a tab: it comes again
            log.exception("a tab of %s broke", tab.agent)
            await socket.close(code=1011, message=b"broken")
        finally:
            del self._entered[tab]
        return socket

    async def look(self) -> None:
        """End the connections of those who may stay no longer, or are not who they were."""
        for tab in tuple(self._entered):
            if tab in self._entered and not await self._may_stay(tab):
                tab.cut()

    async def _may_stay(self, tab: Tab) -> bool:
        used, tab.used = tab.used, False
        try:
            return await self._sessions.lasts(self._entered[tab], used)
        except AccountsBusy as error:
            tab.used |= used
            log.warning("whether %s may stay is asked again: %s", tab.agent, error)
            return True

    def refuse(
        self, request: web.Request, status: int, word: str, headers: Mapping[str, str]
    ) -> web.Response:
        """The page that says why not."""
        spoken = language(request)
        text = self._render.page("refused", spoken, told=self._render.refusal(word, spoken))
        return web.Response(text=text, content_type="text/html", status=status, headers=headers)
