"""The administrators' page: plain forms, each of which changes one thing."""

import logging

from aiohttp import web

from ari_app.desk.administration import Administration, Preview, Refused, requested
from ari_app.desk.form_input import InvalidField
from ari_app.desk.http_security import SIGNED_IN, current_user, form_fields
from ari_app.desk.languages import language
from ari_app.desk.ports import DeskUnavailable
from ari_app.desk.render import Render

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
        return await self._shown(request, "admin-done" if "done" in request.query else "")

    async def change(self, request: web.Request) -> web.StreamResponse:
        """Make the change that a form asks for."""
        _require_admin(request)
        fields = dict(await form_fields(request))
        what = fields.pop("what", "")
        try:
            await self._administration.change(current_user(request).name, requested(what, fields))
        except InvalidField:
            return await self._shown(request, "admin-incomplete", failed=True)
        except Refused as error:
            return await self._shown(request, error.word, failed=True)
        except DeskUnavailable as error:
            log.error("a change of %s failed: %s", current_user(request).name, error)
            return await self._shown(request, "busy", failed=True)
        raise web.HTTPSeeOther(f"{ADMIN}?done")

    async def _shown(
        self,
        request: web.Request,
        notice: str = "",
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
            notice=self._render.word(notice, chosen) if notice else "",
            failed=failed,
            preview=preview,
        )
        return web.Response(text=text, content_type="text/html", status=422 if failed else 200)


def _require_admin(request: web.Request) -> None:
    if not current_user(request).may("admin"):
        raise web.HTTPForbidden
