"""The pages of quality: what is to be scored, one call beside its score card, calibrations, and an
agent's own scores."""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from ari_app.desk.messages import Notice
from ari_app.desk.ports import DeskUnavailable
from ari_app.desk.quality.quality_port import Quality
from ari_app.desk.quality.score_form import LONGEST, ScoreForm, earlier, filled
from ari_app.desk.render import Render
from ari_app.desk.reports.labels import Labels
from ari_app.desk.reports.port import Reports, WholeCall
from ari_app.desk.reports.shown_calls import ShownCalls, masked, moment
from ari_app.desk.web.http_security import SIGNED_IN, current_user
from ari_app.desk.web.languages import language
from ari_app.desk.web.tabs import Tabs
from ari_app.pages.requests import Handler, form_fields
from ivr.acd.figures import Stay
from ivr.quality.card import ScoreCard, worded
from ivr.quality.sample import week_of
from ivr.quality.score import Calibration, Score
from ivr.quality.scoring import differences

log = logging.getLogger(__name__)

QUALITY, MINE = "/quality", "/scores"
_ID = "{id:[0-9]{1,15}}"
CALL = f"{QUALITY}/calls/{_ID}"


class QualityPages:
    """Handlers of the pages. Supervisors and administrators score; an agent sees their own scores,
    and no one scores a call of their own."""

    def __init__(
        self, quality: Quality, reports: Reports, calls: ShownCalls, tabs: Tabs, render: Render
    ) -> None:
        self._quality = quality
        self._reports = reports
        self._calls = calls
        self._tabs = tabs
        self._render = render

    def routes(self) -> list[web.RouteDef]:
        """The pages, by their paths."""
        calibrations = f"{QUALITY}/calibrations/{_ID}"
        return [
            web.get(QUALITY, self._guarded(self._week)),
            web.get(CALL, self._guarded(self._call)),
            web.post(CALL, self._guarded(self._score)),
            web.post(f"{CALL}/calibration", self._guarded(self._calibrate)),
            web.get(calibrations, self._guarded(self._calibration)),
            web.get(MINE, self._guarded(self._mine, "agent")),
            web.post(f"{MINE}/{_ID}", self._guarded(self._acknowledge, "agent")),
        ]

    def _guarded(self, handler: Handler, role: str = "supervisor") -> Handler:
        async def page(request: web.Request) -> web.StreamResponse:
            user = current_user(request)
            if role == "supervisor" and not user.may("supervisor"):
                raise web.HTTPForbidden
            try:
                return await handler(request)
            except DeskUnavailable as error:
                log.error("a page of quality failed: %s", error)
                raise web.HTTPServiceUnavailable from error

        return page

    async def _week(self, request: web.Request) -> web.StreamResponse:
        """The conversations of a week that are to be scored; last week's on a Monday."""
        today = self._render.today()
        week = _monday(request.query.get("week", "")) or week_of(today - timedelta(days=1))
        cards, faults = await self._quality.cards()
        drawn = await self._quality.sample(week)
        agent = request.query.get("agent", "")
        agents = sorted({one.stay.agent for one in drawn}, key=self._render.person)
        return self._shown(
            request,
            "quality/week",
            cards=cards,
            faults=faults,
            week=week,
            last=week + timedelta(days=6),
            before=self._address(week - timedelta(days=7), agent),
            after=self._address(week + timedelta(days=7), agent),
            sampled=[one for one in drawn if agent in ("", one.stay.agent)],
            agents=[(one, self._address(week, one)) for one in agents],
            agent=agent,
            everyone=self._address(week, ""),
            calibrations=[
                one
                for one in await self._quality.calibrations()
                if one.agent != current_user(request).name
            ],
            done="done" in request.query,
        )

    async def _call(self, request: web.Request) -> web.StreamResponse:
        """A call, with a score card beside it."""
        stay, call = await self._read(request)
        calibration = await self._calibration_of(request, stay, request.query)
        if calibration and calibration.complete:
            raise web.HTTPSeeOther(f"{QUALITY}/calibrations/{calibration.id}")
        cards, name = await self._cards(stay, calibration), request.query.get("card")
        card = next((one for one in cards if one.name == name), cards[0] if cards else None)
        before = calibration.scores if calibration else await self._quality.of_stay(stay.id)
        form = earlier(card, before, current_user(request).name) if card else None
        return await self._form(request, stay, call, cards, form, calibration)

    async def _score(self, request: web.Request) -> web.StreamResponse:
        """Keep a score, or show what is missing."""
        stay, call = await self._read(request)
        fields = await form_fields(request)
        calibration = await self._calibration_of(request, stay, fields)
        cards = await self._cards(stay, calibration)
        card = next((one for one in cards if one.name == fields.get("card")), None)
        if card is None or (calibration and calibration.complete):
            raise web.HTTPConflict
        form = filled(card, fields)
        if form.missing:
            return await self._form(request, stay, call, cards, form, calibration)
        score = Score(
            stay=stay.id,
            called=moment(stay.joined),
            agent=stay.agent,
            scorer=current_user(request).name,
            at=self._render.now(),
            card=card,
            answers=form.answers,
            comment=form.comment,
            calibration=calibration.id if calibration else None,
        )
        await self._quality.save(score)
        if calibration:
            raise web.HTTPSeeOther(f"{QUALITY}/calibrations/{calibration.id}")
        for tab in self._tabs.of(stay.agent):
            tab.send(Notice(self._render.word("score-new", tab.language)))
        joined = moment(stay.joined).astimezone(ZoneInfo(self._render.site.zone)).date()
        raise web.HTTPSeeOther(f"{self._address(week_of(joined), '')}&done")

    async def _calibrate(self, request: web.Request) -> web.StreamResponse:
        """Have several score a call."""
        stay, _ = await self._read(request)
        fields, user = await form_fields(request), current_user(request).name
        may = [one for one in await self._quality.scorers() if one != stay.agent]
        scorers = [one for one in may if one == user or f"scorer-{one}" in fields]
        card = next(
            (one for one in await self._cards(stay, None) if one.name == fields.get("card")), None
        )
        if card is None or len(scorers) < 2:
            raise web.HTTPBadRequest
        id = await self._quality.calibrate(stay.id, card, user, scorers)
        raise web.HTTPSeeOther(f"{QUALITY}/calibrations/{id}")

    async def _calibration(self, request: web.Request) -> web.StreamResponse:
        """What several thought of a call, as far as one may see it."""
        found = await self._quality.calibration(int(request.match_info["id"]))
        if found is None:
            raise web.HTTPNotFound
        if found.agent == current_user(request).name:
            raise web.HTTPForbidden
        scores = found.seen_by(current_user(request).name)
        return self._shown(
            request,
            "quality/calibration",
            calibration=found,
            scores=scores,
            differences={
                one.question: one
                for one in differences(found.card, [score.answers for score in scores])
            },
        )

    async def _mine(self, request: web.Request) -> web.StreamResponse:
        """One's own scores."""
        scores = await self._quality.of_agent(current_user(request).name)
        changed = "changed" in request.query
        return self._shown(request, "quality/mine", scores=scores, longest=LONGEST, changed=changed)

    async def _acknowledge(self, request: web.Request) -> web.StreamResponse:
        """The agent read a score, and may say something about it; one that was changed since it
        was shown is shown again."""
        fields, user = await form_fields(request), current_user(request).name
        reply = fields.get("reply", "").strip()[:LONGEST]
        id = int(request.match_info["id"])
        mine = await self._quality.of_agent(user)
        score = next((one for one in mine if one.id == id), None)
        if score is None:
            raise web.HTTPNotFound
        read = fields.get("given") == score.at.isoformat()
        done = read and await self._quality.acknowledge(id, user, score.at, reply)
        raise web.HTTPSeeOther(MINE if done else f"{MINE}?changed")

    async def _read(self, request: web.Request) -> tuple[Stay, WholeCall]:
        """The stay of the path, which an agent answered, and its call, which is not shown yet."""
        id, user = int(request.match_info["id"]), current_user(request).name
        found = await self._reports.of_stay(id)
        stay = next((one for one in found.stays if one.id == id), None) if found else None
        if found is None or stay is None or stay.how != "answered":
            raise web.HTTPNotFound
        if stay.agent == user:
            raise web.HTTPForbidden
        return stay, found

    async def _calibration_of(
        self, request: web.Request, stay: Stay, fields: Mapping[str, str]
    ) -> Calibration | None:
        """The calibration that is asked for; "no such page" for who does not take part in it."""
        named = fields.get("calibration", "")
        if not named:
            return None
        id = int(named) if named.isascii() and named.isdecimal() and len(named) < 16 else 0
        found = await self._quality.calibration(id)
        if not found or found.stay != stay.id or current_user(request).name not in found.scorers:
            raise web.HTTPNotFound
        return found

    async def _cards(self, stay: Stay, calibration: Calibration | None) -> Sequence[ScoreCard]:
        """The cards by which a call may be scored."""
        if calibration:
            return [calibration.card]
        cards, _ = await self._quality.cards()
        return [one for one in cards if one.fits(stay.queue)]

    async def _form(
        self,
        request: web.Request,
        stay: Stay,
        call: WholeCall,
        cards: Sequence[ScoreCard],
        form: ScoreForm | None,
        calibration: Calibration | None,
    ) -> web.StreamResponse:
        """The page of a call, whose view is recorded."""
        user = current_user(request).name
        scorers = await self._quality.scorers()
        return self._shown(
            request,
            "quality/call",
            stay=stay,
            call=await self._calls.shown(user, call, "call to be scored"),
            cards=cards,
            form=form,
            calibration=calibration,
            longest=LONGEST,
            others=[one for one in scorers if one not in (stay.agent, user)],
            status=422 if form and form.missing else 200,
        )

    def _address(self, week: date, agent: str) -> str:
        named = {"week": week.isoformat(), **({"agent": agent} if agent else {})}
        return f"{QUALITY}?{urlencode(named)}"

    def _shown(
        self, request: web.Request, page: str, status: int = 200, **values: object
    ) -> web.Response:
        signed_in, chosen = request[SIGNED_IN], language(request)
        text = self._render.page(
            page,
            chosen,
            user=signed_in.user,
            csrf=signed_in.session.csrf,
            labels=Labels(self._render, chosen),
            worded=lambda words: worded(words, chosen),
            masked=masked,
            at=moment,
            **values,
        )
        return web.Response(text=text, content_type="text/html", status=status)


def _monday(text: str) -> date | None:
    """The Monday of a day's week; None for what is no day that can be reckoned with."""
    try:
        day = datetime.fromisoformat(text).replace(tzinfo=UTC).date()
    except ValueError:
        return None
    return week_of(day) if 2000 <= day.year <= 2100 else None
