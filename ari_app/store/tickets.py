"""Tickets: questions that were not solved at once, their due times, and all changes.

Each change has a key; the same key twice is one change.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec import Struct, json
from msgspec.structs import replace

from ari_app.store.sqlite import Database, distinct
from ari_app.store.times import micros, moment
from ivr import tickets as policy
from ivr.tickets import ACTIVE, State, may_follow

_COLUMNS = (
    "id, subscriber, number, department, topic, text, state, owner, created, author, due, closed,"
    " call"
)
_ACTIVE = "state not in ('solved', 'closed')"
"""As the index has it."""


class TicketNotFound(Exception):  # noqa: N818 - named by what is so, not as an error
    """There is no ticket of this number."""


class TransitionNotAllowed(Exception):  # noqa: N818 - named by what is so, not as an error
    """A ticket cannot change from its state to this one."""


class Ticket(Struct, frozen=True, kw_only=True):
    """A ticket: ``number`` to call the subscriber, ``owner`` who works on it (``""``: no one yet),
    ``by`` who opened it, ``closed`` when it was solved or closed."""

    id: int
    subscriber: int | None
    number: str
    department: str
    topic: str
    text: str
    state: State
    owner: str
    created: datetime
    by: str
    due: datetime
    closed: datetime | None
    call: str

    def late(self, now: datetime) -> bool:
        """Whether it is overdue."""
        return policy.late(self.state, self.due, now)


class NewTicket(Struct, frozen=True, kw_only=True):
    """A ticket to be opened ``by`` an agent."""

    key: str
    by: str
    subscriber: int | None
    number: str = ""
    department: str
    topic: str = ""
    text: str
    owner: str = ""
    due: datetime
    call: str = ""


class TicketChange(Struct, frozen=True, kw_only=True):
    """A change of a ticket; what is None stays. Moved to another department, it is open and has
    no owner; who sets an unowned ticket to ``working`` becomes its owner."""

    key: str
    by: str
    state: State | None = None
    owner: str | None = None
    department: str | None = None
    due: datetime | None = None
    note: str = ""


class Entry(Struct, frozen=True):
    """A line of a ticket's history: ``what`` became what."""

    at: datetime
    by: str
    what: Mapping[str, str]
    note: str


def open_ticket(db: Database, new: NewTicket, at: datetime) -> Ticket:
    """Open a ticket; the same key twice is the same ticket."""
    done = db.conn.execute(
        "insert into tickets (key, subscriber, number, department, topic, text, state, owner,"
        " created, author, due, call) values (?, ?, ?, ?, ?, ?, 'open', ?, ?, ?, ?, ?)"
        " on conflict (key) do nothing",
        (
            *(new.key, new.subscriber, new.number, new.department, new.topic, new.text, new.owner),
            *(micros(at), new.by, micros(new.due), new.call),
        ),
    )
    (ticket,) = selected(db, "where key = ?", new.key)
    if done.rowcount:
        what = {"state": "open", "department": new.department, "due": _written(new.due)}
        _note(db, ticket.id, new.key, Entry(at, new.by, what, ""))
    return ticket


def change(db: Database, id: int, wanted: TicketChange, at: datetime) -> Ticket:
    """Change a ticket and return it. ``TicketNotFound``, ``TransitionNotAllowed``."""
    ticket = by_id(db, id)
    if ticket is None:
        raise TicketNotFound(f"there is no ticket {id}")
    if db.conn.execute("select 1 from ticket_history where key = ?", (wanted.key,)).fetchone():
        return ticket
    then = _changed(ticket, wanted, at)
    fields = ("state", "owner", "department", "due")
    what = {
        name: _written(now)
        for name in fields
        if (now := getattr(then, name)) != getattr(ticket, name)
    }
    db.conn.execute(
        "update tickets set state = ?, owner = ?, department = ?, due = ?, closed = ? where id = ?",
        (
            *(then.state, then.owner, then.department, micros(then.due)),
            *(then.closed and micros(then.closed), id),
        ),
    )
    if what or wanted.note:
        _note(db, id, wanted.key, Entry(at, wanted.by, what, wanted.note))
    return then


