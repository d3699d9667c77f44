"""Texts to callers: a port, behind which they are kept and sent."""

from collections.abc import Sequence
from typing import Protocol

from ari_app.selfcare.request_port import Asker
from ivr.values import Phrase


class MessagesUnavailable(Exception):  # noqa: N818 - named by what is so, not as an error
    """It could not be kept; whoever runs Firstline must act. The caller is told so and goes on."""


class Messages(Protocol):
    """What is sent to a caller. It may raise ``MessagesUnavailable``."""

    async def post(self, asker: Asker, texts: Sequence[Phrase], key: str) -> bool:
        """Send texts to the asker's number in his language, once for a ``key``; False if his
        number is withheld."""
