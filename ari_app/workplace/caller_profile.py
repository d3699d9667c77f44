"""What is known of callers: from memory, the store and billing."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from ari_app.desk.cards.caller_profile import (
    Account,
    Arrival,
    Callback,
    CallPath,
    Contact,
    Note,
    Outage,
    PendingOrder,
    SearchResult,
    Subscriber,
    Ticket,
)
from ari_app.desk.ports import HISTORY_PAGE, DeskUnavailable
from ari_app.desk.tasks_port import Task
from ari_app.selfcare.billing import Billing, BillingUnavailable, UnknownSubscriber
from ari_app.store import (
    callbacks,
    calls,
    code_words,
    colleague_notes,
    history,
    outbox,
    preferred_agents,
    search,
    subscribers,
    tickets,
    views,
)
from ari_app.store.db import Store, StoreError
from ari_app.store.live_announcements import LiveAnnouncements
from ari_app.store.sqlite import Database
from ari_app.workplace import earlier_orders
from ari_app.workplace.call_path import CallNarrator
from ari_app.workplace.live_calls import LiveCalls, TimedStep
from ari_app.workplace.notes_and_tickets import callback, to_card
from ari_app.workplace.tasks import StoredTasks
from ivr.acd.contact_reason import NodeVisit, last_results, last_said, misses
from ivr.acd.queues import Caller
from ivr.model import Book
from prompts.catalogue import Catalogue

T = TypeVar("T")

SEARCH_LIMIT = 20
"""Subscribers that a search returns at most."""

UNDELIVERED_LIMIT = 3
"""Texts that were not delivered and are shown at most."""


class StoredProfiles:
    """See :class:`ari_app.desk.ports.CallerProfiles`; ``menus`` are the live ones, ``zone`` is the
    subscribers' time zone."""

    def __init__(
        self,
        store: Store,
        billing: Billing,
        bulletin: LiveAnnouncements,
        live_calls: LiveCalls,
        menus: Callable[[], tuple[Catalogue, Book]],
        now: Callable[[], datetime],
        zone: str,
    ) -> None:
        self._store = store
        self._tasks = StoredTasks(store, now)
        self._billing = billing
        self._bulletin = bulletin
        self._live_calls = live_calls
        self._menus = menus
        self._narrator: CallNarrator | None = None
        self._now = now
        self._zone = zone

    def arrival(self, caller: Caller, queue: str) -> Arrival:
        """What is known from memory."""
        return self._live_calls.arrival(caller, queue)

    async def subscriber(self, subscriber: int) -> Subscriber:
        """A subscriber's personal data."""
        found = await _answer(self._store.read(subscriber_of, subscriber, self._now(), self._zone))
        if found is None:
            raise DeskUnavailable(f"subscriber {subscriber} no longer exists", "subscriber-gone")
        return found

    async def account(self, subscriber: int) -> Account:
        """What billing knows, all queries side by side."""
        ask = self._billing
        balance, tariff, services, left, paused, ordered = await _answer(
            asyncio.gather(
                ask.balance(subscriber),
                ask.tariff(subscriber),
                ask.services(subscriber),
                ask.allowance(subscriber),
                ask.paused(subscriber),
                self._pending(subscriber),
            )
        )
        return Account(
            balance=balance.amount,
            currency=balance.currency,
            as_of=balance.as_of,
            tariff=tariff.names,
            fee=tariff.fee,
            services=[one.names for one in services],
            paused=(paused.since, paused.until) if paused else None,
            minutes=left.minutes,
            gigabytes=left.gigabytes,
            pending=ordered,
        )

    async def _pending(self, subscriber: int) -> Sequence[PendingOrder]:
        """What was ordered through us, and has not taken effect."""
        found = await self._store.read(earlier_orders.last_orders, subscriber)
        today = self._now().astimezone(ZoneInfo(self._zone)).date()
        return await earlier_orders.pending(found, self._billing, today)

    async def path(self, call: str) -> CallPath:
        """The path of a call through the menus."""
        steps = self._live_calls.steps(call)
        if steps is None:
            path = await _answer(self._store.read(calls.path, call))
            steps = tuple(map(TimedStep.of, path.steps)) if path else ()
        narrator = self.narrator()
        visits = [
            NodeVisit(step.flow, step.node, step.outcome, step.way, step.filled)
            for step in (one.step for one in steps)
        ]
        return CallPath(
            tuple(narrator.narrate(steps)),
            last_results(narrator.book, visits),
            misses(visits),
            last_said(visits),
        )

    def narrator(self) -> CallNarrator:
        """Describes steps of the live menus; made again when they are reloaded."""
        catalogue, book = self._menus()
        if self._narrator is None or self._narrator.book is not book:
            self._narrator = CallNarrator(catalogue, book)
        return self._narrator

    async def history(
        self, subscriber: int, text: str = "", before: datetime | None = None
    ) -> Sequence[Contact]:
        """The last contacts and undelivered texts, or those before a moment, or the contacts that
        contain words of ``text``."""
        texts: Sequence[Contact] = ()
        if text.strip():
            found = await _answer(self._store.read(search.chronology, subscriber, text))
        else:
            page = (subscriber, HISTORY_PAGE, before)
            found = await _answer(self._store.read(history.of_subscriber, *page))
            texts = () if before else await _answer(self._store.read(_undelivered, subscriber))
        contacts = [
            Contact(
                one.at,
                one.channel,
                one.topic,
                one.question,
                one.solution,
                one.agent,
                one.first_contact_solved,
            )
            for one in found
        ]
        return sorted((*contacts, *texts), key=lambda one: one.at, reverse=True)

    async def tickets(self, subscriber: int) -> Sequence[Ticket]:
        """The unresolved tickets."""
        found = await _answer(self._store.read(tickets.active_of, subscriber))
        now = self._now()
        return [to_card(one, now) for one in found]

    async def notes(self, subscriber: int) -> Sequence[Note]:
        """Notes of colleagues."""
        found = await _answer(self._store.read(colleague_notes.of_subscriber, subscriber))
        return [Note(one.at, one.agent, one.text) for one in found]

    async def outages(self, subscriber: int) -> Sequence[Outage]:
        """The announcements that concern the subscriber now."""
        found = await self._bulletin.concerning(subscriber, self._now())
        return [Outage(one.texts or {"": "♪"}, one.until) for one in found]

    async def callbacks(self, number: str) -> Sequence[Callback]:
        """The open callback of a number, if there is one."""
        one = await _answer(self._store.read(callbacks.open_of, number))
        return [] if one is None else [callback(one)]

    async def tasks(self, subscriber: int) -> Sequence[Task]:
        """The open tasks about the subscriber."""
        return await self._tasks.of(subscriber)

    async def search(self, text: str) -> Sequence[SearchResult]:
        """Subscribers by number, name, or words of their chronology."""
        found = await _answer(self._store.read(search.find, text, SEARCH_LIMIT))
        return [SearchResult(one.id, one.name, one.msisdn, one.area, one.excerpt) for one in found]

    def passed(self, call: str, what: str) -> None:
        """Add to the way of a call what became of its transfer."""
        self._live_calls.passed(call, what, self._now())

    async def record_view(self, agent: str, subscriber: int | None, what: str) -> None:
        """Record a view."""
        await _answer(self._store.write(views.add, agent, subscriber, what, self._now()))


