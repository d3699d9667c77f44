"""Browser sessions of the desk: random cookies that rotate while in use, and expire."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from ari_app.desk.web.accounts import Accounts, BrowserSession, SessionStore, User

IDLE = timedelta(hours=12)
"""A browser that was not used for this long must sign in again."""
LONGEST = timedelta(hours=24)
"""After this long every browser must sign in again."""
ROTATE = timedelta(minutes=15)
"""How long one cookie is used."""
GRACE = timedelta(seconds=30)
"""How long the previous cookie still counts, for requests that were on their way."""
TOUCH = timedelta(minutes=1)
"""How often the store records that a browser is in use."""


class SignedIn(Struct, frozen=True):
    """A user who is signed in, with the session of one of their browsers."""

    user: User
    session: BrowserSession


class Sessions:
    """Starts, checks, rotates and ends browser sessions; ``now`` is the clock."""

    def __init__(
        self, store: SessionStore, accounts: Accounts, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._now = now
        self._successors: dict[str, str] = {}
        """Hash of a previous cookie: hash of the current one."""
        self._grace_ends: dict[str, datetime] = {}
        """Hash of a current cookie: when the previous one expires, set at its first use.

        A browser that never got the current cookie, because the response was lost, goes on with
        the previous one.
        """

    async def start(self, user: User) -> str:
        """Sign a user in; returns the cookie."""
        cookie, now = secrets.token_urlsafe(32), self._now()
        session = BrowserSession(
            hashed(cookie), user.name, secrets.token_urlsafe(32), now, now, now, now + IDLE
        )
        await self._store.add(session)
        return cookie

    async def authenticate(self, cookie: str) -> SignedIn | None:
        """Who is signed in with a cookie; None if it expired or they may not sign in any more."""
        now, token = self._now(), hashed(cookie)
        if token in self._successors.values():
            self._grace_ends.setdefault(token, now + GRACE)
        current = self._successors.get(token, token)
        if current != token and current in self._grace_ends and self._grace_ends[current] <= now:
            self._successors.pop(token, None)
            self._grace_ends.pop(current)
            current = token
        session = await self._store.find(current, now)
        if session is None:
            return None
        user = await self._accounts.find(session.agent)
        if user is None:
            await self._store.end(session.token)
            return None
        await self._touch(session, now)
        return SignedIn(user, session)

    async def rotate(self, signed_in: SignedIn, cookie: str) -> str | None:
        """The next cookie, if the current one is due and ``cookie`` is the newest; else None."""
        now, session, old = self._now(), signed_in.session, hashed(cookie)
        lost = self._successors.get(old) == session.token and session.token not in self._grace_ends
        if now - session.rotated < ROTATE or not (old == session.token or lost):
            return None
        new = secrets.token_urlsafe(32)
        if not await self._store.rotate(session.token, hashed(new), now):
            return None
        ends = self._grace_ends
        expired = {token for token, until in ends.items() if until < now} | {session.token}
        self._successors = {a: b for a, b in self._successors.items() if b not in expired}
        self._grace_ends = {a: until for a, until in ends.items() if a not in expired}
        self._successors[old] = hashed(new)
        return new

    async def still_valid(self, signed_in: SignedIn, used: bool) -> bool:
        """Whether an open tab may stay: its session lasts and its user is unchanged.

        ``used``: something was done in the tab, which prolongs the session.
        """
        now = self._now()
        session = await self._store.current(signed_in.session, now)
        if session is None or await self._accounts.find(session.agent) != signed_in.user:
            return False
        if used:
            await self._touch(session, now)
        return True

    async def ended(self, signed_in: SignedIn) -> bool:
        """Whether a session ended, or its user may not sign in any more."""
        session = await self._store.current(signed_in.session, self._now())
        return session is None or await self._accounts.find(session.agent) is None

    async def end(self, signed_in: SignedIn) -> None:
        """Sign out, also if the cookie was rotated meanwhile."""
        current = await self._store.current(signed_in.session, self._now())
        await self._store.end((current or signed_in.session).token)

    async def _touch(self, session: BrowserSession, now: datetime) -> None:
        if now - session.seen > TOUCH:
            expires = min(now + IDLE, session.created + LONGEST)
            await self._store.touch(session.token, now, expires)


def hashed(cookie: str) -> str:
    """The hash of a cookie, which is all that the store keeps of it."""
    return hashlib.sha256(cookie.encode(errors="surrogateescape")).hexdigest()
