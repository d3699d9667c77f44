"""Erasing a person (GDPR): personal data is deleted, records that are counted are anonymised.

Calls, their steps, contacts and their topics, complaints, tickets, announcements heard and requests
stay, without anything that leads to the person. A number that no subscriber has is erased likewise.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct, json

from ari_app.store import name_words, subscribers
from ari_app.store.calls import SECRET
from ari_app.store.sqlite import Database
from ari_app.store.times import micros

_WRITTEN = (
    ("calls", "caller"),
    ("steps", "key"),
    ("complaints", "number"),
    ("callbacks", "number"),
    ("outbox", "number"),
    ("charges", "number"),
    ("code_word_tries", "number"),
    ("second_contacts", "number"),
    ("one_time_codes", "number"),
    ("announcement_hearings", "number"),
    ("announcement_wishes", "number"),
    ("cards", "number"),
    ("cards", "about"),
    ("conversations", "number"),
    ("tickets", "number"),
    ("webhook_events", "number"),
    ("tasks", "number"),
    ("surveys", "number"),
    ("campaign_targets", "number"),
    ("no_campaigns", "number"),
)
"""Where numbers are stored, some of them as they were dialled."""
_FORMS = "(select value from json_each(:forms))"
_MINE = f"(subscriber = :id or number in {_FORMS})"
_CALLING = f"(subscriber = :id or caller in {_FORMS})"
_CALLS = f"(select id from calls where {_CALLING})"
_ANY = f"({_MINE} or call in {_CALLS})"
_TALKED = f"({_ANY} or channel in (select channel from cards where subscriber = :id))"
_SCORED = f"stay in (select id from queue_calls where {_ANY})"
INDEXES = ("contacts_words", "subscribers_words")
"""Full-text indexes; they hold words of deleted rows until :func:`forget_words`."""
_PAGES = 500
"""Pages of an index that are merged in one transaction, about."""

_ANONYMOUS = 0
"""Instead of the id of a subscriber, where there must be one."""


def _names(column: str, field: str) -> str:
    """Whether a field of a JSON column is the person's id."""
    return f"(json_valid({column}) and json_extract({column}, '$.{field}') = :id)"


def _anonymised(column: str, field: str, *more: str) -> str:
    """The JSON column with these fields anonymised where they are the person's id."""
    kept = _anonymised(column, *more) if more else column
    return f"iif({_names(column, field)}, json_set({kept}, '$.{field}', {_ANONYMOUS}), {kept})"


