"""Pages of what is listed, the newest first: each goes on after the last row of the page before,
whatever was added meanwhile."""

from collections.abc import Mapping
from datetime import datetime

from ari_app.store import callbacks, calls, queue_calls, tickets
from ari_app.store.callbacks import Callback
from ari_app.store.calls import Call
from ari_app.store.sqlite import Database
from ari_app.store.tickets import Ticket
from ari_app.store.times import micros
from ivr.acd.figures import Stay

FIRST = 2**62
"""After this comes the first page."""


def of_calls(
    db: Database,
    limit: int,
    after: tuple[int, str] = (FIRST, ""),
    since: datetime | None = None,
    number: str | None = None,
) -> list[Call]:
    """Calls: ``after`` the beginning, in microseconds, and the id of the last one before; those
    since a moment, those of a number."""
    given = {"caller = ?": number and _msisdn(db, number)}
    where, values = _given(given)
    return calls.selected(
        db,
        f"where began <= ? and (began, id) < (?, ?) and began >= ? {where}"
        " order by began desc, id desc limit ?",
        *(after[0], *after, micros(since) if since else 0, *values, limit),
    )


def of_queue_calls(
    db: Database,
    limit: int,
    after: tuple[int, int] = (FIRST, 0),
    since: datetime | None = None,
    queue: str | None = None,
) -> list[Stay]:
    """Stays in queues: ``after`` the joining, in microseconds, and the id of the last one before;
    those since a moment, those in a queue."""
    where, values = _given({"queue = ?": queue})
    return queue_calls.selected(
        db,
        f"where joined <= ? and (joined, id) < (?, ?) and joined >= ? {where}"
        " order by joined desc, id desc limit ?",
        *(after[0], *after, micros(since) if since else 0, *values, limit),
    )


def of_tickets(
    db: Database,
    limit: int,
    after: int = FIRST,
    *,
    department: str | None = None,
    state: str | None = None,
    number: str | None = None,
) -> list[Ticket]:
    """Tickets: ``after`` the id of the last one before."""
    number = number and _msisdn(db, number)
    given = {"department = ?": department, "state = ?": state, "number = ?": number}
    where, values = _given({f"+{sql}": value for sql, value in given.items()})
    return tickets.selected(
        db, f"where id < ? {where} order by id desc limit ?", after, *values, limit
    )


def of_callbacks(
    db: Database, limit: int, after: int = FIRST, state: str | None = None
) -> list[Callback]:
    """Callback requests: ``after`` the id of the last one before."""
    where, values = _given({"+state = ?": state})
    return callbacks.selected(
        db, f"where id < ? {where} order by id desc limit ?", after, *values, limit
    )


def _given(conditions: Mapping[str, str | None]) -> tuple[str, list[str]]:
    """The SQL of conditions that are given, and their values."""
    found = {sql: value for sql, value in conditions.items() if value is not None}
    return " ".join(f"and {sql}" for sql in found), list(found.values())


def _msisdn(db: Database, number: str) -> str:
    return db.numbers.msisdn(number) or number
