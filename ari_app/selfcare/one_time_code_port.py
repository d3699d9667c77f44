"""The port of one-time codes, which are sent as a text to the number that a call is about."""

from typing import Literal, Protocol

from ari_app.selfcare.code_word_port import Proof
from ari_app.selfcare.request_port import Asker
from ivr.secret import Secret


class OneTimeCodes(Protocol):
    """Sends and checks one-time codes. ``asker`` is at the phone that calls, ``number`` was keyed,
    and ``subscriber`` has it; None if no one has, which is answered alike.

    Both may raise ``CodeWordsUnavailable`` and ``MessagesUnavailable``.
    """

    async def send(
        self, asker: Asker, number: str, subscriber: int | None, key: str
    ) -> Literal["ok", "limit"]:
        """Send a code to the number, once for a ``key``; ``limit``: not so many in that time."""

    async def check(self, asker: Asker, number: str, subscriber: int | None, code: Secret) -> Proof:
        """Whether it is the code that this call had sent last; ``wrong`` also if it has expired,
        ``locked`` after too many tries."""
