"""Signing in by number and one-time code, and signing out.

Whether a number is a subscriber's is neither said nor to be measured: the answer to a number is the
same page, sent before anything is looked up, and a code takes as long to compare where none was
sent.
"""

import logging
import secrets
from collections import OrderedDict
from collections.abc import Iterator
from math import ceil
from time import monotonic

from aiohttp import web
from msgspec import Struct

from ari_app.cabinet.context import Context, waiting
from ari_app.cabinet.security import CODE, LANGUAGE, ROOT, SIGN_IN, SIGN_OUT
from ari_app.cabinet.visits import WAY
from ari_app.pages import languages
from ari_app.pages.requests import form_fields, redirect
from ari_app.pages.security import ADDRESS
from ari_app.rate_limit import Rate, RateLimit
from ari_app.selfcare.request_port import Asker
from ivr.secret import Secret
from ivr.values import Digits, Sealed, Values

log = logging.getLogger(__name__)

CODES = Rate(burst=20, each=60.0)
"""One-time codes that one address asks for, to any numbers; many phones may share it."""
WRONG = Rate(burst=20, each=20.0)
"""Wrong one-time codes from one address: typing errors of many phones do not add up."""
ATTEMPTS = 20_000
"""Most sign-ins that wait for their code; the oldest makes room."""
LASTS = 600
"""Seconds for which a browser remembers its sign-in."""
LONGEST = 40
"""Characters of a number or a code that are read."""
REFUSED = {"wrong": (403, "code-wrong"), "locked": (403, "code-locked")}
"""Status and text for a code that was not right; anything else is trouble of ours."""


class Attempt(Struct):
    """A sign-in that waits for its code: its id, the number as the plan writes it, the language of
    texts, how many codes were asked for, and the last one that may have been sent: each counts as
    one of a call of its own, which may ask for two alone."""

    id: str
    number: str
    language: str
    codes: int = 0
    sent: str = ""


