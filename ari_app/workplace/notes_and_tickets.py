"""What agents write down for others: tickets, notes, promised calls."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar, get_args

from ari_app.desk.known import Entry, Ticket
from ari_app.desk.ports import DeskUnavailable, Kept
from ari_app.store import callbacks, colleague_notes, tickets
from ari_app.store.db import Store, StoreError
from ari_app.store.sqlite import Database
from ari_app.store.tickets import NewTicket, TicketChange, TicketNotFound, TransitionNotAllowed
from ivr.tickets import STATES, Department

T = TypeVar("T")


class StoredNotesAndTickets:
    """See :class:`ari_app.desk.ports.NotesAndTickets`."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    async def ticket(
        self, card: Kept, key: str, department: str, text: str, due: datetime | None
    ) -> Ticket:
        """Open a ticket."""
        found: Department = next(one for one in get_args(Department) if one == department)
        arrival = card.arrival
        new = NewTicket(
            key=key,
            by=card.agent,
            subscriber=arrival.subscriber,
            number=arrival.number,
            department=found,
            topic=arrival.topic,
            text=text,
            due=due,
            call=arrival.call,
        )
        now = self._now()
        return read(await _kept(self._store.write(tickets.open_ticket, new, now)), now)

    async def tickets(self) -> Sequence[Ticket]:
        """All that are not done."""
        now = self._now()
        return [read(one, now) for one in await _kept(self._store.read(tickets.listed))]

    async def change(self, agent: str, key: str, id: int, to: str, note: str) -> None:
        """Change one."""
        state = next((one for one in STATES if one == to), None)
        wanted = TicketChange(key=key, by=agent, state=state, note=note)
        await _kept(self._store.write(tickets.change, id, wanted, self._now()))

    async def told(self, id: int) -> tuple[Ticket, Sequence[Entry]]:
        """One, with its history."""
        one = await _kept(self._store.read(tickets.by_id, id))
        if one is None:
            raise DeskUnavailable(f"there is no ticket {id}")
        done = await _kept(self._store.read(tickets.history, id))
        return read(one, self._now()), [Entry(e.at, e.by, e.what, e.note) for e in done]

    async def note(self, card: Kept, key: str, text: str) -> None:
        """A note for colleagues."""
        subscriber = card.arrival.subscriber
        if subscriber is None:
            raise DeskUnavailable("nobody knows this caller, so there is nobody to note it of")
        await _kept(
            self._store.write(colleague_notes.add, key, subscriber, card.agent, text, self._now())
        )

    async def call_back(self, card: Kept, key: str, due: datetime, note: str) -> None:
        """Promise to call somebody at a moment."""
        if not card.arrival.number.removeprefix("+").isdigit():
            raise DeskUnavailable("the caller has no number")
        await _kept(self._store.write(_promise, card, key, due, note, self._now()))


def read(one: tickets.Ticket, now: datetime) -> Ticket:
    """A ticket as a card shows it."""
    return Ticket(
        one.id,
        one.department,
        one.topic,
        one.text,
        one.state,
        one.owner,
        one.created,
        one.due,
        one.late(now),
        one.subscriber,
        one.number,
    )


def _promise(db: Database, card: Kept, key: str, due: datetime, note: str, now: datetime) -> None:
    arrival = card.arrival
    callbacks.request(db, key, arrival.call, arrival.number, arrival.subscriber, now, arrival.topic)
    open_ = callbacks.open_of(db, arrival.number)
    if open_ is not None:
        callbacks.promise(db, open_.id, card.agent, due, note)


async def _kept(deed: Awaitable[T]) -> T:
    try:
        return await deed
    except (StoreError, TicketNotFound, TransitionNotAllowed) as error:
        raise DeskUnavailable(str(error)) from error
