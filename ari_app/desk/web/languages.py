"""The language of the desk's pages."""

from urllib.parse import urlsplit

from aiohttp import web

from ari_app.desk.pages import PAGES
from ari_app.desk.words import page_languages
from ari_app.pages import languages
from ari_app.pages.requests import redirect

OFFERED = web.AppKey("offered", tuple[str, ...])
"""The languages of the pages; the first is the default."""


def language(request: web.Request) -> str:
    """One of those that are offered."""
    offered: tuple[str, ...] = request.app[OFFERED]
    return languages.language(request, offered)


async def choose(request: web.Request) -> web.StreamResponse:
    """Remember the chosen language in a cookie, and redirect to the page that it was chosen on."""
    wanted = request.match_info["language"]
    if wanted not in page_languages():
        raise web.HTTPNotFound
    asked = urlsplit(request.headers.get("Referer", "")).path
    known = asked in (path for path, _, _ in PAGES)
    return languages.remember(redirect(asked if known else "/"), wanted)