# Deleted, in this order: name, table, which rows.
_DELETED = (
    ("code word", "code_words", "subscriber = :id"),
    ("one-time codes", "one_time_codes", f"subscriber = :id or number in {_FORMS}"),
    ("visits of the cabinet", "cabinet_visits", "subscriber = :id"),
    ("second contacts", "second_contacts", f"subscriber = :id or number in {_FORMS}"),
    ("lines of bills", "bill_lines", "bill in (select id from bills where subscriber = :id)"),
    ("bills", "bills", "subscriber = :id"),
    ("payments", "payments", "subscriber = :id"),
    ("services", "account_services", "subscriber = :id"),
    ("charges", "charges", f"subscriber = :id or number in {_FORMS}"),
    ("offers", "sales", "seller = :id or recipient = :id"),
    ("account", "accounts", "subscriber = :id"),
    ("recorded conversations", "conversations", _TALKED),
    ("texts typed into cards", "card_texts", f"card in (select id from cards where {_ANY})"),
    ("notes of agents", "colleague_notes", "subscriber = :id"),
    ("chosen agents", "preferred_agents", "subscriber = :id"),
    ("places in calls", "checkpoints", f"call in {_CALLS}"),
    ("tapes of calls", "tapes", f"call in {_CALLS}"),
    ("events for other systems", "webhook_events", _ANY),
    ("texts", "outbox", f"number in {_FORMS} or call in {_CALLS}"),
)
# Anonymised: name, table, what is set, which rows.
_ANONYMISED = (
    ("contacts", "contacts", "subscriber = null, question = '', solution = ''", "subscriber = :id"),
    (
        "attempts at code words",
        "code_word_tries",
        "why = iif(subscriber = :id, '', why), subscriber = nullif(subscriber, :id),"
        f" number = iif(number in {_FORMS}, '', number)",
        _MINE,
    ),
    (
        "complaints",
        "complaints",
        "number = '', subscriber = null, file = '', answer = '', state = 'closed'",
        _ANY,
    ),
    (
        "callback requests",
        "callbacks",
        "number = '', subscriber = null, state = 'done', note = ''",
        _ANY,
    ),
    ("surveys", "surveys", "number = '', subscriber = null", _ANY),
    (
        "texts of campaigns",
        "campaign_targets",
        "number = 'forgotten ' || hex(randomblob(8)), subscriber = null,"
        " state = iif(state = 'waiting', 'cancelled', state)",
        _MINE,
    ),
    (
        "requests for a message",
        "announcement_wishes",
        "number = 'forgotten ' || hex(randomblob(8)), subscriber = null,"
        " told = coalesce(told, :at)",
        _MINE,
    ),
    (
        "keys in calls",
        "steps",
        "key = ''",
        f"key in {_FORMS} or (call in {_CALLS} and length(key) > 4 and key <> '{SECRET}')",
    ),
    ("values played in calls", "steps", "filled = ''", f"filled <> '' and call in {_CALLS}"),
    (
        "orders",
        "orders",
        f"subscriber = iif(subscriber = :id, {_ANONYMOUS}, subscriber), call = '', next_at = null,"
        " state = iif(subscriber = :id and state = 'open', 'failed', state),"
        f" wanted = {_anonymised('wanted', 'recipient')},"
        f" deal = {_anonymised('deal', 'giver', 'taker')}",
        f"subscriber = :id or {_names('wanted', 'recipient')}"
        f" or {_names('deal', 'giver')} or {_names('deal', 'taker')}",
    ),
    (
        "orders at the demo operator's billing",
        "placed_orders",
        f"subscriber = iif(subscriber = :id, {_ANONYMOUS}, subscriber),"
        f" request = {_anonymised('request', 'recipient')}",
        f"subscriber = :id or {_names('request', 'recipient')}",
    ),
    (
        "changes of tickets",
        "ticket_history",
        "note = ''",
        f"ticket in (select id from tickets where {_ANY})",
    ),
    (
        "tickets",
        "tickets",
        "number = '', subscriber = null, text = '', state = 'closed',"
        " closed = coalesce(closed, :at)",
        _ANY,
    ),
    (
        "tasks of agents",
        "tasks",
        "number = '', subscriber = null, text = '', done = coalesce(done, :at)",
        _MINE,
    ),
    (
        "notes on answers in score cards",
        "score_answers",
        "note = ''",
        f"score in (select id from scores where {_SCORED})",
    ),
    ("comments on scores", "scores", "comment = '', reply = ''", _SCORED),
    ("stays in queues", "queue_calls", "number = '', subscriber = null", _ANY),
    ("cards", "cards", "number = '', name = '', about = '', subscriber = null", _ANY),
    (
        "actions of agents",
        "acts",
        "subscriber = nullif(subscriber, :id), inputs = '{}', reason = '', before = '{}',"
        " after = '{}'",
        f"subscriber = :id or call in {_CALLS}"
        " or exists (select 1 from json_each(inputs) where value like :like)",
    ),
    ("views of agents", "views", "subscriber = null", "subscriber = :id"),
    ("calls", "calls", "caller = '', subscriber = null", _CALLING),
)


class Person(Struct, frozen=True):
    """The person with a number: ``id`` and SIP user of a subscriber, the number in all ``forms`` in
    which the store has it, the calls, the ``files`` of recorded complaints, and those of recorded
    ``conversations``."""

    number: str
    id: int | None
    sip_user: str | None
    forms: tuple[str, ...]
    calls: tuple[str, ...]
    files: tuple[str, ...]
    conversations: tuple[str, ...]
    in_call: bool


