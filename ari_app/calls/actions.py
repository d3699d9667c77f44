"""What sessions want done behind the caller's back: operations, hours, announcements, texts."""

import logging
from collections.abc import Callable, Coroutine
from datetime import datetime
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

_zone = cache(ZoneInfo)


class Actions(Struct, frozen=True):
    """What deeds are done with. ``begin`` begins what nobody waits for."""

    selfcare: Selfcare
    store: Store
    bulletin: LiveAnnouncements
    forced: ForcedHours
    outbox: Outbox
    now: Callable[[], datetime]
    zone: str
    begin: Callable[[Coroutine[Any, Any, None]], object]

    async def refresh(self) -> None:
        """Read again what other processes may have declared."""
        await self.bulletin.refresh(self.now())
        await self.forced.refresh(self.now())

    async def perform(self, book: Book, text: Text, deed: Action, session: Session) -> Answered:
        """See :data:`ari_app.session.conductor.Perform`, on a book and its texts."""
        match deed:
            case Invoke():
                return await self._invoke(deed, session)
            case CheckHours():
                return self._consult(book.schedules[deed.schedule])
            case FindAnnouncements():
                return self._concern(session)
            case Send():
                return await self._send(deed, text(deed.screen), session)

    async def _invoke(self, deed: Invoke, session: Session) -> Answered:
        asker = asker_of(session)
        return await self.selfcare.run(deed.operation, deed.inputs, asker, deed.key)

    def _consult(self, schedule: Schedule) -> Answered:
        now, zone = self.now(), _zone(schedule.timezone)
        return hours_answer(
            hours_at(schedule, now, zone, self.forced.forced(schedule.schedule, now))
        )

    def _concern(self, session: Session) -> Answered:
        now = self.now()
        found = self.bulletin.concerning(session.caller.subscriber, now)
        if not found:
            return Answered("none")
        self.begin(self._heard([one.id for one in found], session, now))
        zone = _zone(self.zone)
        rows: list[Values] = [
            {"announcement": one.spoken, "until": Moment(one.until.astimezone(zone))}
            for one in found
        ]
        return Answered("some", {"announcements": Rows(tuple(rows))})

    async def _heard(self, announcements: list[int], session: Session, at: datetime) -> None:
        """Note that announcements were told; a call does not suffer when that fails."""
        number, call = session.caller.number, session.id
        try:
            await self.store.write(
                announcement_requests.record_heard, announcements, number, call, at
            )
        except StoreError as error:
            log.error("it was not kept who heard an announcement: %s", error)

    async def _send(self, deed: Send, sentences: tuple[str, ...], session: Session) -> Answered:
        number = self.store.numbers.msisdn(session.caller.number)
        if number is None:
            return Answered("nowhere")
        await self.outbox.post(deed.key, number, " ".join(sentences), session.id)
        return Answered("sent")
