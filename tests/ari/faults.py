"""What a test plans for a request, and a request as the server saw it."""

from collections.abc import Callable
from enum import Enum, auto

from msgspec import Struct


class Fault(Enum):
    """What becomes of a request instead of its answer."""

    MUTE = auto()  # it is never answered
    DROP = auto()  # it is not done, and the WebSocket breaks
    LOST = auto()  # it is done, and the WebSocket breaks before the answer


class Asked(Struct, frozen=True):
    """A request as it came; ``over`` is ``websocket`` or ``http``."""

    line: str
    query: dict[str, str]
    body: str
    over: str


Action = Callable[[], Fault | int | None]
"""What happens at a request, before it is done: a fault, a status that refuses it, or nothing."""


class StatusError(Exception):
    """The answer is an error."""

    def __init__(self, status: int) -> None:
        self.status = status
