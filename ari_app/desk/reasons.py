"""Why he calls, from what a card knows: the reasons, and what may be said to an agent."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from ari_app.desk.known import Arrival, Known, Names, Path
from ivr.acd.contact_reason import (
    WITHIN,
    ChosenTopic,
    Facts,
    LockedOut,
    LostInMenus,
    OpenTicket,
    OperationFailed,
    Outage,
    Reason,
    RepeatContact,
    Ticket,
    contact_reasons,
)


class Said(Struct, frozen=True):
    """A reason as the templates tell it: ``kind`` names the word, the rest fills it."""

    kind: str
    text: str = ""
    names: Names = {}
    count: int = 0
    at: datetime | None = None


def reasons(arrival: Arrival, known: Known, now: datetime) -> tuple[Said, ...]:
    """Why he calls, the likeliest first; always at least one line."""
    found = tuple(_said(one, known) for one in contact_reasons(_facts(arrival, known, now), now))
    if known.passed and known.passed.question:
        found = (Said("passed", known.passed.question), *found)
    return found or (Said("unsaid"),)


def _facts(arrival: Arrival, known: Known, now: datetime) -> Facts:
    path = known.path or Path((), (), 0)
    return Facts(
        topic=arrival.topic,
        results=path.did,
        misses=path.misses,
        outages=tuple(
            Outage(str(number), one.until) for number, one in enumerate(known.outages or ())
        ),
        tickets=tuple(
            Ticket(one.id, one.department, one.topic, one.created, one.due)
            for one in known.tickets or ()
        ),
        contacts=sum(now - one.at <= WITHIN for one in known.history or ()),
        locked_until=known.who.locked_until if known.who else None,
    )


def _said(reason: Reason, known: Known) -> Said:
    match reason:
        case Outage(number, until):
            return Said("outage", names=(known.outages or ())[int(number)].names, at=until)
        case OpenTicket(ticket, late):
            texts = (one.text for one in known.tickets or () if one.id == ticket.id)
            return Said("late" if late else "ticket", next(texts, ""), at=ticket.due)
        case RepeatContact(times):
            return Said("again", (known.history or ())[0].question, count=times)
        case OperationFailed(operation, _, ours):
            return Said("failed" if ours else "refused", names={"": operation})
        case LockedOut(until):
            return Said("locked", at=until)
        case ChosenTopic(topic):
            return Said("topic", topic)
        case LostInMenus(times):
            return Said("lost", count=times)


def tips(arrival: Arrival, said: tuple[Said, ...], identity: str) -> Iterator[str]:
    """What may help the agent, without a script: the words that say it."""
    kinds = {one.kind for one in said}
    if arrival.subscriber is None:
        yield "tip-stranger"
    for kind in ("late", "outage", "again", "locked", "lost", "failed"):
        if kind in kinds:
            yield f"tip-{kind}"
    if arrival.subscriber is not None and identity != "code-word":
        yield "tip-prove"
