"""The desk's HTTP server: pages, static files, WebSocket."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from msgspec import Struct

from ari_app.desk.admin.admin_pages import ADMIN, AdminPages
from ari_app.desk.admin.administration import Administration
from ari_app.desk.board.board_page import BOARD, BoardPage, require_supervisor
from ari_app.desk.desk import Desk
from ari_app.desk.phone.account import SOCKET as PHONE
from ari_app.desk.phone.phone_socket import PhoneSockets
from ari_app.desk.plan.plan_page import PLAN, PlanPage
from ari_app.desk.quality.quality_pages import QualityPages
from ari_app.desk.render import Render
from ari_app.desk.reports.report_pages import ReportPages
from ari_app.desk.reports.shown_calls import ShownCalls
from ari_app.desk.web import languages
from ari_app.desk.web.accounts import Accounts, AccountsBusy
from ari_app.desk.web.http_security import (
    BOARD_SOCKET,
    SIGNED_IN,
    STATIC,
    WEBSOCKET,
    HttpSecurity,
    Rules,
    current_user,
)
from ari_app.desk.web.languages import language
from ari_app.desk.web.message_codec import LONGEST_READ
from ari_app.desk.web.provider import Provider
from ari_app.desk.web.provider_sign_in import BACK, TO, ProviderSignIn
from ari_app.desk.web.recording_player import RECORDING
from ari_app.desk.web.sessions import Sessions, SignedIn
from ari_app.desk.web.sign_in import SignIn
from ari_app.desk.web.tabs import Tab
from ari_app.desk.web.websocket import HEARTBEAT, TabConnections
from ari_app.desk.words import by_site, page_languages
from ari_app.pages.requests import BODY, Handler
from ari_app.pages.server import ServerSettings, listening

log = logging.getLogger(__name__)

FILES = Path(__file__).parents[1] / "static"

OPEN = ("/sign-in", TO, BACK, *(f"/language/{code}" for code in page_languages()))
"""Paths that need no session."""


class DeskServer(Struct, frozen=True):
    """A server that listens.

    ``recheck_sessions`` closes the tabs whose session ended or whose user changed, and phones in
    browsers; call it every minute and whenever an account changes. ``renew_certificate`` takes the
    files of the certificate again if they changed; call it every minute.
    """

    port: int
    recheck_sessions: Callable[[], Awaitable[None]]
    renew_certificate: Callable[[], None]


@asynccontextmanager
async def serving(
    settings: ServerSettings,
    desk: Desk,
    accounts: Accounts,
    sessions: Sessions,
    administration: Administration,
    provider: Provider | None = None,
) -> AsyncIterator[DeskServer]:
    """The desk accepts browsers while the context lasts; may raise
    :class:`~ari_app.pages.server.ServerError`."""
    render, tabs = desk.render, desk.tabs
    hosts: set[str] = set()
    phones = PhoneSockets(desk.ports.browser_phones, sessions)
    pages = _Pages(render, desk, sessions, phones)
    # Cookies ignore ports: two desks on one host need different names.
    cookie = f"{'__Host-' if settings.https else ''}firstline-{settings.port}"
    rules = Rules(
        hosts=hosts,
        open=OPEN,
        https=settings.https,
        proxies=settings.proxies,
        cookie=cookie,
        frames=render.site.framed,
    )
    security = HttpSecurity(rules, sessions, pages.error)
    admin = AdminPages(administration, render)
    app = web.Application(client_max_size=BODY, middlewares=[_compress, security.middleware])
    app[languages.OFFERED] = by_site(render.site.languages)
    app.on_response_prepare.append(security.add_headers)
    app.add_routes(
        [
            web.get("/", pages.desk),
            web.get(ADMIN, admin.page),
            web.post(ADMIN, admin.change),
            web.get(f"{ADMIN}/flows/{{flow}}.svg", admin.graph),
            *_of_calls_that_were(desk),
            web.get(WEBSOCKET, pages.websocket),
            web.get(BOARD, BoardPage(render).page),
            web.get(BOARD_SOCKET, pages.board_socket),
            web.get(PLAN, PlanPage(desk.ports.planning, render).page),
            web.get(PHONE, phones.serve),
            web.get(RECORDING, desk.player.play),
            *_signing_in(accounts, sessions, security, desk, pages.recheck_sessions, provider),
            web.get("/language/{language}", languages.choose),
            web.static(f"{STATIC}{render.build}", FILES),
        ]
    )
    async with listening(app, settings, "desk") as one:
        hosts.update(one.hosts)
        try:
            yield DeskServer(one.port, pages.recheck_sessions, one.renew_certificate)
        finally:
            tabs.close_all()
            desk.boards.tabs.close_all()
            await phones.close_all()


def _signing_in(
    accounts: Accounts,
    sessions: Sessions,
    security: HttpSecurity,
    desk: Desk,
    recheck: Callable[[], Awaitable[None]],
    provider: Provider | None,
) -> Iterator[web.RouteDef]:
    """The routes of signing in and out."""
    name = provider.settings.name if provider else None
    sign_in = SignIn(accounts, sessions, security, desk.render, recheck, desk.presence, name)
    yield web.get("/sign-in", sign_in.page)
    yield web.post("/sign-in", sign_in.sign_in)
    yield web.post("/sign-out", sign_in.sign_out)
    if provider is not None:
        yield from ProviderSignIn(provider, accounts, security, sign_in).routes()


def _of_calls_that_were(desk: Desk) -> list[web.RouteDef]:
    """The pages of the reports, and of the scores of conversations."""
    ports, calls = desk.ports, ShownCalls(desk.ports.profiles, desk.browsing)
    scores = QualityPages(ports.quality, ports.reports, calls, desk.tabs, desk.render)
    return [*ReportPages(ports.reports, calls, desk.render).routes(), *scores.routes()]


@web.middleware
async def _compress(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Compress what is safe to compress: files, and the desk's page, whose secret (the CSRF token)
    stands beside nothing that a request brought along (BREACH). Pages that repeat what was
    entered are not compressed."""
    response = await handler(request)
    if response.status == 200 and (request.path.startswith(STATIC) or request.path == "/"):
        response.enable_compression()
    return response


