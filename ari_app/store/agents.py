"""Agents, who answer calls."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, TypeAlias

from msgspec import Struct, json

from ari_app.store import card_events, cards, desk_sessions
from ari_app.store.sqlite import Database
from ivr.secret import Secret

_COLUMNS = (
    "name, full_name, extension, languages, sip_user, sip_password, role, password, queues,"
    " suspended, second_factor, phone"
)

Role: TypeAlias = Literal["agent", "senior", "supervisor", "admin"]
"""What an agent may do at the desk; each may do what those before it may."""

Phone: TypeAlias = Literal["sip", "browser"]
"""The one phone of an agent: a SIP phone, or the desk in the browser."""


class Agent(Struct, frozen=True):
    """An agent: ``name`` is the login, ``extension`` dials the agent's phone, ``password`` is the
    hash of the desk's password, ``""`` if the agent may not sign in.

    ``queues``: queue -> penalty of the agent, None to be out of it; for a queue that is not among
    them the settings say who serves it.

    One who is ``suspended`` neither signs in nor uses the phone. ``second_factor`` is the key of
    the codes that are asked for at the desk, "" for none. ``sip_password`` is that of ``phone``,
    whose kind the account in Asterisk has.
    """

    name: str
    full_name: str
    extension: str
    languages: tuple[str, ...]
    sip_user: str
    sip_password: Secret
    role: Role = "agent"
    password: str = ""
    queues: Mapping[str, int | None] = {}
    suspended: bool = False
    second_factor: Secret = Secret("")
    phone: Phone = "sip"


def add(db: Database, agents: Iterable[Agent]) -> frozenset[str]:
    """Add new agents and return their names; one whose login, extension or SIP user is taken is
    left out."""
    return frozenset(one.name for one in agents if _add(db, one))


def _add(db: Database, one: Agent) -> bool:
    who = (one.name, one.full_name, one.extension, " ".join(one.languages))
    desk = (one.role, one.password, json.encode(one.queues).decode())
    added = db.conn.execute(
        f"insert into agents ({_COLUMNS})"
        " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
        (
            *(*who, one.sip_user, one.sip_password.reveal(), *desk),
            *(one.suspended, one.second_factor.reveal(), one.phone),
        ),
    )
    return added.rowcount == 1


def everyone(db: Database) -> list[Agent]:
    """All agents, in the order of their extensions."""
    return _agents(db, "order by extension")


def by_name(db: Database, name: str) -> Agent | None:
    """The agent of a login."""
    return next(iter(_agents(db, "where name = ?", name)), None)


def remove(db: Database, name: str, at: datetime, sends_cards: bool = False) -> bool:
    """Remove an agent and end their desk sessions; their open cards are closed, what they wrote
    stays. ``sends_cards``: another system is notified. False if there is no such agent."""
    desk_sessions.end_all(db, name)
    for card in cards.unfinished(db, name):
        if cards.finish(db, card.id, at) and sends_cards:
            card_events.post(db, card.id, "closed", at)
    return db.conn.execute("delete from agents where name = ?", (name,)).rowcount == 1


def put_password(db: Database, name: str, hash: str) -> bool:
    """Set the hash of an agent's password, ``""`` for none; False if there is no such agent."""
    return _put(db, "password", name, hash)


def put_role(db: Database, name: str, role: Role) -> bool:
    """Set what an agent may do; False if there is no such agent."""
    return _put(db, "role", name, role)


def put_phone(db: Database, name: str, phone: Phone, sip_password: Secret) -> bool:
    """Set the kind of an agent's phone, with the password of the new one, so that the old one is
    refused; False if there is no such agent."""
    done = db.conn.execute(
        "update agents set phone = ?, sip_password = ? where name = ?",
        (phone, sip_password.reveal(), name),
    )
    return done.rowcount == 1


def put_queues(db: Database, name: str, queues: Mapping[str, int | None]) -> bool:
    """Set :attr:`Agent.queues`; False if there is no such agent."""
    return _put(db, "queues", name, json.encode(queues).decode())


def suspend(db: Database, name: str, suspended: bool) -> bool:
    """Suspend an agent and end their desk sessions, or let them in again; False if there is no
    such agent."""
    if suspended:
        desk_sessions.end_all(db, name)
    return _put(db, "suspended", name, suspended)


def put_second_factor(db: Database, name: str, key: str) -> bool:
    """Set the key of an agent's second factor, "" for none; False if there is no such agent."""
    return _put(db, "second_factor", name, key)


def use_second_factor(db: Database, name: str, step: int) -> bool:
    """Use a code of the second factor; False if it, or a later one, was used before."""
    done = db.conn.execute(
        "update agents set factor_used = ? where name = ? and factor_used < ?", (step, name, step)
    )
    return done.rowcount == 1


def _put(db: Database, column: str, name: str, value: str | int) -> bool:
    done = db.conn.execute(f"update agents set {column} = ? where name = ?", (value, name))
    return done.rowcount == 1


def _agents(db: Database, tail: str, *values: object) -> list[Agent]:
    rows = db.conn.execute(f"select {_COLUMNS} from agents {tail}", values)
    return [
        Agent(
            *(name, full_name, extension, tuple(languages.split()), user, Secret(password)),
            role=role,
            password=hashed,
            queues=json.decode(queues, type=dict[str, int | None]),
            suspended=bool(suspended),
            second_factor=Secret(factor),
            phone=phone,
        )
        for (name, full_name, extension, languages, user, password, *access) in rows
        for role, hashed, queues, suspended, factor, phone in (access,)
    ]
