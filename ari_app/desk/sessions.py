"""Who is signed in: cookies that say nothing, change while they are used, and end by themselves."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from ari_app.desk.people import Accounts, Person, Signed, SignedStore

IDLE = timedelta(hours=12)
"""A browser that was not used for so long must sign in again."""
LONGEST = timedelta(hours=24)
"""After so long everybody must."""
ROTATE = timedelta(minutes=15)
"""How long one cookie is used."""
GRACE = timedelta(seconds=30)
"""How long the one before still counts: for what was on its way when it changed."""
TOUCH = timedelta(minutes=1)
"""How often it is written down that a browser is in use."""


class Entered(Struct, frozen=True):
    """Somebody who is signed in, in one of his browsers."""

    person: Person
    signed: Signed


class Sessions:
    """All that are signed in; ``now`` is the clock."""

    def __init__(self, store: SignedStore, accounts: Accounts, now: Callable[[], datetime]) -> None:
        self._store = store
        self._accounts = accounts
        self._now = now
        self._before: dict[str, str] = {}
        """Cookie of before: the one of now."""
        self._used: dict[str, datetime] = {}
        """Cookie of now: until when the one before counts, since it came back for the first time.

        A browser that never got it, because the answer was lost, goes on with the one before.
        """

    async def begin(self, person: Person) -> str:
        """Sign somebody in; returns the cookie."""
        cookie, now = secrets.token_urlsafe(32), self._now()
        signed = Signed(
            hashed(cookie), person.name, secrets.token_urlsafe(32), now, now, now, now + IDLE
        )
        await self._store.add(signed)
        return cookie

    async def entered(self, cookie: str) -> Entered | None:
        """Who has this cookie; None if it does not count, or he may not come in any more."""
        now, token = self._now(), hashed(cookie)
        if token in self._before.values():
            self._used.setdefault(token, now + GRACE)
        after = self._before.get(token, token)
        if after in self._used and self._used[after] <= now and after != token:
            self._before.pop(token, None)
            self._used.pop(after)
            after = token
        signed = await self._store.find(after, now)
        if signed is None:
            return None
        person = await self._accounts.person(signed.agent)
        if person is None:
            await self._store.end(signed.token)
            return None
        await self._touch(signed, now)
        return Entered(person, signed)

    async def rotated(self, entered: Entered, cookie: str) -> str | None:
        """The next cookie, when it is time for another one and this is the newest."""
        now, signed, old = self._now(), entered.signed, hashed(cookie)
        lost = self._before.get(old) == signed.token and signed.token not in self._used
        if now - signed.rotated < ROTATE or not (old == signed.token or lost):
            return None
        new = secrets.token_urlsafe(32)
        if not await self._store.rotate(signed.token, hashed(new), now):
            return None
        over = {token for token, until in self._used.items() if until < now} | {signed.token}
        self._before = {each: it for each, it in self._before.items() if it not in over}
        self._used = {token: until for token, until in self._used.items() if token not in over}
        self._before[old] = hashed(new)
        return new

    async def lasts(self, entered: Entered, used: bool) -> bool:
        """Whether somebody who came in may stay, as he is; ``used``: he did something meanwhile."""
        now = self._now()
        signed = await self._store.again(entered.signed, now)
        if signed is None or await self._accounts.person(signed.agent) != entered.person:
            return False
        if used:
            await self._touch(signed, now)
        return True

    async def end(self, entered: Entered) -> None:
        """Sign out."""
        await self._store.end(entered.signed.token)

    async def _touch(self, signed: Signed, now: datetime) -> None:
        if now - signed.seen > TOUCH:
            expires = min(now + IDLE, signed.created + LONGEST)
            await self._store.touch(signed.token, now, expires)


def hashed(cookie: str) -> str:
    """What is kept of a cookie."""
    return hashlib.sha256(cookie.encode(errors="surrogateescape")).hexdigest()
