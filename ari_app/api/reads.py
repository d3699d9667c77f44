"""The endpoints that only read."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec
from msgspec import Struct

from ari_app.api import values as v
from ari_app.api.cursors import page, place
from ari_app.api.endpoints import Asked, Endpoint, Refused
from ari_app.store import (
    callbacks,
    calls,
    history,
    outbox,
    pages,
    queue_calls,
    subscribers,
    tickets,
    views,
)
from ari_app.store.calls import Call
from ari_app.store.db import Store
from ari_app.store.pages import FIRST
from ari_app.store.sqlite import Database
from ari_app.store.subscribers import Subscriber
from ari_app.store.times import micros, moment
from ivr.acd.board import Board
from ivr.acd.figures import SECOND, Stay
from ivr.bounds import Id

T = TypeVar("T")


class Reads(Struct, frozen=True):
    """The handlers. ``board``: the queues now, and whether Asterisk is heard; ``agent``: the login
    of the agent of a phone."""

    store: Store
    board: Callable[[], tuple[Board, bool]]
    agent: Callable[[str], str | None]

    def endpoints(self) -> Sequence[Endpoint]:
        """All of them."""
        return (
            _get("/token", "", "The token that is shown", v.Token, self.token),
            _get("/calls", "calls:read", "Calls", v.Page[v.Call], self.calls, v.CallsQuery),
            _get("/calls/{id}", "calls:read", "A call", v.CallDetail, self.call),
            _get(
                "/queue-calls",
                "calls:read",
                "Stays of callers in queues",
                v.Page[v.QueueCall],
                self.queue_calls,
                v.QueueCallsQuery,
            ),
            _get("/queues", "queues:read", "The queues now", v.Queues, self.queues),
            _get(
                "/tickets",
                "tickets:read",
                "Tickets",
                v.Page[v.Ticket],
                self.tickets,
                v.TicketsQuery,
            ),
            _get("/tickets/{id}", "tickets:read", "A ticket", v.TicketDetail, self.ticket),
            _get(
                "/callbacks",
                "callbacks:read",
                "Requests to be called back",
                v.Page[v.Callback],
                self.callbacks,
                v.CallbacksQuery,
            ),
            _get(
                "/subscribers/{number}",
                "subscribers:read",
                "A subscriber; that it was read is recorded",
                v.SubscriberDetail,
                self.subscriber,
            ),
            _get("/texts", "texts:read", "The last texts", v.Texts, self.texts, v.TextsQuery),
        )

    async def token(self, asked: Asked) -> v.Token:
        """The token that is shown."""
        return converted(asked.token, v.Token)

    async def calls(self, asked: Asked) -> v.Page[v.Call]:
        """A page of calls."""
        query: v.CallsQuery = asked.query
        after = place(query.cursor, tuple[Id, str], (FIRST, ""))
        found = await self.store.read(
            pages.of_calls, query.limit + 1, after, query.since, query.number
        )
        return page(found, query.limit, _call, lambda one: (micros(one.began.at), one.began.call))

    async def call(self, asked: Asked) -> v.CallDetail:
        """A call with its steps."""
        id = asked.path["id"]
        path, stays = await self.store.read(
            lambda db: (calls.path(db, id), queue_calls.of_call(db, id))
        )
        if path is None:
            raise Refused(404, "there is no such call")
        steps = [converted(step, v.Step) for step in path.steps]
        return v.CallDetail(_call(path.call), steps, [_stay(one) for one in stays])

    async def queue_calls(self, asked: Asked) -> v.Page[v.QueueCall]:
        """A page of stays in queues."""
        query: v.QueueCallsQuery = asked.query
        after = place(query.cursor, tuple[Id, Id], (FIRST, 0))
        found = await self.store.read(
            pages.of_queue_calls, query.limit + 1, after, query.since, query.queue
        )
        return page(found, query.limit, _stay, lambda one: (one.joined, one.id))

    async def queues(self, _: Asked) -> v.Queues:
        """The queues now."""
        board, current = self.board()
        found = [
            v.Queue(
                name=name,
                waiting=[
                    v.Waiting(channel=one.call, number=one.number, since=one.since)
                    for one in queue.waiting
                ],
                members=[
                    v.Member(
                        phone=one.interface,
                        agent=self.agent(one.interface) or "",
                        state=one.state,
                        paused=one.paused,
                        reason=one.reason,
                        in_call=one.in_call,
                    )
                    for one in queue.members.values()
                ],
            )
            for name, queue in sorted(board.queues.items())
        ]
        return v.Queues(current, found)

    async def tickets(self, asked: Asked) -> v.Page[v.Ticket]:
        """A page of tickets."""
        query: v.TicketsQuery = asked.query
        given = {"department": query.department, "state": query.state, "number": query.number}
        after = place(query.cursor, Id, FIRST)
        found = await self.store.read(pages.of_tickets, query.limit + 1, after, **given)
        return page(found, query.limit, ticket, lambda one: one.id)

    async def ticket(self, asked: Asked) -> v.TicketDetail:
        """A ticket and its history."""
        id = number_of(asked.path["id"], "ticket")
        one, done = await self.store.read(
            lambda db: (tickets.by_id(db, id), tickets.history(db, id))
        )
        if one is None:
            raise Refused(404, f"there is no ticket {id}")
        entries = [converted(each, v.Entry) for each in done]
        return v.TicketDetail(ticket(one), entries)

    async def callbacks(self, asked: Asked) -> v.Page[v.Callback]:
        """A page of callback requests."""
        query: v.CallbacksQuery = asked.query
        after = place(query.cursor, Id, FIRST)
        found = await self.store.read(pages.of_callbacks, query.limit + 1, after, query.state)
        return page(found, query.limit, callback, lambda one: one.id)

    async def subscriber(self, asked: Asked) -> v.SubscriberDetail:
        """A subscriber; who looked is recorded, as it is of agents."""
        found = await self.store.write(_viewed, asked.path["number"], asked.who, asked.at)
        if found is None:
            raise Refused(404, "no subscriber has this number")
        return found

    async def texts(self, asked: Asked) -> v.Texts:
        """The last texts."""
        query: v.TextsQuery = asked.query
        found = await self.store.read(outbox.recent, query.limit, query.number)
        return v.Texts([text(one) for one in found])


def _get(
    path: str,
    scope: str,
    summary: str,
    answer: object,
    handle: Callable[..., object],
    query: type[Struct] | None = None,
) -> Endpoint:
    return Endpoint(
        method="GET",
        path=path,
        scope=scope,
        summary=summary,
        answer=answer,
        handle=handle,  # type: ignore[arg-type]  # a coroutine of whatever the answer is
        query=query,
    )


def converted(one: object, kind: type[T]) -> T:
    """A value of ours with the fields that the API has."""
    return msgspec.convert(one, kind, from_attributes=True)


def number_of(text: str, what: str) -> int:
    """The number in a path; :class:`Refused` if it is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise Refused(404, f"there is no {what} {text[:20]}")
    return int(text)


