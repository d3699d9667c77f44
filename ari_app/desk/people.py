"""Who sits at a desk, and how it is known: the ports behind the door."""

from datetime import datetime
from typing import Literal, Protocol, get_args

from msgspec import Struct

from ivr.secret import Secret

Role = Literal["agent", "senior", "supervisor", "admin"]
"""What somebody may do; each may do what those before him may."""


PASSWORD = 256
"""Letters that a password has at most."""


class Person(Struct, frozen=True):
    """An agent: ``name`` is his login."""

    name: str
    full_name: str
    role: Role = "agent"

    def may(self, role: Role) -> bool:
        """Whether he may do what a role may."""
        roles = get_args(Role)
        return roles.index(self.role) >= roles.index(role)


class Signed(Struct, frozen=True):
    """A browser in which somebody signed in. ``token`` is the SHA-256 of its cookie, in hex,
    ``csrf`` what its forms must bring; it got this cookie when it was ``rotated``."""

    token: str
    agent: str
    csrf: str
    created: datetime
    rotated: datetime
    seen: datetime
    expires: datetime


class AccountsBusy(Exception):  # noqa: N818 - named by what is so, not as an error
    """Nobody can sign in at this moment; he may try again."""


class Accounts(Protocol):
    """Who may sign in. Each may raise :class:`AccountsBusy`."""

    async def check(self, name: str, password: Secret) -> Person | None:
        """Who has this name and password; it takes as long where there is no such name."""

    async def person(self, name: str) -> Person | None:
        """Who has a name and may still sign in, as he is now."""


class SignedStore(Protocol):
    """Keeps who is signed in, by the hash of the cookie. Each may raise :class:`AccountsBusy`."""

    async def add(self, signed: Signed) -> None: ...

    async def find(self, token: str, now: datetime) -> Signed | None:
        """None if there is none, or it has expired."""

    async def again(self, signed: Signed, now: datetime) -> Signed | None:
        """The same session as it is now, whatever its cookie; None if it has ended."""

    async def touch(self, token: str, seen: datetime, expires: datetime) -> None: ...

    async def rotate(self, token: str, new: str, at: datetime) -> bool:
        """Give it another cookie; False if there is no such session any more."""

    async def end(self, token: str) -> None: ...
