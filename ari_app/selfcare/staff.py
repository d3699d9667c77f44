"""What callers leave to people: a port, behind which stands whoever keeps it for them."""

from typing import Literal, Protocol

from msgspec import Struct

from ivr.values import Recording


class StaffUnavailable(Exception):  # noqa: N818 - named by what is so, not as an error
    """It could not be kept; whoever runs Firstline must act. The caller is told so and goes on."""


class Asker(Struct, frozen=True):
    """Who asks: the id of the call, the number that calls ("" if withheld), the subscriber if he
    is known, and the language that is spoken ("" for the one he last chose)."""

    call: str
    number: str
    subscriber: int | None
    language: str = ""


class Staff(Protocol):
    """What is asked of people. The same ``key`` twice is the same deed.

    Every method may raise ``StaffUnavailable``. Who asks sets the deadline.
    """

    async def complain(self, asker: Asker, recording: Recording, key: str) -> str:
        """Keep a complaint; returns its number, in digits."""

    async def tell_when_mended(self, asker: Asker) -> Literal["noted", "already", "nothing"]:
        """Send the asker a message when what was announced to him is mended."""

    async def call_back(self, asker: Asker, key: str) -> bool:
        """Note that the asker is to be called; False if that is noted already."""
