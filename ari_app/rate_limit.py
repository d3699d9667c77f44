"""Rate limits by key: token buckets, and locks that grow; only so many keys are remembered."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Protocol

from msgspec import Struct

MOST = 10_000
"""Keys that are remembered; beyond that the least recently used is forgotten."""


class Rate(Struct, frozen=True):
    """``burst`` times at once, then once every ``each`` seconds."""

    burst: int
    each: float


class Limit(Protocol):
    """Counts uses by key. Times are in seconds of any monotonic clock."""

    def wait(self, key: Hashable, now: float) -> float:
        """Seconds until the next use is allowed; 0 if it is allowed now, and then it is counted."""

    def forgive(self, key: Hashable) -> None:
        """Take back the last use of a key."""


class RateLimit:
    """See :class:`Limit`: a token bucket for each key."""

    def __init__(self, rate: Rate, most: int = MOST) -> None:
        self._rate = rate
        self._most = most
        self._due: OrderedDict[Hashable, float] = OrderedDict()
        """When the bucket of a key will be full again."""

    def wait(self, key: Hashable, now: float) -> float:
        """Seconds until the next use is allowed; 0 if it is allowed now, and then it is counted."""
        over = self.ahead(key, now)
        if over:
            return over
        self._due[key] = max(self._due.get(key, now), now) + self._rate.each
        self._due.move_to_end(key)
        while len(self._due) > self._most:
            self._due.popitem(last=False)
        return 0.0

    def ahead(self, key: Hashable, now: float) -> float:
        """Seconds until the next use is allowed, 0 for now; nothing is counted."""
        due = max(self._due.get(key, now), now)
        over = due - now - (self._rate.burst - 1) * self._rate.each
        return over if over > 1e-9 else 0.0

    def forgive(self, key: Hashable) -> None:
        """Take back the last use of a key."""
        if key in self._due:
            self._due[key] -= self._rate.each


class Lock(Struct, frozen=True):
    """After ``free`` wrong guesses the next waits for ``first`` seconds, and each wrong one after
    it doubles that, up to ``longest``. Without a guess for twice ``longest`` all is forgotten."""

    free: int
    first: float
    longest: float


class _Guesses(Struct):
    wrongs: int = 0
    until: float = 0.0
    last: float = 0.0


class GrowingLock:
    """See :class:`Limit`: a guess counts as wrong until it is forgiven."""

    def __init__(self, lock: Lock, most: int = MOST) -> None:
        self._lock = lock
        self._most = most
        self._known: OrderedDict[Hashable, _Guesses] = OrderedDict()

    def wait(self, key: Hashable, now: float) -> float:
        """Seconds until the next guess is allowed; 0 if it is allowed now, and then it counts."""
        lock, one = self._lock, self._known.get(key)
        if one is None or now - one.last > 2 * lock.longest:
            one = _Guesses()
        if one.until > now:
            return one.until - now
        one.wrongs, one.last = one.wrongs + 1, now
        if one.wrongs >= lock.free:
            one.until = now + min(lock.first * 2.0 ** min(one.wrongs - lock.free, 60), lock.longest)
        self._known[key] = one
        self._known.move_to_end(key)
        while len(self._known) > self._most:
            self._known.popitem(last=False)
        return 0.0

    def forgive(self, key: Hashable) -> None:
        """The last guess was right: it does not count."""
        if one := self._known.get(key):
            one.wrongs, one.until = one.wrongs - 1, 0.0

    def forget(self, key: Hashable) -> None:
        """Who guessed knows it: none of the guesses counts any more."""
        self._known.pop(key, None)
