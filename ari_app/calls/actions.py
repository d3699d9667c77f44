"""The side effects that sessions ask for: operations, hours, announcements, texts."""

import logging
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from ari_app.messaging.outbox import Outbox
from ari_app.selfcare.operations import Selfcare
from ari_app.selfcare.request_port import asker_of
from ari_app.store import announcement_requests
from ari_app.store.db import Store
from ari_app.store.errors import StoreError
from ari_app.store.forced_hours import ForcedHours
from ari_app.store.live_announcements import LiveAnnouncements
from ivr.events import Answered
from ivr.hours.schedule import Schedule, hours_answer, hours_at
from ivr.model import Book
from ivr.session import Session
from ivr.values import Moment, Rows, Values
from ivr.wants import Action, CheckHours, FindAnnouncements, Invoke, Screen, Send

log = logging.getLogger(__name__)

Text = Callable[[Screen], tuple[str, ...]]
"""The phrases of a screen as sentences."""

REMEMBERED = timedelta(days=1)
"""How long a caller who heard an announcement needs to hear the short form only."""

_zone = cache(ZoneInfo)


class Actions(Struct, frozen=True):
    """Carries out the actions of sessions. ``start`` runs a task for which no one waits."""

    selfcare: Selfcare
    store: Store
    announcements: LiveAnnouncements
    forced: ForcedHours
    outbox: Outbox
    now: Callable[[], datetime]
    zone: str
    start: Callable[[Coroutine[Any, Any, None]], object]

    async def refresh(self) -> None:
        """Read again the announcements and forced hours that other processes may have stored."""
        await self.announcements.refresh(self.now())
        await self.forced.refresh(self.now())

    async def perform(self, book: Book, text: Text, action: Action, session: Session) -> Answered:
        """See :data:`ari_app.session.conductor.Perform`, on a book and its texts."""
        match action:
            case Invoke():
                return await self._invoke(book, action, session)
            case CheckHours():
                return self._check_hours(book.schedules[action.schedule], action.at)
            case FindAnnouncements():
                return await self.find_announcements(session)
            case Send():
                return await self._send(action, text, session)

    async def _invoke(self, book: Book, action: Invoke, session: Session) -> Answered:
        asker, own = asker_of(session), book.operations
        return await self.selfcare.run(action.operation, action.inputs, asker, action.key, own)

    def _check_hours(self, schedule: Schedule, asked: Moment | None) -> Answered:
        now, zone = self.now(), _zone(schedule.timezone)
        at, forced = asked.at if asked else now, self.forced.forced(schedule.schedule, now)
        return hours_answer(hours_at(schedule, at, zone, forced), now.astimezone(zone).date())

    async def find_announcements(self, session: Session) -> Answered:
        """What concerns a caller, see :class:`~ivr.wants.FindAnnouncements`; it counts as heard."""
        now = self.now()
        found = await self.announcements.concerning(session.subscriber, now)
        if not found:
            return Answered("none")
        ids = [one.id for one in found]
        known = await self._heard_before(ids, session, now - REMEMBERED)
        self.start(self._heard(ids, session, now))
        zone = _zone(self.zone)
        today = now.astimezone(zone).date()
        rows: list[Values] = [
            {"announcement": one.spoken, "until": Moment(one.until.astimezone(zone), today)}
            for one in found
        ]
        return Answered("heard" if known else "some", {"announcements": Rows(tuple(rows))})

    async def _heard_before(self, found: list[int], session: Session, since: datetime) -> bool:
        """Whether all announcements were played to the caller before; a failure is a no."""
        try:
            return await self.store.look_up(
                announcement_requests.heard_since, found, session.caller.number, since
            )
        except StoreError as error:
            log.error("who heard an announcement could not be read: %s", error)
            return False

    async def _heard(self, played: list[int], session: Session, at: datetime) -> None:
        """Record that announcements were played; a failure does not affect the call."""
        number, call = session.caller.number, session.id
        try:
            await self.store.write_unsynced(
                announcement_requests.record_heard, played, number, call, at
            )
        except StoreError as error:
            log.error("who heard an announcement could not be stored: %s", error)

    async def _send(self, action: Send, text: Text, session: Session) -> Answered:
        number = self.store.numbers.whole(session.number)
        if number is None:
            return Answered("nowhere")
        now = self.now()
        until = now + timedelta(seconds=action.valid) if action.valid else None
        written = " ".join(text(action.dated(Moment(now.astimezone(_zone(self.zone))))))
        await self.outbox.post(action.key, number, written, session.id, until)
        return Answered("sent")
