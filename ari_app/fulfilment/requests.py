"""Stores the requests that callers leave to people."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from msgspec.structs import replace

from ari_app.selfcare.request_port import Asker, Noted, OpenTicket, RequestsUnavailable
from ari_app.store import (
    announcement_requests,
    callbacks,
    calls,
    campaigns,
    complaints,
    quarters,
    queue_calls,
    subscribers,
    tickets,
)
from ari_app.store.db import Store, StoreError
from ari_app.store.live_announcements import LiveAnnouncements
from ari_app.store.sqlite import Database
from ari_app.store.tickets import NewTicket
from ari_app.store.times import moment
from ivr.acd.callbacks import place_of
from ivr.tickets import TicketPolicy
from ivr.values import Recording

RECENT = timedelta(days=7)
"""How long a call counts as a recent one."""


class StoredRequests:
    """See :class:`ari_app.selfcare.request_port.RequestDesk`; ``now`` is the clock."""

    def __init__(
        self,
        store: Store,
        bulletin: LiveAnnouncements,
        site: TicketPolicy,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._site = site
        self._bulletin = bulletin
        self._now = now

    async def complain(self, asker: Asker, recording: Recording, key: str) -> str:
        """Store the complaint, if its recording exists."""
        if not Path(recording.file).is_file():
            raise RequestsUnavailable(f"there is no recording {recording.file}")
        who = (asker.call, asker.number, asker.subscriber)
        said = (recording.file, recording.seconds)
        try:
            return str(await self._store.write(complaints.add, key, *who, *said, self._now()))
        except StoreError as error:
            raise RequestsUnavailable(str(error)) from error

    async def notify_when_restored(self, asker: Asker) -> Noted | Literal["nothing"]:
        """Store the request for all announcements that concern the caller now."""
        now = self._now()
        concerning = await self._bulletin.concerning(asker.subscriber, now)
        answers = {await self._request_notification(one.id, asker, now) for one in concerning}
        if "no-number" in answers:
            return "nowhere"
        return "noted" if "noted" in answers else "already" if answers else "nothing"

    async def _request_notification(
        self, announcement: int, asker: Asker, at: datetime
    ) -> announcement_requests.RequestResult:
        who = (asker.texts_to, asker.subscriber, asker.call)
        try:
            return await self._store.write(
                announcement_requests.request_notification, announcement, *who, at, asker.language
            )
        except StoreError as error:
            raise RequestsUnavailable(str(error)) from error

    async def report_no_network(
        self, asker: Asker, place: str, topic: str, key: str
    ) -> tuple[datetime, bool]:
        """Open the ticket at the department of the topic, with the area as its text."""
        department, now = self._site.usual_department(topic), self._now()
        new = NewTicket(
            key=key,
            by="",
            subscriber=asker.subscriber,
            number=asker.texts_to,
            department=department,
            topic=topic,
            text=place,
            due=self._site.due(department, topic, now),
            call=asker.call,
        )
        try:
            return await self._store.write(_report, new, now)
        except StoreError as error:
            raise RequestsUnavailable(str(error)) from error

    async def call_back(
        self, asker: Asker, key: str, due: datetime | None, topic: str = ""
    ) -> Noted:
        """Store the request, for a number that can be called."""
        if self._store.numbers.whole(asker.number) is None:
            return "nowhere"
        try:
            new = await self._store.write(_call_back, asker, key, due, topic, self._now())
        except StoreError as error:
            raise RequestsUnavailable(str(error)) from error
        return "noted" if new else "already"

    async def refuse_campaigns(self, asker: Asker) -> bool:
        """Store it for the number, if there is one."""
        if self._store.numbers.whole(asker.number) is None:
            return False
        now = self._now()
        try:
            await self._store.write(campaigns.stop, asker.number, "call", now, asker.call)
        except StoreError as error:
            raise RequestsUnavailable(str(error)) from error
        return True

    async def recent_calls(self, asker: Asker) -> int:
        """Count the calls in the store; text sessions are none."""
        since = self._now() - RECENT
        try:
            return await self._store.look_up(calls.count_of, asker.subscriber, since, asker.call)
        except StoreError as error:
            raise RequestsUnavailable(str(error)) from error

    async def first_due_ticket(self, subscriber: int) -> OpenTicket | None:
        """The active ticket that is due first; if one is late, it is that one."""
        try:
            found = await self._store.look_up(tickets.active_of, subscriber)
        except StoreError as error:
            raise RequestsUnavailable(str(error)) from error
        return next((_open(self._site, one) for one in found), None)


def _call_back(
    db: Database, asker: Asker, key: str, due: datetime | None, topic: str, now: datetime
) -> bool:
    """Store a request; a caller who waited in a queue keeps the place there."""
    stay = place_of(queue_calls.of_call(db, asker.call))
    who = (asker.call, asker.number, asker.subscriber)
    about = topic or (stay.topic if stay else "")
    new = callbacks.request(db, key, *who, now, about, due)
    if stay is not None and stay.how != "answered":
        language = asker.language or stay.language
        wait = callbacks.Wait(stay.queue, language, stay.priority, moment(stay.joined))
        callbacks.keep_place(db, asker.number, wait)
        queue_calls.set_how(db, stay.channel, "callback")
        quarters.changed(db, stay.joined)
    return new


def _report(db: Database, new: NewTicket, now: datetime) -> tuple[datetime, bool]:
    """Open a ticket, if the subscriber has no active one of its topic."""
    if new.subscriber is not None:
        for one in tickets.active_of(db, new.subscriber):
            if one.topic == new.topic:
                return one.due, False
        lives = subscribers.by_id(db, new.subscriber)
        new = replace(new, text=new.text or (lives.area if lives else ""))
    return tickets.open_ticket(db, new, now).due, True


def _open(site: TicketPolicy, one: tickets.Ticket) -> OpenTicket:
    """A stored ticket as callers hear of it."""
    return OpenTicket(one.department, one.created, one.due, site.departments.get(one.department))
