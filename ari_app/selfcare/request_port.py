"""What callers leave to people: a port, behind which stands whoever keeps it for them."""

from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

from ivr.session import Session
from ivr.terms import Need
from ivr.values import Recording


class RequestsUnavailable(Exception):  # noqa: N818 - named by what is so, not as an error
    """It could not be kept; whoever runs Firstline must act. The caller is told so and goes on."""


class Asker(Struct, frozen=True):
    """Who asks: the id of the call, the number that calls ("" if withheld), the subscriber whose
    number that is, the language that is spoken ("" for the one he last chose), and how well he is
    known. With ``none`` the line does not vouch for the number."""

    call: str
    number: str
    subscriber: int | None
    language: str = ""
    identity: Need = "caller"


class OpenTicket(Struct, frozen=True):
    """What people have promised to a subscriber and not done yet: which department, when he asked,
    by when it is to be done."""

    department: str
    created: datetime
    due: datetime


def asker_of(session: Session) -> Asker:
    """Who asks in a session."""
    number, subscriber = session.caller.number, session.caller.subscriber
    return Asker(session.id, number, subscriber, session.language, session.identity)


class RequestDesk(Protocol):
    """What is asked of people. The same ``key`` twice is the same deed.

    Every method may raise ``RequestsUnavailable``. Who asks sets the deadline.
    """

    async def complain(self, asker: Asker, recording: Recording, key: str) -> str:
        """Keep a complaint; returns its number, in digits."""

    async def notify_when_restored(self, asker: Asker) -> Literal["noted", "already", "nothing"]:
        """Send the asker a message when what was announced to him is mended."""

    async def call_back(self, asker: Asker, key: str) -> bool:
        """Note that the asker is to be called; False if that is noted already."""

    async def first_due_ticket(self, subscriber: int) -> OpenTicket | None:
        """What is to be done for a subscriber first, None if there is nothing."""
