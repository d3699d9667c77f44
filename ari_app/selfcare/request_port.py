"""The port of requests that callers leave to people, and of tickets."""

from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

from ivr.session import Session
from ivr.terms import Need
from ivr.tickets import Department
from ivr.values import Recording


class RequestsUnavailable(Exception):  # noqa: N818 - named by what is so, not as an error
    """It could not be stored; the operator must act. The caller hears so and goes on."""


Noted = Literal["noted", "already", "nowhere"]
"""What became of a request: ``nowhere``, there is no number to call or to text."""


class Asker(Struct, frozen=True):
    """Who calls: the id of the call, the calling number ("" if withheld), the subscriber whom the
    call is about, the language ("" for the one last chosen), and how the caller is identified. With
    ``none`` the calling number is not trusted. ``about``: the number of that subscriber, if the
    call comes from another one. ``way``: what the call came in by, "" if it does not matter."""

    call: str
    number: str
    subscriber: int | None
    language: str = ""
    identity: Need = "caller"
    about: str = ""
    way: str = ""

    @property
    def texts_to(self) -> str:
        """The number to which texts about the subscriber go; "" if withheld."""
        return self.about or self.number


class OpenTicket(Struct, frozen=True):
    """An active ticket of a subscriber: department, when it was opened, when it is due.

    ``site``: the department's settings, None if the site does not have it any more.
    """

    department: str
    created: datetime
    due: datetime
    site: Department | None


def asker_of(session: Session) -> Asker:
    """The caller of a session."""
    about = session.about.number if session.about else ""
    return Asker(
        session.id,
        session.caller.number,
        session.subscriber,
        session.language,
        session.identity,
        about,
        session.caller.way,
    )


class RequestDesk(Protocol):
    """Requests to people. The same ``key`` twice is the same request.

    Every method may raise ``RequestsUnavailable``. The calling side sets the deadline.
    """

    async def complain(self, asker: Asker, recording: Recording, key: str) -> str:
        """Store a complaint; returns its number, in digits."""

    async def notify_when_restored(self, asker: Asker) -> Noted | Literal["nothing"]:
        """Send a text message to the caller when the outages announced to them are repaired;
        ``nothing``: there are none."""

    async def report_no_network(
        self, asker: Asker, place: str, topic: str, key: str
    ) -> tuple[datetime, bool]:
        """Open a ticket that there is no network in a ``place``, a post code; "" is where the
        subscriber lives. Returns when it is due, and whether it is new: an active one of the
        ``topic`` is not opened twice."""

    async def call_back(
        self, asker: Asker, key: str, due: datetime | None, topic: str = ""
    ) -> Noted:
        """Request a callback at ``due``, or as soon as possible; ``topic`` is what it is about, ""
        for that of the queue in which the caller waited. An open request for another time
        is changed, but for a call that an agent has promised; ``already``: there is one."""

    async def refuse_campaigns(self, asker: Asker) -> bool:
        """Note that the caller's number gets no campaigns any more; False if it is withheld."""

    async def recent_calls(self, asker: Asker) -> int:
        """How many calls of the subscriber began within the last seven days, but for this one."""

    async def first_due_ticket(self, subscriber: int) -> OpenTicket | None:
        """The active ticket of a subscriber that is due first, None if there is none."""
