"""The port of code words, by which a caller proves the identity of a subscriber."""

from typing import Literal, Protocol, TypeAlias

from ari_app.selfcare.request_port import Asker
from ivr.secret import Secret

Proof: TypeAlias = Literal["ok", "wrong", "locked"]
"""``locked``: it was not compared, after too many wrong attempts in this call, from this number, or
at this subscriber's word."""


class CodeWordsUnavailable(Exception):  # noqa: N818 - named by what is so, not as an error
    """It cannot be checked now; the operator must act. The caller hears so."""


class CodeWords(Protocol):
    """Checks and changes code words and PINs. The same ``key`` twice is the same attempt.

    Every method may raise ``CodeWordsUnavailable``. The calling side sets the deadline.
    """

    async def prove(self, asker: Asker, word: Secret, key: str) -> Proof:
        """Whether the caller keyed their code word or PIN; ``wrong`` also if they have none."""

    async def prove_number(self, asker: Asker, number: str, word: Secret, key: str) -> Proof:
        """Whether the caller keyed the code word or PIN of the subscriber with another ``number``,
        who is the asker's ``subscriber``. A number that no subscriber has is answered alike."""

    async def change(
        self, asker: Asker, old: Secret, new: Secret, key: str
    ) -> Literal["ok", "wrong", "locked", "weak"]:
        """Set a new code word, if the old one is right and the new one is not too easy to guess."""

    async def set_word(self, asker: Asker, new: Secret) -> Literal["ok", "weak"]:
        """Set a new code word for a caller who has proved the present one, or the PIN, if it is not
        too easy to guess."""

    async def set_pin(self, asker: Asker, pin: Secret) -> Literal["ok", "weak"]:
        """Set a PIN beside the code word, which the caller has proved, if it is not too easy to
        guess."""
