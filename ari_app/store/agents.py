"""Agents: who answers when a caller asks for a human."""

from collections.abc import Iterable

from msgspec import Struct

from ari_app.store.db import Store
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


class Phones:
    """The agents' phones by their interfaces, as the store had them at the last load."""

    def __init__(self, store: Store) -> None:
        """Use :meth:`load`."""
        self._store = store
        self._interfaces: frozenset[str] = frozenset()

    @classmethod
    async def load(cls, store: Store) -> "Phones":
        """Those of everyone in the store."""
        phones = cls(store)
        await phones.refresh()
        return phones

    async def refresh(self) -> None:
        """Read again what other processes may have written."""
        now = await self._store.read(everyone)
        self._interfaces = frozenset(f"PJSIP/{one.sip_user}" for one in now)

    def known(self, interface: str) -> bool:
        """Whether an interface such as ``PJSIP/701`` is an agent's phone."""
        return interface in self._interfaces
