"""What administrators see and change at the desk, in the store. Each change is recorded."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct

from ari_app.desk.admin import administration as admin
from ari_app.desk.ports import DeskUnavailable
from ari_app.store import (
    agents,
    announcement_requests,
    announcements,
    callbacks,
    changes,
    complaints,
    forced_hours,
    menu_sets,
    subscribers,
)
from ari_app.store.announcements import Announcement
from ari_app.store.changes import Change, What
from ari_app.store.db import Store
from ari_app.store.errors import StoreError
from ari_app.store.sqlite import Database
from ari_app.workplace.agent_administration import AgentAdministration, serves
from ivr.hours.schedule import LONGEST, Forced, Schedule, hours_at
from prompts.template import unspoken

log = logging.getLogger(__name__)


class RolledBack(Struct, frozen=True):
    """What a rollback changed in what callers hear, or why it was rejected, so that nothing
    changed; ``aside``: the set that keeps what was on the disk and never in force."""

    changes: Sequence[str]
    problems: Sequence[str] = ()
    aside: int | None = None


class MenuControl(Struct, frozen=True):
    """The menus in force: what a reload would change, and why it would be rejected; a reload by
    someone, which returns why it was rejected; a rollback to a set by someone, None if there is
    no such set; the names of the flows; the picture of one as SVG, or why there is none, None if
    there is no such flow."""

    preview: Callable[[], Awaitable[tuple[Sequence[str], Sequence[str]]]]
    reload: Callable[[str], Awaitable[Sequence[str]]]
    roll_back: Callable[[int, str], Awaitable[RolledBack | None]]
    flows: Callable[[], Sequence[str]]
    graph: Callable[[str], Awaitable[bytes | str | None]]


P = ParamSpec("P")
T = TypeVar("T")

SETS = 8
"""How many sets of menus are shown."""

CHANGES = 30
"""How many changes are shown."""


class StoredAdministration:
    """See :class:`ari_app.desk.admin.administration.Administration`.

    ``schedules`` are those in force, ``refreshed`` makes a change count in calls and at the desk,
    ``zone`` and ``languages`` are the site's.
    """

    def __init__(
        self,
        store: Store,
        schedules: Callable[[], Mapping[str, Schedule]],
        menus: MenuControl,
        agents: AgentAdministration,
        refreshed: Callable[[], Awaitable[None]],
        now: Callable[[], datetime],
        zone: str,
        languages: Sequence[str],
    ) -> None:
        self._store = store
        self._schedules = schedules
        self._menus = menus
        self._agents = agents
        self._refreshed = refreshed
        self._now = now
        self._zone = ZoneInfo(zone)
        self._languages = tuple(languages)

    async def overview(self) -> admin.Overview:
        """What is so now."""
        try:
            return await self._store.read(self._read, self._schedules(), self._now())
        except StoreError as error:
            raise DeskUnavailable(str(error)) from error

    async def preview(self) -> admin.Preview:
        """What a reload of the menus would change."""
        return admin.Preview(*await self._menus.preview())

    async def graph(self, flow: str) -> bytes | None:
        """The picture of a flow with its calls."""
        try:
            found = await self._menus.graph(flow)
        except StoreError as error:
            raise DeskUnavailable(str(error)) from error
        if isinstance(found, str):
            raise admin.Refused("admin-no-graph", [found])
        return found

    async def change(self, by: str, request: admin.Request) -> admin.Outcome | None:
        """Make a change, and let calls know."""
        try:
            outcome = await self._change(by, request)
        except StoreError as error:
            raise DeskUnavailable(str(error)) from error
        try:
            await self._refreshed()
        except StoreError as error:
            if outcome is None:
                raise DeskUnavailable(str(error)) from error
            log.error("a change at the desk is stored, but not yet in force: %s", error)
        return outcome

    async def _change(self, by: str, request: admin.Request) -> admin.Outcome | None:
        at = self._now()

        def made(what: What, subject: str | int, detail: str = "") -> Change:
            return Change(at, by, what, str(subject), detail, "desk")

        match request:
            case admin.ForceHours(schedule, to, until, why):
                self._known(schedule)
                forced = Forced(to, self._until(until, at), by, why)
                what: What = "hours force open" if to == "open" else "hours force closed"
                change = made(what, schedule, why)
                await self._made(change, forced_hours.force, schedule, forced, at)
            case admin.FreeHours(schedule):
                change = made("hours free", schedule)
                await self._made(change, forced_hours.free, schedule, by, at)
            case admin.Announce():
                await self._announce(by, request, at)
            case admin.EndAnnouncement(id, restored):
                change = made("announce cancel", id, "mended" if restored else "")
                await self._made(change, announcements.cancel, id, restored, at)
            case admin.CloseCallback(id):
                change = made("callbacks done", id)
                await self._made(change, callbacks.done, id)
            case admin.CloseComplaint(id, answer):
                change = made("complaints close", id)
                await self._made(change, complaints.close, id, answer)
            case admin.ReloadMenus():
                await self._reload(made("flows reload", ""))
            case admin.RollBack(id):
                return await self._roll_back(made("flows rollback", id), id)
            case _:
                return await self._agents.change(by, request, at)
        return None

    async def _reload(self, change: Change) -> None:
        if problems := await self._menus.reload(change.who):
            raise admin.Refused("admin-rejected", problems)
        await self._store.write(changes.record, change)

    async def _roll_back(self, change: Change, id: int) -> admin.Outcome:
        done = await self._menus.roll_back(id, change.who)
        if done is None:
            raise admin.Refused("admin-gone")
        if done.problems:
            raise admin.Refused("admin-not-restored", done.problems)
        await self._store.write(changes.record, change)
        said = [("admin-aside", {"id": str(done.aside)})] if done.aside is not None else []
        said.append(("admin-restored" if done.changes else "admin-restored-same", {"id": str(id)}))
        return admin.Outcome(said, done.changes)

    async def _announce(self, by: str, request: admin.Announce, at: datetime) -> None:
        texts = {code: request.texts[code] for code in self._languages if code in request.texts}
        if not texts or any(list(unspoken(text)) for text in texts.values()):
            raise admin.Refused("admin-unspoken")
        areas = (request.area,) if request.area else ()
        if request.area and request.area not in await self._store.read(subscribers.areas):
            raise admin.Refused("admin-gone")
        until = self._until(request.until, at)
        draft = Announcement(areas=areas, texts=texts, since=at, until=until, by=by)
        whom, text = request.area or "everyone", next(iter(texts.values()))
        change = Change(at, by, "announce add", whom, text, "desk")
        await self._made(change, announcements.add, draft)

    async def _made(
        self,
        change: Change,
        make: Callable[Concatenate[Database, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        if await self._store.write(changes.made, change, make, *args, **kwargs) is False:
            raise admin.Refused("admin-gone")

    def _known(self, schedule: str) -> None:
        if schedule not in self._schedules():
            raise admin.Refused("admin-gone")

    def _until(self, text: str, at: datetime) -> datetime:
        """A time of the site, such as ``2026-12-31T18:00``."""
        try:
            until = datetime.fromisoformat(text)
        except ValueError:
            raise admin.Refused("admin-incomplete") from None
        until = until.replace(tzinfo=self._zone) if until.tzinfo is None else until
        if until <= at:
            raise admin.Refused("admin-past")
        if until > at + LONGEST:
            raise admin.Refused("admin-far")
        return until

    def _read(
        self, db: Database, schedules: Mapping[str, Schedule], at: datetime
    ) -> admin.Overview:
        forced = forced_hours.unexpired(db, at)
        sets, members = menu_sets.listed(db), self._agents.members()
        in_force = next((each.id for each in sets if each.how != menu_sets.ASIDE), 0)
        return admin.Overview(
            schedules=[
                _schedule(each, at, forced_hours.in_force(forced.get(name, []), at))
                for name, each in schedules.items()
            ],
            announcements=[_announcement(db, each) for each in announcements.unended(db, at)],
            callbacks=[
                admin.CallbackRow(each.id, each.at, each.number, each.due, each.agent)
                for each in callbacks.listed(db, False)
            ],
            complaints=[
                admin.ComplaintRow(each.id, each.at, each.number, each.seconds, each.due)
                for each in complaints.listed(db, False)
            ],
            agents=[
                admin.AgentRow(
                    *(each.name, each.full_name, each.extension, each.role, bool(each.password)),
                    serves(each, members),
                    each.suspended,
                    bool(each.second_factor.reveal()),
                    each.phone,
                )
                for each in agents.everyone(db)
            ],
            changes=[
                admin.ChangeRow(each.at, each.who, each.what, each.subject, each.detail)
                for each in changes.recent(db, CHANGES)
            ],
            menus=[
                admin.MenuSetRow(
                    each.id, each.at, each.how, each.by, each.changes, each.id == in_force
                )
                for each in sets[:SETS]
            ],
            areas=[area for area in subscribers.areas(db) if area],
            languages=self._languages,
            queues=tuple(members),
            flows=self._menus.flows(),
        )


def _schedule(one: Schedule, at: datetime, forced: Forced | None) -> admin.ScheduleRow:
    found = hours_at(one, at, ZoneInfo(one.timezone), forced)
    by, why = (forced.by, forced.why) if forced else ("", "")
    return admin.ScheduleRow(one.schedule, found.open, found.until, by, why)


def _announcement(db: Database, one: Announcement) -> admin.AnnouncementRow:
    reach = announcement_requests.reach(db, one.id)
    whom, text = ", ".join((*one.areas, *one.tariffs)), next(iter(one.texts.values()), "♪")
    return admin.AnnouncementRow(one.id, whom, text, one.until, one.by, reach.heard, reach.requests)
