"""How a share of the calls goes by new menus, and when that is too much worse than by the old."""

from datetime import timedelta
from hashlib import sha256
from math import hypot, sqrt

from msgspec import Struct

LONGEST = timedelta(days=30)
"""How long a canary lasts at most: its calls are counted from its beginning on."""

REPEATED = 3.3
"""Standard deviations of a bound that is looked at again and again: one-sided 1 in 2000 a look."""

AT_END = 1.96
"""Those of a bound that is looked at once, at the end."""

FAULTS = 3
"""From how many calls that ended by a fault something is said of them."""


class CanaryLimits(Struct, frozen=True, kw_only=True):
    """By how much the new menus may be worse. ``least``: from how many ended calls on each side.

    ``faults``, ``agents`` and ``hung_up`` are percentage points of the calls; ``seconds`` is the
    mean time in the menus.
    """

    least: int = 30
    faults: int = 2
    agents: int = 10
    hung_up: int = 10
    seconds: int = 30


class SideFigures(Struct, frozen=True):
    """The calls of one side: ``ended`` of them are over, and of those ``faults`` by a fault,
    ``agents`` came into a queue, ``hung_up`` hung up before; ``seconds``: the mean time in the
    menus, ``spread`` its standard deviation."""

    calls: int = 0
    ended: int = 0
    faults: int = 0
    agents: int = 0
    hung_up: int = 0
    seconds: float = 0.0
    spread: float = 0.0

    def part(self, count: int) -> float:
        """A count as a percentage of the calls that are over."""
        return 100 * count / self.ended if self.ended else 0.0


class CanaryFigures(Struct, frozen=True):
    """Both sides since the beginning."""

    old: SideFigures = SideFigures()
    new: SideFigures = SideFigures()


def takes(canary: int, share: int, number: str, call: str) -> bool:
    """Whether a call is in the ``share`` per cent of a canary: by the caller's number, so that each
    caller stays on one side; of a withheld number by the call."""
    found = sha256(f"{canary} {number or call}".encode()).digest()
    return int.from_bytes(found[:4], "big") % 10_000 < share * 100


def broken(found: CanaryFigures, limits: CanaryLimits, z: float = REPEATED) -> str:
    """Which limit is surely broken, and how; "" for none, or for too few calls.

    A limit is broken if the lower confidence bound of the difference, ``z`` standard deviations
    below what was counted, is above it: not by chance.
    """
    old, new = found.old, found.new
    if new.ended < limits.least:
        return ""
    if old.ended >= limits.least:
        for name, was, now, most in (
            ("came to agents", old.agents, new.agents, limits.agents),
            ("hung up before", old.hung_up, new.hung_up, limits.hung_up),
        ):
            if _more(new, now, old, was, z) > most:
                parts = f"{new.part(now):.0f} %, {old.part(was):.0f} % by the old"
                return f"of the calls by the new menus {name} {parts}"
        if _longer(new, old, z) > limits.seconds:
            return f"{new.seconds:.0f} s in the new menus, {old.seconds:.0f} s in the old"
    if new.faults >= FAULTS and _more(new, new.faults, old, old.faults, z) > limits.faults:
        return f"{new.faults} of {new.ended} calls by the new menus ended by a fault"
    return ""


def _more(new: SideFigures, now: int, old: SideFigures, was: int, z: float) -> float:
    """The lower bound of how many percentage points more calls of the new side it were.

    Newcombe, Statistics in Medicine 17 (1998) 873-890, method 10: from Wilson's interval of each.
    """
    after, before = now / new.ended, was / old.ended if old.ended else 0.0
    least, most = _wilson(after, new.ended, -z), _wilson(before, old.ended, z)
    return 100 * (after - before - hypot(after - least, most - before))


def _wilson(part: float, calls: int, z: float) -> float:
    """An end of the score interval of a part of calls (Wilson 1927): the lower one for a ``z``
    below 0. Without calls nothing is known, and the part is taken as it is."""
    if not calls:
        return part
    square = z * z / calls
    return (part + square / 2 + z * sqrt((part * (1 - part) + square / 4) / calls)) / (1 + square)


def _longer(new: SideFigures, old: SideFigures, z: float) -> float:
    """The lower bound of how many seconds longer callers are in the new menus, on the mean.

    Welch, Biometrika 34 (1947) 28-35: each side has a variance of its own, so that a few very long
    calls make the bound lower, not only the mean higher.
    """
    error = hypot(new.spread / sqrt(new.ended), old.spread / sqrt(old.ended))
    return new.seconds - old.seconds - z * error