class _Pages:
    """Handlers of the desk's page and of its WebSocket."""

    def __init__(
        self,
        render: Render,
        desk: Desk,
        sessions: Sessions,
        phones: PhoneSockets,
    ) -> None:
        self._render = render
        self._connections = desk.connections
        self._boards = desk.board_connections()
        self._sessions = sessions
        self._phones = phones
        self._signed_in: dict[Tab, SignedIn] = {}
        """The sessions of open tabs."""

    async def desk(self, request: web.Request) -> web.StreamResponse:
        """The page of the desk."""
        signed_in = request[SIGNED_IN]
        text = self._render.page(
            "desk", language(request), user=signed_in.user, csrf=signed_in.session.csrf
        )
        return web.Response(text=text, content_type="text/html")

    async def websocket(self, request: web.Request) -> web.StreamResponse:
        """The WebSocket of a tab of the desk, until the session of its browser ends."""
        return await self._serve(request, self._connections)

    async def board_socket(self, request: web.Request) -> web.StreamResponse:
        """The same of a board."""
        require_supervisor(request)
        return await self._serve(request, self._boards)

    async def _serve(self, request: web.Request, connections: TabConnections) -> web.StreamResponse:
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=LONGEST_READ)
        await socket.prepare(request)
        user = current_user(request)
        signed_in = request[SIGNED_IN]
        tab = Tab(user.name, language(request), user.may("senior"), signed_in.session.csrf)
        tab.wall = "wall" in request.query
        tab.listens = user.may(self._render.site.listen)
        self._signed_in[tab] = signed_in
        try:
            if await self._may_stay(tab):  # the session may have ended during the handshake
                await connections.serve(socket, tab)
            await socket.close()
        except Exception:  # the outermost frame of a tab; its page reconnects
            log.exception("WebSocket of %s failed", tab.agent)
            await socket.close(code=1011, message=b"broken")
        finally:
            del self._signed_in[tab]
        return socket

    async def recheck_sessions(self) -> None:
        """Close the tabs whose session ended or whose user changed, and their phones."""
        await self._phones.recheck()
        for tab in tuple(self._signed_in):
            if tab in self._signed_in and not await self._may_stay(tab):
                tab.close()

    async def _may_stay(self, tab: Tab) -> bool:
        used, tab.used = tab.used, False
        try:
            return await self._sessions.still_valid(self._signed_in[tab], used)
        except AccountsBusy as error:
            tab.used |= used
            log.warning("session of %s not checked, trying again later: %s", tab.agent, error)
            return True

    def error(
        self, request: web.Request, status: int, word: str, headers: Mapping[str, str]
    ) -> web.Response:
        """An error page."""
        chosen = language(request)
        text = self._render.page("error", chosen, message=self._render.error_text(word, chosen))
        return web.Response(text=text, content_type="text/html", status=status, headers=headers)
