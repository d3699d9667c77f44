"""Why he calls: what an agent must know before he picks up, the weightiest first."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from ari_app.desk.known import Arrival, Contact, Known, Names, Ticket

AGAIN = timedelta(days=7)
"""Who was in touch so lately calls again."""

Kind = Literal["passed", "outage", "late", "again", "ticket", "failed", "topic", "unsaid"]


class Reason(Struct, frozen=True):
    """One of the reasons. ``text`` is of the ticket, the question or the topic, ``names`` of the
    outage or the step; ``count``: how often he was in touch in the last 7 days; ``at``: when a
    ticket is due."""

    kind: Kind
    text: str = ""
    names: Names = {}
    count: int = 0
    at: datetime | None = None


def why(arrival: Arrival, known: Known, now: datetime) -> tuple[Reason, ...]:
    """What is known of why he calls; always at least one reason."""
    said = arrival.topic not in ("", "general")
    topic = (Reason("topic", arrival.topic),) if said else ()
    said_before = known.passed.question if known.passed else ""
    passed = (Reason("passed", said_before),) if said_before else ()
    return (*passed, *topic, *_reasons(known, now)) or (Reason("unsaid"),)


def _reasons(known: Known, now: datetime) -> Iterator[Reason]:
    yield from (Reason("outage", names=names) for names in known.outages or ())
    for ticket in sorted(known.tickets or (), key=_due):
        yield Reason("late" if ticket.late else "ticket", ticket.text, at=ticket.due)
    lately = [one for one in known.history or () if _lately(one, now)]
    if lately:
        yield Reason("again", lately[0].question, count=len(lately))
    failed = [step for step in known.path or () if step.failed]
    if failed:
        yield Reason("failed", names=failed[-1].what)


def _due(ticket: Ticket) -> datetime:
    return ticket.due


def _lately(contact: Contact, now: datetime) -> bool:
    return now - contact.at <= AGAIN
