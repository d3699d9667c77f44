"""The ports of the desk: what it needs from stores, billing and Asterisk."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from msgspec import Struct

from ari_app.desk.board.board_port import BoardData
from ari_app.desk.cards.caller_profile import (
    Account,
    Arrival,
    Callback,
    CallPath,
    Contact,
    Note,
    Outage,
    SearchResult,
    Subscriber,
    Ticket,
    TicketEntry,
)
from ari_app.desk.cards.card_store import CardRecord, CardStore
from ari_app.desk.knowledge_port import Knowledge
from ari_app.desk.phone.account import BrowserPhones
from ari_app.desk.plan.plan_port import Planning
from ari_app.desk.quality.quality_port import Quality
from ari_app.desk.recorded import Conversation, PauseReason, RecordingState
from ari_app.desk.reports.port import Reports
from ari_app.desk.tasks_port import Task, Tasks
from ivr.acd.queues import Caller
from ivr.events import Answered
from ivr.model import Operation
from ivr.secret import Secret
from ivr.values import Values

How = Literal["listen", "whisper", "barge"]
"""A supervisor hears both sides; speaks to the agent alone; speaks to both."""


HISTORY_PAGE = 20
"""Contacts that are shown at once; earlier ones on demand."""


class DeskUnavailable(Exception):  # noqa: N818 - named by what is so, not as an error
    """Something cannot be done now: why, for the log, and the ``word`` shown to the agent."""

    def __init__(self, why: str, word: str = "try-again") -> None:
        super().__init__(why)
        self.word = word


class CallerProfiles(Protocol):
    """What is known of callers. May raise :class:`DeskUnavailable`; the caller sets a timeout.

    Subscriber data is personal: record each view with :meth:`record_view`.
    """

    def arrival(self, caller: Caller, queue: str) -> Arrival:
        """What is known from memory of a caller in a queue or with an agent. Never waits."""

    async def subscriber(self, subscriber: int) -> Subscriber: ...

    async def account(self, subscriber: int) -> Account: ...

    async def path(self, call: str) -> CallPath: ...

    async def history(
        self, subscriber: int, text: str = "", before: datetime | None = None
    ) -> Sequence[Contact]:
        """The last contacts, or the :data:`HISTORY_PAGE` before a moment, or those that contain
        words of ``text``, newest first."""

    async def tickets(self, subscriber: int) -> Sequence[Ticket]: ...

    async def notes(self, subscriber: int) -> Sequence[Note]: ...

    async def tasks(self, subscriber: int) -> Sequence[Task]:
        """The open tasks about the subscriber."""

    async def outages(self, subscriber: int) -> Sequence[Outage]:
        """Outages announced now for the subscriber's area or tariff."""

    async def callbacks(self, number: str) -> Sequence[Callback]:
        """The open callbacks of a number."""

    async def search(self, text: str) -> Sequence[SearchResult]:
        """Subscribers by number, name, or words of their chronology."""

    def passed(self, call: str, what: str) -> None:
        """Add to the way of a call what became of its transfer. Never waits."""

    async def record_view(self, agent: str, subscriber: int | None, what: str) -> None:
        """Record that an agent saw a subscriber's data, or heard an unknown caller."""


class Colleague(Struct, frozen=True):
    """An agent, as others may transfer calls to them."""

    name: str
    full_name: str
    extension: str


class AgentPhones(Protocol):
    """Which phone belongs to which agent."""

    def of(self, agent: str) -> str | None:
        """The interface of an agent's phone; None if there is none."""

    def agent(self, interface: str) -> str | None:
        """The agent of an interface; None if it is no agent's."""

    def everyone(self) -> Sequence[Colleague]:
        """All agents."""


class OperationResult(Struct, frozen=True):
    """The answer of an operation, with the account before and after; both are empty where billing
    did not answer."""

    answered: Answered
    before: Values = {}
    after: Values = {}


class EarlierAction(Struct, frozen=True):
    """The same was ordered before: when, by which agent (their name; "" for the caller, in the
    menus), and with which outcome; "" while that is not known."""

    at: datetime
    by: str
    outcome: str


class Operations(Protocol):
    """The operations of self-service. May raise :class:`DeskUnavailable`."""

    @property
    def catalogue(self) -> Mapping[str, Operation]:
        """Their signatures, by name."""

    async def earlier(
        self, card: CardRecord, operation: str, inputs: Values, but: str
    ) -> Sequence[EarlierAction]:
        """Whether the same was done for the card's subscriber in the last day, the newest first;
        ``but`` is the key of an action that does not count."""

    async def ask(self, card: CardRecord, operation: str, inputs: Values) -> Answered:
        """Run an operation that changes nothing."""

    async def do(
        self, card: CardRecord, operation: str, inputs: Values, key: str, reason: str
    ) -> OperationResult:
        """Run an operation that changes something; recorded before and after.

        The same key twice is the same action.
        """


