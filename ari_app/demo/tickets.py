"""What the demo operator has promised to its subscribers: kept, still to be kept, and late."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from ari_app.demo.settings import TICKETS
from ari_app.selfcare.request_port import OpenTicket
from ari_app.store import tickets
from ari_app.store.sqlite import Database
from ari_app.store.tickets import NewTicket, TicketChange
from ivr.tickets import ACTIVE, State

_HOUR = timedelta(hours=1)


class Sample(Struct, frozen=True):
    """A ticket of the demo operator, opened so many hours ago, and what became of it."""

    subscriber: int
    hours: int
    department: str
    topic: str
    text: str
    state: State = "open"
    note: str = ""


DEMO = (
    Sample(28, 27, "technical", "internet", "Интернет медленный, звонит не первый раз.", "working"),
    Sample(
        34, 20, "field", "repair", "Обрыв кабеля в подъезде, нет интернета.", "working", "Едут."
    ),
    Sample(36, 3, "finance", "money", "Платёж не пришёл, есть чек."),
    Sample(47, 50, "technical", "tv", "Нет звука в телевизоре.", "solved", "Заменили приставку."),
)
"""None is of a subscriber who is called as in the documentation."""


def add(db: Database, numbers: Mapping[int, str], now: datetime) -> None:
    """Add those of the subscribers who have these numbers."""
    for one in DEMO:
        if one.subscriber in numbers:
            at = now - one.hours * _HOUR
            new = NewTicket(
                key=f"demo:{one.subscriber}",
                by="anna",
                subscriber=one.subscriber,
                number=numbers[one.subscriber],
                department=one.department,
                topic=one.topic,
                text=one.text,
                due=TICKETS.due(one.department, one.topic, at),
            )
            id = tickets.open_ticket(db, new, at).id
            did = TicketChange(key=f"{new.key}:1", by="boris", state=one.state, note=one.note)
            tickets.change(db, id, did, at + _HOUR)


def promised(subscriber: int, now: datetime) -> OpenTicket | None:
    """What is to be done for a subscriber, without a store."""
    for one in DEMO:
        if one.subscriber == subscriber and one.state in ACTIVE:
            at = now - one.hours * _HOUR
            due = TICKETS.due(one.department, one.topic, at)
            return OpenTicket(one.department, at, due, TICKETS.departments[one.department])
    return None
