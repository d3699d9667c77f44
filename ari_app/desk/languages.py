"""The language of the desk's pages: the one that was chosen, or that the browser asks for."""

from aiohttp import web

from ari_app.desk.http_security import redirect
from ari_app.desk.words import LANGUAGES

COOKIE = "language"


def language(request: web.Request) -> str:
    """One of :data:`~ari_app.desk.words.LANGUAGES`."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    for asked in request.headers.get("Accept-Language", "").split(","):
        tag = asked.partition(";")[0].strip().lower()
        if (found := tag.partition("-")[0]) in LANGUAGES:
            return found
        if tag.startswith(("be", "uk", "kk")):
            return "ru"
    return LANGUAGES[0]


async def choose(request: web.Request) -> web.StreamResponse:
    """Remember the chosen language in a cookie, and redirect to the desk."""
    wanted = request.match_info["language"]
    if wanted not in LANGUAGES:
        raise web.HTTPNotFound
    answer = redirect("/")
    answer.set_cookie(COOKIE, wanted, max_age=31_536_000, httponly=True, samesite="Strict")
    return answer
