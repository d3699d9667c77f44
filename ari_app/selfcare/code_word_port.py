"""The port of code words, by which a caller proves the identity of a subscriber."""

from typing import Literal, Protocol

from ari_app.selfcare.request_port import Asker
from ivr.secret import Secret


class CodeWordsUnavailable(Exception):  # noqa: N818 - named by what is so, not as an error
    """It cannot be checked now; the operator must act. The caller hears so."""


class CodeWords(Protocol):
    """Checks and changes code words. The same ``key`` twice is the same attempt.

    Every method may raise ``CodeWordsUnavailable``. The calling side sets the deadline.
    """

    async def prove(self, asker: Asker, word: Secret, key: str) -> bool:
        """Whether the caller keyed their code word; False also if it is locked, or unknown."""

    async def change(
        self, asker: Asker, old: Secret, new: Secret, key: str
    ) -> Literal["ok", "wrong", "weak"]:
        """Set a new code word, if the old one is right and the new one is not too easy to guess."""