async def _answer(asked: Awaitable[T]) -> T:
    try:
        return await asked
    except (StoreError, BillingUnavailable, UnknownSubscriber) as error:
        raise DeskUnavailable(str(error)) from error


def _undelivered(db: Database, subscriber: int) -> Sequence[Contact]:
    """The last texts to a subscriber that were not delivered."""
    one = subscribers.by_id(db, subscriber)
    found = [] if one is None else outbox.undelivered(db, one.msisdn, UNDELIVERED_LIMIT)
    return [
        Contact(
            text.created,
            "sms",
            "",
            text.text,
            "",
            "",
            False,
            "expired" if text.error == outbox.EXPIRED else "failed",
        )
        for text in found
    ]


def subscriber_of(db: Database, subscriber: int, now: datetime, zone: str) -> Subscriber | None:
    """A subscriber's personal data; None if there is no such subscriber."""
    one = subscribers.by_id(db, subscriber)
    if one is None:
        return None
    chosen = preferred_agents.of_subscriber(db, one.id, now)
    return Subscriber(
        subscriber=one.id,
        name=one.name,
        number=one.msisdn,
        area=one.area,
        zone=zone,
        language=one.language,
        since=one.created,
        has_code_word=code_words.of(db, one.id) is not None,
        locked_until=code_words.locked_out_until(db, one.id, now),
        goes_to=chosen.agent if chosen else "",
        goes_until=chosen.until if chosen else None,
    )
