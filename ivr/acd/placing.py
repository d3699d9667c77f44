"""Where a caller comes into a queue: the place of one who waited there before in the same call."""

from collections.abc import Callable, Sequence
from datetime import datetime

from ivr.acd.board import Caller


def place(waiting: Sequence[Caller], since: datetime, began: Callable[[Caller], datetime]) -> int:
    """The place, from 1, of one who has waited since a moment: behind all who began before.

    ``began`` is when each of the others did, which may be before they came to this place.
    """
    return 1 + max(
        (number for number, one in enumerate(waiting, 1) if began(one) <= since), default=0
    )
