"""Why a caller calls, from what their card shows: the likely reasons, and tips for the agent."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from ari_app.desk.cards.caller_profile import Arrival, CallerProfile, CallPath, Contact, Names
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
    SaidWords,
    Ticket,
    contact_reasons,
)
from ivr.tickets import TicketPolicy

SOON = 3
"""Who asks for an agent within so many steps in the menus asked for that first."""


class ReasonLine(Struct, frozen=True):
    """A reason as the templates show it: ``kind`` names the text, the rest fills it in."""

    kind: str
    text: str = ""
    names: Names = {}
    count: int = 0
    at: datetime | None = None


def reasons(
    arrival: Arrival, profile: CallerProfile, site: TicketPolicy, now: datetime
) -> tuple[ReasonLine, ...]:
    """Why the caller calls, the likeliest reason first; always at least one line."""
    lines = tuple(
        _line(one, profile) for one in contact_reasons(_facts(arrival, profile, now), site, now)
    )
    if profile.transfer and profile.transfer.question:
        lines = (ReasonLine("transfer", profile.transfer.question), *lines)
    return lines or (ReasonLine(_unstated(arrival, profile)),)


def _unstated(arrival: Arrival, profile: CallerProfile) -> str:
    """Why no reason is known: there was no call or no menu, or the caller asked for an agent there,
    soon or late."""
    if not arrival.channel:
        return "opened"
    if not arrival.call:
        return "direct"
    steps = profile.path.steps if profile.path else ()
    return "unknown" if 0 < len(steps) <= SOON else "unstated"


def _facts(arrival: Arrival, profile: CallerProfile, now: datetime) -> Facts:
    path = profile.path or CallPath((), (), 0)
    return Facts(
        topic=arrival.topic,
        results=path.results,
        misses=path.misses,
        said=path.said,
        outages=tuple(
            Outage(str(number), one.until) for number, one in enumerate(profile.outages or ())
        ),
        tickets=tuple(
            Ticket(one.id, one.department, one.topic, one.created, one.due)
            for one in profile.tickets or ()
        ),
        contacts=sum(now - one.at <= WITHIN for one in _contacts(profile)),
        locked_until=profile.subscriber.locked_until if profile.subscriber else None,
    )


def _contacts(profile: CallerProfile) -> Sequence[Contact]:
    return [one for one in profile.history or () if not one.undelivered]


def _line(reason: Reason, profile: CallerProfile) -> ReasonLine:
    match reason:
        case Outage(number, until):
            return ReasonLine("outage", names=(profile.outages or ())[int(number)].names, at=until)
        case OpenTicket(ticket, late):
            texts = (one.text for one in profile.tickets or () if one.id == ticket.id)
            return ReasonLine("late" if late else "ticket", next(texts, ""), at=ticket.due)
        case RepeatContact(times):
            return ReasonLine("again", _contacts(profile)[0].question, count=times)
        case OperationFailed(operation, _, ours):
            return ReasonLine("failed" if ours else "refused", names={"": operation})
        case LockedOut(until):
            return ReasonLine("locked", at=until)
        case SaidWords(words, sure):
            return ReasonLine("said", words, count=sure)
        case ChosenTopic(topic):
            return ReasonLine("topic", topic)
        case LostInMenus(times):
            return ReasonLine("lost", count=times)


def tips(
    arrival: Arrival, lines: tuple[ReasonLine, ...], identity: str, paid: bool
) -> Iterator[str]:
    """Names of tips that may help the agent; ``paid``: there are operations that cost."""
    kinds = {one.kind for one in lines}
    if arrival.subscriber is None:
        yield "tip-stranger"
    for kind in ("late", "outage", "again", "locked", "lost", "failed"):
        if kind in kinds:
            yield f"tip-{kind}"
    if paid and arrival.channel and arrival.subscriber is not None and identity != "code-word":
        yield "tip-prove"
