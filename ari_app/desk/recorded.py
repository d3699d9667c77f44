"""Recorded conversations as the desk shows them."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

RecordingState = Literal["", "on", "paused"]
"""A call is not recorded; is; is, but as silence now."""

PauseReason = Literal["agent", "secret"]
"""An agent pressed the button; a code word or another secret is asked for."""


class Conversation(Struct, frozen=True):
    """A recorded conversation; ``seconds`` is how long it is."""

    id: int
    at: datetime
    agent: str
    queue: str
    seconds: float