class ErasureReport(Struct, frozen=True):
    """How many rows of each kind were deleted (``gone``) and anonymised (``kept``); kinds without
    any are left out."""

    gone: Sequence[tuple[str, int]]
    kept: Sequence[tuple[str, int]]


def find(db: Database, number: str) -> Person | None:
    """All that leads to a person; None if ``number`` is none. Scans all tables with numbers."""
    msisdn = db.numbers.whole(number)
    if msisdn is None:
        return None
    like = _like(db, msisdn)
    forms = {msisdn}
    for table, column in _WRITTEN:
        where = f"from {table} where {column} like ?"
        rows = db.conn.execute(f"select distinct {column} {where}", (like,))
        forms |= {written for (written,) in rows if db.numbers.whole(written) == msisdn}
    one = subscribers.by_number(db, msisdn)
    who = {"id": one.id if one else None, "forms": json.encode(sorted(forms)).decode()}
    calls = db.conn.execute(f"select id, ended is null from calls where id in {_CALLS}", who)
    lasting = {id: bool(lasts) for id, lasts in calls}
    files = db.conn.execute(f"select file from complaints where file <> '' and {_ANY}", who)
    talks = db.conn.execute(f"select file from conversations where {_TALKED}", who)
    return Person(
        msisdn,
        one.id if one else None,
        one.sip_user if one else None,
        tuple(sorted(forms)),
        tuple(lasting),
        tuple(file for (file,) in files),
        tuple(file for (file,) in talks),
        any(lasting.values()),
    )


def erase(db: Database, person: Person, at: datetime) -> ErasureReport:
    """Erase a person, as :func:`find` found them; their words stay in the full-text indexes."""
    forms = json.encode(person.forms).decode()
    who = {"id": person.id, "forms": forms, "like": _like(db, person.number), "at": micros(at)}
    gone = [
        (name, db.conn.execute(f"delete from {table} where {whose}", who).rowcount)
        for name, table, whose in _DELETED
    ]
    kept = [
        (name, db.conn.execute(f"update {table} set {what} where {whose}", who).rowcount)
        for name, table, what, whose in _ANONYMISED
    ]
    kept.append(("announcements heard", _anonymise_heard(db, who)))
    was = subscribers.by_id(db, person.id) if person.id is not None else None
    me = db.conn.execute("delete from subscribers where id = :id", who).rowcount
    if was is not None:
        name_words.forget(db, was.name)
    return ErasureReport(_some([("subscriber", me), *gone]), _some(kept))


def forget_words(db: Database, index: str, first: bool) -> bool:
    """Go on to take the words of deleted rows out of one of :data:`INDEXES`; whether there is more
    to do. ``first`` begins.

    All parts of the index are merged into one, which has only what exists: in steps, because with
    millions of contacts the whole takes a minute (https://www.sqlite.org/fts5.html, `merge`).
    """
    if not db.keeps_deleted_words:
        return False
    before = db.conn.total_changes
    pages = -_PAGES if first else _PAGES
    db.conn.execute(f"insert into {index} ({index}, rank) values ('merge', ?)", (pages,))
    return first or db.conn.total_changes - before >= 2


def _like(db: Database, msisdn: str) -> str:
    """A pattern that every form of a number matches."""
    return "%" + "%".join(db.numbers.national(msisdn)) + "%"


def _anonymise_heard(db: Database, who: Mapping[str, object]) -> int:
    """A number counts once for each announcement, so one row of it stays, without the number."""
    where = f"number in {_FORMS}"
    db.conn.execute(
        f"delete from announcement_hearings where {where} and call <> (select min(call) from"
        " announcement_hearings mine where mine.announcement = announcement_hearings.announcement"
        f" and mine.{where})",
        who,
    )
    done = db.conn.execute(f"update announcement_hearings set number = '' where {where}", who)
    return done.rowcount


def _some(counts: Sequence[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple((name, count) for name, count in counts if count)