class NotesAndTickets(Protocol):
    """Tickets, notes for colleagues and callbacks. The same key twice is once; may raise
    :class:`DeskUnavailable`."""

    async def open_ticket(
        self, card: CardRecord, key: str, department: str, text: str, due: datetime | None
    ) -> Ticket:
        """Open a ticket; without ``due`` the department's usual time applies."""

    async def unresolved_tickets(self) -> Sequence[Ticket]:
        """All tickets that are still to be worked on, soonest due first."""

    async def change_ticket(self, agent: str, key: str, id: int, to: str, note: str) -> None:
        """Set a ticket's state (``to``; "" keeps it) and add a note."""

    async def ticket(self, id: int) -> tuple[Ticket, Sequence[TicketEntry]]:
        """A ticket and its history."""

    async def add_note(self, card: CardRecord, key: str, text: str) -> None:
        """Add a note for colleagues about the card's subscriber."""

    async def prefer_agent(self, card: CardRecord, agent: str, until: datetime | None) -> None:
        """The card's subscriber comes first to an agent ``until`` a moment, or to any ("")."""

    async def open_callbacks(self) -> Sequence[Callback]:
        """All callbacks that are still to be made, soonest due first."""

    async def take_callback(
        self, agent: str, id: int, due: datetime | None, dials: bool = False
    ) -> Callback:
        """Assign an open callback to an agent, at another time if ``due`` is one. With ``dials``
        the agent calls now, and no one else does: not by hand, not by a stand-in."""

    async def leave_callback(self, id: int) -> Callback:
        """Leave an open callback to any agent who is free."""

    async def close_callback(self, agent: str, id: int) -> Callback:
        """The person was called back: close it, recorded with the agent."""

    async def promise_callback(self, card: CardRecord, key: str, due: datetime, note: str) -> None:
        """Promise the card's caller a call at a moment."""


class QueueControl(Protocol):
    """What is asked of Asterisk for agents, and of code words. May raise
    :class:`DeskUnavailable`."""

    async def ready(self, agent: str) -> None:
        """Unpause the agent in all queues."""

    async def pause(self, agent: str, reason: str) -> None:
        """Pause the agent in all queues."""

    async def transfer(self, channel: str, to: str) -> None:
        """Blind transfer of the caller with whom an agent talks over ``channel``; ``to`` is
        ``queue-`` and a queue's name, or digits."""

    async def call(self, agent: str, number: str) -> None:
        """Ring the agent's phone; answered, the number is dialled."""

    async def consult(self, agent: str, caller: str, channel: str, to: str) -> None:
        """The agent, who talks over ``channel``, calls ``to`` (digits), and the caller, a channel
        by its name, hears music."""

    async def conference(self, caller: str, channel: str) -> None:
        """The caller, who hears music, joins the agent and who was asked."""

    async def hang_up(self, channel: str) -> None:
        """Hang up a channel."""

    async def is_dialled(self, number: str) -> bool:
        """Whether a number may be dialled."""

    async def supervise(self, supervisor: str, agent: str, how: How, channel: str) -> None:
        """Ring the supervisor's phone, on a channel of this id; answered, it joins the call."""

    async def verify_code_word(
        self, subscriber: int, word: Secret, agent: str
    ) -> Literal["match", "no match", "locked"]:
        """Check a code word that the agent typed as the caller said it."""

    async def unlock_code_word(self, subscriber: int, agent: str, why: str) -> None:
        """Unlock a code word after wrong attempts; recorded with the agent and the reason."""


class Conversations(Protocol):
    """Recorded conversations. May raise :class:`DeskUnavailable`."""

    def state(self, channel: str) -> RecordingState:
        """Whether the conversation of a caller's channel is recorded now. Never waits."""

    async def attach(self, card: CardRecord) -> None:
        """The agent of a card speaks with its caller: if that is recorded, it is theirs."""

    async def link(self, channel: str, agent: str, subscriber: int) -> None:
        """An agent found out which subscriber the caller on a channel is, or was."""

    async def pause(self, channel: str, why: PauseReason, paused: bool) -> None:
        """Pause the recording of a channel for a reason, or withdraw the reason."""

    async def of(self, card: CardRecord) -> Sequence[Conversation]:
        """The recorded conversations of a card's caller that are over, newest first."""

    async def file(self, id: int) -> tuple[Path, int | None] | None:
        """The sound of a conversation that is over (WAV), and its subscriber."""


class Ports(Struct, frozen=True):
    """All ports."""

    cards: CardStore
    profiles: CallerProfiles
    queue_control: QueueControl
    operations: Operations
    notes_and_tickets: NotesAndTickets
    phones: AgentPhones
    browser_phones: BrowserPhones
    conversations: Conversations
    knowledge: Knowledge
    tasks: Tasks
    board: BoardData
    reports: Reports
    planning: Planning
    quality: Quality
    transferred: Callable[[str, str, str], None] = lambda *_: None
    """Takes the channel of a caller, who transferred them, and to where (queue, number)."""
