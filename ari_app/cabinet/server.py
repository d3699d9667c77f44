"""The cabinet's HTTP server: its pages, below one path."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web
from msgspec import Struct

from ari_app.cabinet.code_word_page import CodeWordPage
from ari_app.cabinet.context import EFFECTS, READS, Context, html
from ari_app.cabinet.letters_pages import LettersPages
from ari_app.cabinet.menu_page import MenuPages
from ari_app.cabinet.operation_pages import OperationPages
from ari_app.cabinet.ports import CabinetPorts, CabinetSite
from ari_app.cabinet.render import HERE, Render
from ari_app.cabinet.security import ROOT, STATIC, VISIT, Security
from ari_app.cabinet.sign_in import SignIn
from ari_app.cabinet.visits import Visit, Visits
from ari_app.cabinet.words import words
from ari_app.pages import languages
from ari_app.pages.requests import BODY, redirect
from ari_app.pages.security import PageRules
from ari_app.pages.server import ServerSettings, listening
from ari_app.rate_limit import RateLimit

log = logging.getLogger(__name__)

MINUTE = 60.0
"""Seconds after which visits are kept or ended, and a renewed certificate is looked for."""


class CabinetServer(Struct, frozen=True):
    """A server that listens; ``visits`` are those of who is signed in."""

    port: int
    visits: Visits


@asynccontextmanager
async def serving(
    settings: ServerSettings, ports: CabinetPorts, site: CabinetSite
) -> AsyncIterator[CabinetServer]:
    """The cabinet accepts browsers while the context lasts; may raise
    :class:`~ari_app.pages.server.ServerError`."""
    render, hosts = Render(site), set[str]()

    def ended(visit: Visit, ending: str) -> None:
        menus.end(visit)
        ports.journal.ended(visit, ending)

    def error(
        request: web.Request, status: int, word: str, headers: Mapping[str, str]
    ) -> web.Response:
        language = languages.language(request, render.languages)
        message = render.word(word if word in words() else "http-other", language)
        answer = html(render.page("error", language, request.get(VISIT), message=message), status)
        answer.headers.update(headers)
        return answer

    visits = Visits(ports.now, ports.journal.began, ended, ports.kept)
    # Cookies ignore ports: the cabinet and the desk on one host need different names.
    cookie = f"{'__Host-' if settings.https else ''}firstline-cabinet-{settings.port}"
    rules = PageRules(hosts=hosts, https=settings.https, proxies=settings.proxies, cookie=cookie)
    security = Security(rules, visits, error, _files(render.build))
    context = Context(ports, render, security, visits, RateLimit(EFFECTS), RateLimit(READS))
    menus = MenuPages(context)
    app = web.Application(client_max_size=BODY, middlewares=[context.security.middleware])
    app.on_response_prepare.append(context.security.add_headers)
    app.add_routes(
        [
            web.get("/", _lead_on),
            *SignIn(context).routes(),
            *CodeWordPage(context).routes(),
            *OperationPages(context).routes(),
            *menus.routes(),
            *LettersPages(context).routes(),
            web.static(f"{STATIC}{render.build}", HERE / "static"),
        ]
    )
    async with listening(app, settings, "cabinet") as one:
        hosts.update(one.hosts)
        minding = asyncio.create_task(_mind(visits, one.renew_certificate))
        try:
            yield CabinetServer(one.port, visits)
        finally:
            minding.cancel()
            await visits.close()


def _files(build: str) -> set[str]:
    """The paths of the static files."""
    return {f"{STATIC}{build}/{one.name}" for one in (HERE / "static").iterdir()}


async def _mind(visits: Visits, renew_certificate: Callable[[], None]) -> None:
    """Do what is due every minute."""
    while True:
        await asyncio.sleep(MINUTE)
        visits.expire()
        await visits.save()
        renew_certificate()


async def _lead_on(_: web.Request) -> web.Response:
    return redirect(ROOT)
