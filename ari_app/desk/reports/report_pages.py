"""The pages of the reports, for supervisors: figures, the calls behind them, and one call."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from aiohttp import web
from msgspec.structs import asdict

from ari_app.desk.ports import DeskUnavailable
from ari_app.desk.render import Render
from ari_app.desk.reports.asked import BYS, VIEWS, Asked
from ari_app.desk.reports.building import Reporter
from ari_app.desk.reports.export import as_csv, as_json, table_csv
from ari_app.desk.reports.labels import Labels
from ari_app.desk.reports.port import Reports, WholeCall
from ari_app.desk.reports.shown_calls import ShownCalls, masked, moment
from ari_app.desk.web.http_security import SIGNED_IN, current_user
from ari_app.desk.web.languages import language
from ari_app.pages.requests import Handler
from ivr.acd.figures import SECOND, Stay

log = logging.getLogger(__name__)

T = TypeVar("T")

REPORTS = "/reports"
PAGE = 100
"""Calls of a page."""
MOST = 20_000
"""Calls of a file."""


class ReportPages:
    """Handlers of the pages; supervisors and administrators may see them.

    A whole call of a subscriber is recorded as a view: see :class:`ShownCalls`.
    """

    def __init__(self, reports: Reports, calls: ShownCalls, render: Render) -> None:
        self._reports = reports
        self._calls_shown = calls
        self._render = render
        self._zone = render.site.zone
        self._reporter = Reporter(reports, self._zone)

    def routes(self) -> list[web.RouteDef]:
        """The pages, by their paths."""
        found: Sequence[tuple[str, Handler]] = (
            (REPORTS, self._report),
            (f"{REPORTS}.csv", self._report_csv),
            (f"{REPORTS}.json", self._report_json),
            (f"{REPORTS}/calls", self._calls),
            (f"{REPORTS}/calls.csv", self._calls_csv),
            (f"{REPORTS}/calls.json", self._calls_json),
            (f"{REPORTS}/calls/{{id:[0-9]{{1,18}}}}", self._call),
            (f"{REPORTS}/menu-calls", self._menu_calls),
            (f"{REPORTS}/menu-calls/{{id}}", self._menu_call),
        )
        return [web.get(path, self._guarded(handler)) for path, handler in found]

    def _guarded(self, handler: Handler) -> Handler:
        async def page(request: web.Request) -> web.StreamResponse:
            if not current_user(request).may("supervisor"):
                raise web.HTTPForbidden
            try:
                return await handler(request)
            except DeskUnavailable as error:
                log.error("a report failed: %s", error)
                raise web.HTTPServiceUnavailable from error

        return page

    def _asked(self, request: web.Request) -> tuple[Asked, Labels]:
        asked = Asked.of(request.query, self._render.today())
        return asked, Labels(self._render, language(request))

    async def _report(self, request: web.Request) -> web.StreamResponse:
        asked, labels = self._asked(request)
        built = await self._reporter.built(asked, labels)
        today = self._render.today()
        periods = [
            (name, Asked(since=today - timedelta(days=days), until=today))
            for name, days in (("today", 0), ("7-days", 6), ("30-days", 29))
        ]
        return self._shown(
            request,
            "reports",
            asked=asked,
            labels=labels,
            built=built,
            views=VIEWS,
            bys=BYS,
            periods=periods,
            goal=self._reports.in_time("") // SECOND,
        )

    async def _report_csv(self, request: web.Request) -> web.StreamResponse:
        asked, labels = self._asked(request)
        built = await self._reporter.built(asked, labels)
        named = request.query.get("table") or built.tables[0].name
        table = next((one for one in built.tables if one.name == named), None)
        if table is None:
            raise web.HTTPNotFound
        return as_csv(table.name, asked, table_csv(table, labels))

    async def _report_json(self, request: web.Request) -> web.StreamResponse:
        asked, labels = self._asked(request)
        built = await self._reporter.built(asked, labels)
        tables = {one.name: one.data() for one in built.tables}
        return as_json(asked, {"view": asked.view, "by": asked.by, "tables": tables})

    async def _calls(self, request: web.Request) -> web.StreamResponse:
        asked, labels = self._asked(request)
        found = await self._stays(asked, PAGE + 1, after(request.query.get("after", "")))
        shown = found[:PAGE]
        more = f"{shown[-1].joined}-{shown[-1].id}" if len(found) > PAGE else ""
        return self._shown(
            request, "report_calls", asked=asked, labels=labels, calls=shown, more=more
        )

    async def _stays(
        self, asked: Asked, limit: int, after: tuple[int, int] | None = None
    ) -> Sequence[Stay]:
        return await self._reports.stays(asked.chosen(self._zone), limit, after)

    async def _calls_csv(self, request: web.Request) -> web.StreamResponse:
        asked, labels = self._asked(request)
        rows = [self._listed(stay) for stay in await self._stays(asked, MOST)]
        heads = [labels.column(name) for name in self._listed(_NOTHING)]
        lines = [["" if value is None else str(value) for value in row.values()] for row in rows]
        return as_csv("calls", asked, [heads, *lines])

    async def _calls_json(self, request: web.Request) -> web.StreamResponse:
        asked, _ = self._asked(request)
        calls = [self._listed(stay) for stay in await self._stays(asked, MOST)]
        return as_json(asked, {"calls": calls})

    def _listed(self, stay: Stay) -> dict[str, object]:
        """A stay in a file: its times at the site, spans in seconds, no whole number."""
        row = asdict(stay)
        spans = {"waited": stay.waited, "talked": stay.talked, "wrap": stay.wrap}
        names = ("id", "queue", "topic", "language", "how", "agent", "transferred", "version")
        return {
            "joined": self._local(stay.joined).isoformat(timespec="seconds"),
            **{name: row[name] for name in names},
            "number": masked(stay.number),
            **{
                name: None if span is None else round(span / SECOND, 1)
                for name, span in (*spans.items(), ("promised", stay.promised))
            },
        }

    def _local(self, at: int) -> datetime:
        return moment(at).astimezone(ZoneInfo(self._zone))

    async def _menu_calls(self, request: web.Request) -> web.StreamResponse:
        asked, labels = self._asked(request)
        span = asked.span(self._zone)
        found = await self._reports.gone_at(*span, asked.flow, asked.node, PAGE)
        funnel = await self._reports.funnel(*span, asked.flow)
        node = next((one for one in funnel if one.calls.node == asked.node), None)
        return self._shown(
            request,
            "report_menu_calls",
            asked=asked,
            labels=labels,
            calls=found,
            where=labels.node(node.names, node.queue) if node else "",
        )

    async def _call(self, request: web.Request) -> web.StreamResponse:
        return await self._whole(request, self._reports.of_stay, int(request.match_info["id"]))

    async def _menu_call(self, request: web.Request) -> web.StreamResponse:
        return await self._whole(request, self._reports.of_call, request.match_info["id"])

    async def _whole(
        self, request: web.Request, find: Callable[[T], Awaitable[WholeCall | None]], id: T
    ) -> web.StreamResponse:
        found = await self._calls_shown.shown(current_user(request).name, await find(id))
        labels = Labels(self._render, language(request))
        return self._shown(request, "report_call", labels=labels, call=found)

    def _shown(self, request: web.Request, page: str, **values: object) -> web.Response:
        signed_in = request[SIGNED_IN]
        text = self._render.page(
            page,
            language(request),
            user=signed_in.user,
            csrf=signed_in.session.csrf,
            masked=masked,
            at=moment,
            **values,
        )
        return web.Response(text=text, content_type="text/html")


_NOTHING = Stay(channel="", queue="", joined=0)


def after(text: str) -> tuple[int, int] | None:
    joined, _, id = text.partition("-")
    whole = all(each.isascii() and each.isdecimal() and len(each) < 19 for each in (joined, id))
    return (int(joined), int(id)) if whole else None
