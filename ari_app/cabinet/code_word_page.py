"""The code word, for what costs and what a caller needs it for: once a visit."""

import secrets
from collections.abc import Iterator
from math import ceil
from time import monotonic

from aiohttp import web

from ari_app.cabinet.context import Context, visit_of, waiting
from ari_app.cabinet.offered import named
from ari_app.cabinet.security import ROOT
from ari_app.pages.requests import form_fields, redirect
from ari_app.rate_limit import Rate, RateLimit
from ivr.identity.keypad import key_form
from ivr.secret import Secret
from ivr.values import Sealed

TRIES = Rate(burst=10, each=60.0)
"""Code words that one subscriber has compared, right ones too: each takes a processor a while."""
LONGEST = 40
"""Characters of a code word that are read."""
CODE_WORD = f"{ROOT}/code-word"


class CodeWordPage:
    """The handlers."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._tries = RateLimit(TRIES)

    def routes(self) -> Iterator[web.RouteDef]:
        """The routes."""
        yield web.get(CODE_WORD, self.show)
        yield web.post(CODE_WORD, self.take)

    async def show(self, request: web.Request) -> web.Response:
        """Ask for the code word, for an operation that needs it."""
        return self._page(request, request.query.get("next", ""))

    async def take(self, request: web.Request) -> web.Response:
        """Prove the code word, and go on with the operation."""
        fields = await form_fields(request)
        visit, after = visit_of(request), fields.get("next", "")
        wait = ceil(self._tries.wait(visit.subscriber, monotonic()))
        if wait:
            return self._page(request, after, 429, "wait", wait)
        try:
            word = key_form(fields.get("word", "")[:LONGEST])
        except ValueError:  # a letter that is on no key: it is in no code word
            word = ""
        key = f"{visit.id}:{secrets.token_hex(4)}"
        inputs, asker = {"word": Sealed(Secret(word))}, self._context.asker(request)
        answered = await self._context.ports.operations.run("code-word", inputs, asker, key)
        self._context.ports.journal.did(visit, "code-word", answered.outcome)
        if answered.outcome == "ok":
            visit.proven = True
            operation = named(self._context.ports.operations.catalogue, after)
            return redirect(f"{ROOT}/operations/{operation.name}" if operation else ROOT)
        return self._page(request, after, 403, f"word-{answered.outcome}")

    def _page(
        self, request: web.Request, after: str, status: int = 200, error: str = "", wait: int = 0
    ) -> web.Response:
        message = self._context.word(request, error, wait=wait) if error else ""
        values = {"after": after, "error": message}
        return waiting(self._context.page(request, "code_word", status, **values), wait)
