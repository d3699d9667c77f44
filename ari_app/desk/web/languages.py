"""The language of the desk's pages: the one that was chosen, or that the browser asks for."""

from urllib.parse import urlsplit

from aiohttp import web

from ari_app.desk.pages import PAGES
from ari_app.desk.web.http_security import redirect
from ari_app.desk.words import page_languages
from ivr.speech.languages import known
from ivr.speech.languages import language as spoken

COOKIE = "language"


def language(request: web.Request) -> str:
    """One of :func:`~ari_app.desk.words.page_languages`."""
    pages = page_languages()
    chosen = request.cookies.get(COOKIE)
    if chosen in pages:
        return chosen
    for asked in request.headers.get("Accept-Language", "").split(","):
        tag = asked.partition(";")[0].strip().lower()
        if (found := tag.partition("-")[0]) in pages:
            return found
        if found in known() and (others := [each for each in spoken(found).reads if each in pages]):
            return others[0]
    return pages[0]


async def choose(request: web.Request) -> web.StreamResponse:
    """Remember the chosen language in a cookie, and redirect to the page that it was chosen on."""
    wanted = request.match_info["language"]
    if wanted not in page_languages():
        raise web.HTTPNotFound
    asked = urlsplit(request.headers.get("Referer", "")).path
    answer = redirect(asked if asked in (path for path, _, _ in PAGES) else "/")
    answer.set_cookie(COOKIE, wanted, max_age=31_536_000, httponly=True, samesite="Strict")
    return answer
