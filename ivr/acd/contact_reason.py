"""Why a caller wants a human: what is known of him, put in the order of what explains it best."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TypeAlias

from msgspec import Struct

from ivr.model import Book
from ivr.nodes import Do

WITHIN = timedelta(days=7)
"""Who gets in touch again within this time was not helped well enough before."""
OFTEN = 3
"""The how-manieth contact within that time matters more than what this one is about."""
LOST = 3
"""So many silences and wrong keys say that somebody does not find his way."""

_UNSAID = frozenset({"", "general", "ticket", "late-ticket"})
"""Topics that he did not choose."""
_VAGUE = _UNSAID | {"complaint", "management"}
"""Topics that may be about anything."""
_OF_OUTAGES = _VAGUE | {"internet", "outage", "tv"}
"""Topics that an outage may be the cause of."""
_FINE = frozenset(
    {"accepted", "already", "higher", "late", "lower", "none", "ok", "old", "same", "some"}
)
"""Outcomes with which a caller has what there is."""
_OUR_FAULT = frozenset({"error", "failed", "unavailable", "unknown"})
_UNASKED = frozenset({"", "hung-up", "identify", "need"})
"""Ways out of an operation that was not asked."""
_MISSED = frozenset({"silent", "wrong", "gave-up", "farewell"})


class NodeVisit(Struct, frozen=True):
    """A node through which he came, as the record of his call has it."""

    flow: str
    node: str
    outcome: str
    way: str


class OperationResult(Struct, frozen=True):
    """What an operation of self-service answered him last."""

    operation: str
    outcome: str


class Ticket(Struct, frozen=True):
    """What was promised to him and is not done yet."""

    id: int
    department: str
    topic: str
    created: datetime
    due: datetime


class Outage(Struct, frozen=True, tag="outage"):
    """Something is announced that concerns him."""

    said: str
    until: datetime


class OpenTicket(Struct, frozen=True, tag="owed"):
    """We have a question of his, and should have answered it already if it is ``late``."""

    ticket: Ticket
    late: bool


class RepeatContact(Struct, frozen=True, tag="repeated"):
    """He gets in touch for the ``times``-th time :data:`WITHIN` a few days."""

    times: int


class OperationFailed(Struct, frozen=True, tag="failed"):
    """He tried an operation in vain; ``ours`` if it could not be asked, not if it was refused."""

    operation: str
    outcome: str
    ours: bool


class LockedOut(Struct, frozen=True, tag="locked-out"):
    """His code word cannot be tried until then."""

    until: datetime


class ChosenTopic(Struct, frozen=True, tag="wants"):
    """He chose a topic."""

    topic: str


class LostInMenus(Struct, frozen=True, tag="lost"):
    """He did not find his way: so often he was silent or keyed what nobody asked for."""

    times: int


Reason: TypeAlias = (
    Outage | OpenTicket | RepeatContact | OperationFailed | LockedOut | ChosenTopic | LostInMenus
)


class Facts(Struct, frozen=True, kw_only=True):
    """What is known of a caller. ``contacts`` are his earlier ones :data:`WITHIN` a few days,
    ``misses`` his silences and wrong keys in this call."""

    topic: str = ""
    results: tuple[OperationResult, ...] = ()
    misses: int = 0
    outages: tuple[Outage, ...] = ()
    tickets: tuple[Ticket, ...] = ()
    contacts: int = 0
    locked_until: datetime | None = None


def contact_reasons(facts: Facts, now: datetime) -> tuple[Reason, ...]:
    """The likely reasons, the likeliest first; none if nothing is known."""
    return tuple(reason for _, reason in sorted(_ranked(facts, now), key=lambda one: one[0]))


def _ranked(facts: Facts, now: datetime) -> Iterator[tuple[int, Reason]]:
    """Each reason with its place: where we failed him, what he may mean, what he asked for, what
    else there is."""
    for ticket in facts.tickets:
        late = ticket.due < now
        meant = facts.topic in _VAGUE or facts.topic == ticket.topic
        yield 0 if late else 3 if meant else 9, OpenTicket(ticket, late)
    for outage in facts.outages:
        yield 1 if facts.topic in _OF_OUTAGES else 10, outage
    if facts.contacts:
        times = facts.contacts + 1
        yield 2 if times >= OFTEN else 8, RepeatContact(times)
    for result in facts.results:
        if result.outcome not in _FINE:
            ours = result.outcome in _OUR_FAULT
            yield (
                4 if ours else 6,
                OperationFailed(result.operation, result.outcome, ours),
            )
    if facts.locked_until is not None and facts.locked_until > now:
        yield 5, LockedOut(facts.locked_until)
    if facts.topic not in _UNSAID:
        yield 7, ChosenTopic(facts.topic)
    if facts.misses >= LOST:
        yield 11, LostInMenus(facts.misses)


def last_results(book: Book, path: Iterable[NodeVisit]) -> tuple[OperationResult, ...]:
    """What each operation answered last on a way through these flows, the last one first.

    A node that is there no more is passed over.
    """
    found: dict[str, OperationResult] = {}
    for one in path:
        flow = book.flows.get(one.flow)
        node = flow.nodes.get(one.node) if flow else None
        if isinstance(node, Do) and one.way not in _UNASKED:
            found.pop(node.do, None)
            found[node.do] = OperationResult(node.do, one.outcome)
    return tuple(reversed(found.values()))


def misses(path: Iterable[NodeVisit]) -> int:
    """How often he was silent or keyed what nobody asked for."""
    return sum(one.way in _MISSED for one in path)
