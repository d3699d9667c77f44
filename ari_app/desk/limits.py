"""How often something may be done: buckets of tokens, of which there are not more than so many."""

from collections import OrderedDict
from collections.abc import Hashable

from msgspec import Struct

MOST = 10_000
"""Who was longest not seen is forgotten, when there are more."""


class Rate(Struct, frozen=True):
    """``burst`` times at once, then ``each`` seconds for another time."""

    burst: int
    each: float


class Limit:
    """Counts, for everybody apart. Times are in seconds of any clock that runs evenly."""

    def __init__(self, rate: Rate, most: int = MOST) -> None:
        self._rate = rate
        self._most = most
        self._due: OrderedDict[Hashable, float] = OrderedDict()
        """When everything that somebody did will be paid off."""

    def wait(self, who: Hashable, now: float) -> float:
        """Seconds until it may be done again; 0, and it is counted, if it may be now."""
        due = max(self._due.get(who, now), now)
        over = due - now - (self._rate.burst - 1) * self._rate.each
        if over > 1e-9:
            return over
        self._due[who] = due + self._rate.each
        self._due.move_to_end(who)
        while len(self._due) > self._most:
            self._due.popitem(last=False)
        return 0.0

    def forgive(self, who: Hashable) -> None:
        """Do not count what somebody did last."""
        if who in self._due:
            self._due[who] -= self._rate.each
