"""The page of the board, for supervisors and administrators; with ``?wall`` for a television."""

from aiohttp import web

from ari_app.desk.board.board_port import DayFigures
from ari_app.desk.board.board_render import day_chart
from ari_app.desk.render import Render
from ari_app.desk.web.http_security import SIGNED_IN, current_user
from ari_app.desk.web.languages import language

BOARD = "/board"


class BoardPage:
    """The handler of the page, which its WebSocket fills."""

    def __init__(self, render: Render) -> None:
        self._render = render

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The page without its figures."""
        require_supervisor(request)
        signed_in, chosen = request[SIGNED_IN], language(request)
        none = DayFigures(at=self._render.now())
        text = self._render.page(
            "board/page",
            chosen,
            user=signed_in.user,
            csrf=signed_in.session.csrf,
            wall="wall" in request.query,
            zone=self._render.site.zone,
            chart=self._render.page(
                "parts/chart", chosen, chart=day_chart(none, self._render, chosen)
            ),
        )
        return web.Response(text=text, content_type="text/html")


def require_supervisor(request: web.Request) -> None:
    """The page "not allowed" for everybody else."""
    if not current_user(request).may("supervisor"):
        raise web.HTTPForbidden
