"""The accounts of the desk and its browser sessions, in the store."""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import TypeVar

from msgspec import structs

from ari_app.desk.admin.administration import Refused
from ari_app.desk.web.accounts import AccountsBusy, BrowserSession, Role, SecondFactorNeeded, User
from ari_app.selfcare.hashing import Hasher, HashingBusy
from ari_app.selfcare.totp import matching_step
from ari_app.store import agents, changes, desk_sessions
from ari_app.store.changes import Change
from ari_app.store.db import Store, StoreError
from ari_app.store.desk_sessions import Session
from ari_app.workplace.agent_administration import put_role
from ivr.secret import Secret

log = logging.getLogger(__name__)

T = TypeVar("T")

PROVIDER = "the OpenID provider"
"""Who changed a role by what it vouches for."""


class StoredAccounts:
    """See :class:`ari_app.desk.web.accounts.Accounts`."""

    def __init__(
        self,
        store: Store,
        hasher: Hasher,
        now: Callable[[], datetime],
        needs_factor: bool = False,
        by_provider: bool = False,
    ) -> None:
        """``needs_factor``: roles above ``agent`` come in with a second factor alone;
        ``by_provider``: agents without a password may come in, by an OpenID provider."""
        self._by_provider = by_provider
        self._store = store
        self._hasher = hasher
        self._now = now
        self._needs_factor = needs_factor

    async def check(self, name: str, password: Secret, code: str) -> User | None:
        """The user of this login, password and code; an unknown login takes as long to check."""
        one = await _answer(self._store.read(agents.by_name, name))
        hashed = one.password if one else ""
        right = await _answer(self._hasher.check_password(password, hashed))
        if one is None or not right:
            return None
        user = _user(one)
        if one.second_factor.reveal():
            return user if await self._used(one, code) else None
        if user is not None and self._needs_factor and user.role != "agent":
            raise SecondFactorNeeded(name)
        return user

    async def _used(self, one: agents.Agent, code: str) -> bool:
        """Whether the code of the second factor is right, and was not used before."""
        step = matching_step(one.second_factor, code, self._now())
        if step is None:
            return False
        return await _answer(self._store.write(agents.use_second_factor, one.name, step))

    async def find(self, name: str) -> User | None:
        """The user of a login who may sign in."""
        one = await _answer(self._store.read(agents.by_name, name))
        return _user(one) if one and (one.password or self._by_provider) else None

    async def give_role(self, user: User, role: Role) -> User:
        """The user with the role of the provider; the last administrator stays one."""
        if user.role == role:
            return user
        change = Change(self._now(), PROVIDER, "agents role", user.name, role, "desk")
        kept = partial(put_role, by_provider=self._by_provider)
        put: Callable[..., bool] = kept if user.role == "admin" else agents.put_role
        try:
            await _answer(self._store.write(changes.made, change, put, user.name, role))
        except Refused:
            log.warning("%s stays an administrator: there is no other one", user.name)
            return user
        return structs.replace(user, role=role)


class StoredSessions:
    """See :class:`ari_app.desk.web.accounts.SessionStore`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add(self, session: BrowserSession) -> None:
        """Store a session, and remove those that have expired."""
        stored = Session(*structs.astuple(session))
        await _answer(self._store.write(desk_sessions.add, stored))
        await _answer(self._store.write_unsynced(desk_sessions.remove_expired, session.created))

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
        await _answer(self._store.write_unsynced(desk_sessions.touch, token, seen, expires))

    async def rotate(self, token: str, new: str, at: datetime) -> bool:
        """Replace its cookie."""
        return await _answer(self._store.write(desk_sessions.rotate, token, new, at))

    async def end(self, token: str) -> None:
        """Sign out."""
        await _answer(self._store.write(desk_sessions.end, token))


def _user(one: agents.Agent) -> User | None:
    """The user that an agent is; one who is suspended may not come in."""
    return None if one.suspended else User(one.name, one.full_name, one.role)


async def _answer(asked: Awaitable[T]) -> T:
    try:
        return await asked
    except (StoreError, HashingBusy) as error:
        raise AccountsBusy(str(error)) from error
