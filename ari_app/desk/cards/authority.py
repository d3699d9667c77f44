"""For how long an agent may act on a card: while its call lasts, and a short time after it.

What a caller proved, and that they asked for something, holds for their call. Later the agent
writes down what was said, opens tickets and leaves notes, but checks no code word and runs no
operation.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from ari_app.desk.cards.card import Card

IN_CALL = frozenset({"operation", "operation-submit", "operation-confirm", "unlock"})
"""The forms that act for the caller."""


class Authority:
    """``after`` is for how many seconds after the call an agent may act; ``now`` is the clock."""

    def __init__(self, after: int, now: Callable[[], datetime]) -> None:
        self.after = after
        self._now = now

    def acts(self, card: Card) -> bool:
        """Whether the card's agent speaks with the caller, or did just now."""
        record = card.record
        if record.answered is None:
            return False
        return record.ended is None or self._now() <= record.ended + timedelta(seconds=self.after)
