"""Takes the demo operator out of an installation that has subscribers of its own."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct, json

from ari_app.demo.accounts import IDS, SERVICES, TARIFFS, VOUCHERS
from ari_app.demo.operator import demo_agents, demo_number
from ari_app.store import agents, name_words, subscribers
from ari_app.store.sqlite import Database

_WHO = "(select cast(value as integer) from json_each(:ids))"
_NUMBERS = "(select value from json_each(:numbers))"
_OFFERS = "(select value from json_each(:offers))"
_THEIRS = f"subscriber in {_WHO}"
_BY_NUMBER = f"({_THEIRS} or number in {_NUMBERS})"
_CALLS = f"(select id from calls where {_THEIRS} or caller in {_NUMBERS})"
_ANY = f"({_BY_NUMBER} or call in {_CALLS})"

_GONE = (
    ("lines of bills", "bill_lines", f"bill in (select id from bills where {_THEIRS})"),
    ("bills", "bills", _THEIRS),
    ("payments", "payments", _THEIRS),
    ("services of accounts", "account_services", _THEIRS),
    ("charges", "charges", _THEIRS),
    ("offers", "sales", f"seller in {_WHO} or recipient in {_WHO}"),
    ("orders at the demo billing", "placed_orders", _THEIRS),
    ("orders", "orders", _THEIRS),
    ("accounts", "accounts", _THEIRS),
    (
        "tariffs",
        "tariffs",
        f"id in {_OFFERS} and id not in (select tariff from accounts)"
        " and id not in (select next_tariff from accounts where next_tariff is not null)",
    ),
    (
        "services",
        "services",
        f"id in {_OFFERS} and id not in (select service from account_services)",
    ),
    ("vouchers", "vouchers", f"id in {_OFFERS}"),
    ("code words", "code_words", _THEIRS),
    ("one-time codes", "one_time_codes", _BY_NUMBER),
    ("second contacts", "second_contacts", _BY_NUMBER),
    ("texts typed into cards", "card_texts", f"card in (select id from cards where {_ANY})"),
    ("cards", "cards", _ANY),
    ("contacts", "contacts", _THEIRS),
    ("notes of agents", "colleague_notes", _THEIRS),
    ("chosen agents", "preferred_agents", _THEIRS),
    ("changes of tickets", "ticket_history", f"ticket in (select id from tickets where {_ANY})"),
    ("tickets", "tickets", _ANY),
    ("actions of agents", "acts", f"{_THEIRS} or call in {_CALLS}"),
    ("views of agents", "views", _THEIRS),
    ("callback requests", "callbacks", _ANY),
    ("tasks of agents", "tasks", _BY_NUMBER),
    ("complaints", "complaints", _ANY),
    (
        "announcements heard",
        "announcement_hearings",
        f"number in {_NUMBERS} or call in {_CALLS}",
    ),
    ("requests for a message", "announcement_wishes", _ANY),
    ("texts", "outbox", f"number in {_NUMBERS} or call in {_CALLS}"),
    ("steps of calls", "steps", f"call in {_CALLS}"),
    ("tapes of calls", "tapes", f"call in {_CALLS}"),
    ("calls of canaries", "canary_calls", f"call in {_CALLS}"),
    ("calls", "calls", f"id in {_CALLS}"),
    ("subscribers", "subscribers", f"id in {_WHO}"),
)
"""Name, table and which rows, in an order in which nothing refers to what is gone."""


class DemoData(Struct, frozen=True):
    """What an installation has of the demo operator: the ids of its subscribers, the logins of its
    agents, and its calls and recorded ``files``."""

    subscribers: tuple[int, ...]
    numbers: tuple[str, ...]
    agents: tuple[str, ...]
    calls: tuple[str, ...]
    files: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.subscribers or self.agents)


def find(db: Database) -> DemoData:
    """The demo operator's data. Who has one of its numbers under another id is not of it."""
    numbers = {id: demo_number(id) for id in IDS}
    found = [
        one
        for id, number in numbers.items()
        if (one := subscribers.by_id(db, id)) is not None and one.msisdn == number
    ]
    staff = demo_agents(db)
    ids = tuple(one.id for one in found)
    known = (*(one.msisdn for one in found), *(one.extension for one in staff))
    named = {"ids": _listed(ids), "numbers": _listed(known)}
    calls = db.conn.execute(f"select id from calls where id in {_CALLS}", named)
    listed = tuple(id for (id,) in calls)
    files = db.conn.execute(f"select file from complaints where file <> '' and {_ANY}", named)
    return DemoData(
        ids, known, tuple(one.name for one in staff), listed, tuple(f for (f,) in files)
    )


def remove(db: Database, data: DemoData, at: datetime) -> tuple[tuple[str, int], ...]:
    """Delete it; returns how many rows of each kind are gone, without kinds that had none."""
    offers = [*(one.id for one in TARIFFS), *(one.id for one in SERVICES), *VOUCHERS]
    named = {
        "ids": _listed(data.subscribers),
        "numbers": _listed(data.numbers),
        "offers": _listed(offers),
    }
    names = [one.name for id in data.subscribers if (one := subscribers.by_id(db, id))]
    gone = [
        ("agents", sum(agents.remove(db, name, at) for name in data.agents)),
        ("attempts at code words", _remove_attempts(db, named)),
        *(
            (name, db.conn.execute(f"delete from {table} where {where}", named).rowcount)
            for name, table, where in _GONE
        ),
    ]
    db.conn.execute(
        "update till set money = 0, minutes = 0, gigabytes = 0, points = 0"
        " where not exists (select 1 from accounts)"
    )
    for name in names:
        name_words.forget(db, name)
    return tuple((name, count) for name, count in gone if count)


def _remove_attempts(db: Database, named: Mapping[str, str]) -> int:
    """The store refuses to delete an attempt that leads to a person, so that is taken out first."""
    found = db.conn.execute(f"select id from code_word_tries where {_BY_NUMBER}", named)
    ids = [(id,) for (id,) in found]
    db.conn.executemany(
        "update code_word_tries set subscriber = null, number = '' where id = ?", ids
    )
    return db.conn.executemany("delete from code_word_tries where id = ?", ids).rowcount


def _listed(values: Sequence[object]) -> str:
    return json.encode(values).decode()
