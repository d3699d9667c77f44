"""Rate limits: token buckets by key, with a bound on how many keys are remembered."""

from collections import OrderedDict
from collections.abc import Hashable

from msgspec import Struct

MOST = 10_000
"""Keys that are remembered; beyond that the least recently used is forgotten."""


class Rate(Struct, frozen=True):
    """``burst`` times at once, then once every ``each`` seconds."""

    burst: int
    each: float


class RateLimit:
    """Counts uses by key. Times are in seconds of any monotonic clock."""

    def __init__(self, rate: Rate, most: int = MOST) -> None:
        self._rate = rate
        self._most = most
        self._due: OrderedDict[Hashable, float] = OrderedDict()
        """When the bucket of a key will be full again."""

    def wait(self, key: Hashable, now: float) -> float:
        """Seconds until the next use is allowed; 0 if it is allowed now, and then it is counted."""
        due = max(self._due.get(key, now), now)
        over = due - now - (self._rate.burst - 1) * self._rate.each
        if over > 1e-9:
            return over
        self._due[key] = due + self._rate.each
        self._due.move_to_end(key)
        while len(self._due) > self._most:
            self._due.popitem(last=False)
        return 0.0

    def forgive(self, key: Hashable) -> None:
        """Take back the last use of a key."""
        if key in self._due:
            self._due[key] -= self._rate.each
