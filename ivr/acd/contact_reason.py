"""Contact reasons: why a caller probably wants an agent, the likeliest first."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TypeAlias

from msgspec import Struct

from ivr.model import Book
from ivr.nodes import Do
from ivr.spoken import words_of
from ivr.terms import SAID
from ivr.tickets import TicketPolicy
from ivr.values import Values

WITHIN = timedelta(days=7)
"""A further contact within this time is a repeat contact."""
OFTEN = 3
"""From this many contacts within that time, the repetition ranks above the topic."""
LOST = 3
"""From this many silences and wrong keys, the caller is lost in the menus."""

_FINE = frozenset(
    {"accepted", "already", "higher", "late", "lower", "none", "ok", "old", "same", "some"}
)
"""Outcomes with which the caller got what was asked for."""
_OF_MENUS = frozenset({"billing", "situation"})
"""Operations that menus run for themselves: the caller did not ask for them."""
_OUR_FAULT = frozenset({"error", "failed", "unavailable", "unknown"})
_UNASKED = frozenset({"", "hung-up", "identify", "need"})
"""Edges by which a node is left without running its operation."""
_MISSED = frozenset({"silent", "wrong", "gave-up", "unanswered", "farewell"})


class NodeVisit(Struct, frozen=True):
    """A node that the call passed, from the call record."""

    flow: str
    node: str
    outcome: str
    way: str
    filled: Values = {}


class OperationResult(Struct, frozen=True):
    """The last outcome of a self-service operation in the call."""

    operation: str
    outcome: str


class Ticket(Struct, frozen=True):
    """An active ticket of the caller."""

    id: int
    department: str
    topic: str
    created: datetime
    due: datetime


class Outage(Struct, frozen=True, tag="outage"):
    """An announcement that concerns the caller."""

    said: str
    until: datetime


class OpenTicket(Struct, frozen=True, tag="owed"):
    """The caller has an open ticket; ``late``: past its due time."""

    ticket: Ticket
    late: bool


class RepeatContact(Struct, frozen=True, tag="repeated"):
    """The ``times``-th contact :data:`WITHIN` a few days."""

    times: int


class OperationFailed(Struct, frozen=True, tag="failed"):
    """An operation failed; ``ours``: the back end was at fault, not the request refused."""

    operation: str
    outcome: str
    ours: bool


class LockedOut(Struct, frozen=True, tag="locked-out"):
    """The code word is locked out until then."""

    until: datetime


class ChosenTopic(Struct, frozen=True, tag="wants"):
    """The caller chose a topic."""

    topic: str


class SaidWords(Struct, frozen=True, tag="said"):
    """The caller said what they need, in words of the menu; ``sure`` in percent."""

    words: str
    sure: int


class LostInMenus(Struct, frozen=True, tag="lost"):
    """The caller was silent or pressed a wrong key this many times."""

    times: int


Reason: TypeAlias = (
    Outage
    | OpenTicket
    | RepeatContact
    | OperationFailed
    | LockedOut
    | SaidWords
    | ChosenTopic
    | LostInMenus
)


class Facts(Struct, frozen=True, kw_only=True):
    """What is known of a caller.

    ``contacts``: earlier ones :data:`WITHIN` a few days; ``misses``: silences and wrong keys in
    this call.
    """

    topic: str = ""
    results: tuple[OperationResult, ...] = ()
    misses: int = 0
    outages: tuple[Outage, ...] = ()
    tickets: tuple[Ticket, ...] = ()
    contacts: int = 0
    locked_until: datetime | None = None
    said: SaidWords | None = None


def contact_reasons(facts: Facts, site: TicketPolicy, now: datetime) -> tuple[Reason, ...]:
    """The reasons, the likeliest first; empty if nothing is known.

    ``site`` says which topics are chosen, vague, or caused by outages.
    """
    ranked = sorted(_ranked(facts, site, now), key=lambda one: one[0])
    return tuple(reason for _, reason in ranked)


def _ranked(facts: Facts, site: TicketPolicy, now: datetime) -> Iterator[tuple[int, Reason]]:
    """Each reason with its rank: our failures, what the topic may mean, the topic, the rest."""
    topic = site.topic(facts.topic)
    vague = topic.vague or not topic.chosen
    for ticket in facts.tickets:
        late = ticket.due < now
        meant = vague or facts.topic == ticket.topic
        yield 0 if late else 3 if meant else 9, OpenTicket(ticket, late)
    for outage in facts.outages:
        yield 1 if vague or topic.outages else 10, outage
    if facts.contacts:
        times = facts.contacts + 1
        yield 2 if times >= OFTEN else 8, RepeatContact(times)
    for result in facts.results:
        if result.outcome not in _FINE and result.operation not in _OF_MENUS:
            ours = result.outcome in _OUR_FAULT
            yield (
                4 if ours else 6,
                OperationFailed(result.operation, result.outcome, ours),
            )
    if facts.locked_until is not None and facts.locked_until > now:
        yield 5, LockedOut(facts.locked_until)
    if facts.said is not None:
        yield 6, facts.said
    if topic.chosen:
        yield 7, ChosenTopic(facts.topic)
    if facts.misses >= LOST:
        yield 11, LostInMenus(facts.misses)


def last_results(book: Book, path: Iterable[NodeVisit]) -> tuple[OperationResult, ...]:
    """The last outcome of each operation on a path through the flows, the latest first.

    Nodes that no longer exist are skipped.
    """
    found: dict[str, OperationResult] = {}
    for one in path:
        flow = book.flows.get(one.flow)
        node = flow.nodes.get(one.node) if flow else None
        if isinstance(node, Do) and one.way not in _UNASKED:
            found.pop(node.do, None)
            found[node.do] = OperationResult(node.do, one.outcome)
    return tuple(reversed(found.values()))


def last_said(path: Iterable[NodeVisit]) -> SaidWords | None:
    """What the caller said last to a ``listen``; None if nothing."""
    found = None
    for one in path:
        if one.way.startswith(SAID) and (said := words_of(one.filled)):
            found = SaidWords(*said)
    return found


def misses(path: Iterable[NodeVisit]) -> int:
    """How often the caller was silent or pressed a wrong key."""
    return sum(one.way in _MISSED for one in path)
