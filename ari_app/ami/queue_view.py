"""What is known of queues at a moment."""

from msgspec import Struct

from ivr.acd.queues import Board


class QueueView(Struct, frozen=True):
    """The queues as last known; ``current`` is false while AMI is not connected."""

    board: Board = Board()
    current: bool = False
