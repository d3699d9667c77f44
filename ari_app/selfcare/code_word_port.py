"""Who a caller is, proven by the code word of his contract: a port, behind which it is kept."""

from typing import Literal, Protocol

from ari_app.selfcare.request_port import Asker
from ivr.secret import Secret


class CodeWordsUnavailable(Exception):  # noqa: N818 - named by what is so, not as an error
    """It cannot be checked now; whoever runs Firstline must act. The caller is told so."""


class CodeWords(Protocol):
    """What is asked about code words. The same ``key`` twice is the same deed.

    Every method may raise ``CodeWordsUnavailable``. Who asks sets the deadline.
    """

    async def prove(self, asker: Asker, word: Secret, key: str) -> bool:
        """Whether the asker keyed his word. A locked word, and a stranger's, are as a wrong one."""

    async def change(
        self, asker: Asker, old: Secret, new: Secret, key: str
    ) -> Literal["ok", "wrong", "weak"]:
        """Take a new word, if the old one is right and the new one is not too easy to guess."""
