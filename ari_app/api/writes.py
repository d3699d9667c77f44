"""The endpoints that change something; who changed it is ``api:`` and the name of the token."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from uuid import uuid4

from msgspec import UNSET, Struct
from msgspec.structs import replace

from ari_app.api import values as v
from ari_app.api.endpoints import Asked, Endpoint, Refused
from ari_app.api.reads import callback, number_of, text, ticket
from ari_app.api.received_texts import ReceivedText, TakenText
from ari_app.messaging.outbox import Outbox
from ari_app.messaging.received import Taken
from ari_app.store import callbacks, changes, outbox, subscribers, tickets
from ari_app.store.callbacks import Callback
from ari_app.store.changes import Change
from ari_app.store.db import Store
from ari_app.store.sqlite import Database
from ari_app.store.tickets import NewTicket, TicketChange, TicketNotFound, TransitionNotAllowed
from ivr.tickets import TicketPolicy

YEARS = (2000, 9000)
"""Between which a due time is."""


class Writes(Struct, frozen=True):
    """The handlers. ``refreshed``: the rest of the application loads again what was changed;
    ``received`` takes a text of a number: what it was, and what answers it."""

    store: Store
    policy: TicketPolicy
    outbox: Outbox
    refreshed: Callable[[], Awaitable[None]]
    received: Callable[[str, str], Awaitable[tuple[Taken, str]]]

    def endpoints(self) -> Sequence[Endpoint]:
        """All of them."""
        return (
            Endpoint(
                method="POST",
                path="/tickets",
                scope="tickets:write",
                summary="Open a ticket",
                answer=v.Ticket,
                handle=self.open_ticket,
                keyed=True,
                body=v.NewTicket,
                status=201,
            ),
            Endpoint(
                method="PATCH",
                path="/tickets/{id}",
                scope="tickets:write",
                summary="Change a ticket",
                answer=v.Ticket,
                handle=self.change_ticket,
                keyed=True,
                body=v.TicketChange,
            ),
            Endpoint(
                method="POST",
                path="/callbacks",
                scope="callbacks:write",
                summary="Request a callback; a number has one open request at most",
                answer=v.Callback,
                handle=self.request_callback,
                keyed=True,
                body=v.NewCallback,
                status=201,
            ),
            Endpoint(
                method="POST",
                path="/callbacks/{id}/done",
                scope="callbacks:write",
                summary="Close a request: the caller was called back",
                answer=v.Callback,
                handle=self.close_callback,
            ),
            Endpoint(
                method="POST",
                path="/texts",
                scope="texts:write",
                summary="Send a text, with retries",
                answer=v.Sent,
                handle=self.send_text,
                keyed=True,
                body=v.NewText,
                status=202,
            ),
            Endpoint(
                method="POST",
                path="/texts/received",
                scope="texts:write",
                summary="Hand over a text of a subscriber: a stop word, or the reply to a survey",
                answer=TakenText,
                handle=self.take_text,
                body=ReceivedText,
            ),
        )

    async def open_ticket(self, asked: Asked) -> v.Ticket:
        """Open a ticket."""
        body: v.NewTicket = asked.body
        self._known_department(body.department)
        new = NewTicket(
            key=_key(asked),
            by=asked.who,
            subscriber=None,
            number=body.number,
            department=body.department,
            topic=body.topic,
            text=body.text,
            owner=body.owner,
            due=_due(body.due) or self.policy.due(body.department, body.topic, asked.at),
        )
        done = await self.store.write(_opened, new, asked.at)
        await self.refreshed()
        return ticket(done)

    async def change_ticket(self, asked: Asked) -> v.Ticket:
        """Change a ticket."""
        body: v.TicketChange = asked.body
        id = number_of(asked.path["id"], "ticket")
        given = {
            name: value
            for name in ("state", "owner", "department", "due")
            if (value := getattr(body, name)) is not UNSET
        }
        if "due" in given:
            _due(given["due"])
        if "department" in given:
            self._known_department(given["department"])
        wanted = TicketChange(key=_key(asked), by=asked.who, note=body.note, **given)
        try:
            done = await self.store.write(tickets.change, id, wanted, asked.at)
        except TicketNotFound as error:
            raise Refused(404, str(error)) from None
        except TransitionNotAllowed as error:
            raise Refused(409, str(error)) from None
        await self.refreshed()
        return ticket(done)

    async def request_callback(self, asked: Asked) -> v.Callback:
        """Request a callback."""
        body: v.NewCallback = asked.body
        if self.store.numbers.whole(body.number) is None:
            raise Refused(422, f"it is no number: write one such as {self.store.numbers.example}")
        _due(body.due)
        done = await self.store.write(_requested, _key(asked), body, asked.at)
        await self.refreshed()
        return callback(done)

    async def close_callback(self, asked: Asked) -> v.Callback:
        """Close a request."""
        id = number_of(asked.path["id"], "callback")
        made = Change(asked.at, asked.who, "callbacks done", str(id))
        done = await self.store.write(_closed, made, id)
        if done is None:
            raise Refused(404, f"no callback {id} is open")
        await self.refreshed()
        return callback(done)

    async def send_text(self, asked: Asked) -> v.Sent:
        """Send a text."""
        body: v.NewText = asked.body
        if self.store.numbers.whole(body.number) is None:
            raise Refused(422, f"it is no number: write one such as {self.store.numbers.example}")
        key = _key(asked)
        done = await self.store.write(_posted, key, body, asked.at)
        self.outbox.wake()
        return text(done)

    async def take_text(self, asked: Asked) -> TakenText:
        """Take a text of a subscriber."""
        body: ReceivedText = asked.body
        number = self.store.numbers.whole(body.number)
        if number is None:
            raise Refused(422, f"it is no number: write one such as {self.store.numbers.example}")
        taken, answer = await self.received(number, body.text)
        return TakenText(taken=taken, answer=answer)

    def _known_department(self, name: str) -> None:
        known = self.policy.departments
        if name not in known:
            raise Refused(422, f"there is no department {name[:50]}: one of {', '.join(known)}")


def _due(at: datetime | None) -> datetime | None:
    """A due time as it came, if it can be stored and read again in every time zone."""
    if at is not None and not YEARS[0] <= at.year <= YEARS[1]:
        raise Refused(422, f"due: its year must be from {YEARS[0]} to {YEARS[1]}")
    return at


def _key(asked: Asked) -> str:
    """The key of a request; one of its own where none was sent."""
    return asked.key or f"{asked.who}:{uuid4().hex}"


def _opened(db: Database, new: NewTicket, at: datetime) -> tickets.Ticket:
    """Open a ticket for who has the number."""
    one = subscribers.by_number(db, new.number) if new.number else None
    if one is not None:
        new = replace(new, subscriber=one.id, number=one.msisdn)
    return tickets.open_ticket(db, new, at)


def _requested(db: Database, key: str, body: v.NewCallback, at: datetime) -> Callback:
    """Request a callback; that of the number which is open already, if there is one."""
    one = subscribers.by_number(db, body.number)
    who = one.id if one else None
    callbacks.request(db, key, "", body.number, who, at, body.topic, body.due)
    found = callbacks.open_of(db, body.number)
    if found is None:  # the same key was closed meanwhile
        raise Refused(409, "this request was called back already")
    return found


def _closed(db: Database, made: Change, id: int) -> Callback | None:
    return callbacks.by_id(db, id) if changes.made(db, made, callbacks.done, id) else None


def _posted(db: Database, key: str, body: v.NewText, at: datetime) -> outbox.Text:
    outbox.post(db, key, body.number, body.text, "", at)
    found = outbox.by_key(db, key)
    assert found is not None  # it was posted now or before
    return found
