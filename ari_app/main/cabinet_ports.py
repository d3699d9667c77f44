"""What the cabinet needs, on self-service, the store and the knowledge base."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

from ari_app.cabinet.errors import CabinetUnavailable
from ari_app.cabinet.ports import ComplaintShown, TicketShown
from ari_app.cabinet.visits import IDLE, KeptVisit, Visit
from ari_app.knowledge import articles
from ari_app.knowledge.index import Library
from ari_app.log import masked
from ari_app.main.session_services import CABINET
from ari_app.selfcare.operations import Selfcare
from ari_app.selfcare.request_port import Asker
from ari_app.store import cabinet_visits, complaints, tickets
from ari_app.store.cabinet_visits import CabinetVisit
from ari_app.store.calls import CallBegan, CallEnded, Record, StepTaken
from ari_app.store.db import Store, StoreError
from ari_app.store.tickets import NewTicket, Ticket
from ivr.events import Answered
from ivr.model import Operation
from ivr.tickets import TicketPolicy
from ivr.values import Values

log = logging.getLogger(__name__)


class CabinetOperations:
    """See :class:`ari_app.cabinet.ports.Ran`; ``own`` are the operations of the menus in force."""

    def __init__(self, selfcare: Selfcare, own: Callable[[], Mapping[str, Operation]]) -> None:
        self._selfcare = selfcare
        self._own = own

    @property
    def catalogue(self) -> Mapping[str, Operation]:
        """Those that can succeed here, and the operator's own."""
        own = {name: one for name, one in self._own().items() if one.http is not None}
        return {**self._selfcare.available, **own}

    async def run(self, operation: str, inputs: Values, asker: Asker, key: str) -> Answered:
        """Run one."""
        return await self._selfcare.run(operation, inputs, asker, key, self._own())


class RecordedVisits:
    """See :class:`ari_app.cabinet.ports.Journal`: a visit is recorded as a call, and each operation
    as a step of it, so that an agent finds both in the history of the subscriber."""

    def __init__(self, put: Callable[[Record], None], now: Callable[[], datetime]) -> None:
        self._put = put
        self._now = now
        self._steps: dict[str, int] = {}

    def began(self, visit: Visit) -> None:
        """A subscriber signed in."""
        self._steps[visit.id] = 0
        who = (visit.number, visit.subscriber, visit.language)
        self._put(CallBegan(visit.id, CABINET, "", *who, "", "", visit.seen))
        log.info("%s signed in to the cabinet", masked(visit.number))

    def did(self, visit: Visit, operation: str, outcome: str) -> None:
        """An operation was run."""
        if visit.id not in self._steps:
            return
        self._steps[visit.id] += 1
        step = (operation, "do", "", "", outcome, "", outcome)
        self._put(StepTaken(visit.id, self._steps[visit.id], self._now(), *step))
        log.info("%s in the cabinet: %s: %s", masked(visit.number), operation, outcome)

    def ended(self, visit: Visit, ending: str) -> None:
        """A visit is over."""
        self._steps.pop(visit.id, None)
        self._put(CallEnded(visit.id, self._now(), ending, 0))
        log.info("%s left the cabinet: %s", masked(visit.number), ending)


class StoredVisits:
    """See :class:`ari_app.cabinet.visits.KeptVisits`."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    async def begin(self, token: str, visit: KeptVisit) -> None:
        """Keep a new visit."""
        try:
            kept = await self._store.write(cabinet_visits.begin, _kept(token, visit), visit.number)
        except StoreError as error:
            raise CabinetUnavailable(f"visits: {error}") from error
        if not kept:
            raise CabinetUnavailable("visits: the subscriber is gone")

    async def find(self, token: str) -> KeptVisit | None:
        """The visit of a token."""
        try:
            found = await self._store.read(cabinet_visits.find, token)
        except StoreError as error:
            raise CabinetUnavailable(f"visits: {error}") from error
        if found is None:
            return None
        one, number = found
        who = (one.subscriber, number, one.language, one.csrf)
        return KeptVisit(*who, one.began, one.seen, one.proven)

    async def save(self, visits: Mapping[str, KeptVisit]) -> Collection[str]:
        """Keep what changed of visits."""
        kept = [_kept(token, one) for token, one in visits.items()]
        before = self._now() - 2 * IDLE  # another worker may save that it is in use a minute later
        try:
            return await self._store.write(cabinet_visits.save, kept, before)
        except StoreError as error:
            raise CabinetUnavailable(f"visits: {error}") from error

    async def end(self, token: str) -> None:
        """Forget a visit."""
        try:
            await self._store.write(cabinet_visits.end, token)
        except StoreError as error:
            raise CabinetUnavailable(f"visits: {error}") from error


def _kept(token: str, one: KeptVisit) -> CabinetVisit:
    who = (token, one.subscriber, one.language, one.csrf)
    return CabinetVisit(*who, one.began, one.seen, one.proven)


class StoredLetters:
    """See :class:`ari_app.cabinet.ports.Letters`."""

    def __init__(self, store: Store, policy: TicketPolicy, now: Callable[[], datetime]) -> None:
        self._store = store
        self._policy = policy
        self._now = now

    async def tickets(self, subscriber: int) -> Sequence[TicketShown]:
        """The newest tickets."""
        try:
            found = await self._store.read(tickets.of_subscriber, subscriber)
        except StoreError as error:
            raise CabinetUnavailable(str(error)) from error
        return [_shown(one) for one in found]

    async def complaints(self, subscriber: int) -> Sequence[ComplaintShown]:
        """The recorded complaints."""
        try:
            found = await self._store.read(complaints.of_subscriber, subscriber)
        except StoreError as error:
            raise CabinetUnavailable(str(error)) from error
        return [ComplaintShown(one.id, one.at, one.due, one.answer) for one in found]

    async def write(self, visit: Visit, topic: str, text: str, key: str) -> TicketShown:
        """Open a ticket at the usual department of its topic."""
        now, department = self._now(), self._policy.usual_department(topic)
        new = NewTicket(
            key=key,
            by="",
            subscriber=visit.subscriber,
            number=visit.number,
            department=department,
            topic=topic,
            text=text,
            due=self._policy.due(department, topic, now),
            call=visit.id,
        )
        try:
            return _shown(await self._store.write(tickets.open_ticket, new, now))
        except StoreError as error:
            raise CabinetUnavailable(str(error)) from error


class LibraryLessons:
    """See :class:`ari_app.cabinet.ports.Lessons`."""

    def __init__(self, library: Library) -> None:
        self._library = library

    async def titles(self, language: str) -> Sequence[tuple[str, str]]:
        """The lessons of a language."""
        found = await asyncio.to_thread(self._library.lessons, language)
        return [(one.lesson, one.title) for one in found]

    async def text(self, name: str, language: str) -> tuple[str, str] | None:
        """One lesson."""
        one = await asyncio.to_thread(self._library.lesson, name, language)
        return None if one is None else (one.title, articles.plain(one))


def _shown(one: Ticket) -> TicketShown:
    """A ticket for its subscriber: what agents write in theirs is for agents alone."""
    own = not one.by
    department, text = (one.department, one.text) if own else ("", "")
    return TicketShown(one.id, one.topic, department, text, one.state, one.created, one.due)
