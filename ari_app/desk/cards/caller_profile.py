"""What a card shows of a caller, part by part: values."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from ari_app.desk.tasks_port import Task
from ivr.acd.callbacks import of_channel
from ivr.acd.contact_reason import OperationResult, SaidWords

Names = Mapping[str, str]
"""A name per language."""

Identity = Literal["none", "caller", "code-word"]
"""Nothing vouches for the caller; the number is a subscriber's; the code word was verified."""


Identified = Literal["", "details", "document", "confirmed"]
"""How an agent identified a caller whom no number and no code vouches for: by personal details, by
a document, or because the subscriber confirmed it from their own phone; "" for not at all."""


class Arrival(Struct, frozen=True, kw_only=True):
    """What is known from memory when an agent's phone begins to ring for a caller.

    ``channel`` is "" for a card that an agent opened without a call. ``call`` is the id of our
    session, "" if the call came through no menu of ours. ``number`` and ``name`` are text from
    outside. ``about`` is the number of the ``subscriber``, if the caller is one who calls from
    another phone: they have proved it, or an agent ``identified`` them.
    """

    channel: str
    number: str
    name: str = ""
    call: str = ""
    subscriber: int | None = None
    queue: str = ""
    topic: str = ""
    language: str = ""
    identity: Identity = "none"
    about: str = ""
    identified: Identified = ""

    @property
    def attempt(self) -> int:
        """Which attempt to call back this is; 0 for a caller who called."""
        return (of_channel(self.channel) or (0, 0))[1]


class Subscriber(Struct, frozen=True, kw_only=True):
    """A subscriber's personal data."""

    subscriber: int
    name: str
    number: str
    area: str
    zone: str
    """IANA time zone of the subscriber's area."""
    language: str
    since: datetime
    has_code_word: bool
    locked_until: datetime | None
    """Until when the code word is locked; None if it is not."""
    goes_to: str = ""
    """The agent to whom the subscriber comes first because somebody chose so; "" for none."""
    goes_until: datetime | None = None


class SearchResult(Struct, frozen=True):
    """A subscriber that a search found; ``excerpt`` is the match in their chronology."""

    subscriber: int
    name: str
    number: str
    area: str
    excerpt: str


class PendingOrder(Struct, frozen=True):
    """An order that has not taken effect: the operation (``what``), the ``code`` and the names of
    what was ordered, and the day from which it counts; None while billing has not answered."""

    what: str
    code: str
    names: Names
    since: date | None


class Account(Struct, frozen=True, kw_only=True):
    """What billing knows. ``as_of``: billing did not answer, and the balance is of that moment."""

    balance: Decimal
    currency: str
    as_of: datetime | None
    tariff: Names
    fee: Decimal
    services: Sequence[Names]
    paused: tuple[date, date] | None
    """First day of the pause, and the day on which service resumes."""
    minutes: int
    gigabytes: int
    pending: Sequence[PendingOrder] = ()


class Step(Struct, frozen=True):
    """A step in the IVR; ``failed``: the caller did not get what they wanted; ``said``: what they
    said instead of a key, and how sure that is."""

    at: datetime
    what: Names
    key: str
    outcome: str
    failed: bool
    said: SaidWords | None = None


class CallPath(Struct, frozen=True):
    """The way of a call through the IVR: its steps, the last outcomes of operations, and how
    often the caller was silent or pressed a wrong key; and what they said they need."""

    steps: Sequence[Step]
    results: tuple[OperationResult, ...]
    misses: int
    said: SaidWords | None = None


class Outage(Struct, frozen=True):
    """An outage that is announced for the subscriber's area or tariff."""

    names: Names
    until: datetime


class Contact(Struct, frozen=True):
    """An earlier contact. ``undelivered``: it is a text to the subscriber that was not delivered,
    because it ``expired`` or ``failed``."""

    at: datetime
    channel: str
    topic: str
    question: str
    solution: str
    agent: str
    solved: bool
    undelivered: Literal["", "expired", "failed"] = ""


class Ticket(Struct, frozen=True):
    """A ticket."""

    id: int
    department: str
    topic: str
    text: str
    state: str
    owner: str
    created: datetime
    due: datetime
    late: bool
    subscriber: int | None = None
    number: str = ""


class TicketEntry(Struct, frozen=True):
    """A line of a ticket's history: who changed what, with their note."""

    at: datetime
    by: str
    what: Mapping[str, str]
    note: str


class Note(Struct, frozen=True):
    """A note of a colleague."""

    at: datetime
    agent: str
    text: str


class Callback(Struct, frozen=True):
    """A call back: requested ``at`` a moment, ``due`` at another (None: as soon as possible),
    promised by ``agent`` (``""``: no agent yet). The ``subscriber`` is called ``name``.
    ``calling``: an agent is calling now; ``outcome`` is that of the last of ``attempts``, or why
    there is none; ``gave_up``: the caller hung up while waiting, and asked for nothing."""

    at: datetime
    due: datetime | None
    agent: str
    note: str
    number: str = ""
    id: int = 0
    subscriber: int | None = None
    topic: str = ""
    name: str = ""
    attempts: int = 0
    calling: bool = False
    outcome: str = ""
    gave_up: bool = False


class TransferNotes(Struct, frozen=True):
    """What the colleague who transferred the call wrote on their card."""

    by: str
    question: str
    solution: str


class CallerProfile(Struct, frozen=True, kw_only=True):
    """What was loaded for a card so far, by part. ``unavailable``: parts that failed to load."""

    path: CallPath | None = None
    subscriber: Subscriber | None = None
    account: Account | None = None
    history: Sequence[Contact] | None = None
    tickets: Sequence[Ticket] | None = None
    notes: Sequence[Note] | None = None
    outages: Sequence[Outage] | None = None
    callbacks: Sequence[Callback] | None = None
    tasks: Sequence[Task] | None = None
    transfer: TransferNotes | None = None
    unavailable: frozenset[str] = frozenset()
