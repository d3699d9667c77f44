"""What the desk needs of others, who are passed in: ports."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

from ari_app.desk.known import (
    Account,
    Arrival,
    Contact,
    Entry,
    Found,
    Identity,
    Note,
    Outage,
    Passed,
    Path,
    Promised,
    Ticket,
    Who,
)
from ivr.acd.queues import Caller
from ivr.events import Answered
from ivr.model import Operation
from ivr.secret import Secret
from ivr.values import Values

How = Literal["listen", "whisper", "barge"]
"""A mentor hears both, speaks to the agent alone, or to both."""


class DeskUnavailable(Exception):  # noqa: N818 - named by what is so, not as an error
    """It cannot be done now; the text says to an agent what he can do."""


class Kept(Struct, frozen=True, kw_only=True):
    """A card as it is kept. ``came_from`` is the card of the colleague who passed it on."""

    id: str
    agent: str
    arrival: Arrival
    opened: datetime
    answered: datetime | None = None
    ended: datetime | None = None
    identity: Identity = "none"
    came_from: str = ""


class Cards(Protocol):
    """Keeps cards and what is written on them. Each may raise :class:`DeskUnavailable`."""

    async def open(self, card: Kept) -> None:
        """Keep a card that was opened."""

    async def changed(self, card: Kept) -> None:
        """Keep what became of a card: answered, ended, proven."""

    async def unfinished(self) -> Sequence[Kept]:
        """All cards that are not closed."""

    async def close(self, card: str, at: datetime) -> None:
        """A card is over, and nothing is to be written down: it was not answered."""

    async def save(
        self, card: str, agent: str, field: str, key: str, text: str, at: datetime
    ) -> None:
        """Keep a burst of typing on a card of an agent, also one that is closed.

        The same key twice is the same burst.
        """

    async def texts(self, card: str) -> Mapping[str, str]:
        """What stands in the fields of a card."""

    async def finish(self, card: str, at: datetime) -> None:
        """Close a card, and write its contact down from its texts."""

    async def passed(self, card: str) -> Passed:
        """What stands on the card of a colleague who passed the caller on."""


class Knowledge(Protocol):
    """What is known of callers. Each may raise :class:`DeskUnavailable`; who asks sets the
    deadline. Whoever asks for a subscriber sees personal data: the desk notes it."""

    def arrival(self, caller: Caller, queue: str) -> Arrival:
        """What is known at once, of a caller in the hands of the exchange. Never waits."""

    async def who(self, subscriber: int) -> Who: ...

    async def account(self, subscriber: int) -> Account: ...

    async def path(self, call: str) -> Path: ...

    async def history(self, subscriber: int, text: str = "") -> Sequence[Contact]:
        """The last contacts, or those with words of a text, the newest first."""

    async def tickets(self, subscriber: int) -> Sequence[Ticket]: ...

    async def notes(self, subscriber: int) -> Sequence[Note]: ...

    async def outages(self, subscriber: int) -> Sequence[Outage]:
        """What is announced now where he lives, or to his tariff."""

    async def promised(self, number: str) -> Sequence[Promised]:
        """The calls that are owed to a number."""

    async def find(self, text: str) -> Sequence[Found]:
        """Subscribers by number, name, or words of their chronology."""

    async def viewed(self, agent: str, subscriber: int | None, what: str) -> None:
        """Note that an agent saw a subscriber's data, or heard a caller whom nobody knows."""


class Colleague(Struct, frozen=True):
    """Somebody who answers calls."""

    name: str
    full_name: str
    extension: str


class Phones(Protocol):
    """Whose phone is which."""

    def of(self, agent: str) -> str | None:
        """The interface of an agent's phone."""

    def agent(self, interface: str) -> str | None:
        """Whose phone an interface is; None if it is no agent's."""

    def everyone(self) -> Sequence[Colleague]:
        """All agents."""


class Acted(Struct, frozen=True):
    """What came of an operation, and how it stood with the account before and after; nothing is
    said of that where it could not be found out."""

    answered: Answered
    before: Values = {}
    after: Values = {}


class Acts(Protocol):
    """The operations of self-service. Each may raise :class:`DeskUnavailable`."""

    @property
    def catalogue(self) -> Mapping[str, Operation]:
        """Their signatures."""

    async def ask(self, card: Kept, operation: str, inputs: Values) -> Answered:
        """Do one that changes nothing."""

    async def do(self, card: Kept, operation: str, inputs: Values, key: str, reason: str) -> Acted:
        """Do one that changes something, for a reason; it is written down before it is tried, and
        what came of it afterwards.

        The same key twice is the same deed.
        """


class NotesAndTickets(Protocol):
    """What agents write down for others. The same key twice is the same; each may raise
    :class:`DeskUnavailable`."""

    async def ticket(
        self, card: Kept, key: str, department: str, text: str, due: datetime | None
    ) -> Ticket:
        """Open a ticket; without ``due`` it is due as its department promises."""

    async def tickets(self) -> Sequence[Ticket]:
        """All of which somebody must still do something, the soonest due first."""

    async def change(self, agent: str, key: str, id: int, to: str, note: str) -> None:
        """Bring a ticket into another state, "" for the same, with a note."""

    async def told(self, id: int) -> tuple[Ticket, Sequence[Entry]]:
        """A ticket, and all that was done to it."""

    async def note(self, card: Kept, key: str, text: str) -> None:
        """A note for colleagues, about a subscriber."""

    async def call_back(self, card: Kept, key: str, due: datetime, note: str) -> None:
        """Promise to call somebody at a moment."""


class QueueControl(Protocol):
    """Where agents stand in the queues."""

    async def ready(self, agent: str) -> None:
        """Calls come to him again."""

    async def pause(self, agent: str, reason: str) -> None:
        """No calls come to him."""

    async def pass_on(self, leg: str, to: str) -> None:
        """Pass on whom an agent speaks with over a ``leg``: ``to`` is ``queue-`` and a queue's
        name, or digits."""

    async def mentor(self, mentor: str, agent: str, how: How) -> None:
        """Let a mentor's phone ring, to hear an agent's conversation when he picks up."""

    async def verify(
        self, subscriber: int, word: Secret, agent: str
    ) -> Literal["match", "no match", "locked"]:
        """Whether an agent typed the code word, as he heard it."""


class Ports(Struct, frozen=True):
    """All of them."""

    cards: Cards
    knowledge: Knowledge
    floor: QueueControl
    acts: Acts
    clerk: NotesAndTickets
    phones: Phones
