"""The page of the plan: all that one chooses is in its address, so that it can be sent on."""

import logging
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from ari_app.desk.board.board_page import require_supervisor
from ari_app.desk.chart import Chart, Column
from ari_app.desk.plan.plan_port import Planning, PlanQuery, PlanView
from ari_app.desk.ports import DeskUnavailable
from ari_app.desk.render import Render
from ari_app.desk.web.http_security import SIGNED_IN
from ari_app.desk.web.languages import language
from ivr.bounds import Short
from ivr.hours.week import clock
from ivr.staffing.plan import Line

log = logging.getLogger(__name__)

PLAN = "/plan"
SHIFT = "shift-"
"""Before the name of a shift, the field with its agents."""
LEAST = 0.05
"""Callers in a half hour below which it is not shown, where no shift is there either."""


class _Fields(Struct, frozen=True):
    """The fields of the form, in per cent."""

    day: date | None = None
    queue: Short = ""
    level: Annotated[float, Meta(ge=1, le=99)] | None = None
    within: Annotated[float, Meta(ge=0, le=3600)] | None = None
    away: Annotated[float, Meta(ge=0, le=89)] | None = None


class PlanPage:
    """The handler of the page."""

    def __init__(self, planning: Planning, render: Render) -> None:
        self._planning = planning
        self._render = render

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The plan of a day, tomorrow's if none is asked for."""
        require_supervisor(request)
        try:
            query = _query(request.query, self._tomorrow())
        except msgspec.ValidationError as error:
            log.info("a plan was asked for with wrong values: %s", error)
            raise web.HTTPBadRequest from None
        try:
            view = await self._planning.plan(query)
        except DeskUnavailable as error:
            log.error("no plan: %s", error)
            raise web.HTTPServiceUnavailable from error
        signed_in, chosen = request[SIGNED_IN], language(request)
        text = self._render.page(
            "plan",
            chosen,
            user=signed_in.user,
            csrf=signed_in.session.csrf,
            query=query,
            view=view,
            field=SHIFT,
            before=_address(request.query, query.day - timedelta(days=1)),
            after=_address(request.query, query.day + timedelta(days=1)),
            weekday=f"plan-weekday-{query.day.weekday()}",
            agents=self._chart(agents_chart(view, self._render, chosen), chosen),
            calls=self._chart(calls_chart(view, self._render, chosen), chosen),
        )
        return web.Response(text=text, content_type="text/html")

    def _chart(self, chart: Chart, chosen: str) -> str:
        return self._render.page("parts/chart", chosen, chart=chart)

    def _tomorrow(self) -> date:
        now = self._render.now().astimezone(ZoneInfo(self._render.site.zone))
        return now.date() + timedelta(days=1)


def agents_chart(view: PlanView, render: Render, chosen: str) -> Chart:
    """How many agents are needed, and how many the shifts have."""

    def word(name: str) -> str:
        return render.word(name, chosen)

    rows: list[tuple[str, tuple[float | None, ...]]] = [
        (
            clock(one.minute),
            (
                one.rostered,
                one.there if view.shifts else None,
                one.endless,
                one.patient,
                None if one.serve is None else round(one.serve.level * 100),
            ),
        )
        for one in _shown(view)
    ]
    columns = [
        Column(word("plan-needed"), "bar", "calm"),
        Column(word("plan-there"), "line" if view.shifts else "", "warm"),
        Column(word("plan-endless")),
        Column(word("plan-patient")),
        Column(word("plan-level"), unit="%"),
    ]
    return Chart(word("plan-agents"), word("plan-half-hour"), tuple(columns), tuple(rows))


def calls_chart(view: PlanView, render: Render, chosen: str) -> Chart:
    """What is expected."""

    def word(name: str) -> str:
        return render.word(name, chosen)

    rows: list[tuple[str, tuple[float | None, ...]]] = [
        (
            clock(one.minute),
            (
                round(one.expected.calls, 1),
                round(one.expected.varies, 1),
                round(one.expected.handling),
            ),
        )
        for one in _shown(view)
    ]
    columns = (
        Column(word("plan-calls"), "bar", "good"),
        Column(word("plan-varies")),
        Column(word("plan-handling"), unit="s"),
    )
    return Chart(word("plan-expected"), word("plan-half-hour"), columns, tuple(rows))


def _shown(view: PlanView) -> list[Line]:
    """The half hours of the day in which there is something: from the first one to the last."""
    lines = view.plan.lines
    some = [at for at, one in enumerate(lines) if one.expected.calls >= LEAST or one.there]
    return list(lines[some[0] : some[-1] + 1]) if some else []


def _query(given: Mapping[str, str], tomorrow: date) -> PlanQuery:
    """What a form asks for; what is left empty is as the settings say."""
    named = {key: value for key, value in given.items() if value}
    fields = msgspec.convert(named, _Fields, strict=False)
    if fields.day is not None and not 2000 <= fields.day.year <= 2100:
        raise msgspec.ValidationError(f"no plan is made of {fields.day}")
    numbers = {key: value for key, value in named.items() if key.startswith(SHIFT)}
    agents = msgspec.convert(
        {key.removeprefix(SHIFT): value for key, value in numbers.items()},
        dict[Short, Annotated[int, Meta(ge=0, le=10_000)]],
        strict=False,
    )
    return PlanQuery(
        day=fields.day or tomorrow,
        queue=fields.queue,
        level=None if fields.level is None else fields.level / 100,
        within=fields.within,
        away=None if fields.away is None else fields.away / 100,
        agents=agents,
    )


def _address(given: Mapping[str, str], day: date) -> str:
    """The address of the same plan of another day."""
    return f"{PLAN}?{urlencode({**given, 'day': day.isoformat()})}"
