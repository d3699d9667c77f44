"""How long a caller will still wait in a queue, as a range that never grows by itself.

Callers are served at the rate at which agents become free; those ahead also give up. So with ``k``
callers ahead, ``n`` agents who need ``h`` seconds a call, and callers who give up at a rate ``g``,
the wait is the sum of ``1 / (n / h + j * g)`` for j = 0 … k (W. Whitt, "Predicting queueing
delays", Management Science 45, 1999). It knows nothing of how long the caller has waited, so it
falls as callers are served and stays while none is. What is systematically wrong with it, such as
calls that agents do not answer, shows in the waits that are over: it is corrected by their ratio.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from math import exp, inf, log, sqrt

from msgspec import Struct
from msgspec.structs import replace

from ivr.acd.board import Board, Queue
from ivr.acd.figures import SECOND, Stay

MEMORY = 0.98
"""The weight of what was known at each new call: the last fifty count."""
KNOWN = 5
"""After how many conversations a queue is known well enough to say anything."""
SPREAD = 0.5
"""The spread of a queue without finished waits, as a standard deviation of a logarithm."""
WIDEST = 0.9
"""With a spread above that nothing is said."""
SHORT = 10.0
"""Seconds that are added to waits before they are compared: below, differences do not matter."""

_AWAY = frozenset({"unavailable", "invalid"})


class Pace(Struct, frozen=True):
    """What a queue was like lately, as sums in which what is older weighs less.

    ``handled`` conversations took ``handling`` seconds with wrap-up; of the callers, who waited
    for ``waited`` seconds, ``gave_up`` gave up. ``actual`` seconds were waited where ``expected``
    were; ``error`` is the sum of the squared logarithms of what was left of their ratio over
    ``compared`` waits.
    """

    handled: float = 0.0
    handling: float = 0.0
    waited: float = 0.0
    gave_up: float = 0.0
    actual: float = 0.0
    expected: float = 0.0
    error: float = 0.0
    compared: float = 0.0

    def with_conversation(self, seconds: float) -> "Pace":
        """After a conversation that kept an agent for so many seconds."""
        return replace(
            self, handled=self.handled * MEMORY + 1, handling=self.handling * MEMORY + seconds
        )

    def with_wait(self, seconds: float, *, gave_up: bool) -> "Pace":
        """After a wait of so many seconds."""
        return replace(
            self,
            waited=self.waited * MEMORY + seconds,
            gave_up=self.gave_up * MEMORY + gave_up,
        )

    def with_comparison(self, expected: float, actual: float) -> "Pace":
        """After an answered wait for which so many seconds were expected, uncorrected."""
        off = log((actual + SHORT) / (expected * self.correction + SHORT))
        return replace(
            self,
            actual=self.actual * MEMORY + actual + SHORT,
            expected=self.expected * MEMORY + expected + SHORT,
            error=self.error * MEMORY + off * off,
            compared=self.compared * MEMORY + 1,
        )

    @property
    def seconds(self) -> float:
        """How long an agent needs for a caller."""
        return self.handling / self.handled if self.handled else inf

    @property
    def leaving(self) -> float:
        """How many of those who wait give up in a second, each."""
        return self.gave_up / self.waited if self.waited else 0.0

    @property
    def correction(self) -> float:
        """Actual waits by expected ones; one until there are some."""
        return (self.actual + 10 * SHORT) / (self.expected + 10 * SHORT)

    @property
    def spread(self) -> float:
        """How far waits are from what was expected: the deviation of the logarithm."""
        return sqrt((self.error + 5 * SPREAD**2) / (self.compared + 5))


def with_stay(pace: Pace, stay: Stay, wrapup: int) -> Pace:
    """The pace of a queue after a stay in it that is stored; ``wrapup`` in seconds is that of the
    queue, where it is not known."""
    if stay.how in ("answered", "abandoned") and stay.waited is not None:
        pace = pace.with_wait(stay.waited / SECOND, gave_up=stay.how == "abandoned")
    if stay.talked is not None:
        wrap = wrapup if stay.wrap is None else stay.wrap / SECOND
        pace = pace.with_conversation(stay.talked / SECOND + wrap)
    return pace


class Estimate(Struct, frozen=True):
    """From now on, in seconds: ``expected`` before correction, and the range of the wait."""

    expected: float
    least: float
    most: float


class Offering(Struct, frozen=True):
    """How Asterisk offers the callers of a queue: the wrap-up time in seconds, and up to which
    penalty agents are rung from how many seconds of waiting on; all are without any."""

    wrapup: int = 0
    circles: tuple[tuple[int, int], ...] = ()

    def rung_after(self, penalty: int) -> float:
        """After how many seconds of waiting a member with this penalty is rung; infinite: never."""
        if not self.circles or self.circles[0][0] > 0:
            return 0.0
        return min((float(at) for at, most in self.circles if penalty <= most), default=inf)


class Joining(Struct, frozen=True):
    """After so many seconds an agent can take a caller, the first one then or not, and goes on
    with a share of the time for this queue."""

    after: float
    first: float
    share: float


def estimate(
    board: Board, queue: str, call: str, pace: Pace, offering: Offering, now: datetime
) -> Estimate | None:
    """How long a caller of a queue will still wait; None if that is not known well enough."""
    found = board.queues.get(queue, Queue())
    ahead = next((place for place, it in enumerate(found.waiting) if it.call == call), None)
    if ahead is None or pace.handled < KNOWN or pace.spread > WIDEST:
        return None
    waited = (now - found.waiting[ahead].since).total_seconds()
    joining = list(_joining(board, queue, now, offering, waited))
    seconds = wait(ahead, joining, pace.seconds, pace.leaving)
    if seconds == inf:
        return None
    corrected = seconds * pace.correction + SHORT
    least, most = (corrected * exp(sign * pace.spread) - SHORT for sign in (-1, 1))
    return Estimate(seconds, max(0.0, least), max(0.0, most))


def wait(ahead: int, joining: Sequence[Joining], seconds: float, leaving: float) -> float:
    """The expected wait with so many callers ahead, in seconds; infinite if no agent comes."""
    left, agents, at = ahead + 1.0, 0.0, 0.0
    for after, first, share in sorted((one.after, one.first, one.share) for one in joining):
        left, at = _passed(left, agents / seconds, leaving, at, max(at, after))
        if left <= 0:
            return at
        left -= first
        agents += share
        if left <= 0:
            return at
    return _passed(left, agents / seconds, leaving, at, inf)[1]


def _passed(
    left: float, rate: float, leaving: float, at: float, until: float
) -> tuple[float, float]:
    """How many are left, and when, after callers were served or gave up until a moment."""
    while left > 0 and at < until:
        served = rate + leaving * max(0.0, left - 1)
        if served <= 0:
            return left, until
        part = min(1.0, left)
        if at + part / served > until:
            return left - (until - at) * served, until
        at += part / served
        left -= part
    return left, at


def _joining(
    board: Board, name: str, now: datetime, offering: Offering, waited: float
) -> Iterator[Joining]:
    """The agents of a queue: when each of them can take a caller of it who has waited for so many
    seconds, and how much of their time it gets: others in which callers wait get as much."""
    for interface, member in board.queues[name].members.items():
        if member.paused or member.state in _AWAY:
            continue
        rung = offering.rung_after(member.penalty)
        if rung == inf:
            continue
        others = sum(
            1
            for other, it in board.queues.items()
            if other != name and it.waiting and interface in it.members
        )
        share = 1 / (1 + others)
        begins = max(0.0, rung - waited)
        if member.takes(now, offering.wrapup):
            yield Joining(begins, share, share)
            continue
        ends = member.wrapup_until(offering.wrapup)
        free = (ends - now).total_seconds() if ends and ends > now else None
        if free is not None and member.state == "not in use":
            yield Joining(max(begins, free), share, share)
        else:
            yield Joining(begins, 0.0, share)
