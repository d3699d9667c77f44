"""What the settings say of those who wait in a queue."""

from msgspec import Struct

from ivr.acd.estimate import Offering


class QueueRules(Struct, frozen=True):
    """A queue of Asterisk: ``name`` is that of the settings, which its languages share.

    News are played after ``first`` seconds, 0 for never, and then every so many;
    ``offer``: also which key leaves.
    """

    name: str
    offering: Offering = Offering()
    first: int = 0
    every: int = 60
    offer: bool = False
