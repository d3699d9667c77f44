"""Agents: who answers when a caller asks for a human."""

from collections.abc import Iterable

from msgspec import Struct

from ari_app.store.sqlite import Database
from ivr.secret import Secret

_COLUMNS = "name, full_name, extension, languages, sip_user, sip_password"


class Agent(Struct, frozen=True):
    """An agent: ``name`` is his login, ``extension`` what his phone is dialled by."""

    name: str
    full_name: str
    extension: str
    languages: tuple[str, ...]
    sip_user: str
    sip_password: Secret


def add(db: Database, agents: Iterable[Agent]) -> frozenset[str]:
    """Add those who are new and return their names; whose login, extension or SIP user is taken
    is left out."""
    return frozenset(one.name for one in agents if _add(db, one))


def _add(db: Database, one: Agent) -> bool:
    who = (one.name, one.full_name, one.extension, " ".join(one.languages))
    added = db.conn.execute(
        f"insert into agents ({_COLUMNS}) values (?, ?, ?, ?, ?, ?) on conflict do nothing",
        (*who, one.sip_user, one.sip_password.reveal()),
    )
    return added.rowcount == 1


def everyone(db: Database) -> list[Agent]:
    """All agents, in the order of their extensions."""
    rows = db.conn.execute(f"select {_COLUMNS} from agents order by extension")
    return [
        Agent(name, full_name, extension, tuple(languages.split()), user, Secret(password))
        for name, full_name, extension, languages, user, password in rows
    ]