def ticket(one: tickets.Ticket) -> v.Ticket:
    """A ticket."""
    return converted(one, v.Ticket)


def callback(one: callbacks.Callback) -> v.Callback:
    """A callback request."""
    return converted(one, v.Callback)


def text(one: outbox.Text) -> v.Sent:
    """A text, without a secret in it."""
    found = converted(one, v.Sent)
    return msgspec.structs.replace(found, text="") if one.secret else found


def _call(one: Call) -> v.Call:
    began, ended = one.began, one.ended
    return v.Call(
        id=began.call,
        line=began.line,
        dialled=began.dialled,
        number=began.caller,
        subscriber=began.subscriber,
        language=began.language,
        flow=began.flow,
        version=began.version,
        began=began.at,
        ended=ended.at if ended else None,
        ending=ended.ending if ended else "",
    )


def _stay(one: Stay) -> v.QueueCall:
    answered, left, ended = (
        None if at is None else moment(at) for at in (one.answered, one.left, one.ended)
    )
    return v.QueueCall(
        id=one.id,
        channel=one.channel,
        call=one.call,
        queue=one.queue,
        topic=one.topic,
        language=one.language,
        number=one.number,
        subscriber=one.subscriber,
        joined=moment(one.joined),
        answered=answered,
        left=left,
        how=one.how,
        agent=one.agent,
        ended=ended,
        wrap_seconds=None if one.wrap is None else one.wrap / SECOND,
        transferred=one.transferred,
    )


def _viewed(db: Database, number: str, who: str, at: datetime) -> v.SubscriberDetail | None:
    one: Subscriber | None = subscribers.by_number(db, number)
    if one is None:
        return None
    views.add(db, who, one.id, "api", at)
    shown = v.Subscriber(
        id=one.id, number=one.msisdn, name=one.name, language=one.language, area=one.area
    )
    active = [ticket(each) for each in tickets.active_of(db, one.id)]
    contacts = [converted(each, v.Contact) for each in history.of_subscriber(db, one.id)]
    return v.SubscriberDetail(shown, active, contacts)
