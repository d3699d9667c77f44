"""The port of a recogniser: a piece of speech in, words out."""

from typing import Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from ari_app.speech_recognition.messages import Listen


class RecognitionError(Exception):
    """A recogniser cannot say what was said: the text says why."""


class Words(Struct, frozen=True):
    """What was said, "" if that is unknown, and how sure it is, from 0 to 1."""

    text: str
    sure: float


class Recogniser(Protocol):
    """Makes out words."""

    pause: float
    """Seconds of silence after which a piece of speech is over."""
    local: bool
    """Whether what it hears stays on this machine."""

    def hears(self, asked: Listen) -> bool:
        """Whether any of what may be said can be made out at present."""
        ...

    async def recognise(self, asked: Listen, sound: NDArray[np.int16]) -> Words:
        """The words of a piece of speech at 8 kHz; raises :class:`RecognitionError`."""
        ...
