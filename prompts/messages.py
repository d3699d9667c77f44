"""The messages between a speech process and its owner, one line of JSON each."""

from typing import Final

from msgspec import Struct

ENGINES: Final = ("espeak", "rhvoice", "http")
"""The engines of speech processes."""


class VoiceSetup(Struct, frozen=True):
    """The voice for a language, in a process of one engine."""

    language: str
    engine: str
    voice: str
    rate: int = 100
    """Percent of the engine's default rate."""
    volume: int = 100
    """Percent of the level of prompts."""
    url: str = ""
    """Where the engine ``http`` is asked."""
    model: str = ""
    """The model that the engine ``http`` is asked for."""
    seconds: float = 4.0
    """Timeout of the engine ``http``."""
    directory: str = ""
    """Where RHVoice is unpacked; empty for the system's."""


class SpeakRequest(Struct, frozen=True):
    """A request: speak ``text`` into the file ``path``, which gets the telephone's format."""

    language: str
    text: str
    path: str
    seconds: float = 4.0
    """When the owner stops waiting: an engine that waits for another gives up before."""


class SpeakResult(Struct, frozen=True):
    """The answer: ``error`` is empty when the file is there.

    The first answer means ready, with the engine's ``version``.
    """

    error: str = ""
    version: str = ""
