"""What an engine of speech can do, in the speech process."""

from pathlib import Path
from typing import Protocol

from prompts.messages import VoiceSetup

PATIENCE = 60.0
"""Timeout of one utterance in seconds; the owner kills this process before."""


class EngineError(Exception):
    """An engine cannot speak: which one, and what to do."""


class Engine(Protocol):
    """Something that speaks into a WAV file of any rate."""

    version: str
    """Part of the key of spoken files: another version gives other samples."""

    def check(self, speaker: VoiceSetup) -> None:
        """Raise :class:`EngineError` unless the voice is there and of that language."""

    def speak(self, speaker: VoiceSetup, text: str, path: Path) -> None:
        """Speak a text into a file; raises :class:`EngineError` and OSError."""
