"""What is known of callers: from memory, from the store, from billing."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

from ari_app.desk.known import (
    Account,
    Arrival,
    Contact,
    Found,
    Note,
    Outage,
    Path,
    Promised,
    Ticket,
    Who,
)
from ari_app.desk.ports import DeskUnavailable
from ari_app.selfcare.billing import Billing, BillingUnavailable, UnknownSubscriber
from ari_app.store import (
    callbacks,
    calls,
    code_words,
    colleague_notes,
    history,
    search,
    subscribers,
    tickets,
    views,
)
from ari_app.store.db import Store, StoreError
from ari_app.store.live_announcements import LiveAnnouncements
from ari_app.store.sqlite import Database
from ari_app.workplace.call_path import CallNarrator
from ari_app.workplace.calling import Calling, Taken
from ari_app.workplace.notes_and_tickets import read
from ivr.acd.contact_reason import NodeVisit, last_results, misses
from ivr.acd.queues import Caller
from ivr.model import Book
from prompts.catalogue import Catalogue

T = TypeVar("T")

FOUND = 20
"""How many subscribers a search finds at most."""


class Known:
    """See :class:`ari_app.desk.ports.Knowledge`; ``menus`` are those on the air, ``zone`` is where
    subscribers live."""

    def __init__(
        self,
        store: Store,
        billing: Billing,
        bulletin: LiveAnnouncements,
        calling: Calling,
        menus: Callable[[], tuple[Catalogue, Book]],
        now: Callable[[], datetime],
        zone: str,
    ) -> None:
        self._store = store
        self._billing = billing
        self._bulletin = bulletin
        self._calling = calling
        self._menus = menus
        self._teller: CallNarrator | None = None
        self._now = now
        self._zone = zone

    def arrival(self, caller: Caller, queue: str) -> Arrival:
        """What is known at once."""
        return self._calling.arrival(caller, queue)

    async def who(self, subscriber: int) -> Who:
        """A subscriber."""
        found = await _answer(self._store.read(_who, subscriber, self._now(), self._zone))
        if found is None:
            raise DeskUnavailable(f"there is no subscriber {subscriber} any more")
        return found

    async def account(self, subscriber: int) -> Account:
        """What billing knows, asked all at once."""
        ask = self._billing
        balance, tariff, services, left, paused = await _answer(
            asyncio.gather(
                ask.balance(subscriber),
                ask.tariff(subscriber),
                ask.services(subscriber),
                ask.allowance(subscriber),
                ask.paused(subscriber),
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
        )

    async def path(self, call: str) -> Path:
        """The way of a call through the menus."""
        steps = self._calling.steps(call)
        if steps is None:
            path = await _answer(self._store.read(calls.path, call))
            steps = tuple(map(Taken.of, path.steps)) if path else ()
        teller = self._told()
        passed = [
            NodeVisit(one.step.flow, one.step.node, one.step.outcome, one.step.way) for one in steps
        ]
        return Path(tuple(teller.told(steps)), last_results(teller.book, passed), misses(passed))

    def _told(self) -> CallNarrator:
        """Who tells steps on the menus that are on the air."""
        catalogue, book = self._menus()
        if self._teller is None or self._teller.book is not book:
            self._teller = CallNarrator(catalogue, book)
        return self._teller

    async def history(self, subscriber: int, text: str = "") -> Sequence[Contact]:
        """The last contacts, or those with words of a text."""
        if text.strip():
            found = await _answer(self._store.read(search.chronology, subscriber, text))
        else:
            found = await _answer(self._store.read(history.of_subscriber, subscriber))
        return [
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

    async def tickets(self, subscriber: int) -> Sequence[Ticket]:
        """Those of which somebody must still do something."""
        found = await _answer(self._store.read(tickets.active_of, subscriber))
        now = self._now()
        return [read(one, now) for one in found]

    async def notes(self, subscriber: int) -> Sequence[Note]:
        """Notes of colleagues."""
        found = await _answer(self._store.read(colleague_notes.of_subscriber, subscriber))
        return [Note(one.at, one.agent, one.text) for one in found]

    async def outages(self, subscriber: int) -> Sequence[Outage]:
        """What is announced to him now."""
        found = self._bulletin.concerning(subscriber, self._now())
        return [Outage(one.texts or {"": "♪"}, one.until) for one in found]

    async def promised(self, number: str) -> Sequence[Promised]:
        """The one open wish of a number, if there is one."""
        one = await _answer(self._store.read(callbacks.open_of, number))
        return [] if one is None else [Promised(one.at, one.due, one.agent, one.note)]

    async def find(self, text: str) -> Sequence[Found]:
        """Subscribers by number, name, or words of their chronology."""
        found = await _answer(self._store.read(search.find, text, FOUND))
        return [Found(one.id, one.name, one.msisdn, one.area, one.excerpt) for one in found]

    async def viewed(self, agent: str, subscriber: int | None, what: str) -> None:
        """Note a view."""
        await _answer(self._store.write(views.add, agent, subscriber, what, self._now()))


async def _answer(asked: Awaitable[T]) -> T:
    try:
        return await asked
    except (StoreError, BillingUnavailable, UnknownSubscriber) as error:
        raise DeskUnavailable(str(error)) from error


def _who(db: Database, subscriber: int, now: datetime, zone: str) -> Who | None:
    one = subscribers.by_id(db, subscriber)
    if one is None:
        return None
    return Who(
        subscriber=one.id,
        name=one.name,
        number=one.msisdn,
        area=one.area,
        zone=zone,
        language=one.language,
        since=one.created,
        word=code_words.of(db, one.id) is not None,
        locked_until=code_words.locked_out_until(db, one.id, now),
    )
