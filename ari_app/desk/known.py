"""What is known of a caller, part by part: the values that a card shows."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from ivr.acd.contact_reason import OperationResult

Names = Mapping[str, str]
"""A name per language."""

Identity = Literal["none", "caller", "code-word"]
"""Nobody vouches for the number; it is a subscriber's; he told the code word."""


class Arrival(Struct, frozen=True, kw_only=True):
    """What is known, without asking anybody, of a caller when an agent's phone begins to ring.

    ``call`` is the id of our session, "" when no flow served him. ``number`` and ``name`` are text
    from outside.
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


class Who(Struct, frozen=True, kw_only=True):
    """A subscriber. ``lockout``: until when no code word counts, None if it does."""

    subscriber: int
    name: str
    number: str
    area: str
    zone: str
    """The time zone of where he lives, by its IANA name."""
    language: str
    since: datetime
    word: bool
    """Whether a code word was agreed."""
    locked_until: datetime | None


class Found(Struct, frozen=True):
    """A subscriber who was looked for; ``excerpt`` is what was found in his chronology."""

    subscriber: int
    name: str
    number: str
    area: str
    excerpt: str


class Account(Struct, frozen=True, kw_only=True):
    """What billing knows; ``as_of``: it did not answer, and the balance was so then."""

    balance: Decimal
    currency: str
    as_of: datetime | None
    tariff: Names
    fee: Decimal
    services: Sequence[Names]
    paused: tuple[date, date] | None
    """From one day to the other, on which all works again."""
    minutes: int
    gigabytes: int


class Step(Struct, frozen=True):
    """A step in the IVR; ``failed`` when it did not come to what the caller wanted."""

    at: datetime
    what: Names
    key: str
    outcome: str
    failed: bool


class Path(Struct, frozen=True):
    """The way through the IVR: its steps, what operations answered last, and how often he was
    silent or keyed what nobody asked for."""

    steps: Sequence[Step]
    did: tuple[OperationResult, ...]
    misses: int


class Outage(Struct, frozen=True):
    """Something that is announced where he lives, or to his tariff."""

    names: Names
    until: datetime


class Contact(Struct, frozen=True):
    """An earlier contact."""

    at: datetime
    channel: str
    topic: str
    question: str
    solution: str
    agent: str
    solved: bool


class Ticket(Struct, frozen=True):
    """A ticket that is open."""

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


class Entry(Struct, frozen=True):
    """A line of a ticket's history: who did what to it, and his note."""

    at: datetime
    by: str
    what: Mapping[str, str]
    note: str


class Note(Struct, frozen=True):
    """A note of a colleague."""

    at: datetime
    agent: str
    text: str


class Promised(Struct, frozen=True):
    """A call that is owed to him: asked for ``at`` a moment, promised by an ``agent`` (``""``:
    nobody yet) for when it is ``due``."""

    at: datetime
    due: datetime | None
    agent: str
    note: str


class Passed(Struct, frozen=True):
    """What a colleague wrote down of him before he passed him on."""

    by: str
    question: str
    solution: str


class Known(Struct, frozen=True, kw_only=True):
    """What was found out for a card so far. ``missing`` are the parts that could not be."""

    path: Path | None = None
    who: Who | None = None
    account: Account | None = None
    history: Sequence[Contact] | None = None
    tickets: Sequence[Ticket] | None = None
    notes: Sequence[Note] | None = None
    outages: Sequence[Outage] | None = None
    calls: Sequence[Promised] | None = None
    passed: Passed | None = None
    missing: frozenset[str] = frozenset()
