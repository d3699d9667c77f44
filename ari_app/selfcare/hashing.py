"""Hashes of code words and of passwords: argon2id over a pepper that is not in the database.

A word is hashed twice, as it is spoken and as it is keyed, each with its own salt. Hashing costs
time and memory on purpose, so it runs in threads of its own, of which there are few.
"""

import asyncio
import hmac
import logging
import secrets
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Literal, TypeVar

from msgspec import Struct

from ivr.identity.keypad import key_form, normalise
from ivr.secret import Secret

if TYPE_CHECKING:
    from argon2 import PasswordHasher

T = TypeVar("T")
Form = Literal["spoken", "keyed"]
_Form = Literal["spoken", "keyed", "password"]

THREADS = 2
WAITING = 16
"""How many checks may wait for a thread: all of them end well within a deadline of 3 s."""

_log = logging.getLogger(__name__)


class Profile(Struct, frozen=True):
    """What a hash costs: memory in KiB, and how many passes over it."""

    memory: int
    passes: int


STRONG = Profile(19_456, 2)
"""The least that OWASP recommends for argon2id, about 20 ms here:
https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html"""

CHEAP = Profile(8, 1)
"""For tests."""


class HashingBusy(Exception):  # noqa: N818 - named by what is so, not as an error
    """So many words are being checked that no more may wait."""


class Checked(Struct, frozen=True):
    """Whether the word is right; ``renewed`` is its hash by a profile that has grown since."""

    right: bool
    renewed: str | None = None


def _argon(profile: Profile) -> "PasswordHasher":
    from argon2 import PasswordHasher  # commands that list agents do without

    return PasswordHasher(profile.passes, profile.memory, parallelism=1)


@cache
def _of_no_one(profile: Profile) -> str:
    """The hash that a word is checked against where there is none. It is made once: an application
    that takes over calls makes hashers while they are served."""
    return _argon(profile).hash(secrets.token_bytes(16))


class Hasher:
    """Hashes words and checks them, off the event loop."""

    def __init__(self, pepper: Secret, profile: Profile = STRONG, waiting: int = WAITING) -> None:
        self._pepper = pepper
        self._argon = _argon(profile)
        self._threads = ThreadPoolExecutor(THREADS, "code-word")
        self._room = BoundedSemaphore(THREADS + waiting)
        self._dummy = _of_no_one(profile)

    async def hashes(self, word: Secret) -> tuple[str, str]:
        """The hashes of a word as it is said and as it is keyed.

        ``ValueError``: no key bears one of its letters.
        """
        said, keyed = normalise(word.reveal()), key_form(word.reveal())
        return await self._do(lambda: (self._hash("spoken", said), self._hash("keyed", keyed)))

    async def check(self, form: Form, word: Secret, kept: str | None) -> Checked:
        """Whether ``kept`` is the hash of a word. Without one, or with "", the answer takes as
        long."""
        said = normalise(word.reveal())
        if form == "keyed":
            try:
                said = key_form(said)
            except ValueError:
                kept = None
        return await self._do(lambda: self._check(form, said, kept))

    async def password(self, password: Secret) -> str:
        """The hash of a password, of which each sign counts."""
        return await self._do(lambda: self._hash("password", password.reveal()))

    async def check_password(self, password: Secret, kept: str) -> bool:
        """Whether ``kept`` is the hash of a password; "" is of none, and takes just as long."""
        checked = await self._do(lambda: self._check("password", password.reveal(), kept))
        return checked.right

    def mark(self, text: str) -> int:
        """A number from 1 that stands for a text: the same always, and without the pepper no one
        knows for which. It takes no time, and so hides no secret that can be guessed."""
        made = hmac.digest(self._pepper.reveal().encode(), f"mark:{text}".encode(), "sha256")
        return int.from_bytes(made[:7], "big") + 1

    def seal(self, key: str, secret: Secret) -> Secret:
        """A short secret that must be kept for a while, encrypted; :meth:`unseal` brings it back.

        It is combined with a keyed hash of ``key``, which must seal one secret alone.
        ``ValueError`` for more than 32 bytes.
        """
        return Secret(self._xor(key, secret.reveal().encode()).hex())

    def unseal(self, key: str, sealed: Secret) -> Secret:
        """The secret that was sealed with a key; ``ValueError`` for what is no sealed secret."""
        return Secret(self._xor(key, bytes.fromhex(sealed.reveal())).decode())

    def _xor(self, key: str, text: bytes) -> bytes:
        stream = hmac.digest(self._pepper.reveal().encode(), f"seal:{key}".encode(), "sha256")
        if len(text) > len(stream):
            raise ValueError(f"a secret of {len(text)} bytes, and at most {len(stream)} are sealed")
        return bytes(one ^ other for one, other in zip(text, stream, strict=False))

    def close(self) -> None:
        """End the threads after their running jobs."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _do(self, job: Callable[[], T]) -> T:
        if not self._room.acquire(blocking=False):
            raise HashingBusy("too many code words are being checked")
        doing: Future[T] = self._threads.submit(job)
        doing.add_done_callback(lambda _: self._room.release())
        return await asyncio.wrap_future(doing)

    def _hash(self, form: _Form, said: str) -> str:
        return self._argon.hash(self._peppered(form, said))

    def _check(self, form: _Form, said: str, kept: str | None) -> Checked:
        from argon2 import exceptions

        peppered = self._peppered(form, said)
        try:
            self._argon.verify(kept or self._dummy, peppered)
        except exceptions.VerifyMismatchError:
            return Checked(False)
        except (exceptions.VerificationError, exceptions.InvalidHashError) as error:
            _log.error("a hash of a code word is damaged, set the word again: %s", error)
            return Checked(False)
        if not kept:
            return Checked(False)
        grew = self._argon.check_needs_rehash(kept)
        return Checked(True, self._argon.hash(peppered) if grew else None)

    def _peppered(self, form: _Form, said: str) -> bytes:
        return hmac.digest(self._pepper.reveal().encode(), f"{form}:{said}".encode(), "sha256")
