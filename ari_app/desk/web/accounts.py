"""Who may sign in to the desk, and the sessions of their browsers: values and ports."""

from datetime import datetime
from typing import Literal, Protocol, get_args

from msgspec import Struct

from ivr.secret import Secret

Role = Literal["agent", "senior", "supervisor", "admin"]
"""Each role may do what the roles before it may."""

LONGEST_PASSWORD = 256
"""Characters."""


class User(Struct, frozen=True):
    """Someone who may sign in; ``name`` is the login."""

    name: str
    full_name: str
    role: Role = "agent"

    def may(self, role: Role) -> bool:
        """Whether this user may do what ``role`` may."""
        roles = get_args(Role)
        return roles.index(self.role) >= roles.index(role)


class BrowserSession(Struct, frozen=True):
    """A browser that is signed in.

    ``token`` is the SHA-256 of its cookie, in hex; ``csrf`` is what its forms must send;
    ``rotated`` is when it got this cookie.
    """

    token: str
    agent: str
    csrf: str
    created: datetime
    rotated: datetime
    seen: datetime
    expires: datetime


class AccountsBusy(Exception):  # noqa: N818 - named by what is so, not as an error
    """Accounts or sessions cannot be read just now; trying again may work."""


class SecondFactorNeeded(Exception):  # noqa: N818 - named by what is so, not as an error
    """The password is right, and the role needs a second factor that the user does not have."""


class Accounts(Protocol):
    """Who may sign in. Each method may raise :class:`AccountsBusy`."""

    async def check(self, name: str, password: Secret, code: str) -> User | None:
        """The user of this login and password, and of the one-time ``code`` if they have a second
        factor; None if there is none. May raise :class:`SecondFactorNeeded`.

        It takes the same time for an unknown login, so that logins cannot be guessed.
        """

    async def find(self, name: str) -> User | None:
        """The user of a login, with the current role; None if they may not sign in any more."""

    async def give_role(self, user: User, role: Role) -> User:
        """The user with the role that a provider vouches for; a change is recorded."""


class SessionStore(Protocol):
    """Keeps browser sessions by the hash of their cookie. May raise :class:`AccountsBusy`."""

    async def add(self, session: BrowserSession) -> None: ...

    async def find(self, token: str, now: datetime) -> BrowserSession | None:
        """The session of a cookie; None if there is none or it expired."""

    async def current(self, session: BrowserSession, now: datetime) -> BrowserSession | None:
        """The same session as it is now, also after its cookie was rotated; None if it ended."""

    async def touch(self, token: str, seen: datetime, expires: datetime) -> None:
        """Record that the session was used."""

    async def rotate(self, token: str, new: str, at: datetime) -> bool:
        """Replace the cookie's hash; False if there is no such session any more."""

    async def end(self, token: str) -> None: ...
