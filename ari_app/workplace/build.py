"""The desk of an installation, built from its parts and run."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from msgspec import Struct

from ari_app.ami.queue_actions import QueueActions
from ari_app.ami.queue_monitor import QueueMonitor, QueueView
from ari_app.config.settings import Config
from ari_app.desk.cards import Begin, Desks
from ari_app.desk.desk import Desk
from ari_app.desk.hub import Hub
from ari_app.desk.ports import Ports
from ari_app.desk.render import Render
from ari_app.desk.site import Opened, Where, opened
from ari_app.fulfilment.code_words import StoredCodeWords
from ari_app.selfcare.billing import Billing
from ari_app.selfcare.hashing import Hasher
from ari_app.selfcare.operations import Selfcare
from ari_app.store import agents
from ari_app.store.db import Store
from ari_app.store.live_announcements import LiveAnnouncements
from ari_app.workplace.accounts import StoredAccounts, StoredSigned
from ari_app.workplace.acts import StoredActs
from ari_app.workplace.caller_profile import Known
from ari_app.workplace.calling import Calling
from ari_app.workplace.cards import StoredCards
from ari_app.workplace.notes_and_tickets import StoredNotesAndTickets
from ari_app.workplace.phones import Phones
from ari_app.workplace.queue_control import QueueControl, Spy
from ivr.model import Book
from ivr.numbers import NumberPlan
from prompts.catalogue import Catalogue

log = logging.getLogger(__name__)

LOOK = 0.25
"""Seconds from look to look at where agents stand: a pause after a call ends without an event."""

COUNT = 1.0
"""Seconds after which the queues are told anew, if they changed."""

MINUTE = 60.0
"""Seconds from look to look at who may stay at the desk."""


async def _outermost(deed: Coroutine[Any, Any, None]) -> None:
    """The outermost frame of what the desk begins: whatever is wrong there, calls go on."""
    try:
        await deed
    except Exception:
        log.exception("something on the desk broke; calls and other cards go on")


class Needed(Struct, frozen=True):
    """What the desk is built from."""

    store: Store
    billing: Billing
    bulletin: LiveAnnouncements
    calling: Calling
    words: StoredCodeWords
    selfcare: Selfcare
    spy: Spy
    phones: Phones
    watch: QueueMonitor
    menus: Callable[[], tuple[Catalogue, Book]]
    now: Callable[[], datetime]
    zone: str
    numbers: NumberPlan
    wrapups: Mapping[str, int]
    begin: Begin


class Workplace:
    """The desk, and what keeps it up to date."""

    def __init__(self, needed: Needed) -> None:
        """Use :meth:`begun`."""
        store, now = needed.store, needed.now

        def begin(deed: Coroutine[Any, Any, None]) -> object:
            return needed.begin(_outermost(deed))

        self._now = now
        self._store = store
        self._watch = needed.watch
        self._site: Opened | None = None
        self.phones = needed.phones
        knowledge = Known(
            store,
            needed.billing,
            needed.bulletin,
            needed.calling,
            needed.menus,
            now,
            needed.zone,
        )
        cards, actions = StoredCards(store), QueueActions(needed.watch.ask)
        ports = Ports(
            cards,
            knowledge,
            QueueControl(actions, self.phones.of, needed.words, needed.spy, now),
            StoredActs(store, needed.selfcare, needed.billing, now),
            StoredNotesAndTickets(store, now),
            self.phones,
        )
        self.desks = Desks(cards, knowledge, self.phones, now, begin)
        render = Render(needed.zone, needed.wrapups, needed.numbers)
        self.desk = Desk(self.desks, Hub(), ports, render, now, begin, needed.wrapups)

    @classmethod
    async def begun(cls, needed: Needed) -> "Workplace":
        """The desk, with what lay on it before."""
        one = cls(needed)
        await one.refresh()
        await one.desks.restore()
        return one

    @asynccontextmanager
    async def site(self, config: Config, hasher: Hasher) -> AsyncIterator[None]:
        """The desk is open to browsers, if the settings want it."""
        wanted = config.desk
        if not wanted.enabled:
            yield
            return
        names = wanted.names, wanted.https, wanted.proxies
        where = Where(wanted.host, config.ports.desk, *names)
        accounts, signed = StoredAccounts(self._store, hasher), StoredSigned(self._store)
        async with opened(where, self.desk, accounts, signed, self._now) as self._site:
            log.info("the desk is at %s", config.desk_url)
            yield
        self._site = None

    async def refresh(self) -> None:
        """Know the agents as other processes may have written them, and who may sit here still."""
        self.phones.learn(await self._store.read(agents.everyone))
        await self._look_round()

    async def _look_round(self) -> None:
        if self._site is not None:
            await self._site.look()

    async def run(self) -> None:
        """Keep the desk up to date, for ever."""
        with self._watch.listen() as views:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._follow(views))
                tasks.create_task(self.desk.tell_queues(COUNT))
                tasks.create_task(self.desk.count_late(MINUTE))
                tasks.create_task(self._look())
                tasks.create_task(self._attend())

    async def _follow(self, views: asyncio.Queue[QueueView]) -> None:
        view = self._watch.view
        while True:
            try:
                self.phones.see(view.board)
                self.desk.update(view.board, view.current)
            except Exception:
                log.exception("the desk broke over a board; it goes on with the next one")
            view = await views.get()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK)
            self.desk.tell_standings()

    async def _attend(self) -> None:
        while True:
            await asyncio.sleep(MINUTE)
            try:
                await self._look_round()
            except Exception:
                log.exception("who may stay at the desk was not found out; it is tried again")
