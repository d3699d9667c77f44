"""Who may sit at the desk, and who is signed in there: kept in the store."""

from collections.abc import Awaitable
from datetime import datetime
from typing import TypeVar

from msgspec import structs

from ari_app.desk.people import AccountsBusy, Person, Signed
from ari_app.selfcare.hashing import Hasher, HashingBusy
from ari_app.store import agents, desk_sessions
from ari_app.store.db import Store, StoreError
from ari_app.store.desk_sessions import Session
from ivr.secret import Secret

T = TypeVar("T")


class StoredAccounts:
    """See :class:`ari_app.desk.people.Accounts`."""

    def __init__(self, store: Store, hasher: Hasher) -> None:
        self._store = store
        self._hasher = hasher

    async def check(self, name: str, password: Secret) -> Person | None:
        """Who has this name and password."""
        one = await _answer(self._store.read(agents.by_name, name))
        kept = one.password if one else ""
        right = await _answer(self._hasher.check_password(password, kept))
        return Person(one.name, one.full_name, one.role) if one and right else None

    async def person(self, name: str) -> Person | None:
        """Who has a name, if he has a password still."""
        one = await _answer(self._store.read(agents.by_name, name))
        return Person(one.name, one.full_name, one.role) if one and one.password else None


class StoredSigned:
    """See :class:`ari_app.desk.people.SignedStore`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, signed: Signed) -> None:
        """Keep a session, and sweep those that have expired."""
        kept = Session(*structs.astuple(signed))
        await _answer(self._store.write(desk_sessions.add, kept))
        await _answer(self._store.write(desk_sessions.remove_expired, signed.created))

    async def find(self, token: str, now: datetime) -> Signed | None:
        """The session of a cookie."""
        found = await _answer(self._store.read(desk_sessions.find, token, now))
        return Signed(*structs.astuple(found)) if found else None

    async def again(self, signed: Signed, now: datetime) -> Signed | None:
        """The same session, by what never changes in it."""
        found = await _answer(self._store.read(desk_sessions.of_agent, signed.agent, now))
        same = (one for one in found if one.csrf == signed.csrf)
        return next((Signed(*structs.astuple(one)) for one in same), None)

    async def touch(self, token: str, seen: datetime, expires: datetime) -> None:
        """It is in use."""
        await _answer(self._store.write(desk_sessions.touch, token, seen, expires))

    async def rotate(self, token: str, new: str, at: datetime) -> bool:
        """Another cookie."""
        return await _answer(self._store.write(desk_sessions.rotate, token, new, at))

    async def end(self, token: str) -> None:
        """Sign out."""
        await _answer(self._store.write(desk_sessions.end, token))


async def _answer(asked: Awaitable[T]) -> T:
    try:
        return await asked
    except (StoreError, HashingBusy) as error:
        raise AccountsBusy(str(error)) from error
