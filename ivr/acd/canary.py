"""How a share of the calls goes by new menus, and when that is too much worse than by the old."""

from hashlib import sha256

from msgspec import Struct


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
    menus."""

    calls: int = 0
    ended: int = 0
    faults: int = 0
    agents: int = 0
    hung_up: int = 0
    seconds: float = 0.0

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


def broken(found: CanaryFigures, limits: CanaryLimits) -> str:
    """Which limit is broken, and how; "" for none, or for too few calls."""
    old, new = found.old, found.new
    if new.ended < limits.least:
        return ""
    if old.ended >= limits.least:
        for name, was, now, most in (
            ("came to agents", old.agents, new.agents, limits.agents),
            ("hung up before", old.hung_up, new.hung_up, limits.hung_up),
        ):
            if new.part(now) > old.part(was) + most:
                parts = f"{new.part(now):.0f} %, {old.part(was):.0f} % by the old"
                return f"of the calls by the new menus {name} {parts}"
        if new.seconds > old.seconds + limits.seconds:
            return f"{new.seconds:.0f} s in the new menus, {old.seconds:.0f} s in the old"
    if new.part(new.faults) > old.part(old.faults) + limits.faults:
        return f"{new.faults} of {new.ended} calls by the new menus ended by a fault"
    return ""
