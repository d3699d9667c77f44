"""What the cabinet needs of the rest of Firstline."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from msgspec import Struct

from ari_app.cabinet.visits import KeptVisits, Visit
from ari_app.rate_limit import RateLimit
from ari_app.selfcare.request_port import Asker
from ari_app.ussd.sessions import TextServices
from ivr.events import Answered
from ivr.model import Operation
from ivr.numbers import NumberPlan
from ivr.session import Session
from ivr.tickets import TicketPolicy
from ivr.values import Values


class Ran(Protocol):
    """Runs operations of self-service."""

    @property
    def catalogue(self) -> Mapping[str, Operation]:
        """The operations that can succeed at this moment, those of the operator's own too."""

    async def run(self, operation: str, inputs: Values, asker: Asker, key: str) -> Answered:
        """See :meth:`ari_app.selfcare.operations.Selfcare.run`."""


class Journal(Protocol):
    """Records visits as calls are recorded. Never waits."""

    def began(self, visit: Visit) -> None:
        """A subscriber signed in, or goes on after a restart: this is a visit of its own."""

    def did(self, visit: Visit, operation: str, outcome: str) -> None:
        """An operation was run, or a code word was tried."""

    def ended(self, visit: Visit, ending: str) -> None:
        """A visit is over."""


class TicketShown(Struct, frozen=True):
    """A ticket as its subscriber sees it; ``state`` as in :data:`ivr.tickets.STATES`. One that an
    agent opened has no ``department`` and no ``text`` here: both are ""."""

    id: int
    topic: str
    department: str
    text: str
    state: str
    created: datetime
    due: datetime


class ComplaintShown(Struct, frozen=True):
    """A recorded complaint as its subscriber sees it; ``answer`` is "" while there is none."""

    id: int
    at: datetime
    due: datetime
    answer: str


class Letters(Protocol):
    """What subscribers write to people. All may raise
    :class:`~ari_app.cabinet.errors.CabinetUnavailable`."""

    async def tickets(self, subscriber: int) -> Sequence[TicketShown]:
        """The newest tickets of a subscriber, the newest first."""

    async def complaints(self, subscriber: int) -> Sequence[ComplaintShown]:
        """The recorded complaints of a subscriber, the newest first."""

    async def write(self, visit: Visit, topic: str, text: str, key: str) -> TicketShown:
        """Open a ticket at the department of its topic; the same ``key`` twice is the same one."""


class Lessons(Protocol):
    """The articles for subscribers."""

    async def titles(self, language: str) -> Sequence[tuple[str, str]]:
        """Name and title of each that there is in a language."""

    async def text(self, name: str, language: str) -> tuple[str, str] | None:
        """Title and plain text of one; None if there is none."""


class CabinetSite(Struct, frozen=True, kw_only=True):
    """The settings of the site that the cabinet shows values by.

    ``name`` is the operator's by language, under "" for all; ``languages`` are those of the site;
    ``menu`` is the code at which the menus begin, "" for none.
    """

    name: Mapping[str, str]
    languages: Sequence[str]
    zone: str
    numbers: NumberPlan
    tickets: TicketPolicy
    currency: str
    menu: str = ""


class CabinetPorts(Struct, frozen=True):
    """All ports. ``menus`` makes the session in which a visit goes through the menus; ``begin``
    starts what no one waits for; ``now`` is the clock; ``code_texts`` counts the one-time codes
    that were sent in all, under ""; ``kept`` are the visits that outlast the application."""

    operations: Ran
    journal: Journal
    letters: Letters
    lessons: Lessons
    menus: Callable[[Visit], Awaitable[tuple[TextServices, Session]]]
    begin: Callable[[Coroutine[Any, Any, None]], object]
    now: Callable[[], datetime]
    code_texts: RateLimit
    kept: KeptVisits
