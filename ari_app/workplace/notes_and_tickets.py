"""Tickets, notes for colleagues and promised callbacks, in the store."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import TypeVar

from ari_app.callbacks.port import ERRORS, AttemptUnderWayError
from ari_app.desk.cards.caller_profile import Callback, Ticket, TicketEntry
from ari_app.desk.cards.card_store import CardRecord
from ari_app.desk.ports import DeskUnavailable
from ari_app.log import masked
from ari_app.store import (
    callbacks,
    changes,
    colleague_notes,
    preferred_agents,
    subscribers,
    tickets,
)
from ari_app.store.db import Store
from ari_app.store.sqlite import Database
from ari_app.store.tickets import NewTicket, TicketChange, TicketNotFound, TransitionNotAllowed
from ivr.tickets import STATES, TicketPolicy

T = TypeVar("T")

Claim = Callable[[], Awaitable[callbacks.Callback]]
Claimed = Callable[[int, Claim], Awaitable[callbacks.Callback]]
"""Claims a callback so that no stand-in dials its number:
:meth:`ari_app.callbacks.dialler.Dialler.by_hand`."""


async def _directly(_: int, claim: Claim) -> callbacks.Callback:
    """Where no stand-in ever dials."""
    return await claim()


class StoredNotesAndTickets:
    """See :class:`ari_app.desk.ports.NotesAndTickets`; ``site`` decides when tickets are due,
    ``claimed`` keeps stand-ins from dialling who is called by hand."""

    def __init__(
        self,
        store: Store,
        site: TicketPolicy,
        now: Callable[[], datetime],
        claimed: Claimed = _directly,
    ) -> None:
        self._store = store
        self._claimed = claimed
        self._site = site
        self._now = now

    async def open_ticket(
        self, card: CardRecord, key: str, department: str, text: str, due: datetime | None
    ) -> Ticket:
        """Open a ticket."""
        arrival, now = card.arrival, self._now()
        new = NewTicket(
            key=key,
            by=card.agent,
            subscriber=arrival.subscriber,
            number=arrival.number,
            department=department,
            topic=arrival.topic,
            text=text,
            due=due or self._site.due(department, arrival.topic, now),
            call=arrival.call,
        )
        return to_card(await _answer(self._store.write(tickets.open_ticket, new, now)), now)

    async def unresolved_tickets(self) -> Sequence[Ticket]:
        """All tickets that are still to be worked on, soonest due first."""
        now = self._now()
        return [to_card(one, now) for one in await _answer(self._store.read(tickets.listed))]

    async def change_ticket(self, agent: str, key: str, id: int, to: str, note: str) -> None:
        """Set the state of a ticket and add a note."""
        state = next((one for one in STATES if one == to), None)
        wanted = TicketChange(key=key, by=agent, state=state, note=note)
        await _answer(self._store.write(tickets.change, id, wanted, self._now()))

    async def ticket(self, id: int) -> tuple[Ticket, Sequence[TicketEntry]]:
        """A ticket and its history."""
        one = await _answer(self._store.read(tickets.by_id, id))
        if one is None:
            raise DeskUnavailable(f"there is no ticket {id}", "ticket-gone")
        done = await _answer(self._store.read(tickets.history, id))
        return to_card(one, self._now()), [TicketEntry(e.at, e.by, e.what, e.note) for e in done]

    async def add_note(self, card: CardRecord, key: str, text: str) -> None:
        """Add a note for colleagues."""
        subscriber = card.arrival.subscriber
        if subscriber is None:
            raise DeskUnavailable(f"card {card.id} has no subscriber for a note", "note-no-one")
        await _answer(
            self._store.write(colleague_notes.add, key, subscriber, card.agent, text, self._now())
        )

    async def prefer_agent(self, card: CardRecord, agent: str, until: datetime | None) -> None:
        """Store to whom the subscriber comes first, recorded as a change."""
        subscriber = card.arrival.subscriber
        if subscriber is None:
            raise DeskUnavailable(f"card {card.id} has no subscriber", "note-no-one")
        who = (subscriber, agent, until)
        if not await _answer(self._store.write(_prefer, card.agent, *who, self._now())):
            raise DeskUnavailable(f"there is no agent {agent!r}", "goes-to-no-one")

    async def open_callbacks(self) -> Sequence[Callback]:
        """All open callbacks, soonest due first; as soon as possible was due when requested."""
        found = await _answer(self._store.read(_open_ones))
        return sorted(found, key=lambda one: one.due or one.at)

    async def take_callback(
        self, agent: str, id: int, due: datetime | None, dials: bool = False
    ) -> Callback:
        """Assign an open callback to an agent, who ``dials`` the number now."""

        async def claim() -> callbacks.Callback:
            return await self._store.write(_take, agent, id, due, dials, self._now())

        return callback(await _answer(self._claimed(id, claim)))

    async def leave_callback(self, id: int) -> Callback:
        """Leave an open callback to any agent who is free."""
        return callback(await _answer(self._store.write(_leave, id, self._now())))

    async def close_callback(self, agent: str, id: int) -> Callback:
        """Close it, as `firstline callbacks done` does."""
        now = self._now()
        made = changes.Change(now, agent, "callbacks done", str(id), place="desk")
        return callback(await _answer(self._store.write(_close, made, id)))

    async def promise_callback(self, card: CardRecord, key: str, due: datetime, note: str) -> None:
        """Promise the caller a call; an open callback of the same number is taken over."""
        if self._store.numbers.whole(card.arrival.number) is None:
            raise DeskUnavailable(f"card {card.id} has no number to call", "number-unusable")
        await _answer(self._store.write(_promise, card, key, due, note, self._now()))


def callback(one: callbacks.Callback, name: str = "") -> Callback:
    """A callback as cards and lists show it."""
    return Callback(
        *(
            one.at,
            one.due,
            one.agent,
            one.note,
            one.number,
            one.id,
            one.subscriber,
            one.topic,
            name,
        ),
        *(one.attempts, bool(one.calling), one.outcome, one.gave_up),
    )


def _open_ones(db: Database) -> list[Callback]:
    found = callbacks.listed(db, False)
    names = subscribers.names(db, {one.subscriber for one in found if one.subscriber is not None})
    return [callback(one, names.get(one.subscriber or 0, "")) for one in found]


def to_card(one: tickets.Ticket, now: datetime) -> Ticket:
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


class _NotOpenError(Exception):
    """The callback was made, or closed by somebody else."""


class _CalledNowError(Exception):
    """An agent is calling the caller back now."""


def _open(db: Database, id: int) -> callbacks.Callback:
    one = callbacks.by_id(db, id)
    if one is None or one.state != "open":
        raise _NotOpenError(f"callback {id} is not open any more")
    return one


def _take(
    db: Database, agent: str, id: int, due: datetime | None, dials: bool, now: datetime
) -> callbacks.Callback:
    _open(db, id)
    who = (db, id, agent)
    if not (callbacks.by_hand(*who, now) if dials else callbacks.claim(*who, due, now)):
        raise _CalledNowError(f"callback {id} is being made")
    return _open(db, id)


def _leave(db: Database, id: int, now: datetime) -> callbacks.Callback:
    if _open(db, id).calling:
        raise _CalledNowError(f"callback {id} is being made")
    callbacks.to_queue(db, id, now)
    return _open(db, id)


def _close(db: Database, made: changes.Change, id: int) -> callbacks.Callback:
    one = _open(db, id)
    changes.made(db, made, callbacks.done, id)
    return one


def _prefer(
    db: Database, by: str, subscriber: int, agent: str, until: datetime | None, now: datetime
) -> bool:
    """False if there is no such agent; that no agent was chosen before changes nothing."""
    one = subscribers.by_id(db, subscriber)
    subject = masked(one.msisdn) if one else ""
    made = changes.Change(now, by, "subscribers goes-to", subject, agent, place="desk")
    if agent and until:
        return changes.made(db, made, preferred_agents.choose, subscriber, agent, until, by)
    changes.made(db, made, preferred_agents.remove, subscriber)
    return True


def _promise(
    db: Database, card: CardRecord, key: str, due: datetime, note: str, now: datetime
) -> None:
    arrival = card.arrival
    callbacks.request(db, key, arrival.call, arrival.number, arrival.subscriber, now, arrival.topic)
    open_ = callbacks.open_of(db, arrival.number)
    if open_ is not None:
        callbacks.promise(db, open_.id, card.agent, due, note)


_WORDS = {
    TicketNotFound: "ticket-gone",
    TransitionNotAllowed: "ticket-not-so",
    _NotOpenError: "callback-over",
    _CalledNowError: "callback-now",
    AttemptUnderWayError: "callback-now",
}
"""The words shown to the agent for these errors."""

_ERRORS: tuple[type[Exception], ...] = (*ERRORS, *_WORDS)


async def _answer(query: Awaitable[T]) -> T:
    try:
        return await query
    except _ERRORS as error:
        raise DeskUnavailable(str(error), _WORDS.get(type(error), "try-again")) from error
