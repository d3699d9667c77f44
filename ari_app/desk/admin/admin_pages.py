"""The administrators' page: plain forms, each of which changes one thing."""

import logging
from collections.abc import Sequence
from functools import partial

from aiohttp import web

from ari_app.desk.admin.admin_forms import requested
from ari_app.desk.admin.administration import Administration, Outcome, Preview, Refused
from ari_app.desk.admin.change_words import changed
from ari_app.desk.ports import DeskUnavailable
from ari_app.desk.render import Render
from ari_app.desk.web.http_security import SIGNED_IN, current_user
from ari_app.desk.web.languages import language
from ari_app.pages.operations import InvalidField
from ari_app.pages.requests import form_fields

log = logging.getLogger(__name__)

ADMIN = "/admin"


class AdminPages:
    """Handlers of the page; only administrators may see it."""

    def __init__(self, administration: Administration, render: Render) -> None:
        self._administration = administration
        self._render = render

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The page as things are now."""
        _require_admin(request)
        if "preview" in request.query:
            return await self._shown(request, preview=await self._administration.preview())
        return await self._shown(request, _said("admin-done") if "done" in request.query else None)

    async def graph(self, request: web.Request) -> web.StreamResponse:
        """The picture of a flow, with its calls."""
        _require_admin(request)
        try:
            found = await self._administration.graph(request.match_info["flow"])
        except Refused as error:
            return await self._shown(request, _said(error.word, error.details), failed=True)
        except DeskUnavailable as error:
            log.error("a flow was not drawn: %s", error)
            raise web.HTTPServiceUnavailable from error
        if found is None:
            raise web.HTTPNotFound
        return web.Response(body=found, content_type="image/svg+xml")

    async def change(self, request: web.Request) -> web.StreamResponse:
        """Make the change that a form asks for."""
        _require_admin(request)
        fields, user = dict(await form_fields(request)), current_user(request).name
        what = fields.pop("what", "")
        try:
            outcome = await self._administration.change(user, requested(what, fields))
        except InvalidField:
            return await self._shown(request, _said("admin-incomplete"), failed=True)
        except Refused as error:
            return await self._shown(request, _said(error.word, error.details), failed=True)
        except DeskUnavailable as error:
            log.error("a change of %s failed: %s", user, error)
            return await self._shown(request, _said("busy"), failed=True)
        if outcome is not None:  # such as a password, which is shown once: here and now
            return await self._shown(request, outcome)
        raise web.HTTPSeeOther(f"{ADMIN}?done")

    async def _shown(
        self,
        request: web.Request,
        outcome: Outcome | None = None,
        failed: bool = False,
        preview: Preview | None = None,
    ) -> web.StreamResponse:
        signed_in, chosen = request[SIGNED_IN], language(request)
        try:
            overview = await self._administration.overview()
        except DeskUnavailable as error:
            log.error("the administrators' page failed: %s", error)
            raise web.HTTPServiceUnavailable from error
        text = self._render.page(
            "admin",
            chosen,
            user=signed_in.user,
            csrf=signed_in.session.csrf,
            now=overview,
            outcome=outcome,
            failed=failed,
            preview=preview,
            changed=partial(
                changed, language=chosen, queue=partial(self._render.queue, language=chosen)
            ),
        )
        return web.Response(text=text, content_type="text/html", status=422 if failed else 200)


def _said(word: str, details: Sequence[str] = ()) -> Outcome:
    return Outcome([(word, {})], details)


def _require_admin(request: web.Request) -> None:
    if not current_user(request).may("admin"):
        raise web.HTTPForbidden
