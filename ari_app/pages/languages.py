"""The language of pages: the one that was chosen, or that the browser asks for."""

from collections.abc import Sequence

from aiohttp import web

from ivr.speech.languages import known
from ivr.speech.languages import language as spoken

COOKIE = "language"


def language(request: web.Request, pages: Sequence[str]) -> str:
    """One of the languages that there are ``pages`` in; the first of them for any other."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in pages:
        return chosen
    tags = (one.partition(";")[0] for one in request.headers.get("Accept-Language", "").split(","))
    asked = [tag.strip().lower().partition("-")[0] for tag in tags]
    read = (each for one in asked if one in known() for each in spoken(one).reads)
    return next((one for one in (*asked, *read) if one in pages), pages[0])


def remember(answer: web.Response, chosen: str) -> web.Response:
    """Have the browser ask for pages in this language from now on."""
    answer.set_cookie(COOKIE, chosen, max_age=31_536_000, httponly=True, samesite="Strict")
    return answer
