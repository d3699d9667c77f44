"""The accounts of the desk and its browser sessions, in the store."""

from collections.abc import Awaitable
from datetime import datetime
from typing import TypeVar

from msgspec import structs

from ari_app.desk.accounts import AccountsBusy, BrowserSession, User
from ari_app.selfcare.hashing import Hasher, HashingBusy
from ari_app.store import agents, desk_sessions
from ari_app.store.db import Store, StoreError
from ari_app.store.desk_sessions import Session
from ivr.secret import Secret

T = TypeVar("T")


class StoredAccounts:
    """See :class:`ari_app.desk.accounts.Accounts`."""

    def __init__(self, store: Store, hasher: Hasher) -> None:
        self._store = store
        self._hasher = hasher

    async def check(self, name: str, password: Secret) -> User | None:
        """The user of this login and password; an unknown login takes as long to check."""
        one = await _answer(self._store.read(agents.by_name, name))
        hashed = one.password if one else ""
        right = await _answer(self._hasher.check_password(password, hashed))
        return User(one.name, one.full_name, one.role) if one and right else None

    async def find(self, name: str) -> User | None:
        """The user of a login who has a password."""
        one = await _answer(self._store.read(agents.by_name, name))
        return User(one.name, one.full_name, one.role) if one and one.password else None


class StoredSessions:
    """See :class:`ari_app.desk.accounts.SessionStore`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, session: BrowserSession) -> None:
        """Store a session, and remove those that have expired."""
        stored = Session(*structs.astuple(session))
        await _answer(self._store.write(desk_sessions.add, stored))
        await _answer(self._store.write(desk_sessions.remove_expired, session.created))

    async def find(self, token: str, now: datetime) -> BrowserSession | None:
        """The session of a cookie."""
        found = await _answer(self._store.read(desk_sessions.find, token, now))
        return BrowserSession(*structs.astuple(found)) if found else None

    async def current(self, session: BrowserSession, now: datetime) -> BrowserSession | None:
        """The same session, found by its CSRF token, which never changes."""
        found = await _answer(self._store.read(desk_sessions.of_agent, session.agent, now))
        same = (one for one in found if one.csrf == session.csrf)
        return next((BrowserSession(*structs.astuple(one)) for one in same), None)

    async def touch(self, token: str, seen: datetime, expires: datetime) -> None:
        """Record that it was used."""
        await _answer(self._store.write(desk_sessions.touch, token, seen, expires))

    async def rotate(self, token: str, new: str, at: datetime) -> bool:
        """Replace its cookie."""
        return await _answer(self._store.write(desk_sessions.rotate, token, new, at))

    async def end(self, token: str) -> None:
        """Sign out."""
        await _answer(self._store.write(desk_sessions.end, token))


async def _answer(asked: Awaitable[T]) -> T:
    try:
        return await asked
    except (StoreError, HashingBusy) as error:
        raise AccountsBusy(str(error)) from error
