"""What the API reads and answers; the names of the fields are part of it, and stay.

Moments have a time zone (RFC 3339). ``""`` is for a text that there is not, null for all else.
"""

from datetime import datetime
from typing import Annotated, Generic, Literal, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType

from ivr.bounds import Short
from ivr.tickets import State

T = TypeVar("T")

Moment = Annotated[datetime, Meta(tz=True)]
Text = Annotated[str, Meta(min_length=1, max_length=4_000)]
Limit = Annotated[int, Meta(ge=1, le=200)]


class Page(Struct, Generic[T], frozen=True):
    """A page of a list, the newest first: with ``next`` as ``cursor`` the next page is asked for;
    null on the last one."""

    items: list[T]
    next: str | None


class PageQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much of a list is asked for."""

    limit: Limit = 50
    cursor: Short = ""


class Nothing(Struct, frozen=True, forbid_unknown_fields=True):
    """No query, or no body."""


class Token(Struct, frozen=True):
    """The token that was shown."""

    name: str
    scopes: tuple[str, ...]
    expires: datetime | None


class Call(Struct, frozen=True, kw_only=True):
    """A call through the menus; ``ending`` is how it ended."""

    id: str
    line: str
    dialled: str
    number: str
    subscriber: int | None
    language: str
    flow: str
    version: str
    began: datetime
    ended: datetime | None
    ending: str


class Step(Struct, frozen=True, kw_only=True):
    """A step of a call through the menus. Digits that are secret are the word ``secret``."""

    at: datetime
    flow: str
    node: str
    kind: str
    key: str
    outcome: str
    way: str


class QueueCall(Struct, frozen=True, kw_only=True):
    """The stay of a caller in a queue. ``left``: end of the wait; ``how`` it ended; ``ended``: end
    of the conversation; ``wrap_seconds``: of the work after it."""

    id: int
    channel: str
    call: str
    queue: str
    topic: str
    language: str
    number: str
    subscriber: int | None
    joined: datetime
    answered: datetime | None
    left: datetime | None
    how: str
    agent: str
    ended: datetime | None
    wrap_seconds: float | None
    transferred: str


class CallDetail(Struct, frozen=True):
    """A call with its steps, and its stays in queues."""

    call: Call
    steps: list[Step]
    queue_calls: list[QueueCall]


class CallsQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which calls."""

    since: Moment | None = None
    number: Short | None = None


class QueueCallsQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which stays."""

    since: Moment | None = None
    queue: Short | None = None


class Waiting(Struct, frozen=True, kw_only=True):
    """A caller who waits."""

    channel: str
    number: str
    since: datetime


class Member(Struct, frozen=True, kw_only=True):
    """A phone in a queue; ``agent`` is the login, "" where the phone is no agent's."""

    phone: str
    agent: str
    state: str
    paused: bool
    reason: str
    in_call: bool


class Queue(Struct, frozen=True, kw_only=True):
    """A queue now: who waits, the next one first, and who serves it."""

    name: str
    waiting: list[Waiting]
    members: list[Member]


class Queues(Struct, frozen=True):
    """All queues; ``current`` is false while Asterisk is not heard."""

    current: bool
    items: list[Queue]


class Ticket(Struct, frozen=True, kw_only=True):
    """A question that was not solved at once; ``by`` opened it, ``owner`` works on it."""

    id: int
    subscriber: int | None
    number: str
    department: str
    topic: str
    text: str
    state: State
    owner: str
    created: datetime
    by: str
    due: datetime
    closed: datetime | None
    call: str


class Entry(Struct, frozen=True, kw_only=True):
    """A change of a ticket: ``what`` became what."""

    at: datetime
    by: str
    what: dict[str, str]
    note: str


class TicketDetail(Struct, frozen=True):
    """A ticket and its history."""

    ticket: Ticket
    history: list[Entry]


class TicketsQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which tickets."""

    department: Short | None = None
    state: State | None = None
    number: Short | None = None


class NewTicket(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ticket to open. ``due``: by default what the department promises."""

    department: Short
    text: Text
    number: Short = ""
    topic: Short = ""
    owner: Short = ""
    due: Moment | None = None


class TicketChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change of a ticket; what is left out stays."""

    state: State | UnsetType = UNSET
    owner: Short | UnsetType = UNSET
    department: Short | UnsetType = UNSET
    due: Moment | UnsetType = UNSET
    note: Annotated[str, Meta(max_length=4_000)] = ""


class Callback(Struct, frozen=True, kw_only=True):
    """A request to be called back; ``agent`` has promised it, ``due`` null is soon. ``gave_up``:
    the caller hung up while waiting in a queue, and asked for nothing.

    ``queue``, as Asterisk names it, "" for the first one, and ``joined``: the place that it keeps,
    that of who waits since then. ``tried``: when the last of the ``attempts`` began; ``calling``:
    the phone by which an agent is calling now; ``outcome``: of the last attempt, or of the end."""

    id: int
    call: str
    at: datetime
    number: str
    subscriber: int | None
    topic: str
    state: str
    due: datetime | None
    agent: str
    note: str
    gave_up: bool
    queue: str
    joined: datetime | None
    attempts: int
    tried: datetime | None
    calling: str
    outcome: str


class CallbacksQuery(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which requests."""

    state: Short | None = None


class NewCallback(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number to call back."""

    number: Short
    topic: Short = ""
    due: Moment | None = None


class Contact(Struct, frozen=True, kw_only=True):
    """A contact of a subscriber and how it was solved."""

    at: datetime
    channel: str
    topic: str
    question: str
    solution: str
    agent: str
    call: str


class Subscriber(Struct, frozen=True, kw_only=True):
    """A subscriber."""

    id: int
    number: str
    name: str
    language: str
    area: str


class SubscriberDetail(Struct, frozen=True):
    """A subscriber, the active tickets, and the last contacts."""

    subscriber: Subscriber
    tickets: list[Ticket]
    contacts: list[Contact]


class NewText(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text to send to a number."""

    number: Short
    text: Annotated[str, Meta(min_length=1, max_length=1_000)]


class Sent(Struct, frozen=True, kw_only=True):
    """A text: ``state`` is ``waiting``, ``sent`` or ``failed``."""

    key: str
    number: str
    text: str
    created: datetime
    state: Literal["waiting", "sent", "failed"]
    sent_at: datetime | None
    error: str


class TextsQuery(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which texts: the last ones."""

    number: Short | None = None
    limit: Limit = 50


class Texts(Struct, frozen=True):
    """The last texts."""

    items: list[Sent]
