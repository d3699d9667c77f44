"""The messages between the speech process and its owner, one line of JSON each."""

from msgspec import Struct


class SpeakRequest(Struct, frozen=True):
    """A request: speak ``text`` into the file ``path``, which gets the telephone's format."""

    language: str
    text: str
    path: str


class SpeakResult(Struct, frozen=True):
    """The answer: ``error`` is empty when the file is there. The first answer means ready."""

    error: str = ""


class VoiceSetup(Struct, frozen=True):
    """The voice for a language."""

    language: str
    engine: str
    voice: str
    rate: int
    """Percent of the engine's default rate."""
