"""The language of the desk's pages."""

from urllib.parse import urlsplit

from aiohttp import web

from ari_app.desk.pages import PAGES
from ari_app.desk.words import page_languages
from ari_app.pages import languages
from ari_app.pages.requests import redirect


def language(request: web.Request) -> str:
    """One of :func:`~ari_app.desk.words.page_languages`."""
    return languages.language(request, page_languages())


async def choose(request: web.Request) -> web.StreamResponse:
    """Remember the chosen language in a cookie, and redirect to the page that it was chosen on."""
    wanted = request.match_info["language"]
    if wanted not in page_languages():
        raise web.HTTPNotFound
    asked = urlsplit(request.headers.get("Referer", "")).path
    known = asked in (path for path, _, _ in PAGES)
    return languages.remember(redirect(asked if known else "/"), wanted)
