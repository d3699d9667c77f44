"""The port of text messages to callers."""

from collections.abc import Sequence
from typing import Protocol

from ari_app.selfcare.request_port import Asker
from ivr.values import Phrase


class MessagesUnavailable(Exception):  # noqa: N818 - named by what is so, not as an error
    """It could not be stored; the operator must act. The caller hears so and goes on."""


class Messages(Protocol):
    """Sends text messages to a caller. It may raise ``MessagesUnavailable``."""

    async def post(self, asker: Asker, texts: Sequence[Phrase], key: str) -> bool:
        """Send texts to the caller's number in their language, once for a ``key``; False if the
        number is withheld."""