class SignIn:
    """The handlers."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._attempts: OrderedDict[str, Attempt] = OrderedDict()
        self._codes = RateLimit(CODES)
        self._wrong = RateLimit(WRONG)

    def routes(self) -> Iterator[web.RouteDef]:
        """The routes."""
        yield web.get(SIGN_IN, self.number_page)
        yield web.post(SIGN_IN, self.take_number)
        yield web.get(CODE, self.code_page)
        yield web.post(CODE, self.take_code)
        yield web.post(SIGN_OUT, self.sign_out)
        yield web.get(f"{LANGUAGE}{{language}}", self.choose_language)

    async def number_page(self, request: web.Request) -> web.Response:
        """Ask for the number; who is signed in already goes on."""
        if await self._context.security.visit(request) is not None:
            return redirect(ROOT)
        return self._number(request)

    async def take_number(self, request: web.Request) -> web.Response:
        """Have a code sent, if the number is a subscriber's; the answer does not wait for it."""
        written = (await form_fields(request)).get("number", "").strip()[:LONGEST]
        number = self._context.render.site.numbers.whole(written)
        if number is None:
            return self._number(request, 400, written, "number-wrong")
        now = monotonic()
        in_all = self._context.ports.code_texts.ahead("", now)
        wait = ceil(in_all or self._codes.wait(request[ADDRESS], now))
        if wait:
            log.warning("sign-in to the cabinet: too many codes; %s waits", request[ADDRESS])
            return self._number(request, 429, written, "wait", wait)
        attempt = self._attempt(request, number)
        attempt.codes += 1
        self._context.ports.begin(self._send(attempt, f"{attempt.id}-{attempt.codes}"))
        answer = redirect(CODE)
        self._context.security.set_attempt(answer, attempt.id, LASTS)
        return answer

    def _attempt(self, request: web.Request, number: str) -> Attempt:
        """The sign-in of a browser; the same one if it asks for another code to its number."""
        attempt = self._of(request)
        if attempt is None or attempt.number != number:
            language = self._context.text_language(request)
            attempt = Attempt(secrets.token_hex(16), number, language)
            self._attempts[attempt.id] = attempt
            if len(self._attempts) > ATTEMPTS:
                self._attempts.popitem(last=False)
        return attempt

    def _of(self, request: web.Request) -> Attempt | None:
        return self._attempts.get(self._context.security.attempt_of(request))

    async def _send(self, attempt: Attempt, code: str) -> None:
        """Send a code; why none was sent is for the operator alone."""
        inputs = {"number": Digits(attempt.number)}
        run = self._context.ports.operations.run
        answered = await run("one-time-code", inputs, _unknown(attempt, code), code)
        if answered.outcome == "ok":
            attempt.sent = code
        else:  # the code before may still be right
            log.warning("sign-in to the cabinet: no code was sent: %s", answered.outcome)

    async def code_page(self, request: web.Request) -> web.Response:
        """Ask for the code."""
        attempt = self._of(request)
        return redirect(SIGN_IN) if attempt is None else self._code(request, attempt)

    async def take_code(self, request: web.Request) -> web.Response:
        """Sign in with the code."""
        attempt = self._of(request)
        if attempt is None:
            return redirect(SIGN_IN)
        address = request[ADDRESS]
        wait = ceil(self._wrong.wait(address, monotonic()))
        if wait:
            return self._code(request, attempt, 429, "wait", wait)
        typed = (await form_fields(request)).get("code", "")[:LONGEST]
        code = "".join(sign for sign in typed if sign.isascii() and sign.isdigit())
        inputs: Values = {"number": Digits(attempt.number), "code": Sealed(Secret(code))}
        key = f"{attempt.id}:{secrets.token_hex(4)}"
        run = self._context.ports.operations.run
        answered = await run("one-time-code-of", inputs, _unknown(attempt, attempt.sent), key)
        if answered.outcome != "wrong":
            self._wrong.forgive(address)
        if answered.outcome != "ok" or answered.about is None:
            log.warning("sign-in to the cabinet: a code was %s", answered.outcome)
            return self._code(request, attempt, *REFUSED.get(answered.outcome, (503, "busy")))
        self._attempts.pop(attempt.id, None)
        who = answered.about
        chosen = self._context.language(request)
        cookie = await self._context.visits.begin(who.subscriber, who.number, chosen)
        answer = redirect(ROOT)
        self._context.security.set_attempt(answer, "", 0)
        self._context.security.set_cookie(answer, cookie)
        return answer

    async def sign_out(self, request: web.Request) -> web.Response:
        """End the visit."""
        answer = redirect(SIGN_IN)
        await self._context.security.delete_cookies(request, answer)
        return answer

    async def choose_language(self, request: web.Request) -> web.Response:
        """Remember the language of the pages."""
        wanted = request.match_info["language"]
        if wanted not in self._context.render.languages:
            raise web.HTTPNotFound
        visit = await self._context.security.visit(request)
        if visit is not None:
            visit.language = wanted
        back = SIGN_IN if visit is None else ROOT
        return languages.remember(redirect(back), wanted)

    def _number(
        self,
        request: web.Request,
        status: int = 200,
        number: str = "",
        error: str = "",
        wait: int = 0,
    ) -> web.Response:
        example = self._context.render.site.numbers.example
        message = self._context.word(request, error, wait=wait) if error else ""
        values = {"number": number, "error": message, "example": example}
        return waiting(self._context.page(request, "sign_in", status, **values), wait)

    def _code(
        self,
        request: web.Request,
        attempt: Attempt,
        status: int = 200,
        error: str = "",
        wait: int = 0,
    ) -> web.Response:
        message = self._context.word(request, error, wait=wait) if error else ""
        values = {"number": attempt.number, "error": message}
        return waiting(self._context.page(request, "code", status, **values), wait)


def _unknown(attempt: Attempt, code: str) -> Asker:
    """Who asks for a code: a browser of no one yet."""
    return Asker(code, "", None, attempt.language, "none", way=WAY)