def by_id(db: Database, id: int) -> Ticket | None:
    """A ticket, None if there is none of this number."""
    return next(iter(selected(db, "where id = ?", id)), None)


def of_subscriber(db: Database, subscriber: int, limit: int = 20) -> list[Ticket]:
    """A subscriber's last tickets, the newest first."""
    tail = "where subscriber = ? order by created desc, id desc limit ?"
    return selected(db, tail, subscriber, limit)


def active_of(db: Database, subscriber: int) -> list[Ticket]:
    """A subscriber's active tickets, the soonest due first."""
    return selected(db, f"where subscriber = ? and {_ACTIVE} order by due, id", subscriber)


def listed(
    db: Database,
    *,
    department: str | None = None,
    state: State | None = None,
    owner: str | None = None,
    late_at: datetime | None = None,
    closed: bool = False,
    limit: int = 1000,
) -> list[Ticket]:
    """Tickets by all that is given, the soonest first; ``owner`` ``""`` selects unowned ones.

    Solved and closed ones only if that ``state`` is asked for, or with ``closed`` all of them.
    """
    asked = (
        ("department = ?", department),
        ("state = ?", state),
        ("owner = ?", owner),
        ("due < ?", late_at and micros(late_at)),
    )
    given = [(sql, value) for sql, value in asked if value is not None]
    active = late_at is not None or not (state or closed)
    if active:  # by the index of the active ones, which are few
        where = " and ".join([_ACTIVE, *(f"+{sql}" for sql, _ in given)])
    else:
        where = " and ".join(["true", *(sql for sql, _ in given)])
    values = [value for _, value in given]
    return selected(db, f"where {where} order by due, id limit ?", *values, limit)


def departments(db: Database) -> list[str]:
    """All departments that tickets are in, or were closed in."""
    return distinct(db, "tickets", "department")


def history(db: Database, id: int) -> list[Entry]:
    """All changes of a ticket, the oldest first."""
    rows = db.conn.execute(
        "select at, author, what, note from ticket_history where ticket = ? order by seq", (id,)
    )
    return [
        Entry(moment(at), by, json.decode(what, type=dict[str, str]), note)
        for at, by, what, note in rows
    ]


def _changed(ticket: Ticket, wanted: TicketChange, at: datetime) -> Ticket:
    state, owner = wanted.state or ticket.state, wanted.owner
    moved = wanted.department not in (None, ticket.department)
    if moved and wanted.state is None and state in ACTIVE:
        state = "open"
    if not may_follow(ticket.state, state):
        raise TransitionNotAllowed(f"ticket {ticket.id} is {ticket.state}: it cannot be {state}")
    if owner is None:
        owner = "" if moved else ticket.owner
        if wanted.state == "working":
            owner = owner or wanted.by
    return replace(
        ticket,
        state=state,
        owner=owner,
        department=wanted.department or ticket.department,
        due=wanted.due or ticket.due,
        closed=None if state in ACTIVE else ticket.closed or at,
    )


def _written(value: str | datetime) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _note(db: Database, id: int, key: str, entry: Entry) -> None:
    db.conn.execute(
        "insert into ticket_history (ticket, key, at, author, what, note)"
        " values (?, ?, ?, ?, ?, ?)",
        (id, key, micros(entry.at), entry.by, json.encode(entry.what).decode(), entry.note),
    )


def selected(db: Database, tail: str, *values: object) -> list[Ticket]:
    """The tickets that the ``tail`` of a query chooses, which is no text from outside."""
    rows = db.conn.execute(f"select {_COLUMNS} from tickets {tail}", values)
    return [
        Ticket(
            id=id,
            subscriber=subscriber,
            number=number,
            department=department,
            topic=topic,
            text=text,
            state=state,
            owner=owner,
            created=moment(created),
            by=by,
            due=moment(due),
            closed=None if closed is None else moment(closed),
            call=call,
        )
        for (
            id, subscriber, number, department, topic, text, state, owner, created, by, due,
            closed, call,
        ) in rows
    ]  # fmt: skip
